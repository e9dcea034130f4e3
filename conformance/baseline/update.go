package baseline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
)

// Changes counts the entries that an update added, took out and gave another fingerprint, and the
// cases that the file knows then.
type Changes struct{ Added, Removed, Changed, Entries, Cases int }

// String says it in a line.
func (c Changes) String() string {
	entries := "entries"
	if c.Entries == 1 {
		entries = "entry"
	}
	if c.Cases > 0 {
		entries += fmt.Sprintf(" for %d cases", c.Cases)
	}
	return fmt.Sprintf("%d %s (%d added, %d removed, %d changed)", c.Entries, entries, c.Added, c.Removed, c.Changed)
}

const header = "# Known divergences: what a line picks fails, and in the way that its fingerprint says."

// Prune takes out the entries that pick none of the cases, or only merged ones that have entries of their own, and returns
// them as FILE:LINE SELECTOR: an update comes after the corpus changed as well as after the target did.
func (f *File) Prune(cases []*fixtures.Case) []string {
	var gone []string
	f.index(cases)
	f.lines = slices.DeleteFunc(f.lines, func(l line) bool {
		if l.Entry == nil || len(l.picked) > 0 && !f.superseded(&l) {
			return false
		}
		gone = append(gone, fmt.Sprintf("%s:%d %s", f.name, l.number, l.Selector))
		return true
	})
	return gone
}

// superseded reports whether an entry is for merged cases, each of which has an entry under its present ID.
func (f *File) superseded(l *line) bool {
	return l.merged && !slices.ContainsFunc(l.picked, func(at int) bool {
		return !slices.ContainsFunc(f.names[f.cases[at].ID], func(other *line) bool { return !other.merged })
	})
}

// Update brings the file in line with what runs found: an entry whose cases pass, or are skipped, goes, one of
// whose cases only some still fail is narrowed, one whose cases fail in another way gets the new fingerprint, one
// whose case varies is flaky for it, and new failures come after the rest. Comments, the order and what was
// not asked stay as they are, and so do entries past their date and entries for flaky cases: those need a person.
func (f *File) Update(runs *Runs) Changes {
	u := &updating{File: f, prefixes: prefixesOf(f.cases), runs: runs, now: map[string]*judge.Result{}, covered: map[string]bool{}}
	for i := range runs.results {
		u.now[runs.results[i].Case.ID] = &runs.results[i]
	}
	var lines []line
	if f.missing {
		lines = []line{{text: header}, {text: "# " + form}}
	}
	for i := range f.lines {
		if f.lines[i].Entry == nil {
			lines = append(lines, f.lines[i])
			continue
		}
		lines = append(lines, u.entry(&f.lines[i])...)
	}
	lines = append(lines, u.fresh()...)
	for i := range lines {
		lines[i].number = i + 1
	}
	f.lines, f.missing = lines, false
	f.index(f.cases)
	u.changes.Cases = len(f.names)
	for _, l := range lines {
		if l.Entry != nil {
			u.changes.Entries++
		}
	}
	return u.changes
}

type updating struct {
	*File
	prefixes
	runs    *Runs
	now     map[string]*judge.Result
	covered map[string]bool // failing cases that an entry lists
	changes Changes
}

// failing returns the result of a case that fails every time, nil otherwise.
func (u *updating) failing(id string) *judge.Result {
	r := u.now[id]
	if r == nil || r.Fingerprint == "" || r.Verdict != judge.Fail && r.Verdict != judge.Known && !r.Spared() {
		return nil
	}
	return r
}

func (u *updating) entry(l *line) []line {
	keep, unasked := true, map[string]bool{}
	still := map[string]map[string]bool{} // by fingerprint: the cases of the entry that fail so
	for _, at := range l.picked {
		c := u.cases[at]
		r := u.now[c.ID]
		if seen := u.runs.Varying(c.ID); seen != "" && l.Fingerprint != flaky && !l.expired(u.today) {
			keep = false
			add(still, varying(seen), c.ID)
			continue
		}
		if r != nil && r.LeavesBaseline() && !l.expired(u.today) {
			keep = false
			continue
		}
		if r == nil || r.Verdict == judge.Skip || r.Verdict == judge.Error || r.Verdict == judge.Flaky {
			unasked[c.ID] = true
			continue
		}
		if l.Fingerprint == flaky {
			u.covered[c.ID] = true
			continue
		}
		failing := u.failing(c.ID)
		switch b := r.Baseline; {
		case failing != nil && (l.covers(failing.Fingerprint, c.Area() == judge.InvariantArea) || u.runs.saw(c.ID, l.Fingerprint)):
			add(still, l.Fingerprint, c.ID)
		case b == nil, b.State == judge.BaselineKnown, b.State == judge.BaselineFlaky:
			// A warning that is known, an invariant judged on a part, or a case that another entry covers.
			if failing == nil {
				unasked[c.ID] = true
			} else {
				keep = false
			}
		case failing != nil && c.Area() == judge.InvariantArea && len(u.now) < len(u.cases):
			keep = false
			add(still, union(l.Fingerprint, failing.Fingerprint), c.ID) // what was not asked may still show the rest
		case failing != nil:
			keep = false
			add(still, failing.Fingerprint, c.ID)
		default:
			keep = false
		}
	}
	if keep {
		for id := range still[l.Fingerprint] {
			u.covered[id] = true
		}
		return []line{*l}
	}
	for id := range unasked {
		add(still, l.Fingerprint, id)
	}
	return u.narrowed(l, still)
}

// narrowed writes an entry anew for those of its cases that still fail.
func (u *updating) narrowed(l *line, still map[string]map[string]bool) []line {
	var lines []line
	for _, e := range u.entries(still, *l.Entry) {
		lines = append(lines, line{text: e.String(), Entry: e})
	}
	if len(lines) == 0 {
		u.changes.Removed++
	} else {
		u.changes.Changed++
	}
	return lines
}

// entries lists, as this one, the cases of each fingerprint that no entry lists.
func (u *updating) entries(cases map[string]map[string]bool, as Entry) []*Entry {
	var entries []*Entry
	for _, key := range slices.Sorted(maps.Keys(cases)) {
		maps.DeleteFunc(cases[key], func(id string, _ bool) bool { return u.covered[id] })
		maps.Copy(u.covered, cases[key])
		fingerprint, seen, _ := strings.Cut(key, " ")
		for _, text := range u.fold(cases[key]) {
			e := as
			e.Selector, e.Fingerprint = text, fingerprint
			if e.Reason != "" && seen != "" {
				e.Reason += "; "
			}
			e.Reason += seen
			e.picks, _ = selector.Parse([]string{text}, nil)
			entries = append(entries, &e)
		}
	}
	return entries
}

// fresh returns entries for the failures that no entry lists, those of an area together.
func (u *updating) fresh() []line {
	byPrint := map[string]map[string]bool{}
	for id := range u.now {
		if seen := u.runs.Varying(id); seen != "" {
			add(byPrint, varying(seen), id)
		} else if failing := u.failing(id); failing != nil {
			add(byPrint, failing.Fingerprint, id)
		}
	}
	entries := u.entries(byPrint, Entry{})
	slices.SortStableFunc(entries, func(a, b *Entry) int { return cmp.Compare(u.prefixes[a.Selector][0], u.prefixes[b.Selector][0]) })
	u.changes.Added = len(entries)
	var lines []line
	last := ""
	for _, e := range entries {
		if area, _, _ := strings.Cut(e.Selector, "/"); area != last {
			lines, last = append(lines, line{}), area
		}
		lines = append(lines, line{text: e.String(), Entry: e})
	}
	return lines
}

// varying takes the place of the fingerprint, which has no space, of a case that varies: those of which the same was seen
// may share an entry.
func varying(seen string) string { return flaky + " " + seen }

func add(sets map[string]map[string]bool, key, id string) {
	if sets[key] == nil {
		sets[key] = map[string]bool{}
	}
	sets[key][id] = true
}

// Text is the text of the file.
func (f *File) Text() string {
	var b strings.Builder
	for _, l := range f.lines {
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

// Save writes the file, whole or not at all.
func (f *File) Save() error {
	if err := atomicfile.Write(f.name, atomicfile.Bytes([]byte(f.Text()))); err != nil {
		return fmt.Errorf("baseline %s: %w", f.name, err)
	}
	return nil
}

// prefixes are the selectors that name cases of a corpus by the beginning of their IDs, with the positions of the cases.
type prefixes map[string][]int

func prefixesOf(cases []*fixtures.Case) prefixes {
	p := prefixes{}
	for i, c := range cases {
		for _, selector := range selectorsOf(c.ID) {
			p[selector] = append(p[selector], i)
		}
	}
	return p
}

// fuzzedArea is the area of what a campaign finds.
const fuzzedArea = "fuzz"

// selectorsOf are the prefixes of a case, the shortest first. A failure of an invariant is its own: nothing else has the same
// cause; and so is what a campaign finds.
func selectorsOf(id string) []string {
	parts := strings.Split(literal.Replace(id), "/")
	var list []string
	for n := range parts {
		list = append(list, strings.Join(parts[:n+1], "/"))
	}
	if parts[0] == judge.InvariantArea || parts[0] == fuzzedArea {
		return list[len(list)-1:]
	}
	return list
}

// literal keeps a variant's label from being read as a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// fold returns few selectors, in the order of the corpus, that pick the cases in want and no others.
func (p prefixes) fold(want map[string]bool) []string {
	wanted := map[string]int{}
	for id := range want {
		for _, selector := range selectorsOf(id) {
			wanted[selector]++
		}
	}
	var chosen []string
	for id := range want {
		for _, selector := range selectorsOf(id) {
			if wanted[selector] == len(p[selector]) {
				chosen = append(chosen, selector)
				break
			}
		}
	}
	slices.SortFunc(chosen, func(a, b string) int { return cmp.Compare(p[a][0], p[b][0]) })
	return slices.Compact(chosen)
}
