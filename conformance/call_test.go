package conformance_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
)

// TestInvariantsAreAboutAnswersToCalls: what is in front of the service may answer any other request as it likes.
func TestInvariantsAreAboutAnswersToCalls(t *testing.T) {
	t.Parallel()
	valid := answering(always200)
	page := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("x-amzn-RequestId", "healthy")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<html>")
	}
	for name, c := range map[string]struct {
		request string
		judged  bool
	}{
		"GET /":               {`"method": "GET"`, false},
		"another path":        {`"path": "/health"`, false},
		"without a target":    {`"headers": {"X-Amz-Target": null, "X-Page": "1"}`, false},
		"another service":     {`"headers": {"X-Amz-Target": "DynamoDB_20120810.ListTables", "X-Page": "1"}`, false},
		"a call":              {`"headers": {"X-Page": "1"}`, true},
		"a call with a query": {`"path": "/?a=b"`, true},
		"another operation":   {`"operation": "SendspecNoSuchOperation", "headers": {"X-Page": "1"}`, true},
		"a wrong media type":  {`"headers": {"Content-Type": "text/plain", "X-Page": "1"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || r.URL.Path != "/" || r.URL.RawQuery != "" || r.Header.Get("X-Page") != "" {
					page(w)
					return
				}
				valid.ServeHTTP(w, r)
			})
			cases := casesOf(
				t,
				strings.Replace(`{"id": "area/Topic/a", "title": "t", "request": {REQUEST}, "expect": [{"name": "n", "status": 400}]}`,
					"REQUEST", c.request, 1),
			)
			report, err := run(t.Context(), t, conformance.Target{Handler: gateway}, conformance.WithCases(cases))
			require.NoError(t, err)
			broken := map[string]bool{}
			for i := range report.Results {
				if r := &report.Results[i]; r.Case.Area() == judge.InvariantArea && r.Verdict == judge.Fail {
					broken[r.Case.ID] = true
				}
			}
			assert.Equal(t, judge.Fail, report.Results[0].Verdict, "the case's own expectation holds of any request")
			assert.Equal(t, c.judged, broken["invariant/HTTP/never-5xx"], broken)
			assert.Equal(t, c.judged, broken["invariant/HTTP/content-type"], broken)
			assert.Equal(t, c.judged, broken["invariant/JSON/one-value"], broken)
		})
	}
}
