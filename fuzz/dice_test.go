package fuzz

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Committed seeds and hashes stand for as long as the dice fall as they did, which is as rand.Rand has them.
func TestSeededDiceDrawWhatRandDraws(t *testing.T) {
	t.Parallel()
	own, want := seededDice(7), rand.New(&splitMix{state: 7})
	// Of the numbers beyond 2^30 up to half are drawn again.
	for _, n := range []int{1, 2, 3, 10, 36, 64, 100, 1000000, 1<<30 - 1, 1 << 30, 1<<30 + 1, 1431655765, math.MaxInt32, 1 << 31, 1 << 40} {
		for range 200 {
			require.Equal(t, want.Intn(n), own.Intn(n), "of %d", n)
		}
	}
	for n := range 600 {
		require.Equal(t, word(want, n), word(own, n))
		require.Equal(t, text(want, n), text(own, n))
	}
	require.Equal(t, want.Perm(20), own.Perm(20))
	assert.Panics(t, func() { own.Intn(0) })
}

func TestTextHasNoTemplate(t *testing.T) {
	t.Parallel()
	d, braces := seededDice(1), 0
	for range 2000 {
		drawn := string(appendText([]byte("{"), d, 60))
		braces += strings.Count(drawn, "{ ")
		require.NotContains(t, drawn[1:], "{{")
	}
	assert.Positive(t, braces)
}

func TestPickOrTakesTheDrawnTextForTheEmptyOne(t *testing.T) {
	t.Parallel()
	d, seen := seededDice(1), map[string]bool{}
	for range 100 {
		seen[pickOr(d, []byte("drawn"), "a", "")] = true
	}
	assert.Equal(t, map[string]bool{"a": true, "drawn": true}, seen)
}
