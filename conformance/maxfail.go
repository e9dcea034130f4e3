package conformance

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// WithMaxFail ends a run once so many cases have failed that a baseline does not know. What was not asked by then has
// no verdict, and the report says so. Default: no bound.
func WithMaxFail(n int) Option {
	return func(r *Runner) error {
		if n < 1 {
			return fmt.Errorf("max fail %d: want 1 or more", n)
		}
		r.settings.maxFail = n
		return nil
	}
}

// endedEarly turns the result of a case that the end of the run cut short into one that was not asked: neither the
// target nor the suite is at fault.
func endedEarly(ctx context.Context, r *judge.Result) bool {
	if ctx.Err() == nil || !r.NotAsked() {
		return false
	}
	r.Verdict = judge.Skip
	return true
}

// notAsked is the result of a case that the run does not come to.
func notAsked(p event.Planned) judge.Result {
	if p.Skip != "" {
		return judge.Result{Case: p.Case, Verdict: judge.Skip, Reason: p.Skip}
	}
	return judge.Result{Case: p.Case, Verdict: judge.Skip, Reason: judge.ReasonNotAsked + "the run was ended"}
}
