package conformance

import (
	"context"
	"time"

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
	polled      int // bytes of answers that were looked at for a status or a capture
}

// step asks one step, and polls it where it says so. It returns a result only where the case cannot
// be judged.
func (a *asking) step(ctx context.Context, i int) *Result {
	bound, err := a.c.BindStep(i, a.bindings)
	if err != nil {
		return a.unjudged(Error, err.Error())
	}
	wait := newBackoff(bound.Poll)
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
		if a.settled(bound, e) || e.Response.Truncated || a.polled > polledBytes || !wait.next(ctx) {
			if ctx.Err() != nil && bound.Poll != nil {
				return a.unjudged(Error, "the run was ended while it waited")
			}
			return nil
		}
		a.steps[len(a.steps)-1].Interim = true
	}
}

// polledBytes bounds what the answers of one case's polls may weigh before it stops waiting.
const polledBytes = 1 << 20

// settled tells whether an answer ends its step, and keeps what later steps need of it.
func (a *asking) settled(bound fixtures.BoundStep, e *wire.Exchange) bool {
	defer a.read(e)()
	answer := Read(bound, e)
	done := bound.Poll == nil || arrived(&answer)
	a.capture(&answer)
	return done
}

func (a *asking) unjudged(v Verdict, reason string) *Result {
	return &Result{Case: a.c, Verdict: v, Reason: reason}
}

func (a *asking) exchange(ctx context.Context, step fixtures.BoundStep) (*wire.Exchange, *Result) {
	if reason := a.lost.Load(); reason != nil {
		return nil, a.unjudged(Error, *reason)
	}
	if ctx.Err() != nil {
		return nil, a.unjudged(Error, notAsked+"the run was ended")
	}
	req, err := compose(a.target, a.asker.signer, &step.Request, time.Now())
	if err != nil {
		return nil, a.unjudged(Error, "cannot be signed: "+err.Error())
	}
	a.slots <- struct{}{}
	e := a.asker.exchanger.Exchange(ctx, req)
	<-a.slots
	a.listen(ctx, e, a.c)
	if e.Err != nil {
		if r, done := a.unanswered(a.c, e); done {
			return nil, &r
		}
	}
	return e, nil
}

// capture keeps what later steps need. What is missing breaks the case off: the step's own
// expectation says what is wrong.
func (a *asking) capture(e *Exchanged) {
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

// backoff spaces the questions of a poll: soon at first, for a target whose clock runs fast, and
// then at most once a second.
type backoff struct {
	deadline time.Time
	pause    time.Duration
}

const (
	firstPause = 2 * time.Millisecond
	lastPause  = time.Second
)

func newBackoff(p *fixtures.Poll) *backoff {
	b := &backoff{pause: firstPause}
	if p != nil {
		if within, err := time.ParseDuration(p.Within); err == nil {
			b.deadline = time.Now().Add(within)
		}
	}
	return b
}

// next waits, and tells whether there is time for another question.
func (b *backoff) next(ctx context.Context) bool {
	if !time.Now().Add(b.pause).Before(b.deadline) {
		return false
	}
	if !pauseFor(ctx, b.pause) {
		return false
	}
	b.pause = min(b.pause*5/4, lastPause)
	return true
}
