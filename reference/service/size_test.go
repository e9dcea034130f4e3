package service_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

// ownDocument is a document of the account with a step for every name. The captures' own documents are not public: this
// one's name has the length with which the minimal one fits the recorded pair, so that the other two show that what
// they have more counts with its exact size.
func ownDocument(description string, steps ...string) service.SSMDocument {
	content := `{"schemaVersion":"2.2",` + description + `"parameters":{"commands":{"type":"StringList"}},"mainSteps":[`
	for i, name := range steps {
		content += strings.Repeat(",", min(i, 1)) + `{"action":"aws:runShellScript","name":"` + name +
			`","inputs":{"runCommand":"{{ commands }}"}}`
	}
	return service.SSMDocument{Name: "sendspec-own-document-of-the-size-", Contents: []string{content + "]}"}}
}

// The recorded pairs: what was taken last, and one more of it was refused (evidence: size/pairs).
func TestTheRecordedPairsOfTheSizeLimit(t *testing.T) {
	t.Parallel()
	commands := func(unit string) func(n int) map[string]any {
		return func(n int) map[string]any {
			return map[string]any{"Parameters": map[string][]string{"commands": {strings.Repeat(unit, n)}}}
		}
	}
	beside := func(member string, value any) func(n int) map[string]any {
		return func(n int) map[string]any {
			request := commands("x")(n)
			request[member] = value
			return request
		}
	}
	own := ownDocument("", "step0")
	minimal, described, twoSteps := own, ownDocument(`"description":"`+strings.Repeat("d", 1000)+`",`, "step0"),
		ownDocument("", "step0", "second")
	for name, row := range map[string]struct {
		taken    int
		document *service.SSMDocument
		request  func(n int) map[string]any
	}{
		"ASCII": {98883, nil, commands("x")},
		"empty strings": {32962, nil, func(n int) map[string]any {
			return map[string]any{"Parameters": map[string][]string{"commands": make([]string, n)}}
		}},
		"NUL":                {16480, nil, commands("\x00")},
		"less-than":          {16663, nil, commands("<")},
		"euro":               {16480, nil, commands("€")},
		"Comment":            {98883, nil, beside("Comment", strings.Repeat("c", 100))},
		"OutputS3KeyPrefix":  {98760, nil, beside("OutputS3KeyPrefix", strings.Repeat("p", 100))},
		"OutputS3BucketName": {98849, nil, beside("OutputS3BucketName", strings.Repeat("b", 10))},
		"CloudWatch": {98874, nil, beside("CloudWatchOutputConfig",
			map[string]any{"CloudWatchOutputEnabled": true, "CloudWatchLogGroupName": strings.Repeat("g", 10)})},
		"workingDirectory": {98851, nil, func(n int) map[string]any {
			return map[string]any{"Parameters": map[string][]string{"commands": {strings.Repeat("x", n)},
				"workingDirectory": {"/tmp/sends"}}}
		}},
		"own, minimal":         {99611, &minimal, commands("x")},
		"own, description":     {98594, &described, commands("x")},
		"own, two steps of 88": {99522, &twoSteps, commands("x")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := service.Demo("", "")
			document := "AWS-RunShellScript"
			if row.document != nil {
				world.Options = append(world.Options, service.WithDocument(*row.document))
				document = row.document.Name
			}
			s := service.New(world.Options...)
			send := func(n int) reply {
				request := row.request(n)
				request["DocumentName"] = document
				request["Targets"] = []map[string]any{{"Key": "tag:sendspec", "Values": []string{"none"}}}
				body, err := json.Marshal(request)
				require.NoError(t, err)
				return post(t, s, string(body))
			}
			assert.Equal(t, 200, send(row.taken).Status, "%d", row.taken)
			assert.Equal(t, "MaxDocumentSizeExceeded", send(row.taken+1).Type, "%d", row.taken+1)
		})
	}
}
