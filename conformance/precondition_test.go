package conformance_test

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// TestEveryPreconditionIsAskedForElsewhere: a target that does not meet a precondition fails the case that asks for it. For
// a refusal that is one with the same request; for a request that must be accepted, each member, value and binding of it
// is in one without a precondition that must be accepted.
func TestEveryPreconditionIsAskedForElsewhere(t *testing.T) {
	t.Parallel()
	asked := map[fixtures.Precondition]map[string]bool{fixtures.Accepted: {}, fixtures.Refused: {}}
	needed := map[fixtures.Precondition]map[string]string{fixtures.Accepted: {}, fixtures.Refused: {}}
	for c, steps := range boundCorpus(t) {
		for i := range steps {
			s := &steps[i]
			if s.Request.Operation != "SendCommand" || s.Precondition == "" && !plainCall(s.Request) {
				continue
			}
			p := cmp.Or(s.Precondition, everyOutcome(s.Expect))
			if p == "" {
				continue
			}
			for _, part := range partsOf(t, p, c.Steps[i].Request.Body, s.Request.Body) {
				if s.Precondition != "" {
					needed[p][part] = c.ID
				} else {
					asked[p][part] = true
				}
			}
		}
	}
	for p, parts := range needed {
		assert.NotEmpty(t, parts)
		for part, id := range parts {
			assert.True(t, asked[p][part], "%s has the precondition that this is %s, for which no case asks: %s", id, p, part)
		}
	}
}

// everyOutcome is what all the outcomes say of the request, "" where they differ or say something else.
func everyOutcome(outcomes []fixtures.Outcome) fixtures.Precondition {
	all := fixtures.Precondition("")
	for i := range outcomes {
		var p fixtures.Precondition
		switch status := string(outcomes[i].Status.AppendJSON(nil)); {
		case status == "200":
			p = fixtures.Accepted
		case strings.HasPrefix(status, "4") || strings.HasPrefix(status, `{"$class":4`):
			p = fixtures.Refused
		}
		if p == "" || i > 0 && p != all {
			return ""
		}
		all = p
	}
	return all
}

var bindingPattern = regexp.MustCompile(`\$\{([a-z0-9.-]+)\}`)

// partsOf lists what of a request must be asked for elsewhere. Comments and commands are what the request is recognised
// by or what a node runs: no part of the question.
func partsOf(t *testing.T, p fixtures.Precondition, template *fixtures.Body, body []byte) (parts []string) {
	t.Helper()
	root, err := jsontree.Parse(body)
	if err != nil || root.Kind != jsontree.Object {
		return nil
	}
	if p == fixtures.Refused {
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(body, &members))
		delete(members, "Comment")
		if string(members["TimeoutSeconds"]) == "60" {
			delete(members, "TimeoutSeconds") // nothing is wrong with it
		}
		text, err := json.Marshal(members)
		require.NoError(t, err)
		return []string{string(text)}
	}
	var walk func(path string, v *jsontree.Value)
	walk = func(path string, v *jsontree.Value) {
		for i := range v.Members {
			at := path + "/" + v.Members[i].Name
			parts = append(parts, at)
			if at != "/Comment" && at != "/Parameters/commands" {
				walk(at, &v.Members[i].Value)
			}
		}
		for i := range v.Items {
			walk(path, &v.Items[i])
		}
		if v.Text != "" && !strings.Contains(v.Text, "0123456789abcdef") {
			parts = append(parts, path+" = "+v.Text)
		}
	}
	walk("", root)
	return append(parts, bindingPattern.FindAllString(string(template.JSON), -1)...)
}
