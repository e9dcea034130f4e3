package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

// Revival is how long a target that is gone may take to come back, in a run and in a campaign: a supervisor may start
// it anew.
const Revival = 10 * time.Second

// AllRevivals is how many times as long a run waits for its target altogether.
const AllRevivals = 6

// The pauses between two looks whether a target is back.
const (
	firstLook = 50 * time.Millisecond
	lastLook  = time.Second
)

// unansweredLimit is how many exchanges in a row may go without a whole answer before it is asked whether
// the target still lives: a server that died in the middle of a run should not be waited for a
// thousand times.
const unansweredLimit = 12

// Liveness follows whether a target still answers. A target that is gone is waited for; nothing is sent meanwhile.
type Liveness struct {
	Client   *Client
	Throttle *ThrottleRetrier
	// Revival is how long a target that is gone may take to come back.
	Revival time.Duration
	// Exited reports whether the target is known to have ended for good.
	Exited func() bool

	unanswered atomic.Int64 // exchanges in a row without a whole answer
	lost       atomic.Pointer[string]
	revivals   atomic.Int64

	gate   sync.RWMutex
	waited time.Duration // altogether
}

// Lost is why the target is given up, "" where it is not.
func (l *Liveness) Lost() string {
	if reason := l.lost.Load(); reason != nil {
		return *reason
	}
	return ""
}

// Resume asks a target again that was given up.
func (l *Liveness) Resume() {
	l.unanswered.Store(0)
	l.lost.Store(nil)
}

// Revivals is how often the target was gone and came back.
func (l *Liveness) Revivals() int64 { return l.revivals.Load() }

// Track gives the target up when nothing whole comes back any more; caseID is what was asked. A closed connection may be
// the answer to a request that deserves none, and a hang the answer to one that misled the target: what decides is
// whether it still answers a plain request.
func (l *Liveness) Track(ctx context.Context, e *wire.Exchange, caseID string, waitFor bool) {
	if Whole(e) {
		l.unanswered.Store(0)
		return
	}
	how := "a body without end"
	if e.Err != nil {
		how = string(e.Err.Failure)
		switch e.Err.Failure {
		case wire.Throttled:
			if gaveUp := l.Throttle.GaveUp(); gaveUp != nil {
				l.giveUp(judge.ReasonNotAsked + l.Client.DescribeError(gaveUp))
			}
			return
		case wire.Interrupted, wire.Unsupported, wire.HandlerPanic:
			return
		default: // the target's doing
		}
	}
	if l.unanswered.Add(1) != unansweredLimit {
		return
	}
	if waitFor {
		l.ComesBack(ctx, caseID, how)
		return
	}
	if plain, err := l.Client.AskPlain(ctx); err == nil && Whole(plain.Exchange) {
		l.unanswered.Store(0)
		return
	}
	l.giveUp(l.stoppedAnswering(caseID, how))
}

// Pass returns when nobody waits for the target.
func (l *Liveness) Pass() {
	l.gate.RLock()
	defer l.gate.RUnlock()
}

// ComesBack reports whether the target answers a plain request, at once or within the time of a revival. Where it does
// not, the target is given up: it stopped answering at that case, in that way.
func (l *Liveness) ComesBack(ctx context.Context, caseID, how string) bool {
	l.gate.Lock()
	defer l.gate.Unlock()
	began := time.Now()
	defer func() { l.waited += time.Since(began) }()
	limited, cancel := context.WithDeadline(ctx, began.Add(min(l.Revival, AllRevivals*l.Revival-l.waited)))
	defer cancel()
	look := ctx // at first for as long as any request may take
	for pause := time.Duration(0); l.Lost() == ""; pause = min(max(2*pause, firstLook), lastLook) {
		if pause > 0 && !Pause(limited, pause) {
			break
		}
		if e, err := l.Client.AskPlain(look); err == nil && Whole(e.Exchange) && !gatewaySays(&e) {
			l.unanswered.Store(0)
			if pause > 0 {
				l.revivals.Add(1)
			}
			return true
		}
		if l.Exited() {
			break // nobody starts it anew
		}
		look = limited
	}
	if ctx.Err() == nil {
		l.giveUp(l.stoppedAnswering(caseID, how))
	}
	return false
}

func (l *Liveness) stoppedAnswering(caseID, how string) string {
	return fmt.Sprintf(judge.ReasonNotAsked+"%s stopped answering, last at %s (%s)", l.Client.Name, caseID, how)
}

func (l *Liveness) giveUp(reason string) { l.lost.CompareAndSwap(nil, &reason) }

// Whole reports whether an exchange has a whole answer.
func Whole(e *wire.Exchange) bool {
	return e.Response != nil && e.Err == nil && !e.Response.Truncated
}

// SeemsGone reports whether the target may have been gone when the case was asked.
func SeemsGone(r *judge.Result) bool {
	return slices.ContainsFunc(r.Exchanges, func(e judge.Exchanged) bool {
		return e.Err != nil && e.Err.Failure == wire.Closed || gatewaySays(&e)
	})
}

// gatewaySays reports whether an answer is a gateway's word that the target is not there.
func gatewaySays(e *judge.Exchanged) bool {
	return e.Response != nil && slices.Contains(gatewayStatuses, e.Response.Status) && e.ErrorType == ""
}

// The pauses between two tries of Wait.
const (
	firstTry = 20 * time.Millisecond
	lastTry  = 500 * time.Millisecond
)

// Wait asks the target a plain SendCommand until it answers HTTP at all. A refused
// or dropped connection, silence, TLS that is not ready and a gateway's 502, 503 or 504 are waited
// through. It fails with ErrCannotJudge when the time is over, or at once where waiting cannot help: a
// certificate that is not trusted, a server of HTTP/2 only.
func (c *Client) Wait(ctx context.Context, within time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	last := c.Name + " takes the connection and does not answer"
	for pause := firstTry; ; pause = min(2*pause, lastTry) {
		e, err := c.AskPlain(limited)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.Err == nil && !slices.Contains(gatewayStatuses, e.Response.Status):
			c.keep(&e)
			return nil
		case e.Err == nil:
			last = c.Name + " answers " + judge.StatusText(e.Response.Status)
		case wire.Advice(e.Err) != "" && !isPlain(e.Err), errors.Is(e.Err, wire.ErrHTTP2Only):
			return fmt.Errorf("%w: %s", ErrCannotJudge, c.DescribeError(e.Err))
		case e.Err.Failure != wire.Interrupted:
			last = c.DescribeError(e.Err)
		}
		if !Pause(limited, pause) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: not up after %s: %s", ErrCannotJudge, within, last)
		}
	}
}

// isPlain reports whether something other than TLS was spoken: a port may do so until the target is up.
func isPlain(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record)
}

// gatewayStatuses are what a gateway in front of a server answers while the server is not there.
var gatewayStatuses = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// Pause waits, and reports whether the context still lives.
func Pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return ctx.Err() == nil
	}
}
