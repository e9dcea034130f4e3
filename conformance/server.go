package conformance

import "github.com/sendspec/sendspec/conformance/event"

// WithServer puts into the report what is known, at the end of the run, of a server that was started
// for it.
func WithServer(tell func() event.LaunchedServer) Option {
	return func(r *Runner) error { r.settings.ofServer = tell; return nil }
}

func (r *Runner) server() *event.LaunchedServer {
	if r.settings.ofServer == nil {
		return nil
	}
	s := r.settings.ofServer()
	return &s
}

// serverExited reports whether the server that was started for the run has ended by itself.
func (r *Runner) serverExited() bool {
	s := r.server()
	return s != nil && s.Ended != ""
}
