package conformance

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// asking is one attempt at a case: its steps one after the other, each with what was captured before.
type asking struct {
	*Session
	c         *fixtures.Case
	bindings  fixtures.Bindings
	steps     []fixtures.BoundStep
	exchanges []*wire.Exchange
	brokenOff bool // what later steps need could not be captured
	held      int  // bytes of answers in exchanges
	// heldWaiting are those of them that count among all that waiting cases hold.
	heldWaiting int64
	polled      int  // bytes of answers that were looked at for a status or a capture
	planned     bool // a case of the run's plan, whose bounds it keeps
	// final is why asking the case again would tell no more: what cost time in vain; "" where it may.
	final string
}

// step asks one step, and polls it where it says so. It returns a result only where the case cannot
// be judged.
func (a *asking) step(ctx context.Context, i int) *judge.Result {
	bound, err := a.c.BindStep(i, a.bindings)
	if err != nil {
		return a.unjudged(judge.Error, err.Error())
	}
	wait := newWait(&a.vain, a.c, bound, a.final != "")
	for {
		e, r := a.exchange(ctx, bound)
		if r != nil {
			return r
		}
		a.hold(e)
		a.steps, a.exchanges = append(a.steps, bound), append(a.exchanges, e)
		if e.Response == nil {
			a.brokenOff = bound.Capture != nil
			return nil
		}
		if bound.Poll == nil && bound.Capture == nil {
			return nil
		}
		a.polled += len(e.Response.Body)
		if a.settled(ctx, bound, e, wait) {
			return nil
		}
		if a.polled > polledBytes {
			wait.pause = lastPause
		}
		if e.Response.Truncated || !wait.next(ctx) {
			if ctx.Err() != nil {
				return a.unjudged(judge.Error, judge.ReasonNotFinished+"the run was ended while it waited")
			}
			if bound.Poll != nil && a.final == "" {
				a.final = WaitedInVain + "; " + wait.inVain()
			}
			return nil
		}
		a.steps[len(a.steps)-1].Interim = true
	}
}

// polledBytes is what the answers of one case's polls may weigh before it asks as seldom as it ever does: to read them costs
// more than to wait. It does not end the wait, or a server would be blamed for what it had no time to do.
const polledBytes = 1 << 20

// settled reports whether an answer ends its step, and keeps what later steps need of it. Once the run is ended none is
// read any more: many cases may have a long one waiting.
func (a *asking) settled(ctx context.Context, bound fixtures.BoundStep, e *wire.Exchange, w *wait) bool {
	defer a.read(e)()
	if ctx.Err() != nil {
		return false
	}
	answer := judge.Read(bound, e)
	done := bound.Poll == nil || w.see(&answer)
	a.capture(&answer)
	return done
}

func (a *asking) unjudged(v judge.Verdict, reason string) *judge.Result {
	return &judge.Result{Case: a.c, Verdict: v, Reason: reason}
}

func (a *asking) exchange(ctx context.Context, step fixtures.BoundStep) (*wire.Exchange, *judge.Result) {
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, a.unjudged(judge.Error, a.whyNot(ctx, step))
	}
	defer func() { <-a.slots }()
	if why := a.whyNot(ctx, step); why != "" {
		return nil, a.unjudged(judge.Error, why)
	}
	e, err := a.reach(ctx, &step)
	if err != nil {
		return nil, a.unjudged(judge.Error, "cannot be signed: "+err.Error())
	}
	a.listen(ctx, e)
	if a.planned && !whole(e) {
		a.budget.add(a.c, step, e.Elapsed)
	}
	if e.Err != nil {
		if r, done := a.unanswered(a.c, e); done {
			return nil, &r
		}
		if e.Err.Failure == wire.TimedOut && a.final == "" {
			a.final = fmt.Sprintf("not asked again: no whole answer came within %s", a.settings.limits.Timeout)
		}
	}
	return e, nil
}

// whyNot is why a step is not asked, "" where it is.
func (a *asking) whyNot(ctx context.Context, step fixtures.BoundStep) string {
	if reason := a.lost.Load(); reason != nil {
		return *reason
	}
	if ctx.Err() != nil {
		return judge.ReasonNotAsked + "the run was ended"
	}
	if !a.planned {
		return ""
	}
	return a.budget.over(a.c, step)
}

// capture keeps what later steps need. What is missing breaks the case off: the step's own
// expectation says what is wrong.
func (a *asking) capture(e *judge.Exchanged) {
	a.brokenOff = false
	for name, pointer := range e.Step.Capture {
		v := e.Body.Pointer(pointer)
		if v == nil {
			a.brokenOff = true
			return
		}
		text := v.Text
		if v.Kind != jsontree.String && v.Kind != jsontree.Number {
			text = string(v.AppendJSON(nil))
		}
		a.bindings[fixtures.CapturedPrefix+name] = text
	}
}
