package judge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

// valid is an answer that breaks no invariant.
const valid = `{"Command":{"CommandId":"5b8cc1ad-1f2e-4b38-b4c0-1e6a43f0a9d1","Status":"Pending","StatusDetails":"Pending",` +
	`"TargetCount":2,"CompletedCount":1,"ErrorCount":1,"DeliveryTimedOutCount":0,"RequestedDateTime":1.7E9,"ExpiresAfter":1700007200.5,` +
	`"TimeoutSeconds":3600,"InstanceIds":[],"Parameters":{"commands":["true"]},"Interactive":false,"Comment":""}}`

func inspect(id string, e judge.Exchanged) []judge.Finding {
	return slices.DeleteFunc(judge.Inspect(&e), func(f judge.Finding) bool { return f.Check != id })
}

func replaced(old, with string) *wire.Exchange {
	return answered(200, strings.Replace(valid, old, with, 1))
}

func headed(x *wire.Exchange, name string, values ...string) *wire.Exchange {
	x.Response.Header[http.CanonicalHeaderKey(name)] = values
	return x
}

func TestASoundAnswerBreaksNoInvariant(t *testing.T) {
	t.Parallel()
	for _, x := range []*wire.Exchange{
		answered(200, valid), answered(400, `{"__type":"E","message":"m"}`),
		answered(400, `{"__type":"InvalidDocument"}`), unanswered(wire.Closed),
		headed(answered(200, valid), "Content-Type", "application/x-amz-json-1.1; charset=utf-8"),
	} {
		e := judge.Read(bound(t, "{}", `{"name":"n","status":200}`), x)
		assert.Empty(t, judge.Inspect(&e))
	}
}

func TestInvariantsAreBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id string
		x  *wire.Exchange
	}{
		"a negative count":            {"Command/counts", replaced(`"TargetCount":2`, `"TargetCount":-1`)},
		"more completed than targets": {"Command/counts", replaced(`"CompletedCount":1`, `"CompletedCount":3`)},
		"more failed than completed":  {"Command/counts", replaced(`"ErrorCount":1`, `"ErrorCount":2`)},
		"an unknown status":           {"Command/status", replaced(`"Status":"Pending"`, `"Status":"Queued"`)},
		"details of another status":   {"Command/status", replaced(`"StatusDetails":"Pending"`, `"StatusDetails":"Success"`)},
		"placeholder details":         {"Command/status", replaced(`"StatusDetails":"Pending"`, `"StatusDetails":"Details placeholder"`)},
		"expired when requested":      {"Command/times", replaced(`1700007200.5`, `1700000000`)},
		"milliseconds":                {"Command/times", replaced(`1.7E9`, `1700000000000`)},
		"a refusal without a type":    {"Error/has-type", answered(400, `{"message":"m"}`)},
		"a type that is taken":        {"Error/has-type", answered(200, `{"__type":"E"}`)},
		"a namespace":                 {"Error/bare-type", answered(400, `{"__type":"com.amazonaws.ssm#E"}`)},
		"500":                         {"HTTP/never-5xx", answered(500, `{"__type":"InternalServerError"}`)},
		"503":                         {"HTTP/never-5xx", answered(503, ``)},
		"JSON 1.0":                    {"HTTP/content-type", headed(answered(200, valid), "Content-Type", "application/x-amz-json-1.0")},
		"no content type":             {"HTTP/content-type", headed(answered(200, valid), "Content-Type")},
		"two content types": {"HTTP/content-type",
			headed(answered(200, valid), "Content-Type", "application/x-amz-json-1.1", "application/x-amz-json-1.1")},
		"no request ID":                 {"HTTP/request-id", headed(answered(200, valid), "X-Amzn-Requestid")},
		"a request ID that is no UUID":  {"HTTP/request-id", headed(answered(200, valid), "X-Amzn-Requestid", "ABC")},
		"a member twice":                {"JSON/no-duplicate-keys", replaced(`"Comment":""`, `"Comment":"","Comment":""`)},
		"a byte order mark":             {"JSON/one-value", answered(200, "\ufeff"+valid)},
		"a value after it":              {"JSON/one-value", answered(200, valid+"{}")},
		"bad UTF-8":                     {"JSON/one-value", replaced(`"Comment":""`, "\"Comment\":\"\xff\"")},
		"half a body":                   {"JSON/one-value", answered(200, valid[:40])},
		"no body":                       {"JSON/one-value", answered(200, "")},
		"a list":                        {"JSON/one-value", answered(200, "[]")},
		"HTML":                          {"JSON/one-value", answered(200, "<html>")},
		"a string for a number":         {"Member/types", replaced(`"TargetCount":2`, `"TargetCount":"2"`)},
		"a fraction for an integer":     {"Member/types", replaced(`"TargetCount":2`, `"TargetCount":2.5`)},
		"more than 32 bits":             {"Member/types", replaced(`"TargetCount":2`, `"TargetCount":2147483648`)},
		"a date as text":                {"Member/types", replaced(`1.7E9`, `"2026-11-23T22:45:00Z"`)},
		"an object for a list":          {"Member/types", replaced(`"InstanceIds":[]`, `"InstanceIds":{}`)},
		"a number in a list of strings": {"Member/types", replaced(`"InstanceIds":[]`, `"InstanceIds":["a",1]`)},
		"a string in a map of lists":    {"Member/types", replaced(`["true"]`, `"true"`)},
		"null":                          {"Member/types", replaced(`"Comment":""`, `"Comment":null`)},
		"an unknown member":             {"Member/unknown", replaced(`"Comment":""`, `"Colour":""`)},
		"a time the SDK cannot read":    {"SDK/decodes", replaced(`1.7E9`, `"2026-11-23T22:45:00Z"`)},
		"a number for the SDK's string": {"SDK/decodes", replaced(`"Comment":""`, `"Comment":1`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := inspect("invariant/"+c.id, judge.Read(bound(t, "{}", `{"name":"n","status":400}`), c.x))
			require.NotEmpty(t, found)
			assert.NotEmpty(t, found[0].Path)
			assert.NotEmpty(t, found[0].Want.Words)
			assert.NotEmpty(t, found[0].Got.Words)
			assert.NotEmpty(t, found[0].Level)
		})
	}
}

func TestAnAnswerFromBelowTheProtocolNeedNotSpeakIt(t *testing.T) {
	t.Parallel()
	x := headed(headed(answered(404, "<UnknownOperationException/>"), "Content-Type"), "X-Amzn-Requestid")
	e := judge.Read(bound(t, "", `{"name":"n","status":404,"format":"any"}`), x)
	assert.Empty(t, judge.Inspect(&e))
	e = judge.Read(bound(t, "", `{"name":"n","status":500}`), answered(500, `{"__type":"InternalServerError"}`))
	assert.Empty(t, inspect("invariant/HTTP/never-5xx", e), "a 500 that the case expects is no failure")
}

type canned struct{ *wire.Response }

func (c canned) Do(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: c.Status, Header: c.Header, Body: io.NopCloser(strings.NewReader(string(c.Body))), ContentLength: int64(len(c.Body)),
	}, nil
}

// The check reads answers as ssm.Client does; here the client itself reads the same bytes.
func TestTheSDKCheckAgreesWithTheClient(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]*wire.Exchange{
		"valid":                     answered(200, valid),
		"no Command":                answered(200, `{}`),
		"a null member":             replaced(`"Comment":""`, `"Comment":null`),
		"an unknown member":         replaced(`"Comment":""`, `"Colour":{"a":[1]}`),
		"a date as text":            replaced(`1.7E9`, `"2026-11-23T22:45:00Z"`),
		"a number as a string":      replaced(`"TimeoutSeconds":3600`, `"TimeoutSeconds":"3600"`),
		"a number with a point":     replaced(`"TimeoutSeconds":3600`, `"TimeoutSeconds":3600.0`),
		"a number as an exponent":   replaced(`"TimeoutSeconds":3600`, `"TimeoutSeconds":36e2`),
		"a string as a number":      replaced(`"Comment":""`, `"Comment":1`),
		"an object for a list":      replaced(`"InstanceIds":[]`, `"InstanceIds":{}`),
		"a list for the body":       answered(200, `[]`),
		"a Command that is a list":  answered(200, `{"Command":[]}`),
		"a modelled error":          answered(400, `{"__type":"InvalidDocument","Message":"m"}`),
		"an error not modelled":     answered(400, `{"__type":"ValidationException","message":"m"}`),
		"an error with a namespace": answered(400, `{"__type":"com.amazonaws.ssm#InvalidDocument"}`),
		"an error with a URI":       answered(400, `{"__type":"InvalidDocument:http://internal.amazon.com/"}`),
		"an error by its code":      answered(400, `{"code":"InvalidDocument"}`),
		"an error by its header":    headed(answered(400, `{}`), "X-Amzn-Errortype", "InvalidDocument:x"),
		"two types":                 headed(answered(400, `{"__type":"A"}`), "X-Amzn-Errortype", "B"),
		"an error without a type":   answered(400, `{"message":"m"}`),
		"a message that is a list":  answered(400, `{"__type":"InvalidDocument","Message":[1]}`),
		"a type that is a number":   answered(400, `{"__type":1}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := ssm.New(ssm.Options{
				Region: "us-east-1", HTTPClient: canned{x.Response}, Retryer: aws.NopRetryer{},
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
				}),
			})
			out, err := client.SendCommand(t.Context(), &ssm.SendCommandInput{DocumentName: aws.String("d")})
			e := judge.Read(bound(t, "{}", `{"name":"n","status":200}`), x)
			found := inspect("invariant/SDK/decodes", e)
			if x.Response.Status == 200 {
				switch {
				case err != nil:
					assert.NotEmpty(t, found, "the client fails: %v", err)
				case out.Command == nil:
					assert.True(t, e.Body.Get("Command") == nil || len(found) > 0)
				default:
					assert.Empty(t, found)
				}
				return
			}
			var api smithy.APIError
			if errors.As(err, &api) && (e.ErrorType == "" || api.ErrorCode() == e.ErrorType) {
				assert.Empty(t, found, "the client reads %s", api.ErrorCode())
			} else {
				assert.NotEmpty(t, found, "the client says: %v", err)
			}
		})
	}
}

// What the SDK makes of the answers of the other operations, against the client itself.
func TestTheSDKCheckReadsEveryOperation(t *testing.T) {
	t.Parallel()
	const id = `"CommandId":"00000000-0000-4000-8000-000000000000"`
	for name, c := range map[string]struct {
		operation, body string
		reads           bool
	}{
		"a list of commands":           {"ListCommands", `{"Commands":[{` + id + `,"RequestedDateTime":1.7E9}]}`, true},
		"a command's time as text":     {"ListCommands", `{"Commands":[{` + id + `,"RequestedDateTime":"2026-11-23"}]}`, false},
		"a null among the commands":    {"ListCommands", `{"Commands":[null]}`, true}, // Member/types minds it
		"commands that are an object":  {"ListCommands", `{"Commands":{}}`, false},
		"a list of invocations":        {"ListCommandInvocations", `{"CommandInvocations":[{` + id + `,"CommandPlugins":[]}]}`, true},
		"an invocation's time as text": {"ListCommandInvocations", `{"CommandInvocations":[{"RequestedDateTime":"now"}]}`, false},
		"a plugin's code as text": {"ListCommandInvocations",
			`{"CommandInvocations":[{"CommandPlugins":[{"ResponseCode":"0"}]}]}`, false},
		"an invocation": {"GetCommandInvocation",
			`{` + id + `,"ResponseCode":0,"ExecutionStartDateTime":"2019-01-30T14:16:03.478Z"}`, true},
		"a response code as text":          {"GetCommandInvocation", `{` + id + `,"ResponseCode":"0"}`, false},
		"a start as a number":              {"GetCommandInvocation", `{` + id + `,"ExecutionStartDateTime":1.7E9}`, false},
		"nothing, of a cancelled command":  {"CancelCommand", `{}`, true},
		"a list, of a cancelled command":   {"CancelCommand", `[]`, false},
		"a number in place of the objects": {"ListCommands", `{"Commands":[1]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := answered(200, c.body)
			client := ssm.New(ssm.Options{
				Region: "us-east-1", HTTPClient: canned{x.Response}, Retryer: aws.NopRetryer{},
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
				}),
			})
			var err error
			switch c.operation {
			case "ListCommands":
				_, err = client.ListCommands(t.Context(), &ssm.ListCommandsInput{})
			case "ListCommandInvocations":
				_, err = client.ListCommandInvocations(t.Context(), &ssm.ListCommandInvocationsInput{})
			case "GetCommandInvocation":
				_, err = client.GetCommandInvocation(t.Context(),
					&ssm.GetCommandInvocationInput{CommandId: aws.String("c"), InstanceId: aws.String("i")})
			case "CancelCommand":
				_, err = client.CancelCommand(t.Context(), &ssm.CancelCommandInput{CommandId: aws.String("c")})
			}
			step := bound(t, "{}", `{"name":"n","status":200}`)
			step.Request.Operation = c.operation
			found := inspect("invariant/SDK/decodes", judge.Read(step, x))
			assert.Equal(t, c.reads, len(found) == 0, "%v", found)
			if err != nil {
				assert.NotEmpty(t, found, "the client fails: %v", err)
			}
		})
	}
}
