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
	"github.com/sendspec/sendspec/conformance/wire"
)

// TestALimitOfOursIsNobodysFault: whether an answer that is not read whole conforms is not known, but for what was read.
func TestALimitOfOursIsNobodysFault(t *testing.T) {
	t.Parallel()
	cut := func() *wire.Exchange {
		x := answered(200, `{"A": "`)
		x.Response.Truncated = true
		return x
	}
	const accepted, refused = `{"name":"accepted","status":200,"body":{"A":1}}`, `{"name":"refused","status":400}`
	for name, c := range map[string]struct {
		x        *wire.Exchange
		outcomes []string
		verdict  conformance.Verdict
		reason   string
	}{
		"deep":                             {answered(200, `{"A":`+strings.Repeat("[", 1001)+strings.Repeat("]", 1001)+`}`), []string{accepted}, conformance.Error, "an answer nested deeper than 1000"},
		"as deep as is read":               {answered(200, `{"B":`+strings.Repeat("[", 999)+strings.Repeat("]", 999)+`,"A":1}`), []string{accepted}, conformance.Pass, ""},
		"many values":                      {answered(200, `{"A":[`+strings.Repeat("0,", 70_000)+`0]}`), []string{accepted}, conformance.Error, "more values than are read"},
		"long":                             {cut(), []string{accepted}, conformance.Error, "an answer of more than 7 bytes"},
		"long, or something else":          {cut(), []string{refused, accepted}, conformance.Error, "an answer of more than 7 bytes"},
		"long, where the body is no part":  {cut(), []string{accepted, `{"name":"any","status":200,"format":"any"}`}, conformance.Pass, ""},
		"long, and of the wrong status":    {cut(), []string{refused}, conformance.Fail, ""},
		"long, and the text is looked for": {cut(), []string{`{"name":"t","status":200,"format":"any","text":{"$contains":"B"}}`}, conformance.Error, "an answer of more than 7 bytes"},
		"malformed":                        {answered(200, `{"A":`+strings.Repeat("[", 900)+`}`), []string{accepted}, conformance.Fail, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := judged(t, "{}", c.x, c.outcomes...)
			assert.Equal(t, c.verdict, r.Verdict, r.Findings)
			assert.Equal(t, c.verdict == conformance.Error, r.BeyondLimit())
			if c.reason != "" {
				assert.Contains(t, r.Reason, "beyond what sendspec reads: ")
				assert.Contains(t, r.Reason, c.reason)
				assert.Empty(t, r.Findings)
				for _, f := range r.Invariants() {
					assert.NotEqual(t, "invariant/JSON/one-value", f.Check, f)
				}
			}
		})
	}
}

// TestALongHeaderIsNobodysFault, either.
func TestALongHeaderIsNobodysFault(t *testing.T) {
	t.Parallel()
	sound := answering(always200)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Ask") != "" {
			w.Header().Set("X-Padding", strings.Repeat("x", 40_000))
		}
		sound.ServeHTTP(w, r)
	}))
	defer server.Close()
	cases := casesOf(t,
		`{"id": "area/Topic/long", "title": "t", "request": {"headers": {"X-Ask": "1"}}, "expect": [{"name": "n", "status": 400}]}`,
		`{"id": "area/Topic/short", "title": "t", "request": {}, "expect": [{"name": "n", "status": 200}]}`)
	report, err := run(t.Context(), t, conformance.Target{URL: server.URL}, conformance.WithCases(cases), conformance.WithLimits(wire.Limits{Header: 8 << 10}))
	require.NotNil(t, report, err)
	assert.Equal(t, conformance.Error, report.Results[0].Verdict, report.Results[0].Findings)
	assert.Equal(t, "beyond what sendspec reads: the header of the answer is longer than 8192 bytes", report.Results[0].Reason)
	assert.Equal(t, conformance.Pass, report.Results[1].Verdict)
}

// TestALongListIsWaitedForAndJudged: however much a target lists, the wait goes on, and its last answer is judged whole.
func TestALongListIsWaitedForAndJudged(t *testing.T) {
	t.Parallel()
	long := `{"Commands":[` + strings.Repeat(`{"Comment":"`+strings.Repeat("x", 1000)+`"},`, 1500) + `{}]`
	for name, c := range map[string]struct {
		last    string
		verdict conformance.Verdict
	}{
		"and comes":       {`,"NextToken":"t"}`, conformance.Pass},
		"and comes never": {`}`, conformance.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sound, began := answering(always200), time.Now()
				target := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "ListCommands") {
						sound.ServeHTTP(w, r)
						return
					}
					body := long + fmt.Sprintf(`,"N":%d}`, time.Since(began))
					if time.Since(began) > 8*time.Second {
						body = long + c.last
					}
					w.Header().Set("Content-Type", "application/x-amz-json-1.1")
					_, _ = io.WriteString(w, body)
				})
				cases := casesOf(t, `{"id": "area/Topic/a", "title": "t", "request": {}, "expect": [{"name": "n", "status": 200}]}`,
					`{"id": "area/Topic/list", "title": "t", "steps": [{"request": {"operation": "ListCommands"}, "poll": {"until": {"NextToken": "t"}, "within": "10s"},
						"expect": [{"name": "n", "status": 200, "body": {"NextToken": "t"}}]}]}`)
				report, err := run(t.Context(), t, conformance.Target{Handler: target}, conformance.WithCases(cases))
				require.NoError(t, err)
				assert.Equal(t, c.verdict, report.Results[1].Verdict, report.Results[1].Reason)
			})
		})
	}
}
