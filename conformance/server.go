package conformance

// LaunchedServer is what is known of a server that was started for a run. Package launch starts them.
type LaunchedServer struct {
	Command string
	// Ended says how it ended by itself before the run did, "" where it did not.
	Ended string
	// Output is the last of what it wrote, by lines, as it wrote it.
	Output []string
}

// WithServer puts into the report what is known, at the end of the run, of a server that was started
// for it.
func WithServer(tell func() LaunchedServer) Option {
	return func(r *Runner) error { r.settings.ofServer = tell; return nil }
}

func (r *Runner) server() *LaunchedServer {
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
