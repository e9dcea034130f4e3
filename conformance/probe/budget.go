package probe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// What a run spends on requests that get no whole answer, in timeouts: of one operation in one area,
// and altogether. A target may hang over some requests and answer the others.
const (
	UnansweredOfOne = 16
	UnansweredInAll = 64
)

// UnansweredBudget adds up the time that a run has spent on requests without a whole answer.
type UnansweredBudget struct {
	Target  string
	Timeout time.Duration

	mu  sync.Mutex
	all time.Duration
	of  map[unansweredPart]time.Duration
}

type unansweredPart struct{ area, operation string }

// Add adds the time that a request took without a whole answer.
func (u *UnansweredBudget) Add(c *fixtures.Case, step fixtures.BoundStep, took time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of == nil {
		u.of = map[unansweredPart]time.Duration{}
	}
	u.all += took
	u.of[unansweredPart{c.Area(), step.Request.Operation}] += took
}

// Over is why no more of such requests are sent, "" where they are.
func (u *UnansweredBudget) Over(c *fixtures.Case, step fixtures.BoundStep) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch p := (unansweredPart{c.Area(), step.Request.Operation}); {
	case u.all >= UnansweredInAll*u.Timeout:
		return fmt.Sprintf(judge.ReasonNotAsked+"%s left requests without an answer for %d times the timeout of %s",
			u.Target, UnansweredInAll, u.Timeout)
	case u.of[p] >= UnansweredOfOne*u.Timeout:
		return fmt.Sprintf(judge.ReasonNotAsked+"%s left requests of %s without an answer for %d times the timeout of %s, "+
			"in the cases of %s",
			u.Target, p.operation, UnansweredOfOne, u.Timeout, p.area)
	}
	return ""
}

// VainWait is how long VainWaits commands may keep a run waiting while none is seen to end, before every further wait
// of the kind is short. An agent that polls takes 30 s.
const (
	VainWait  = time.Minute
	VainWaits = 8
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
