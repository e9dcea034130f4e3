package event

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
)

// Report is what a run found.
type Report struct {
	Target    Target
	Suite     Suite
	Seed      uint64
	Strict    bool
	Complete  bool   // every planned case was judged
	Stopped   string // why not, where it is not
	Cut       bool   // the run did not come to its end
	Preflight probe.Preflight
	Began     time.Time
	Elapsed   time.Duration
	Results   []judge.Result // in the order of the plan, the invariants last
	Totals    Tally
	Areas     []AreaTally
	Profiles  []ProfileVerdict
	Shard     selector.Shard  // that was asked; the zero value for all
	Corpus    string          // names the cases and expectations that the run was made with
	Server    *LaunchedServer // that was started for the run; nil for one that ran already
}

// Tally counts cases by verdict.
type Tally map[judge.Verdict]int

// Total is the number of cases of every verdict.
func (t Tally) Total() int {
	n := 0
	for _, v := range t {
		n += v
	}
	return n
}

// Judged is the number of cases that were asked and judged.
func (t Tally) Judged() int { return t.Total() - t[judge.Skip] - t[judge.Error] }

// Passed is the number of cases that conform, whether or not a should is missed.
func (t Tally) Passed() int { return t[judge.Pass] + t[judge.Warn] + t[judge.Fixed] }

// Failed is the number of cases that fail, and that no baseline knows.
func (t Tally) Failed() int { return t[judge.Fail] + t[judge.Flaky] }

// Count is a number of things in words: 1 case, 2 cases.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// AreaTally counts one area.
type AreaTally struct {
	Area  string `json:"area"`
	Tally `json:"counts"`
}

// Standing is what is said of a profile.
type Standing string

// The standings.
const (
	Conformant    Standing = "conformant"
	Partial       Standing = "partial"       // what was asked conforms, and must cases were skipped
	Nonconformant Standing = "nonconformant" // a case failed
	Untested      Standing = "untested"      // no case was judged
)

// ProfileVerdict is the standing of one profile, and why.
type ProfileVerdict struct {
	Profile  fixtures.Profile `json:"profile"`
	Standing Standing         `json:"standing"`
	Why      string           `json:"why"`
	Tally    `json:"-"`       // of its cases
}

// NewReport returns the report of a run that began so; stopped says why it did not get to its end, "" where it did.
func NewReport(s Started, results []judge.Result, stopped string) *Report {
	r := &Report{
		Target: s.Target, Suite: s.Suite, Seed: s.Seed, Strict: s.Strict, Preflight: s.Preflight, Began: s.Began,
		Results: results, Stopped: stopped, Cut: stopped != "", Complete: stopped == "", Totals: Tally{},
	}
	r.sum()
	if n := r.Totals[judge.Error]; n > 0 && r.Complete {
		r.Complete, r.Stopped = false, Count(n, "case")+" could not be judged"
	}
	return r
}

// SumUp returns a report of the results alone: their totals, areas and profiles.
func SumUp(results []judge.Result) *Report {
	r := &Report{Results: results, Complete: true, Totals: Tally{}}
	r.sum()
	return r
}

func (r *Report) sum() {
	for _, res := range r.Results {
		r.Totals[res.Verdict]++
		name := res.Case.Area()
		i := slices.IndexFunc(r.Areas, func(a AreaTally) bool { return a.Area == name })
		if i < 0 {
			i = len(r.Areas)
			r.Areas = append(r.Areas, AreaTally{name, Tally{}})
		}
		r.Areas[i].Tally[res.Verdict]++
	}
	for _, p := range fixtures.Profiles() {
		if v, ok := profileVerdict(p, r.Results); ok {
			r.Profiles = append(r.Profiles, v)
		}
	}
}

// profileVerdict judges a profile; false where the plan has no case of it.
func profileVerdict(p fixtures.Profile, results []judge.Result) (ProfileVerdict, bool) {
	tally, mustSkipped, why := Tally{}, 0, ""
	for _, r := range results {
		if r.Case.Profile != p {
			continue
		}
		tally[r.Verdict]++
		why = cmp.Or(why, r.Reason)
		if r.Verdict == judge.Skip && r.Case.Level == fixtures.Must {
			mustSkipped++
		}
	}
	judged, failed, known := tally.Judged(), tally.Failed(), tally[judge.Known]
	v := ProfileVerdict{p, Conformant, Count(judged, "case") + " judged", tally}
	switch {
	case judged == 0:
		v.Standing, v.Why = Untested, "no case was judged: "+why
	case failed == 0 && known > 0:
		v.Standing, v.Why = Nonconformant, fmt.Sprintf("%d of %d cases fail, all of them known", known, judged)
	case failed > 0:
		v.Standing, v.Why = Nonconformant, fmt.Sprintf("%d of %d cases fail", failed, judged)
		switch known {
		case 0:
		case 1:
			v.Why += ", and 1 more is known"
		default:
			v.Why += fmt.Sprintf(", and %d more are known", known)
		}
	case mustSkipped > 0 || tally[judge.Error] > 0:
		v.Standing, v.Why = Partial, v.Why+", "+Count(mustSkipped+tally[judge.Error], "must case")+" not"
	}
	return v, len(tally) > 0
}

// Spared counts the provisional cases that fail, and warn.
func (r *Report) Spared() int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Spared() {
			n++
		}
	}
	return n
}

// Failed reports whether the target is at fault anywhere.
func (r *Report) Failed() bool { return r.Totals.Failed() > 0 }

// Baseline counts the cases that the baseline names by their state.
func (r *Report) Baseline() map[judge.BaselineState]int {
	n := map[judge.BaselineState]int{}
	for i := range r.Results {
		if b := r.Results[i].Baseline; b != nil {
			n[b.State]++
		}
	}
	return n
}

// Stale reports whether the baseline names a case that no longer fails, or is no longer judged.
func (r *Report) Stale() bool {
	return r.Totals[judge.Fixed]+r.Baseline()[judge.BaselineUnjudged] > 0
}
