package conformance_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

// TestALongHeaderIsNobodysFault: it is beyond a limit of ours.
func TestALongHeaderIsNobodysFault(t *testing.T) {
	t.Parallel()
	valid := answering(always200)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Ask") != "" {
			w.Header().Set("X-Padding", strings.Repeat("x", 40_000))
		}
		valid.ServeHTTP(w, r)
	}))
	defer server.Close()
	cases := casesOf(t,
		`{"id": "area/Topic/long", "title": "t", "request": {"headers": {"X-Ask": "1"}}, "expect": [{"name": "n", "status": 400}]}`,
		`{"id": "area/Topic/short", "title": "t", "request": {}, "expect": [{"name": "n", "status": 200}]}`)
	report, err := run(t.Context(), t, conformance.Target{URL: server.URL}, conformance.WithCases(cases),
		conformance.WithLimits(wire.Limits{Header: 8 << 10}))
	require.NotNil(t, report, err)
	assert.Equal(t, judge.Error, report.Results[0].Verdict, report.Results[0].Findings)
	assert.Equal(t, "beyond what sendspec reads: the header of the answer is longer than 8192 bytes", report.Results[0].Reason)
	assert.Equal(t, judge.Pass, report.Results[1].Verdict)
}

// TestALongListIsWaitedForAndJudged: however much a target lists, the wait goes on, and its last answer is judged whole.
func TestALongListIsWaitedForAndJudged(t *testing.T) {
	t.Parallel()
	long := `{"Commands":[` + strings.Repeat(`{"Comment":"`+strings.Repeat("x", 1000)+`"},`, 1500) + `{}]`
	for name, c := range map[string]struct {
		last    string
		verdict judge.Verdict
	}{
		"and comes":       {`,"NextToken":"t"}`, judge.Pass},
		"and comes never": {`}`, judge.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				valid, began := answering(always200), time.Now()
				target := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "ListCommands") {
						valid.ServeHTTP(w, r)
						return
					}
					body := long + fmt.Sprintf(`,"N":%d}`, time.Since(began))
					if time.Since(began) > 8*time.Second {
						body = long + c.last
					}
					w.Header().Set("Content-Type", "application/x-amz-json-1.1")
					_, _ = io.WriteString(w, body)
				})
				cases := casesOf(
					t,
					`{"id": "area/Topic/a", "title": "t", "request": {}, "expect": [{"name": "n", "status": 200}]}`,
					`{"id": "area/Topic/list", "title": "t", "steps": [{"request": {"operation": "ListCommands"},
						"poll": {"until": {"NextToken": "t"}, "within": "10s"},
						"expect": [{"name": "n", "status": 200, "body": {"NextToken": "t"}}]}]}`,
				)
				report, err := run(t.Context(), t, conformance.Target{Handler: target}, conformance.WithCases(cases))
				require.NoError(t, err)
				assert.Equal(t, c.verdict, report.Results[1].Verdict, report.Results[1].Reason)
			})
		})
	}
}
