package conformance

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Revival is how long a target that is gone may take to come back, in a run and in a campaign: a supervisor may start
// it anew.
const Revival = 10 * time.Second

// allRevivals is how many times as long a run waits for its target altogether.
const allRevivals = 6

// The pauses between two looks whether a target is back.
const (
	firstLook = 50 * time.Millisecond
	lastLook  = time.Second
)

// revival waits for a target that is gone. Nothing is sent meanwhile.
type revival struct {
	within time.Duration

	gate   sync.RWMutex
	waited time.Duration // altogether
	times  atomic.Int64  // that the target was gone and came back
}

// pass returns when nobody waits for the target.
func (r *revival) pass() {
	r.gate.RLock()
	defer r.gate.RUnlock()
}

// comesBack reports whether the target answers a plain request, at once or within the time of a revival. Where it does
// not, the target is given up: it stopped answering at that case, in that way.
func (x *Session) comesBack(ctx context.Context, c *fixtures.Case, how string) bool {
	r := &x.revival
	r.gate.Lock()
	defer r.gate.Unlock()
	began := time.Now()
	defer func() { r.waited += time.Since(began) }()
	limited, cancel := context.WithDeadline(ctx, began.Add(min(r.within, allRevivals*r.within-r.waited)))
	defer cancel()
	look := ctx // at first for as long as any request may take
	for pause := time.Duration(0); x.lost.Load() == nil; pause = min(max(2*pause, firstLook), lastLook) {
		if pause > 0 && !pauseFor(limited, pause) {
			break
		}
		if e, err := x.asker.ask(look, "SendCommand", x.asker.minimal("")); err == nil && whole(e.Exchange) && !gatewaySays(&e) {
			x.silent.Store(0)
			if pause > 0 {
				r.times.Add(1)
			}
			return true
		}
		if s := x.server(); s != nil && s.Ended != "" {
			break // nobody starts it anew
		}
		look = limited
	}
	if ctx.Err() == nil {
		x.giveUp(x.stoppedAnswering(c, how))
	}
	return false
}

// gatewaySays reports whether an answer is a gateway's word that the target is not there.
func gatewaySays(e *judge.Exchanged) bool {
	return e.Response != nil && slices.Contains(gatewayStatuses, e.Response.Status) && e.ErrorType == ""
}

// seemsGone reports whether the target may have been gone when the case was asked.
func seemsGone(r *judge.Result) bool {
	return slices.ContainsFunc(r.Exchanges, func(e judge.Exchanged) bool {
		return e.Err != nil && e.Err.Failure == wire.Closed || gatewaySays(&e)
	})
}

// reach exchanges a request, again where the target could not be reached and came back: it was never sent.
func (a *asking) reach(ctx context.Context, step *fixtures.BoundStep) (*wire.Exchange, error) {
	const tries = 3
	for try := 1; ; try++ {
		if a.planned {
			a.revival.pass()
		}
		req, err := compose(a.target, a.asker.signer, &step.Request, time.Now())
		if err != nil {
			return nil, err
		}
		e := a.asker.exchanger.Exchange(ctx, req)
		if !a.planned || e.Err == nil || e.Err.Failure != wire.Unreachable || try == tries || !a.comesBack(ctx, a.c, string(e.Err.Failure)) {
			return e, nil
		}
	}
}
