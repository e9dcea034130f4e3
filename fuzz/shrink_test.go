package fuzz

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// A change of a request of thousands of elements takes milliseconds, also where the oracle says that it shows nothing:
// as many changes as there are elements took minutes.
func TestALongListIsShrunkInFewChanges(t *testing.T) {
	t.Parallel()
	tree := generate.Plain("x")
	tree.Get("Parameters").Set("commands", jsontree.NewStrings(make([]string, 10000)))
	commands := func(in *generate.Input) *jsontree.Value { return in.Body.Tree.Pointer("/Parameters/commands") }
	changes := 0
	s := &shrinker{
		calls: shrinkCalls, best: &generate.Input{Body: generate.Payload{Tree: tree}},
		over: func() bool { return false },
		may: func(in *generate.Input) bool {
			changes++
			return commands(in) != nil && len(commands(in).Items) >= 9000
		},
		reproduces: func(*generate.Input) bool { return true },
	}
	s.deletions()
	assert.Len(t, commands(s.best).Items, 9000)
	assert.Less(t, changes, 1000)
}
