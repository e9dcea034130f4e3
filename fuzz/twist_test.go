package fuzz

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

// TestEveryRuleOfMeaningIsAsked: each is broken by some of the first inputs, alone, so that it is known which
// rule a server lacks.
func TestEveryRuleOfMeaningIsAsked(t *testing.T) {
	t.Parallel()
	world := World{Bindings: service.Demo("", "").Bindings, MayDispatch: true}
	g, err := NewGenerator(1, world, Meaning)
	require.NoError(t, err)
	o := &oracle{g.world, "us-east-1"}
	alone := map[string]int{}
	for i := range uint64(3000) {
		in := g.At(i)
		if e := o.expect(&in.body, in.body.bytes()); len(e.causes) == 1 && !e.constraints {
			alone[e.causes[0]]++
		}
	}
	for _, r := range []refusal{
		duplicateValue, duplicateKey, tagBesideGroup, idsBesideGroup, severalGroups, noRunnableType, tooManyTypes, noDestination, bothDestinations,
		unknownInstance, stoppedInstance, duplicateInstance, deniedInstance, otherPlatform,
		unknownDocument, deniedDocument, otherDocumentType, unknownVersion, wrongHash, undeclaredParameter, missingParameter, forbiddenValue, otherParameterType, tooLarge,
		missingRole, missingTopic, noTopicARN, noRoleARN, firingAlarm, missingAlarm,
	} {
		assert.GreaterOrEqual(t, alone[r.cause], 3, r.cause)
	}
}

// TestAWorldThatIsNotKnownIsNotSentTo: without nodes that may be sent to, no twist names one.
func TestAWorldThatIsNotKnownIsNotSentTo(t *testing.T) {
	t.Parallel()
	demo := service.Demo("", "").Bindings
	g, err := NewGenerator(1, World{Bindings: demo}, Meaning)
	require.NoError(t, err)
	for i := range uint64(3000) {
		for _, binding := range []string{"node", "node.2", "node.windows", "node.denied", "node.stopped", "tag.value"} {
			require.NotContains(t, string(g.At(i).body.bytes()), `"`+demo[binding]+`"`, binding)
		}
	}
}
