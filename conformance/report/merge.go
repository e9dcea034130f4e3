package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
)

// Named is a report with the name of the file that it was read from.
type Named struct {
	File string
	Document
}

// Merge makes one report of the reports of all shards of one run. It refuses what is not that: a
// shard that is missing or there twice, a run that was cut short, other targets, seeds or cases.
//
// An invariant, or a divergence that was fuzzed, has the graver of the verdicts that the shards came to. That an identifier
// repeats is seen within a shard alone.
func Merge(parts []Named) (*Document, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("merge: want the reports of all shards")
	}
	parts = slices.Clone(parts)
	first := parts[0]
	var all selector.Shard
	seen := map[int]string{}
	for _, p := range parts {
		s, err := selector.ParseShard(p.Shard)
		if err != nil {
			return nil, fmt.Errorf("merge: %s is no shard of a run (run --shard I/N makes them)", p.File)
		}
		all.Count = cmp.Or(all.Count, s.Count)
		for _, x := range []struct {
			what   string
			differ bool
		}{
			{"the count of shards", s.Count != all.Count}, {"target", p.Target != first.Target}, {"seed", p.Seed != first.Seed},
			{"--strict", p.Strict != first.Strict}, {"corpus", p.Corpus != first.Corpus}, {"--suite", p.Suite != first.Suite},
		} {
			if x.differ {
				return nil, fmt.Errorf("merge: %s and %s differ in %s", first.File, p.File, x.what)
			}
		}
		if other := seen[s.Index]; other != "" {
			return nil, fmt.Errorf("merge: %s and %s are both shard %s", other, p.File, p.Shard)
		}
		if !p.Complete {
			return nil, fmt.Errorf("merge: %s is not complete: %s", p.File, clean(p.Stopped))
		}
		seen[s.Index] = p.File
	}
	for i := range all.Count {
		if seen[i+1] == "" {
			return nil, fmt.Errorf("merge: shard %d/%d is missing", i+1, all.Count)
		}
	}
	return merged(parts)
}

func merged(parts []Named) (*Document, error) {
	slices.SortFunc(parts, func(a, b Named) int { return strings.Compare(a.Shard, b.Shard) })
	order, err := corpusOrder()
	if err != nil {
		return nil, err
	}
	d := parts[0].Document
	d.Shard, d.Cases, d.Server, d.Facts = "", nil, nil, map[string]FactInfo{}
	several := map[string]int{}
	file := map[string]string{}
	for _, p := range parts {
		maps.Copy(d.Facts, p.Facts)
		for _, c := range p.Cases {
			if !strings.HasPrefix(c.ID, judge.InvariantArea+"/") && !strings.HasPrefix(c.ID, fuzzed) {
				if other := file[c.ID]; other != "" {
					return nil, fmt.Errorf("merge: case %s is in %s and in %s", clean(c.ID), other, p.File)
				}
				file[c.ID] = p.File
				d.Cases = append(d.Cases, c)
			} else if i, ok := several[c.ID]; ok {
				d.Cases[i] = both(d.Cases[i], c)
			} else {
				several[c.ID] = len(d.Cases)
				d.Cases = append(d.Cases, c)
			}
		}
	}
	place := func(c CaseInfo) int { return cmp.Or(order[c.ID], len(order)+1) } // what was fuzzed comes last
	slices.SortStableFunc(d.Cases, func(a, b CaseInfo) int { return cmp.Compare(place(a), place(b)) })
	d.sumUp(d.Report(), view{})
	return &d, nil
}

// corpusOrder is the place of each case among all, from 1.
func corpusOrder() (map[string]int, error) {
	cases, err := judge.AllCases()
	order := map[string]int{}
	for i, c := range cases {
		order[c.ID] = i + 1
	}
	return order, err
}

// The IDs of what run --fuzz found, and of how much it asked.
const fuzzed, campaign = "fuzz/", "fuzz/campaign/"

// gravity orders the verdicts that shards came to on an invariant, or on what they fuzzed.
var gravity = []judge.Verdict{judge.Skip, judge.Pass, judge.Fixed, judge.Warn, judge.Known, judge.Fail, judge.Flaky, judge.Error}

// both is the verdict on an invariant, or on what was fuzzed, over two shards: the graver one, with the findings of both.
func both(a, b CaseInfo) CaseInfo {
	if strings.HasPrefix(a.ID, campaign) {
		a.Reason += "; " + b.Reason
		b.Reason = a.Reason
	}
	if slices.Index(gravity, b.Verdict) > slices.Index(gravity, a.Verdict) {
		a, b = b, a
	}
	a.Seen, a.Broken = a.Seen+b.Seen, a.Broken+b.Broken
	a.Findings = slices.Clone(a.Findings)
	for _, f := range b.Findings {
		same := func(g judge.Finding) bool {
			return f.Path == g.Path && f.Want.Words == g.Want.Words && f.Level == g.Level
		}
		if !slices.ContainsFunc(a.Findings, same) {
			a.Findings = append(a.Findings, f)
		}
	}
	if a.Verdict == b.Verdict {
		for _, s := range b.Symptoms {
			if !slices.Contains(a.Symptoms, s) {
				a.Symptoms = append(slices.Clip(a.Symptoms), s)
			}
		}
	}
	if b.Fingerprint != "" && strings.HasPrefix(b.Fingerprint, "should:") == strings.HasPrefix(a.Fingerprint, "should:") {
		of, should := strings.CutPrefix(a.Fingerprint, "should:")
		parts := append(strings.Split(of, ","), strings.Split(strings.TrimPrefix(b.Fingerprint, "should:"), ",")...)
		slices.Sort(parts)
		a.Fingerprint = strings.Join(slices.Compact(parts), ",")
		if should {
			a.Fingerprint = "should:" + a.Fingerprint
		}
	}
	return a
}
