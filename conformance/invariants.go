package conformance

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
}

// Invariants gives the verdict on each selected invariant over all the results of a session: a finding
// of the strongest level decides, and the first exchange that shows it is the one reported.
func (r *Session) Invariants(results []Result) []Result {
	byRule := map[string][]invariantFinding{}
	exchanges := 0
	for i := range results {
		for _, x := range results[i].Exchanges {
			if x.Response != nil && !x.Step.Interim && x.isCall() { // how often a poll asks is a matter of speed
				exchanges++
			}
		}
		for _, f := range results[i].invariants {
			f.id = results[i].Case.ID
			byRule[f.Check] = append(byRule[f.Check], f)
		}
	}
	r.addPreflight(byRule)
	seen := map[string]int{}
	for i := range runChecks {
		c := &runChecks[i]
		byRule[c.rule.ID], seen[c.rule.ID] = c.inspect(i, results)
	}
	var verdicts []Result
	for _, c := range Invariants() {
		if !r.selector.Match(c.ID) || len(r.settings.profiles) > 0 && !slices.Contains(r.settings.profiles, c.Profile) {
			continue
		}
		v := invariantResult(byRule[c.ID], r.settings.strict)
		v.Case, v.Seen = c, exchanges
		if n, ok := seen[c.ID]; ok {
			v.Seen = n
		}
		if v.Seen == 0 {
			v.Verdict, v.Reason = Skip, "no answer to judge it on"
		}
		r.weigh(&v, len(results) == len(r.cases))
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// inPreflight stands for the case of an exchange of the preflight.
const inPreflight = "the preflight"

// inspect keeps an exchange of the preflight that breaks an invariant.
func (p *Preflight) inspect(e Exchanged) {
	r := Result{Case: &fixtures.Case{ID: inPreflight, Profile: fixtures.Core}, Exchanges: []Exchanged{e}}
	if e.Step.Request.Operation != reference.SendCommand {
		r.Case.Profile = fixtures.Lifecycle
	}
	r.inspect(&r.Exchanges[0])
	if len(r.invariants) == 0 {
		return
	}
	r.settle(func(int) bool { return false })
	p.faults = append(p.faults, r)
}

// addPreflight adds what the preflight saw of the invariants that no case broke.
func (r *Session) addPreflight(byRule map[string][]invariantFinding) {
	faults := map[string][]invariantFinding{}
	for i := range r.started.Preflight.faults {
		fault := &r.started.Preflight.faults[i]
		if len(r.settings.profiles) > 0 && !slices.Contains(r.settings.profiles, fault.Case.Profile) {
			continue
		}
		for _, f := range fault.invariants {
			f.id = inPreflight
			faults[f.Check] = append(faults[f.Check], f)
		}
	}
	for name, found := range faults {
		if len(byRule[name]) == 0 {
			byRule[name] = found
		}
	}
}

func invariantResult(found []invariantFinding, strict bool) Result {
	v := Result{Verdict: Pass}
	if len(found) == 0 {
		return v
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
		key := placeOf(f.Path) + "\x00" + f.Want.Type() + "\x00" + string(f.Level)
		if !distinct[key] {
			distinct[key] = true
			f.Step = 0
			v.Findings = append(v.Findings, f.Finding)
		}
	}
	v.Broken = max(1, len(hit))
	v.Verdict = verdictOf(v.Findings, strict)
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

// placeOf is a path without the numbers of list elements.
func placeOf(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
