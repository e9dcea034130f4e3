package report_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// polled is a run in which a step was asked so many times, and saw the same status each time but the clock.
func polled(t *testing.T, times int, expires string) []byte {
	t.Helper()
	c := casesOf(t, refusedCase)[0]
	result := judge.Result{
		Reason: fmt.Sprintf("%s; it was waited for %ds", judge.ReasonWaitedInVain, times), Case: c, Verdict: judge.Fail,
		Findings: []judge.Finding{{
			Path: "walk", Want: judge.Description{Words: "Success"}, Got: judge.Description{Words: "Pending"}, Level: fixtures.Must,
		}},
	}
	for range times {
		result.Exchanges = append(result.Exchanges, judge.Exchanged{
			Step: fixtures.BoundStep{Number: 2, Poll: &fixtures.Poll{Within: "30s"}},
			Exchange: &wire.Exchange{
				Request:  &wire.Request{Method: http.MethodPost, Path: "/", Body: []byte("{}")},
				Response: &wire.Response{Status: 200, Body: []byte(`{"Status":"Pending","ExpiresAfter":` + expires + `}`)},
			},
		})
	}
	b, err := report.Marshal(&event.Report{Results: []judge.Result{result}, Totals: event.Tally{}})
	require.NoError(t, err)
	return b
}

func TestHowOftenAStepWasPolledIsNotInTheReport(t *testing.T) {
	t.Parallel()
	want := polled(t, 3, "-351761818.032")
	assert.Equal(t, string(want), string(polled(t, 5, "-351761746.4")))
	assert.Contains(t, string(want), `\"Status\":\"Pending\",\"ExpiresAfter\":<time>`)
}
