package conformance

import (
	"context"
	"time"
)

// Wait waits for the target, as WithWait has a run do.
func (r *Runner) Wait(ctx context.Context, within time.Duration) error {
	exchanger, release, err := r.exchanger()
	if err != nil {
		return err
	}
	defer release()
	return r.client(exchanger).Wait(ctx, within)
}

// WithoutConfirmation takes a first failure for the verdict: in fake time none is flaky.
func WithoutConfirmation() Option {
	return func(r *Runner) error { r.settings.once = true; return nil }
}

// WithRevival sets how long a target that is gone may take to come back.
func WithRevival(within time.Duration) Option {
	return func(r *Runner) error { r.settings.revival = within; return nil }
}

// WithoutSignatures sends requests unsigned, to a target that verifies none.
func WithoutSignatures() Option {
	return func(r *Runner) error { r.settings.unsigned = true; return nil }
}
