package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// attempt is one attempt at a case: its steps one after the other, each with what was captured before.
type attempt struct {
	session   *Session
	c         *fixtures.Case
	bindings  fixtures.Bindings
	steps     []fixtures.BoundStep
	exchanges []*wire.Exchange
	node      string // the steps go to it instead of their tag; "" where they do not
	brokenOff bool   // what later steps need could not be captured
	hasSlot   bool   // of those of the session
	polled    int    // bytes of answers that were looked at for a status or a capture
	planned   bool   // a case of the run's plan, whose bounds it keeps
	// final is why asking the case again would tell no more: what cost time in vain; "" where it may.
	final string
}

// newAttempt prepares to ask a case. Number tells attempts at the same case apart; planned is whether it is one of the
// run's plan, whose bounds it then keeps.
func (x *Session) newAttempt(c *fixtures.Case, number int, planned bool) *attempt {
	a := &attempt{session: x, c: c, planned: planned, bindings: fixtures.Bindings{
		fixtures.NonceBinding: probe.Nonce(x.started.Seed, c.ID, number), fixtures.RegionBinding: x.started.Target.Region,
	}}
	if planned {
		a.node = x.nodeInstead(c)
	}
	for _, name := range c.Needs() {
		a.bindings[name] = x.started.Preflight.Bindings[name]
	}
	return a
}

// run asks all steps of the case and judges the answers.
func (a *attempt) run(ctx context.Context) judge.Result {
	defer a.giveSlot()
	for i := range a.c.Steps {
		if r := a.step(ctx, i); r != nil {
			return *r
		}
		if a.brokenOff {
			break
		}
	}
	r := a.judge(ctx)
	if a.planned && a.node == "" {
		r.DiscardUninformativeRefusal(a.session.started.Preflight.Refusal)
	}
	return r
}

// judge judges what was answered, unless the run is ended meanwhile.
func (a *attempt) judge(ctx context.Context) judge.Result {
	defer a.session.read(a.exchanges...)()
	if ctx.Err() != nil {
		return *a.unjudged(judge.Error, judge.ReasonNotFinished+"the run was ended")
	}
	r := judge.Judge(a.c, a.steps, a.exchanges, a.session.started.Strict)
	r.Compact(a.session.keepWhole)
	if a.final != "" && r.Verdict == judge.Fail {
		r.Reason = a.final
	}
	return r
}

// step asks one step, and polls it where it says so. It returns a result only where the case cannot
// be judged.
func (a *attempt) step(ctx context.Context, i int) *judge.Result {
	bound, err := a.c.BindStep(i, a.bindings)
	if err != nil {
		return a.unjudged(judge.Error, err.Error())
	}
	a.sendToNode(&bound)
	wait := a.newWait(bound)
	for {
		e, r := a.exchange(ctx, bound)
		if r != nil {
			return r
		}
		a.hold(bound, e)
		if e.Response == nil {
			a.brokenOff = bound.Capture != nil
			return nil
		}
		if bound.Poll == nil && bound.Capture == nil {
			return nil
		}
		a.polled += len(e.Response.Body)
		if a.endsStep(ctx, bound, e, wait) {
			return nil
		}
		if a.polled > polledBytes {
			wait.pause = wait.longest
		}
		if e.Response.Truncated || !wait.goesOn() {
			if bound.Poll != nil && a.final == "" {
				a.final = judge.ReasonWaitedInVain + "; " + wait.inVain()
			}
			return nil
		}
		a.steps[len(a.steps)-1].Interim = true
		if !a.pause(ctx, wait) {
			return a.unjudged(judge.Error, judge.ReasonNotFinished+"the run was ended while it waited")
		}
	}
}

// pause waits until the next question of a poll, and reports whether the context still lives. Others are asked meanwhile.
func (a *attempt) pause(ctx context.Context, w *wait) bool {
	if weight(a.exchanges) > slightBytes {
		a.forgetPolled()
	}
	if weight(a.exchanges) <= slightBytes {
		a.giveSlot()
	}
	defer func() { w.pause = min(w.pause*5/4, w.longest) }()
	return probe.Pause(ctx, w.pause)
}

// polledBytes is what the answers of one case's polls may weigh before it asks as seldom as it ever does: to read them costs
// more than to wait. It does not end the wait, or a server would be blamed for what it had no time to do.
const polledBytes = 1 << 20

// endsStep reports whether an answer ends its step, and keeps what later steps need of it. Once the run is ended none is
// read any more: many cases may have a long one waiting.
func (a *attempt) endsStep(ctx context.Context, bound fixtures.BoundStep, e *wire.Exchange, w *wait) bool {
	defer a.session.read(e)()
	if ctx.Err() != nil {
		return false
	}
	answer := judge.Read(bound, e)
	done := bound.Poll == nil || w.see(&answer)
	a.capture(&answer)
	return done
}

func (a *attempt) unjudged(v judge.Verdict, reason string) *judge.Result {
	return &judge.Result{Case: a.c, Verdict: v, Reason: reason}
}

func (a *attempt) exchange(ctx context.Context, step fixtures.BoundStep) (*wire.Exchange, *judge.Result) {
	a.takeSlot()
	if why := a.whyNot(ctx, step); why != "" {
		return nil, a.unjudged(judge.Error, why)
	}
	e, err := a.reach(ctx, &step)
	if err != nil {
		return nil, a.unjudged(judge.Error, "cannot be signed: "+err.Error())
	}
	a.session.liveness.Track(ctx, e, a.c.ID, a.planned)
	if a.planned && !probe.Whole(e) {
		a.session.budget.Add(a.c, step, e.Elapsed)
	}
	if e.Err != nil {
		if r, done := a.unanswered(e); done {
			return nil, r
		}
		if e.Err.Failure == wire.TimedOut && a.final == "" {
			a.final = fmt.Sprintf("not asked again: no whole answer came within %s", a.session.runner.settings.limits.Timeout)
		}
	}
	return e, nil
}

// unanswered gives the verdict where the missing answer is not the target's doing.
func (a *attempt) unanswered(e *wire.Exchange) (*judge.Result, bool) {
	if errors.Is(e.Err, wire.ErrLongHeader) {
		r := judge.Unreadable(a.c, untrusted.FirstLine(e.Err.Err.Error()))
		return &r, true
	}
	switch e.Err.Failure {
	case wire.Unreachable, wire.Throttled:
		return a.unjudged(judge.Error, a.session.client.DescribeError(e.Err)), true
	case wire.Interrupted:
		return a.unjudged(judge.Error, judge.ReasonNotFinished+"the run was ended before an answer came"), true
	case wire.Unsupported:
		return a.unjudged(judge.Skip, e.Err.Err.Error()), true
	default:
		return nil, false
	}
}

// reach exchanges a request, again where the target could not be reached and came back: it was never sent.
func (a *attempt) reach(ctx context.Context, step *fixtures.BoundStep) (*wire.Exchange, error) {
	const tries = 3
	liveness := a.session.liveness
	for try := 1; ; try++ {
		if a.planned {
			liveness.Pass()
		}
		e, err := a.session.client.Exchange(ctx, &step.Request)
		if err != nil || !a.planned || e.Err == nil || e.Err.Failure != wire.Unreachable || try == tries {
			return e, err
		}
		if !liveness.ComesBack(ctx, a.c.ID, string(e.Err.Failure)) {
			return e, nil
		}
	}
}

// whyNot is why a step is not asked, "" where it is.
func (a *attempt) whyNot(ctx context.Context, step fixtures.BoundStep) string {
	if reason := a.session.liveness.Lost(); reason != "" {
		return reason
	}
	if ctx.Err() != nil {
		return judge.ReasonNotAsked + "the run was ended"
	}
	if !a.planned {
		return ""
	}
	return a.session.budget.Over(a.c, step)
}

// capture keeps what later steps need. What is missing breaks the case off: the step's own
// expectation says what is wrong.
func (a *attempt) capture(e *judge.Exchanged) {
	captured, whole := e.Captured()
	a.brokenOff = !whole
	for name, value := range captured {
		a.bindings[name] = strings.Clone(value) // the whole answer would stay with it
	}
}
