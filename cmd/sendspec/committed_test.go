package main

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// A case that is renamed leaves an entry that matches nothing: make baseline takes it out.
func TestTheCommittedBaselineNamesCasesThatExist(t *testing.T) {
	t.Parallel()
	f, err := baseline.Read(t.Context(), "testdata/moto-5.2.1.baseline", time.Now())
	require.NoError(t, err)
	require.False(t, f.Missing())
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	require.NoError(t, f.Check(slices.Concat(cases, judge.InvariantCases())))
}
