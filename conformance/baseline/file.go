// Package baseline holds what is known already of how a target differs, so that a gate in CI fails
// only on what is new.
//
// It comes after the judge: conformance.WithBaseline holds every result against a File, which turns
// a known failure into the verdict known, and a known failure that no longer fails into fixed.
//
// A file has an entry a line, and keeps its comments and its order when it is updated:
//
//	# SELECTOR FINGERPRINT [until=YYYY-MM-DD] [ref=WHERE] [# reason]
//	constraint/Comment/above-max   status=200                  # lengths are not looked at
//	echo/Status                    /Command/Status=string      until=2027-03-31 ref=#4711
//	lifecycle/List/after-cancel    flaky                       # depends on the scheduler
//
// The selector is of the grammar of run, without ! and @. Every case that it picks must fail, and in
// the way that the fingerprint says (judge.Result has it, and so have the reports): one that
// passes makes the entry stale, one that fails in another way is a new failure. So an entry hides
// nothing that its author did not see.
//
// A line suite=1.0 before the entries pins the version of the suite: cases that came later are left out, until somebody
// raises it. A file without one takes every case.
//
// The fingerprint flaky names cases whose verdict varies. Such a case may pass or fail in any way: that
// is the price, so use it only for a case that nobody can mend now.
// An update writes it for what its runs (Runs) saw vary, and says what that was; it never takes one out.
package baseline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

// File is a baseline: a conformance.Baseline.
type File struct {
	name    string
	today   time.Time
	missing bool
	suite   fixtures.Version // that the file pins; "" for none
	lines   []line

	cases []*fixtures.Case
	names map[string][]*line // the entries that pick a case, by its ID
}

// line is a line of the file: an entry, the pin, or text that is kept as it is.
type line struct {
	number int
	text   string
	*Entry
	picked []int // the positions of the cases that the entry picks
	merged bool  // those are cases into which the ones of its selector went
}

// maxSize and maxEntries bound what is read: a line for every case of the corpus takes half a megabyte, and is
// three thousand entries.
const (
	maxSize    = 4 << 20
	maxEntries = 10_000
)

// Read reads the file of that name. One that does not exist is an empty baseline: Missing reports it.
// Today decides which entries have expired.
func Read(ctx context.Context, name string, today time.Time) (*File, error) {
	b, err := untrusted.ReadFile(ctx, name, maxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &File{name: name, today: today, missing: true}, nil
	case err != nil:
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return Parse(name, b, today)
}

// Parse reads the text of a baseline, which messages call name.
func Parse(name string, text []byte, today time.Time) (*File, error) {
	f := &File{name: name, today: today}
	if !utf8.Valid(text) || strings.ContainsRune(string(text), 0) {
		return nil, fmt.Errorf("baseline %s: want text in UTF-8", name)
	}
	body := strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n")
	if body == "" {
		return f, nil
	}
	entries := 0
	for i, text := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		l := line{number: i + 1, text: text}
		if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, pinned) {
			if entries > 0 || f.suite != "" {
				return nil, fmt.Errorf("%s:%d: want one line %sVERSION, before the entries", name, l.number, pinned)
			}
			if err := f.readPin(trimmed); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, l.number, err)
			}
		} else if trimmed != "" && trimmed[0] != '#' {
			e, err := parseEntry(trimmed)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, l.number, err)
			}
			l.Entry = e
			if entries++; entries > maxEntries {
				return nil, fmt.Errorf("%s:%d: more than %d entries: want a selector for many cases, such as an area or a topic",
					name, l.number, maxEntries)
			}
		}
		f.lines = append(f.lines, l)
	}
	return f, nil
}

// Entries returns the entries in the order of the file.
func (f *File) Entries() []*Entry {
	var list []*Entry
	for _, l := range f.lines {
		if l.Entry != nil {
			list = append(list, l.Entry)
		}
	}
	return list
}

// Suite is the version of the suite that the file pins: what came later is not asked. It is "" where it pins none.
func (f *File) Suite() fixtures.Version { return f.suite }

const pinned = "suite="

func (f *File) readPin(text string) error {
	suite, err := fixtures.ParseVersion(pinnedIn(text))
	if err == nil {
		err = suite.Check()
	}
	if err != nil {
		return fmt.Errorf("%s%w", pinned, err)
	}
	f.suite = suite
	return nil
}

func pinnedIn(text string) string {
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), pinned), " #")
	return strings.TrimSpace(text)
}

// Pin lets the file pin this version of the suite. It comes before Update, where both are called.
func (f *File) Pin(suite fixtures.Version) {
	at := slices.IndexFunc(f.lines, func(l line) bool { return strings.HasPrefix(strings.TrimSpace(l.text), pinned) })
	if at >= 0 {
		f.lines[at].text = strings.Replace(f.lines[at].text, pinnedIn(f.lines[at].text), string(suite), 1)
	} else { // below the comment that opens the file
		at = 0
		for at < len(f.lines) && strings.HasPrefix(f.lines[at].text, "#") {
			at++
		}
		f.lines = slices.Insert(f.lines, at, line{text: pinned + string(suite)})
	}
	f.suite = suite
}

// Missing reports whether there is no such file yet.
func (f *File) Missing() bool { return f.missing }

// Check returns an error naming the first entry that picks none of the cases, or that is a duplicate.
func (f *File) Check(cases []*fixtures.Case) error {
	index := f.index(cases)
	seen := map[string]int{}
	for _, l := range f.lines {
		if l.Entry == nil {
			continue
		}
		if len(l.picked) == 0 {
			return fmt.Errorf("%s:%d: %w", f.name, l.number, index.Check(l.picks))
		}
		key := l.Selector + " " + l.Fingerprint
		if first := seen[key]; first > 0 {
			return fmt.Errorf("%s:%d: the same entry as line %d", f.name, l.number, first)
		}
		seen[key] = l.number
	}
	return nil
}

func (f *File) index(cases []*fixtures.Case) *selector.Index {
	f.cases, f.names = cases, map[string][]*line{}
	index := selector.NewIndex(cases)
	for i := range f.lines {
		l := &f.lines[i]
		if l.Entry == nil {
			continue
		}
		l.picked, l.merged = index.Picks(l.picks), false
		if len(l.picked) == 0 {
			l.picked = pickMerged(index, l.Selector)
			l.merged = len(l.picked) > 0
		}
		for _, at := range l.picked {
			f.names[cases[at].ID] = append(f.names[cases[at].ID], l)
		}
	}
	return index
}

// pickMerged returns the positions of the cases that took the place of those that a selector once picked.
func pickMerged(index *selector.Index, text string) []int {
	var picked []int
	for _, id := range fixtures.MergedInto(text) {
		if s, err := selector.Parse([]string{literal.Replace(id)}, nil); err == nil {
			picked = append(picked, index.Picks(s)...)
		}
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}

// Apply holds a result against the entries that name its case.
func (f *File) Apply(r *judge.Result, complete bool) {
	entries := f.names[r.Case.ID]
	varies := slices.ContainsFunc(entries, func(l *line) bool { return l.Fingerprint == flaky })
	invariant := r.Case.Area() == judge.InvariantArea
	switch {
	case len(entries) == 0, r.Verdict == judge.Error, r.Verdict == judge.Flaky && !varies:
		return
	case r.Verdict == judge.Skip:
		if !varies && (complete || !invariant) {
			r.Baseline = f.note(entries[0], judge.BaselineUnjudged)
		}
		return
	}
	failed := r.Verdict == judge.Fail || r.Verdict == judge.Flaky || r.Spared()
	for _, l := range entries {
		state := judge.BaselineKnown
		if l.Fingerprint == flaky {
			state = judge.BaselineFlaky
		} else if r.Fingerprint == "" || !l.covers(r.Fingerprint, invariant) {
			continue
		}
		if l.expired(f.today) && (failed || state == judge.BaselineKnown) {
			state = judge.BaselineExpired
		} else if failed {
			r.Verdict = judge.Known
		}
		r.Baseline = f.note(l, state)
		return
	}
	switch {
	case failed:
		r.Baseline = f.note(entries[0], judge.BaselineChanged)
	case complete || !invariant:
		r.Verdict = judge.Fixed
		r.Baseline = f.note(entries[0], judge.BaselineStale)
	}
}

func (f *File) note(l *line, state judge.BaselineState) *judge.BaselineNote {
	n := &judge.BaselineNote{
		State: state, Entry: fmt.Sprintf("%s:%d", f.name, l.number), Until: l.Until, Reference: l.Reference, Reason: l.Reason,
	}
	if state == judge.BaselineChanged {
		n.Was = l.Fingerprint
	}
	return n
}
