package judge

// BaselineState says how a case relates to the entry of the baseline that names it.
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

// BaselineNote is the entry of the baseline that names a case, and how the case relates to it.
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

// LeavesBaseline reports whether the case was skipped though an entry of the baseline expects it to be judged.
func (r *Result) LeavesBaseline() bool {
	return r.Baseline != nil && r.Baseline.State == BaselineUnjudged
}
