package generate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/selector"
)

// A generator has one request for all inputs: nothing of one may be in another.
func TestInputDoesNotDependOnThoseBefore(t *testing.T) {
	t.Parallel()
	used, err := New(3, World{})
	require.NoError(t, err)
	const count = 160
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

// Each shard has its part of each strategy, whichever number of shards divides the rotation.
func TestShardsAreDisjointAndAlike(t *testing.T) {
	t.Parallel()
	for _, strategies := range [][]Strategy{nil, {Sequence}, {Valid, Wire}} {
		g, err := New(3, World{Operations: []string{"ListCommands"}}, strategies...)
		require.NoError(t, err)
		for _, count := range []int{1, 2, 3, 5, 25, 40} {
			share := make([]uint64, count)
			has := make([]map[Strategy]int, count)
			const inputs = 2017
			for index := range uint64(inputs) {
				of := 0
				for i := range count {
					if g.InShard(index, selector.Shard{Index: i + 1, Count: count}) {
						if has[i] == nil {
							has[i] = map[Strategy]int{}
						}
						of, share[i] = of+1, share[i]+1
						has[i][g.rotation[index%uint64(len(g.rotation))].strategy]++
					}
				}
				require.Equal(t, 1, of, "input %d of %d shards", index, count)
			}
			for i := range count {
				require.Equal(t, share[i], g.Share(inputs, selector.Shard{Index: i + 1, Count: count}))
				require.Len(t, has[i], len(has[0]))
			}
		}
		require.Equal(t, uint64(9), g.Share(9, selector.Shard{}))
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
