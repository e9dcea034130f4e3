package conformance

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sync/semaphore"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Many cases may have a long answer waiting when the run is ended: none of them is read any more.
func TestAnEndedRunReadsNoAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c := &fixtures.Case{ID: "lifecycle/ListCommands/long", Level: fixtures.Must, Steps: []fixtures.Step{{}}}
	steps := []fixtures.BoundStep{{Request: fixtures.Message{Operation: "ListCommands"}, Expect: []fixtures.Outcome{{Name: "any"}}}}
	exchanges := []*wire.Exchange{{Request: &wire.Request{}, Response: &wire.Response{Status: 200, Body: []byte(`{"Commands":[{}]}`)}}}
	a := &attempt{session: &Session{runner: &Runner{}, reading: semaphore.NewWeighted(readingBytes)},
		c: c, steps: steps, exchanges: exchanges}
	assert.True(t, a.endsStep(ctx, steps[0], exchanges[0], nil))
	assert.NotEqual(t, judge.Error, a.judge(ctx).Verdict)
	cancel()
	assert.False(t, a.endsStep(ctx, steps[0], exchanges[0], nil))
	r := a.judge(ctx)
	assert.Equal(t, judge.Error, r.Verdict)
	assert.Contains(t, r.Reason, "the run was ended")
}
