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

// Baseline counts the cases that the baseline names by their state; nil without a baseline.
func (r *Report) Baseline() map[judge.BaselineState]int {
	var n map[judge.BaselineState]int
	for i := range r.Results {
		if b := r.Results[i].Baseline; b != nil {
			if n == nil {
				n = map[judge.BaselineState]int{}
			}
			n[b.State]++
		}
	}
	return n
}

// Stale reports whether the baseline names a case that no longer fails, or is no longer judged.
func (r *Report) Stale() bool { return r.Totals[judge.Fixed]+r.Baseline()[judge.BaselineUnjudged] > 0 }
