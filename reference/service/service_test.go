package service_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

func client(t *testing.T, s *service.Service) *ssm.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return ssm.New(ssm.Options{
		BaseEndpoint: aws.String(server.URL), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

func TestTheSDKReadsTheAnswers(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	c := client(t, s)
	out, err := c.SendCommand(t.Context(), &ssm.SendCommandInput{
		DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{b["node"]},
		Parameters: map[string][]string{"commands": {"true"}},
	})
	require.NoError(t, err)
	assert.Equal(t, types.CommandStatusPending, out.Command.Status)
	assert.Equal(t, 7200.0, out.Command.ExpiresAfter.Sub(*out.Command.RequestedDateTime).Seconds())
	assert.Equal(t, int32(1), out.Command.TargetCount)

	_, err = c.SendCommand(t.Context(), &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunShellScript"),
		InstanceIds: []string{b["node.stopped"]}, Parameters: map[string][]string{"commands": {"true"}}})
	var invalid *types.InvalidInstanceId
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "Instances not in a valid state for account", invalid.ErrorMessage())

	_, err = c.SendCommand(t.Context(), &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunShellScript"), TimeoutSeconds: aws.Int32(1)})
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "ValidationException", api.ErrorCode())
	assert.Contains(t, api.ErrorMessage(), "Value '1' at 'timeoutSeconds'")
}

func TestConcurrentCommandsHaveTheirOwnIDs(t *testing.T) {
	t.Parallel()
	s, b := demo(t, service.WithHistory(10))
	var mu sync.Mutex
	ids := map[any]bool{}
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 50 {
				got := post(t, s, fmt.Sprintf(`{"DocumentName":%q,"Comment":"%d-%d",%s}`, b["document"], worker, i, nothing))
				mu.Lock()
				ids[got.Cmd["CommandId"]] = true
				ids[got.Header.Get("x-amzn-RequestId")] = true
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	assert.Len(t, ids, 2*8*50)
}

func TestARandomSourceThatFailsIsAnInternalError(t *testing.T) {
	t.Parallel()
	s, b := demo(t, service.WithRand(strings.NewReader("")))
	got := post(t, s, complete(`"Comment":"x"`, b))
	assert.Equal(t, 500, got.Status)
	assert.Equal(t, "InternalServerError", got.Type)
}

func TestDemoTellsEverythingThatIsInIt(t *testing.T) {
	t.Parallel()
	world := service.Demo("eu-west-1", "210987654321")
	for _, name := range strings.Fields(`
		node node.2 node.3 node.short node.hybrid node.windows node.offline node.silent node.stopped node.denied document document.arn
		document.sha256 document.sha1 document.hardcoded document.arbitrary document.execution document.two-steps document.properties
		document.properties-reversed document.schema-2.0 document.typed document.versions document.powershell-only document.automation
		document.denied document.broken document.step alarm.ok alarm.insufficient alarm.firing alarm.trigger alarm.vanish role topic
		group group.empty group.denied group.arn group.empty.arn group.empty.unread
		rate.tag.key rate.tag.value bucket bucket.missing tag.key
		tag.value`) {
		assert.NotEmpty(t, world.Bindings[name], name)
	}
	assert.Equal(t, "arn:aws:ssm:eu-west-1:210987654321:document/sendspec-plain", world.Bindings["document.arn"])
	s := service.New(world.Options...)
	got := post(t, s, `{"DocumentName":"`+world.Bindings["document.arn"]+`",`+nothing+`}`)
	assert.Equal(t, "eu-west-1", got.Cmd["OutputS3Region"])
}

// errReader is a request body that breaks off.
type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	service.New().ServeHTTP(w, httptest.NewRequest("POST", "/", errReader{}))
	assert.Equal(t, 400, w.Code)
}

func BenchmarkSendCommand(b *testing.B) {
	world := service.Demo("", "")
	s := service.New(world.Options...)
	body := `{"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["true"]},"Targets":[{"Key":"tag:a","Values":["b"]}]}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "AmazonSSM.SendCommand")
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Body.String())
		}
	}
}
