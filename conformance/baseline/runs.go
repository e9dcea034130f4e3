package baseline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// Runs gathers what several runs of the same cases found, all held against the same file. One run cannot
// tell what varies: an order that hangs on the seed of a hash is another one when the server is started anew.
type Runs struct {
	count   int
	results []judge.Result // of the first run, with what the others saw of an invariant besides
	index   map[string]int // of a case in results
	seen    map[string]*sighting
}

// sighting is what was seen of one case.
type sighting struct {
	ways     []string // distinct, in the order in which they were seen: a fingerprint, "" for no failure
	unsteady bool     // a failure that was asked for once more in its own run came out otherwise
	foreign  bool     // an entry of the file does not take one of them
}

// Add adds a run and returns the cases, in the order of the corpus, of which it saw something that the runs
// before it did not: for each of them the file needs another entry than after those.
func (r *Runs) Add(results []judge.Result) []string {
	r.count++
	if r.count == 1 {
		r.results, r.index, r.seen = slices.Clone(results), map[string]int{}, map[string]*sighting{}
		for i := range r.results {
			r.index[results[i].Case.ID] = i
		}
	}
	var fresh []string
	for i := range results {
		if r.add(&results[i]) {
			fresh = append(fresh, results[i].Case.ID)
		}
	}
	return fresh
}

func (r *Runs) add(result *judge.Result) (fresh bool) {
	id := result.Case.ID
	i, asked := r.index[id]
	if !asked || result.Verdict == judge.Skip || result.Verdict == judge.Error {
		return false
	}
	s, varied := r.seen[id], r.Varying(id) != ""
	if s == nil {
		s = &sighting{}
		r.seen[id] = s
	}
	s.foreign = s.foreign || !taken(result)
	way := ""
	switch {
	case result.Verdict == judge.Flaky:
		s.unsteady = true
	case result.Verdict == judge.Fail, result.Verdict == judge.Known, result.Spared():
		way = result.Fingerprint
	}
	if first := &r.results[i]; r.count > 1 && result.Case.Area() == judge.InvariantArea && sameLevel(first.Fingerprint, way) {
		return s.widen(first, result) && !varied
	}
	if result.Verdict != judge.Flaky && !slices.Contains(s.ways, way) {
		s.ways = append(s.ways, way)
	}
	return !varied && r.Varying(id) != ""
}

// widen adds to an invariant what a later run saw of it: the parts of its fingerprint hang on what was
// answered, and an entry takes fewer of them than it has.
func (s *sighting) widen(first, later *judge.Result) (fresh bool) {
	whole := union(first.Fingerprint, later.Fingerprint)
	if whole == first.Fingerprint {
		return false
	}
	if i := slices.Index(s.ways, first.Fingerprint); i >= 0 {
		s.ways[i] = whole
	}
	first.Fingerprint = whole
	if taken(later) {
		return false
	}
	first.Baseline = later.Baseline
	return true
}

// taken reports whether an entry of the file takes a result as it is.
func taken(r *judge.Result) bool {
	b := r.Baseline
	return b != nil && (b.State == judge.BaselineKnown || b.State == judge.BaselineFlaky)
}

// sameLevel reports whether two fingerprints are of failures, and of one level.
func sameLevel(a, b string) bool {
	levelA, _ := split(a)
	levelB, _ := split(b)
	return a != "" && b != "" && levelA == levelB
}

func (r *Runs) saw(id, fingerprint string) bool {
	s := r.seen[id]
	return s != nil && slices.Contains(s.ways, fingerprint)
}

// Count is the number of runs.
func (r *Runs) Count() int { return r.count }

// Varying says in words what was seen of a case that did not do the same in every run, and that the file
// does not know for it; "" of every other.
func (r *Runs) Varying(id string) string {
	s := r.seen[id]
	switch {
	case s == nil || !s.foreign:
		return ""
	case len(s.ways) > 1:
		return s.String()
	case s.unsteady:
		return "seen to answer otherwise when it was asked again"
	}
	return ""
}

// VaryingCases are the cases that vary, in the order of the corpus.
func (r *Runs) VaryingCases() []string {
	var ids []string
	for i := range r.results {
		if id := r.results[i].Case.ID; r.Varying(id) != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// waysNamed is how many ways to fail are named, and wayShown how many bytes of each.
const (
	waysNamed = 3
	wayShown  = 80
)

func (s *sighting) String() string {
	var words []string
	for _, way := range s.ways {
		if way != "" {
			words = append(words, "to fail as "+untrusted.Line(untrusted.Cut(way, wayShown)))
		}
	}
	slices.Sort(words)
	if more := len(words) - waysNamed; more > 0 {
		words = append(words[:waysNamed], fmt.Sprintf("in %d more ways", more))
	}
	if slices.Contains(s.ways, "") {
		words = append([]string{"to pass"}, words...)
	}
	return "seen " + strings.Join(words, ", ")
}
