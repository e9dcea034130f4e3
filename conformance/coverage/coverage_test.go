package coverage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/coverage"
	"github.com/sendspec/sendspec/fixtures"
)

func TestNothingIsLeftWithoutACase(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	ledger, err := coverage.Build(cases)
	require.NoError(t, err)
	t.Log(ledger.Summary)
	for _, g := range ledger.Gaps() {
		t.Errorf("%s %s %s %s: %s %s", g.Row.Operation, g.Row.Section, g.Row.Member, g.Row.Rule, g.Cell.Name, strings.Join(g.Cell.Missing, " "))
	}
}
