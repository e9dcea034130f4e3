package conformance

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"

	"github.com/sendspec/sendspec/conformance/wire"
)

// WithRate bounds how many requests a second are sent, of all kinds. Default: no bound.
func WithRate(perSecond float64) Option {
	return func(r *Runner) error {
		if !(perSecond > 0) {
			return fmt.Errorf("rate %g: want more than 0", perSecond)
		}
		r.settings.pace = rate.NewLimiter(rate.Limit(perSecond), 1)
		return nil
	}
}

// paced is an exchanger that waits for its turn.
type paced struct {
	wire.Exchanger
	limiter *rate.Limiter
}

// Exchange is that of the exchanger. A context that ends while it waits is for the exchanger to tell.
func (e *paced) Exchange(ctx context.Context, q *wire.Request) *wire.Exchange {
	_ = e.limiter.Wait(ctx)
	return e.Exchanger.Exchange(ctx, q)
}
