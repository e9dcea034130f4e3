package generate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/reference/service"
)

// TestEverySemanticRuleIsAsked: each is broken by some of the first inputs, alone, so that it is known which
// rule a server lacks.
func TestEverySemanticRuleIsAsked(t *testing.T) {
	t.Parallel()
	world := World{Bindings: service.Demo("", "").Bindings, MayDispatch: true}
	g, err := New(1, world, Semantic)
	require.NoError(t, err)
	o := oracle.New(world.Bindings, "us-east-1")
	alone := map[string]int{}
	for i := range uint64(3000) {
		in := g.At(i)
		if e := in.Body.expectation(o, in.Body.Bytes()); len(e.Causes) == 1 && !e.Constraints {
			alone[e.Causes[0]]++
		}
	}
	for _, cause := range oracle.Causes() {
		assert.GreaterOrEqual(t, alone[cause], 3, cause)
	}
}

// TestAWorldThatIsNotKnownIsNotSentTo: without nodes that may be sent to, no mutation names one.
func TestAWorldThatIsNotKnownIsNotSentTo(t *testing.T) {
	t.Parallel()
	demo := service.Demo("", "").Bindings
	g, err := New(1, World{Bindings: demo}, Semantic)
	require.NoError(t, err)
	for i := range uint64(3000) {
		text := string(g.At(i).Body.Bytes())
		for _, binding := range []string{"node", "node.2", "node.windows", "node.denied", "node.stopped", "tag.value"} {
			require.NotContains(t, text, `"`+demo[binding]+`"`, binding)
		}
	}
}
