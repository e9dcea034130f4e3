package conformance_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
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
