package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

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
