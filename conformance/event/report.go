package event

import (
	"fmt"
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

// AreaTally counts one area.
type AreaTally struct {
	Area string
	Tally
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
	Profile  fixtures.Profile
	Standing Standing
	Why      string
}

// NewReport returns the report of a run that began so; stopped says why it did not get to its end, "" where it did.
func NewReport(s Started, results []judge.Result, stopped string) *Report {
	r := &Report{
		Target: s.Target, Suite: s.Suite, Seed: s.Seed, Strict: s.Strict, Preflight: s.Preflight, Began: s.Began,
		Results: results, Stopped: stopped, Cut: stopped != "", Complete: stopped == "", Totals: Tally{},
	}
	r.sum()
	if n := r.Totals[judge.Error]; n > 0 && r.Complete {
		r.Complete, r.Stopped = false, fmt.Sprintf("%d cases could not be judged", n)
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
	results := r.Results
	area := map[string]int{}
	for _, res := range results {
		r.Totals[res.Verdict]++
		name := res.Case.Area()
		i, ok := area[name]
		if !ok {
			i = len(r.Areas)
			area[name] = i
			r.Areas = append(r.Areas, AreaTally{name, Tally{}})
		}
		r.Areas[i].Tally[res.Verdict]++
	}
	for _, p := range fixtures.Profiles() {
		if v, ok := profileVerdict(p, results); ok {
			r.Profiles = append(r.Profiles, v)
		}
	}
}

// profileVerdict judges a profile; false where the plan has no case of it.
func profileVerdict(p fixtures.Profile, results []judge.Result) (ProfileVerdict, bool) {
	tally, mustSkipped, cases, why := Tally{}, 0, 0, ""
	for _, r := range results {
		if r.Case.Profile != p {
			continue
		}
		cases++
		tally[r.Verdict]++
		if why == "" {
			why = r.Reason
		}
		if r.Verdict == judge.Skip && r.Case.Level == fixtures.Must {
			mustSkipped++
		}
	}
	v := ProfileVerdict{Profile: p, Standing: Conformant, Why: fmt.Sprintf("%d cases judged", tally.Judged())}
	switch {
	case tally.Judged() == 0:
		v.Standing, v.Why = Untested, "no case was judged: "+why
	case tally[judge.Fail]+tally[judge.Flaky] == 0 && tally[judge.Known] > 0:
		v.Standing = Nonconformant
		v.Why = fmt.Sprintf("%d of %d cases fail, all of them known", tally[judge.Known], tally.Judged())
	case tally[judge.Fail]+tally[judge.Flaky] > 0 && tally[judge.Known] > 0:
		v.Standing = Nonconformant
		v.Why = fmt.Sprintf("%d of %d cases fail, and %d more are known", tally[judge.Fail]+tally[judge.Flaky], tally.Judged(),
			tally[judge.Known])
	case tally[judge.Fail]+tally[judge.Flaky] > 0:
		v.Standing = Nonconformant
		v.Why = fmt.Sprintf("%d of %d cases fail", tally[judge.Fail]+tally[judge.Flaky], tally.Judged())
	case mustSkipped > 0 || tally[judge.Error] > 0:
		v.Standing = Partial
		v.Why = fmt.Sprintf("%d cases judged, %d must cases not", tally.Judged(), mustSkipped+tally[judge.Error])
	}
	return v, cases > 0
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
func (r *Report) Failed() bool { return r.Totals[judge.Fail]+r.Totals[judge.Flaky] > 0 }

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
func (r *Report) Stale() bool {
	return r.Totals[judge.Fixed]+r.Baseline()[judge.BaselineUnjudged] > 0
}
