package coverage

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An excuse for what cases ask by now would hide that they are lost again.
func TestEveryExcuseIsNeeded(t *testing.T) {
	t.Parallel()
	table, err := Whole()
	require.NoError(t, err)
	for _, e := range excuses() {
		excused, others := 0, 0
		for i := range table.Rows {
			for j := range table.Rows[i].Cells {
				if c := &table.Rows[i].Cells[j]; e.covers(&table.Rows[i], c.Name) && c.Reason == e.Why {
					excused++
				} else if e.covers(&table.Rows[i], c.Name) && len(e.Cells) > 0 {
					others++
				}
			}
		}
		assert.Positive(t, excused, "%s %s %s: %s", e.Operation, e.Section, e.Member, e.Why)
		assert.Zero(t, others, "%s %s %s: it excuses cells that cases ask", e.Operation, e.Section, e.Member)
	}
}
