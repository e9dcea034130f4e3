package conformance

import (
	"slices"
	"strings"
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
			if x.Response != nil && !x.Step.Interim { // how often a poll asks is a matter of speed
				exchanges++
			}
		}
		for _, f := range results[i].invariants {
			f.id = results[i].Case.ID
			byRule[f.Check] = append(byRule[f.Check], f)
		}
	}
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

func invariantResult(found []invariantFinding, strict bool) Result {
	v := Result{Verdict: Pass}
	if len(found) == 0 {
		return v
	}
	// One finding for each distinct place and wish, from the first exchange that shows it; the
	// strongest come first, and the first of them is the one whose exchange is shown.
	slices.SortStableFunc(found, func(a, b invariantFinding) int { return weight(b.Level) - weight(a.Level) })
	first := found[0]
	distinct := map[string]bool{}
	hit := map[*Exchanged]bool{}
	for _, f := range found {
		if !f.exchange.Step.Interim {
			hit[f.exchange] = true
		}
		key := placeOf(f.Path) + "\x00" + f.Want + "\x00" + string(f.Level)
		if !distinct[key] {
			distinct[key] = true
			f.Step = 0
			v.Findings = append(v.Findings, f.Finding)
		}
	}
	v.Broken = max(1, len(hit))
	v.Verdict = verdictOf(v.Findings, strict)
	v.Exchanges = []Exchanged{*first.exchange}
	v.Reason = "first seen in " + first.id
	return v
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
