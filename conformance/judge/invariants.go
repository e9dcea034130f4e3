package judge

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// invariantFinding is a finding of an invariant with the exchange that it was made on.
type invariantFinding struct {
	Finding
	exchange *Exchanged
	id       string // of the case

	provisional bool // the case is
}

// Invariants gives the verdict on each invariant over all the results of a run: a finding of the strongest level decides,
// and the first exchange that shows it is the one reported. What the preflight broke counts where no case broke it.
func Invariants(results, preflight []Result, strict bool) []Result {
	byRule, exchanges := findingsOf(results), 0
	for i := range results {
		for _, x := range results[i].Exchanges {
			if x.Response != nil && !x.Step.Interim && x.isCall() { // how often a poll asks is a matter of speed
				exchanges++
			}
		}
	}
	for id, found := range findingsOf(preflight) {
		if len(byRule[id]) == 0 {
			byRule[id] = found
		}
	}
	seen := map[string]int{}
	for i := range runChecks {
		c := &runChecks[i]
		byRule[c.rule.ID], seen[c.rule.ID] = c.inspect(i, results)
	}
	var verdicts []Result
	for _, c := range InvariantCases() {
		v := invariantResult(byRule[c.ID], strict, c.Provisional())
		v.Case, v.Seen = c, exchanges
		if n, ok := seen[c.ID]; ok {
			v.Seen = n
		}
		if v.Seen == 0 {
			v.Verdict, v.Reason = Skip, "no answer to judge it on"
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// findingsOf are the findings of invariants, by the ID of the invariant.
func findingsOf(results []Result) map[string][]invariantFinding {
	byRule := map[string][]invariantFinding{}
	for i := range results {
		for _, f := range results[i].invariants {
			f.id, f.provisional = results[i].Case.ID, results[i].Provisional
			byRule[f.Check] = append(byRule[f.Check], f)
		}
	}
	return byRule
}

const inPreflight = "the preflight"

// Preflight holds an exchange of the preflight against the invariants, and reports whether it breaks one.
func Preflight(e Exchanged) (Result, bool) {
	r := Result{Case: &fixtures.Case{ID: inPreflight, Profile: fixtures.Core}, Exchanges: []Exchanged{e}}
	if e.Step.Request.Operation != reference.SendCommand {
		r.Case.Profile = fixtures.Lifecycle
	}
	r.inspect(&r.Exchanges[0])
	r.Compact(func(int) bool { return false })
	return r, len(r.invariants) > 0
}

// AllCases returns the embedded cases, and after them the invariants.
func AllCases() ([]*fixtures.Case, error) {
	cases, err := fixtures.Embedded()
	return append(slices.Clip(cases), InvariantCases()...), err
}

// InvariantCases returns the invariants as cases, in the order in which reports list them.
func InvariantCases() []*fixtures.Case {
	var list []*fixtures.Case
	for _, c := range checks {
		list = append(list, c.rule)
	}
	for _, c := range caseChecks {
		list = append(list, c.rule)
	}
	for _, c := range runChecks {
		list = append(list, c.rule)
	}
	slices.SortFunc(list, func(a, b *fixtures.Case) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// invariantResult judges an invariant by its findings. Those of provisional cases decide where no other is a must, and are
// spared then.
func invariantResult(found []invariantFinding, strict, provisional bool) Result {
	v := Result{Verdict: Pass, Provisional: provisional}
	if len(found) == 0 {
		return v
	}
	firm := slices.DeleteFunc(slices.Clone(found), func(f invariantFinding) bool { return f.provisional })
	switch {
	case len(firm) > 0 && (strict || len(firm) == len(found)): // each counts
	case slices.ContainsFunc(firm, func(f invariantFinding) bool { return f.Level == fixtures.Must }):
		found = firm
	default:
		v.Provisional = true
	}
	// One finding for each distinct place and type of what was wanted, from the first exchange that shows it; the
	// strongest come first, and the first of them is the one whose exchange is shown.
	slices.SortStableFunc(found, func(a, b invariantFinding) int { return b.Level.Weight() - a.Level.Weight() })
	first := found[0]
	distinct := map[string]bool{}
	hit := map[*Exchanged]bool{}
	for _, f := range found {
		if !f.exchange.Step.Interim {
			hit[f.exchange] = true
		}
		key := PlaceOf(f.Path) + "\x00" + f.Want.Type() + "\x00" + string(f.Level)
		if !distinct[key] {
			distinct[key] = true
			f.Step = 0
			v.Findings = append(v.Findings, f.Finding)
		}
	}
	v.Broken = max(1, len(hit))
	v.Verdict = verdictOf(v.Findings, strict)
	v.spare(strict)
	v.Exchanges = []Exchanged{*first.exchange}
	v.Reason = firstSeen + first.id
	return v
}

const firstSeen = "first seen in "

// FirstSeen is the ID of the case that broke an invariant first. It is "" where that was the preflight, which every
// run has, and of a result that is no broken invariant.
func (r *Result) FirstSeen() string {
	id, ok := strings.CutPrefix(r.Reason, firstSeen)
	if !ok || id == inPreflight {
		return ""
	}
	return id
}

// PlaceOf is a path without the numbers of list elements.
func PlaceOf(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
