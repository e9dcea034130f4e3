package conformancetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A run leaves time to tell what it has found.
func TestARunEndsBeforeGoTestDoes(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]time.Duration{
		10 * time.Minute: 590 * time.Second,
		time.Minute:      54 * time.Second,
		-time.Second:     time.Millisecond,
	} {
		assert.Equal(t, want, allowed(left), left)
	}
}
