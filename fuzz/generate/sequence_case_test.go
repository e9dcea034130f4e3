package generate

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/reference"
)

// A command that the system cancels (RateExceeded), or that is Incomplete, has any of the statuses that the
// invariant on Status and StatusDetails lets pass; being cancelled shows only where somebody asked for it.
func TestASequenceTakesTheStatusesOfTheOneTable(t *testing.T) {
	t.Parallel()
	sent := &sentCommand{SequenceCall: SequenceCall{script: "exit 3", nodes: []string{"i-0123456789abcdef0"}}}
	statuses := sent.statusIn(reference.OfCommand)["$in"]
	for _, d := range []reference.Details{reference.RateExceeded, reference.Incomplete} {
		assert.Subset(t, statuses, reference.StatusesOf(d), d)
	}
	assert.Contains(t, statuses, reference.StatusOf(reference.Cancelled))
	assert.NotContains(t, statuses, reference.StatusOf(reference.Cancelling))
	sent.cancelled = true
	assert.Contains(t, sent.statusIn(reference.OfCommand)["$in"], reference.StatusOf(reference.Cancelling))
}
