package probe

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// The bounds of waiting for a target that throttles.
const (
	throttleTries = 12                     // of one request
	firstThrottle = 100 * time.Millisecond // where no Retry-After is given; doubled each time, but not beyond lastThrottle
	lastThrottle  = 400 * time.Millisecond
	// fewTries are those of one request once chanceLimit requests had all of theirs throttled: a target that
	// throttles one answer in three does that to none, so it is no chance.
	fewTries    = 5
	chanceLimit = 3
	// allThrottles is how many times its patience a run may spend on pauses altogether.
	allThrottles = 30
)

// ThrottleRetrier asks again what a target was too busy to answer. That a request came too soon says nothing
// about whether the target conforms: AWS itself answers ThrottlingException (evidence: errors/Throttling). So
// a throttled answer is never judged: the whole run pauses for as long as Retry-After says, or else a
// moment, and then the same request is sent again. Where that does not help within bounds there is no
// verdict (exit 3) rather than a false one (exit 1), and a gate is red either way.
//
// A 503 counts only with Retry-After: without one it is a server that broke, as any other 5xx.
type ThrottleRetrier struct {
	Exchanger wire.Exchanger
	Patience  time.Duration // how long a target may answer nothing but this

	mu     sync.Mutex
	until  time.Time     // nothing is sent before
	since  time.Time     // when the first such answer came after the last other one; zero for none
	paused time.Duration // altogether
	failed int           // requests of which every try was throttled
	gaveUp *wire.Error
}

// Exchange exchanges, several times where the target throttles.
func (p *ThrottleRetrier) Exchange(ctx context.Context, r *wire.Request) *wire.Exchange {
	for try := 1; ; try++ {
		if err := p.pause(ctx); err != nil {
			return &wire.Exchange{Request: r, Sent: time.Now(), Err: err}
		}
		x := p.Exchanger.Exchange(ctx, r)
		after, busy := throttled(x)
		if !busy {
			p.answered(x)
			return x
		}
		if err := p.note(x, after, try); err != nil {
			return &wire.Exchange{Request: x.Request, Sent: x.Sent, Elapsed: x.Elapsed, Err: err}
		}
	}
}

// pause waits until the target may be asked again.
func (p *ThrottleRetrier) pause(ctx context.Context) *wire.Error {
	p.mu.Lock()
	until, err := p.until, p.gaveUp
	p.mu.Unlock()
	if err != nil || until.IsZero() {
		return err
	}
	if left := time.Until(until); left > 0 && !Pause(ctx, left) {
		return &wire.Error{Failure: wire.Interrupted, Err: ctx.Err()}
	}
	return nil
}

func (p *ThrottleRetrier) answered(x *wire.Exchange) {
	if x.Response == nil {
		return
	}
	p.mu.Lock()
	p.since = time.Time{}
	p.mu.Unlock()
}

// note sets the pause after a throttled answer, or says that there is no use in one.
func (p *ThrottleRetrier) note(x *wire.Exchange, after time.Duration, try int) *wire.Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.since.IsZero() {
		p.since = now
	}
	says := judge.StatusText(x.Response.Status)
	if given := x.Response.Header.Get("Retry-After"); given != "" {
		says += " (Retry-After: " + printable(given) + ")"
	}
	left := p.Patience - now.Sub(p.since)
	switch {
	case p.gaveUp != nil:
	case left <= 0:
		p.gaveUp = throttledError("nothing but %s for %s; wait, or raise --timeout, which is also how long it is waited", says, p.Patience)
	case p.paused > allThrottles*p.Patience:
		p.gaveUp = throttledError("%s too often: the run was held up for %s; try --parallel 1, or a part of the cases", says,
			p.paused.Round(time.Second))
	case try == throttleTries, try >= fewTries && p.failed >= chanceLimit:
		p.failed++
		return throttledError("%s, %d times in a row", says, try)
	}
	if p.gaveUp != nil {
		return p.gaveUp
	}
	if after < 0 {
		after = min(firstThrottle<<(try-1), lastThrottle)
	}
	if until := now.Add(min(after, left)); until.After(p.until) {
		from := now
		if p.until.After(now) {
			from = p.until
		}
		p.paused += until.Sub(from)
		p.until = until
	}
	return nil
}

func throttledError(format string, args ...any) *wire.Error {
	return &wire.Error{Failure: wire.Throttled, Err: fmt.Errorf(format, args...)}
}

// GaveUp is how the target answered that was given up for throttling, nil of any other.
func (p *ThrottleRetrier) GaveUp() *wire.Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gaveUp
}

// throttled reports whether an answer asks to come again, and after how long; negative where it does not
// say.
func throttled(x *wire.Exchange) (after time.Duration, ok bool) {
	if x.Response == nil {
		return 0, false
	}
	after = retryAfter(x.Response.Header.Get("Retry-After"))
	switch status := x.Response.Status; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && after >= 0:
		return after, true
	case status/100 == 4:
		return after, namesThrottling(x)
	}
	return 0, false
}

// namesThrottling reports whether a refusal's type is one that the SDK takes for throttling.
func namesThrottling(x *wire.Exchange) bool {
	const worthReading = 4 << 10
	body := x.Response.Body
	if x.Response.Header.Get("X-Amzn-Errortype") == "" &&
		(len(body) > worthReading || !bytes.Contains(body, []byte("__type")) || !mayNameThrottling(body)) {
		return false
	}
	e := judge.Read(fixtures.BoundStep{}, x)
	_, ok := retry.DefaultThrottleErrorCodes[e.ErrorType]
	return ok
}

// mayNameThrottling spares most refusals their reading.
func mayNameThrottling(body []byte) bool {
	if bytes.Contains(body, []byte(`\u`)) {
		return true // any letter may be written so
	}
	for code := range retry.DefaultThrottleErrorCodes {
		if bytes.Contains(body, []byte(code)) {
			return true
		}
	}
	return false
}

// retryAfter reads the header of RFC 9110, section 10.2.3: seconds or a date. Negative where it is
// neither.
func retryAfter(value string) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return -1
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date))
	}
	return -1
}
