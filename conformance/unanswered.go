package conformance

import (
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

// unansweredBudget adds up the time that a run has spent on requests without a whole answer.
type unansweredBudget struct {
	target  string
	timeout time.Duration

	mu  sync.Mutex
	all time.Duration
	of  map[unansweredPart]time.Duration
}

type unansweredPart struct{ area, operation string }

func (u *unansweredBudget) add(c *fixtures.Case, step fixtures.BoundStep, took time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of == nil {
		u.of = map[unansweredPart]time.Duration{}
	}
	u.all += took
	u.of[unansweredPart{c.Area(), step.Request.Operation}] += took
}

// over is why no more of such requests are sent, "" where they are.
func (u *unansweredBudget) over(c *fixtures.Case, step fixtures.BoundStep) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch p := (unansweredPart{c.Area(), step.Request.Operation}); {
	case u.all >= UnansweredInAll*u.timeout:
		return fmt.Sprintf(judge.ReasonNotAsked+"%s left requests without an answer for %d times the timeout of %s", u.target, UnansweredInAll, u.timeout)
	case u.of[p] >= UnansweredOfOne*u.timeout:
		return fmt.Sprintf(judge.ReasonNotAsked+"%s left requests of %s without an answer for %d times the timeout of %s, in the cases of %s",
			u.target, p.operation, UnansweredOfOne, u.timeout, p.area)
	}
	return ""
}
