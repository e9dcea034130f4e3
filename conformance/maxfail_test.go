package conformance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
)

func TestARunEndsWhenEnoughHaveFailed(t *testing.T) {
	t.Parallel()
	failing := answering(func(_ int64, body string) int {
		if strings.Contains(body, `{"Comment":`) {
			return 500
		}
		return 200
	})
	report, err := run(t.Context(), t, conformance.Target{Handler: failing}, conformance.WithCases(plainCases(t, 30)),
		conformance.WithParallel(1), conformance.WithMaxFail(3))
	require.NoError(t, err, "what failed is a verdict")
	assert.Equal(t, 3, report.Totals[judge.Fail]-failingInvariants(report))
	assert.Zero(t, report.Totals[judge.Error])
	for _, r := range report.Results[3:30] {
		assert.True(t, r.NotAsked(), r.Reason)
	}
	assert.True(t, report.Failed())
	assert.False(t, report.Complete)
	assert.Equal(t, "ended at failure 3", report.Stopped)

	report, err = run(t.Context(), t, conformance.Target{Handler: failing}, conformance.WithCases(plainCases(t, 30)),
		conformance.WithMaxFail(30))
	require.NoError(t, err)
	assert.True(t, report.Complete, "the last case was asked")

	invariants, err := selector.Parse([]string{"invariant/**"}, nil)
	require.NoError(t, err)
	report, err = run(t.Context(), t, conformance.Target{Handler: failing}, conformance.WithCases(plainCases(t, 30)),
		conformance.WithSelector(invariants), conformance.WithMaxFail(3))
	require.NoError(t, err)
	assert.True(t, report.Complete, "what was not selected and only carries the invariants does not count")

	_, err = conformance.New(conformance.Target{Handler: failing}, conformance.WithMaxFail(0))
	require.ErrorContains(t, err, "want 1 or more")
}
