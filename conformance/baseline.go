package conformance

import (
	"context"

	"github.com/sendspec/sendspec/fixtures"
)

// Baseline is what is known already of how a target differs. Package baseline reads it from a file.
type Baseline interface {
	// Check tells what of it fits none of the cases.
	Check(cases []*fixtures.Case) error
	// Weigh holds a result against it: it sets Baseline, and the verdict where a failure is known or
	// a known failure is fixed. Whole tells whether everything was asked: an invariant that was
	// judged on a part of the answers is not fixed because that part keeps it.
	Weigh(r *Result, whole bool)
}

// WithBaseline holds every result against what is known of the target.
func WithBaseline(b Baseline) Option {
	return func(r *Runner) error { r.settings.baseline = b; return nil }
}

// BaselineState says how a case stands to the entry of the baseline that names it.
type BaselineState string

// The states.
const (
	BaselineKnown   BaselineState = "known"   // it differs as the entry says
	BaselineFlaky   BaselineState = "flaky"   // the entry says that its verdict varies
	BaselineChanged BaselineState = "changed" // it differs in another way than the entry says
	BaselineExpired BaselineState = "expired" // it differs as the entry says, past the entry's date
	BaselineStale   BaselineState = "stale"   // it no longer fails
	// BaselineUnjudged is the state of a case that the entry expects to fail and that was skipped.
	BaselineUnjudged BaselineState = "unjudged"
)

// BaselineStates returns every state in the order in which reports count them.
func BaselineStates() []BaselineState {
	return []BaselineState{BaselineKnown, BaselineFlaky, BaselineChanged, BaselineExpired, BaselineStale, BaselineUnjudged}
}

// BaselineNote is the entry of the baseline that names a case, and how the case stands to it.
type BaselineNote struct {
	State BaselineState `json:"state"`
	// Entry is the place of the entry, FILE:LINE.
	Entry string `json:"entry"`
	// Was is the fingerprint that the entry expects.
	Was string `json:"was,omitempty"`
	// Until is the last day on which the entry holds, YYYY-MM-DD.
	Until     string `json:"until,omitempty"`
	Reference string `json:"reference,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Ask judges a case of the plan, asks a failing one again, and holds it against what is known.
func (x *Session) Ask(ctx context.Context, p Planned) Result {
	r := x.askTwice(ctx, p)
	x.weigh(&r, true)
	return r
}

// weigh gives a result its fingerprint, and its verdict in the light of what is known.
func (r *Runner) weigh(result *Result, whole bool) {
	result.Fingerprint = fingerprint(result)
	if r.settings.baseline != nil {
		r.settings.baseline.Weigh(result, whole)
	}
}

// Baseline counts the cases that the baseline names by how they stand to it; nil without a baseline.
func (r *Report) Baseline() map[BaselineState]int {
	var n map[BaselineState]int
	for i := range r.Results {
		if b := r.Results[i].Baseline; b != nil {
			if n == nil {
				n = map[BaselineState]int{}
			}
			n[b.State]++
		}
	}
	return n
}

// Stale reports whether the baseline names a case that no longer fails, or is no longer judged.
func (r *Report) Stale() bool { return r.Totals[Fixed]+r.Baseline()[BaselineUnjudged] > 0 }

// LeavesBaseline reports whether the case was skipped though an entry of the baseline expects it to be judged.
func (r *Result) LeavesBaseline() bool {
	return r.Baseline != nil && r.Baseline.State == BaselineUnjudged
}
