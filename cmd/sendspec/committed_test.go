package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// The committed table of emulators is made of the committed reports: make matrix writes both.
func TestTheCommittedMatrixIsThatOfTheReports(t *testing.T) {
	t.Parallel()
	reports, err := filepath.Glob("testdata/matrix/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, reports)
	table, err := os.ReadFile("testdata/matrix/matrix.md")
	require.NoError(t, err)
	var out, people strings.Builder
	args := append([]string{"compare", "--partial", "--matrix", "--format", "markdown"}, reports...)
	require.Zero(t, Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &people}), people.String())
	made, _, _ := strings.Cut(out.String(), "\n\n") // without the notes, which name files
	require.Equal(t, strings.TrimSuffix(string(table), "\n"), strings.TrimSuffix(made, "\n"))
}
