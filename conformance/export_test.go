package conformance

// WithoutConfirmation takes a first failure for the verdict: in fake time none is flaky.
func WithoutConfirmation() Option {
	return func(r *Runner) error { r.settings.once = true; return nil }
}
