package conformance

import (
	"context"
	"maps"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// Once asks a case, which need not be of the plan, and judges the answers. It does not ask a failing
// one again and keeps nothing of it, so that a campaign can ask without end: judge.Result.Invariants has what
// Invariants would sum up at the end of a run, and an identifier is compared with the recent ones only.
func (x *Session) Once(ctx context.Context, c *fixtures.Case) judge.Result {
	if why := x.skip(c, x.started.Preflight.bindings, nil); why != "" {
		return judge.Result{Case: c, Verdict: judge.Skip, Reason: why}
	}
	a, unjudged := x.asked(ctx, c, 0, false)
	if unjudged != nil {
		return *unjudged
	}
	r := a.judged(ctx)
	x.recent.Inspect(&r)
	return r
}

// Resume lets a session that gave its target up ask again.
func (x *Session) Resume() {
	x.silent.Store(0)
	x.lost.Store(nil)
}

// Bindings are what is known of the target's world: what the caller said, and what the preflight made up.
func (x *Session) Bindings() fixtures.Bindings { return maps.Clone(x.started.Preflight.bindings) }
