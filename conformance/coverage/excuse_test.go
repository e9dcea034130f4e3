package coverage

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures"
)

// An excuse for what cases ask by now would hide that they are lost again.
func TestEveryExcuseIsNeeded(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	corpus, err := ask(cases)
	require.NoError(t, err)
	rows := corpus.rows()
	for _, e := range excuses() {
		covered, empty := 0, 0
		for i := range rows {
			for j := range rows[i].Cells {
				if c := &rows[i].Cells[j]; e.covers(&rows[i], c.Name) && c.State() == Uncovered {
					empty++
				} else if e.covers(&rows[i], c.Name) && len(e.Cells) > 0 {
					covered++
				}
			}
		}
		assert.Positive(t, empty, "%s %s %s: %s", e.Operation, e.Section, e.Member, e.Why)
		assert.Zero(t, covered, "%s %s %s: it excuses cells that cases ask", e.Operation, e.Section, e.Member)
	}
}
