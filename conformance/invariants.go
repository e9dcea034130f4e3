package conformance

import (
	"slices"

	"github.com/sendspec/sendspec/conformance/judge"
)

// Invariants gives the verdict on each selected invariant over all the results of a session.
func (x *Session) Invariants(results []judge.Result) []judge.Result {
	faults := slices.Clone(x.started.Preflight.faults)
	if len(x.settings.profiles) > 0 {
		faults = slices.DeleteFunc(faults, func(r judge.Result) bool { return !slices.Contains(x.settings.profiles, r.Case.Profile) })
	}
	var verdicts []judge.Result
	for _, v := range judge.Invariants(results, faults, x.settings.strict) {
		if !x.selector.Match(v.Case.ID) || len(x.settings.profiles) > 0 && !slices.Contains(x.settings.profiles, v.Case.Profile) {
			continue
		}
		x.weigh(&v, len(results) == len(x.cases))
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// inspect keeps an exchange of the preflight that breaks an invariant.
func (p *Preflight) inspect(e judge.Exchanged) {
	if fault, broken := judge.Preflight(e); broken {
		p.faults = append(p.faults, fault)
	}
}
