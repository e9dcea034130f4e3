package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sendspec/sendspec/conformance/probe"
)

// WithMaxTime bounds a run in time, waiting and preflight included. What was not asked by then has no
// verdict, and the report says so. Of several bounds the shortest holds. Default: no bound.
func WithMaxTime(d time.Duration) Option {
	return func(r *Runner) error {
		if d <= 0 {
			return fmt.Errorf("max time %s: want more than 0", d)
		}
		if r.settings.maxTime == 0 || d < r.settings.maxTime {
			r.settings.maxTime = d
		}
		return nil
	}
}

// Bounded is the context of a run within its time.
func (r *Runner) Bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.settings.maxTime == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, r.settings.maxTime, probe.OutOfTime{Max: r.settings.maxTime})
}

// ended is why a run comes to no verdict since its context ended: the caller ended it, or its time was
// over. It is nil where the context lives.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	if over := (probe.OutOfTime{}); errors.As(context.Cause(ctx), &over) {
		return fmt.Errorf("%w: %w", ErrCannotJudge, over)
	}
	return ctx.Err()
}
