package probe

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// OutOfTime is the cause of a context that ended since the time of the run was over.
type OutOfTime struct{ Max time.Duration }

// Error says how long that was.
func (e OutOfTime) Error() string { return fmt.Sprintf("the time of the run, %s, is over", e.Max) }

// WhyEnded is why a run ended early, in words, "" where the context lives.
func WhyEnded(ctx context.Context) string {
	if ctx.Err() == nil {
		return ""
	}
	if over := (OutOfTime{}); errors.As(context.Cause(ctx), &over) {
		return over.Error()
	}
	return "interrupted"
}
