package conformance_test

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
)

// readmeSays fails with what to edit unless the number that the pattern captures in README.md is n.
func readmeSays(t *testing.T, pattern string, n int) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	at := regexp.MustCompile(pattern).FindSubmatchIndex(readme)
	if at == nil {
		t.Errorf("README.md: no line like %s, where it says %d", pattern, n)
		return
	}
	if got := string(readme[at[2]:at[3]]); got != strconv.Itoa(n) {
		t.Errorf("README.md:%d: %q: write %d instead of %s", 1+bytes.Count(readme[:at[2]], []byte("\n")), readme[at[0]:at[1]], n, got)
	}
}

// The README's table counts the cases; a figure that is no longer true is a wrong figure.
func TestTheReadmeCountsTheCases(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	counts := map[string]int{}
	for _, c := range append(cases, judge.InvariantCases()...) {
		counts[c.Area()]++
	}
	for area, n := range counts {
		readmeSays(t, "\\| `"+area+"` \\| (\\d+) \\|", n)
	}
}

// So is the number of wrong servers: it is that of TestKillMatrix, which wants all found out.
func TestTheReadmeCountsTheWrongServers(t *testing.T) {
	t.Parallel()
	readmeSays(t, `(\d+) wrong servers`, len(mutants.All()))
}

// And the table of emulators is the one that make matrix writes.
func TestTheReadmeHasTheMatrix(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	matrix, err := os.ReadFile("../cmd/sendspec/testdata/matrix/matrix.md")
	require.NoError(t, err)
	if !bytes.Contains(readme, matrix) {
		t.Error("README.md: the table of emulators is not cmd/sendspec/testdata/matrix/matrix.md: copy that in its place")
	}
}
