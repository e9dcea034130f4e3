package conformance_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
)

// The README's table counts the cases; a figure that is no longer true is a wrong figure.
func TestTheReadmeCountsTheCases(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	counts := map[string]int{}
	for _, c := range append(cases, conformance.Invariants()...) {
		counts[c.Area()]++
	}
	for area, n := range counts {
		assert.Contains(t, string(readme), fmt.Sprintf("| `%s` | %d |", area, n))
	}
}

// So is the number of wrong servers: it is that of TestKillMatrix, which wants all found out.
func TestTheReadmeCountsTheWrongServers(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	assert.Contains(t, string(readme), fmt.Sprintf("%d wrong servers", len(mutants.All())))
}

// And the table of emulators is the one that make matrix writes.
func TestTheReadmeHasTheMatrix(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	matrix, err := os.ReadFile("../cmd/sendspec/testdata/matrix/matrix.md")
	require.NoError(t, err)
	assert.Contains(t, string(readme), string(matrix))
}
