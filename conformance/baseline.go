package conformance

import (
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// Baseline is what is known already of how a target differs. Package baseline reads it from a file.
type Baseline interface {
	// Check returns an error that names what of it fits none of the cases.
	Check(cases []*fixtures.Case) error
	// Apply holds a result against it: it sets Baseline, and the verdict where a failure is known or
	// a known failure is fixed. Complete reports whether everything was asked: an invariant that was
	// judged on a part of the answers is not fixed because that part keeps it.
	Apply(r *judge.Result, complete bool)
	// Suite is the version of the suite that it pins, as WithSuite does; "" for none.
	Suite() fixtures.Version
}

// WithBaseline holds every result against what is known of the target.
func WithBaseline(b Baseline) Option {
	return func(r *Runner) error { r.settings.baseline = b; return nil }
}

// compare gives a result its fingerprint, and its verdict in the light of what is known.
func (r *Runner) compare(result *judge.Result, complete bool) {
	result.Fingerprint = judge.Fingerprint(result)
	if r.settings.baseline != nil {
		r.settings.baseline.Apply(result, complete)
	}
}
