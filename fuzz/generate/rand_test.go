package generate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextHasNoTemplate(t *testing.T) {
	t.Parallel()
	r, braces := seededRand(1), 0
	for range 2000 {
		drawn := text(r, 60)
		braces += strings.Count(drawn, "{ ")
		require.NotContains(t, drawn, "{{")
	}
	assert.Positive(t, braces)
}

func TestPickOrTakesTheDrawnTextForTheEmptyOne(t *testing.T) {
	t.Parallel()
	r, seen := seededRand(1), map[string]bool{}
	for range 100 {
		seen[pickOr(r, "drawn", "a", "")] = true
	}
	assert.Equal(t, map[string]bool{"a": true, "drawn": true}, seen)
}
