package generate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A generator has one request for all inputs: nothing of one may be in another.
func TestInputDoesNotDependOnThoseBefore(t *testing.T) {
	t.Parallel()
	used, err := New(3, World{})
	require.NoError(t, err)
	const count = 300
	texts := make([]string, count)
	inputs := make([]*Input, count)
	for i := range uint64(count) {
		inputs[i] = used.At(i)
		texts[i] = string(inputs[i].Body.Bytes())
	}
	for i := range uint64(count) {
		again, err := New(3, World{})
		require.NoError(t, err)
		require.Equal(t, texts[i], string(again.At(i).Body.Bytes()), "made alone, input %d", i)
		require.Equal(t, texts[i], string(inputs[i].Body.Bytes()), "after the others, input %d", i)
	}
}

func TestStepsKnowTheWayUpToThem(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []step{{"Comment", "Comment"}}, steps("Comment"))
	assert.Equal(t, []step{
		{"AlarmConfiguration", "AlarmConfiguration"}, {"Alarms", "AlarmConfiguration.Alarms"}, {"[]", "AlarmConfiguration.Alarms[]"},
		{"Name", "AlarmConfiguration.Alarms[].Name"},
	}, steps("AlarmConfiguration.Alarms[].Name"))
	assert.Equal(t, []step{{"Parameters", "Parameters"}, {"*", "Parameters.*"}, {"[]", "Parameters.*[]"}}, steps("Parameters.*[]"))
}
