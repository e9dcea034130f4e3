package judge_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// FuzzJudge: whatever a target answers, the judge comes to a verdict, which findings bear out, and a
// failure can be told.
func FuzzJudge(f *testing.F) {
	all, err := fixtures.Embedded()
	require.NoError(f, err)
	bindings := fixtures.Bindings{}
	for name := range fixtures.KnownBindings() {
		bindings[name] = name
	}
	f.Add(uint16(0), 200, "application/x-amz-json-1.1",
		[]byte(`{"Command":{"CommandId":"11111111-2222-4333-8444-555555555555","Status":"Pending","ExpiresAfter":1.5E9}}`), false)
	f.Add(
		uint16(300),
		400,
		"application/x-amz-json-1.1",
		[]byte(
			`{"__type":"ValidationException",`+
				`"message":"1 validation error detected: Value '1' at 'timeoutSeconds' failed to satisfy constraint: x"}`,
		),
		false,
	)
	f.Add(uint16(7), 502, "text/html", []byte("<html>"), true)
	f.Fuzz(func(t *testing.T, number uint16, status int, contentType string, body []byte, broken bool) {
		c := all[int(number)%len(all)]
		steps, err := c.Bind(bindings)
		require.NoError(t, err)
		var exchanges []*wire.Exchange
		for i := range steps {
			steps[i].Precondition = "" // an answer that does not meet it is not judged
			x := &wire.Exchange{
				Request:  wire.NewRequest("SendCommand", steps[i].Request.Body),
				Response: &wire.Response{Proto: "HTTP/1.1", Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body},
			}
			if broken {
				x.Err = &wire.Error{Failure: wire.Closed, Err: errors.New("broken off")}
			}
			exchanges = append(exchanges, x)
		}
		r := judge.Judge(c, steps, exchanges, false)
		require.Equal(t, judge.VerdictOf(r.Findings, false), r.Verdict)
		require.NotEmpty(t, report.Failure(event.Target{URL: "http://127.0.0.1:1"}, &r, ""))
	})
}
