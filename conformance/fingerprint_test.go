package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/reference/service"
)

// placeholder is an emulator that accepts everything and answers a fresh command each time.
func placeholder() http.Handler {
	n := 0
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("x-amzn-RequestId", fmt.Sprintf("2d226bf9-efbd-461b-a381-%012d", n))
		_, _ = fmt.Fprintf(w,
			`{"Command":{"CommandId":"2d226bf9-efbd-461b-a381-%012d","Status":"Success","StatusDetails":"placeholder %d",`+
				`"RequestedDateTime":%d}}`,
			n, n, time.Now().Unix())
	})
}

// fingerprints runs a part of the suite against it, and returns a line for each case that differs.
func fingerprints(t *testing.T, seed uint64, opts ...conformance.Option) (prints []string, report *event.Report) {
	t.Helper()
	picks, err := selector.Parse([]string{"accept/minimal", "constraint/Comment", "type/Comment", "invariant"}, nil)
	require.NoError(t, err)
	r, err := conformance.New(
		conformance.Target{Handler: placeholder()},
		append(opts, conformance.WithSelector(picks), conformance.WithSeed(seed), conformance.WithParallel(1))...)
	require.NoError(t, err)
	report, err = r.Run(context.Background())
	require.NoError(t, err)
	for _, r := range report.Results {
		if r.Fingerprint != "" {
			prints = append(prints, r.Case.ID+" "+r.Fingerprint)
		}
	}
	return prints, report
}

func TestAFingerprintIsTheSameInEveryRun(t *testing.T) {
	t.Parallel()
	first, _ := fingerprints(t, 1)
	second, _ := fingerprints(t, 2)
	assert.Equal(t, first, second)
	assert.Contains(t, first, "constraint/Comment/above-max/n=101 status=200")
	assert.Contains(t, first, "invariant/Command/status /Command/StatusDetails=string")
	for _, line := range first {
		assert.Len(t, strings.Fields(line), 2, "a fingerprint is one word: %s", line)
		assert.NotContains(t, line, "#")
	}
}

func TestARunAgainstABaselineTellsWhatIsNew(t *testing.T) {
	t.Parallel()
	prints, plain := fingerprints(t, 1)
	passes := slices.IndexFunc(plain.Results, func(r judge.Result) bool { return r.Verdict == judge.Pass })
	require.NotEqual(t, -1, passes)
	read := func(lines []string) *baseline.File {
		f, err := baseline.Parse("b", []byte(strings.Join(lines, "\n")), time.Now())
		require.NoError(t, err)
		return f
	}
	_, report := fingerprints(t, 3, conformance.WithBaseline(read(prints)))
	assert.False(t, report.Failed())
	assert.False(t, report.Stale())
	assert.Positive(t, report.Totals[judge.Known])
	assert.Equal(t, event.Nonconformant, report.Profiles[0].Standing, "what is known is no conformance")

	without := slices.DeleteFunc(slices.Clone(prints),
		func(l string) bool { return strings.HasPrefix(l, "constraint/Comment/above-max/n=101 ") })
	_, report = fingerprints(t, 3, conformance.WithBaseline(read(without)))
	assert.True(t, report.Failed())
	assert.Equal(t, 1, report.Totals[judge.Fail])

	more := append(slices.Clone(prints), plain.Results[passes].Case.ID+" status=400/ValidationException")
	_, report = fingerprints(t, 3, conformance.WithBaseline(read(more)))
	assert.False(t, report.Failed())
	assert.True(t, report.Stale())
	assert.Equal(t, judge.Fixed, report.Results[passes].Verdict)

	_, err := conformance.New(conformance.Target{Handler: service.New()},
		conformance.WithBaseline(read([]string{"no/such/case status=200"})))
	require.ErrorContains(t, err, `b:1: selector "no/such/case" matches no case`)
}

// TestWordsAreNotInAFingerprint takes the words from what a run found.
func TestWordsAreNotInAFingerprint(t *testing.T) {
	t.Parallel()
	_, report := fingerprints(t, 1)
	for i := range report.Results {
		r := report.Results[i]
		r.Findings = slices.Clone(r.Findings)
		for j := range r.Findings {
			f := &r.Findings[j]
			f.Want.Words, f.Got.Words = "404 Not Found Other: null", `"in other words"`
		}
		assert.Equal(t, r.Fingerprint, judge.Fingerprint(&r), r.Case.ID)
	}
}
