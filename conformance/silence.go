package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// silenceLimit is how many exchanges in a row may go without a whole answer before it is asked whether
// the target still lives: a server that died in the middle of a run should not be waited for a
// thousand times.
const silenceLimit = 12

// unanswered gives the verdict where the missing answer is not the target's doing.
func (x *Session) unanswered(c *fixtures.Case, e *wire.Exchange) (judge.Result, bool) {
	if errors.Is(e.Err, wire.ErrLongHeader) {
		return judge.Unreadable(c, untrusted.FirstLine(e.Err.Err.Error())), true
	}
	switch e.Err.Failure {
	case wire.Unreachable, wire.Throttled:
		return judge.Result{Case: c, Verdict: judge.Error, Reason: x.asker.silence(e.Err)}, true
	case wire.Interrupted:
		return judge.Result{Case: c, Verdict: judge.Error, Reason: judge.ReasonNotFinished + "the run was ended before an answer came"}, true
	case wire.Unsupported:
		return judge.Result{Case: c, Verdict: judge.Skip, Reason: e.Err.Err.Error()}, true
	}
	return judge.Result{}, false
}

// listen gives the target up when nothing whole comes back any more. A closed connection may be the
// answer to a request that deserves none, and a hang the answer to one that misled the target: what
// decides is whether it still answers a plain request.
func (a *asking) listen(ctx context.Context, e *wire.Exchange) {
	if whole(e) {
		a.silent.Store(0)
		return
	}
	how := "a body without end"
	if e.Err != nil {
		how = string(e.Err.Failure)
		switch e.Err.Failure {
		case wire.Throttled:
			if over := a.patient.over(); over != nil {
				a.giveUp(judge.ReasonNotAsked + a.asker.silence(over))
			}
			return
		case wire.Interrupted, wire.Unsupported, wire.HandlerPanic:
			return
		}
	}
	if a.silent.Add(1) != silenceLimit {
		return
	}
	if a.planned {
		a.comesBack(ctx, a.c, how)
		return
	}
	if plain, err := a.asker.ask(ctx, "SendCommand", a.asker.minimal("")); err == nil && whole(plain.Exchange) {
		a.silent.Store(0)
		return
	}
	a.giveUp(a.stoppedAnswering(a.c, how))
}

func (x *Session) stoppedAnswering(c *fixtures.Case, how string) string {
	return fmt.Sprintf(judge.ReasonNotAsked+"%s stopped answering, last at %s (%s)", x.target.Name, c.ID, how)
}

func (x *Session) giveUp(reason string) { x.lost.CompareAndSwap(nil, &reason) }

func whole(e *wire.Exchange) bool {
	return e.Response != nil && e.Err == nil && !e.Response.Truncated
}

// interrupted is why a run that the caller ended did not get to its end.
const interrupted = "interrupted"

// stopped says why the run did not get to its end, "" where it did.
func (x *Session) stopped(ctx context.Context) string {
	if why := whyEnded(ctx); why != "" {
		return why
	}
	if reason := x.lost.Load(); reason != nil {
		return *reason
	}
	return ""
}
