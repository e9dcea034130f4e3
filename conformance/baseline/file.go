package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
)

// File is a baseline: a conformance.Baseline.
type File struct {
	name    string
	today   time.Time
	missing bool
	lines   []line

	cases []*fixtures.Case
	names map[string][]*line // the entries that pick a case, by its ID
}

// line is a line of the file: an entry, or text that is kept as it stands.
type line struct {
	number int
	text   string
	*Entry
}

// maxSize bounds what is read: a line for every case of the corpus takes half a megabyte.
const maxSize = 16 << 20

// Read reads the file of that name. One that does not exist is an empty baseline: Missing tells.
// Today decides which entries have expired.
func Read(name string, today time.Time) (*File, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{name: name, today: today, missing: true}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	if info.Size() > maxSize {
		return nil, fmt.Errorf("baseline %s: more than %d bytes", name, maxSize)
	}
	b, err := os.ReadFile(name) //nolint:gosec // the user named it
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return Parse(name, b, today)
}

// Parse reads the text of a baseline; name stands for it in messages.
func Parse(name string, text []byte, today time.Time) (*File, error) {
	f := &File{name: name, today: today}
	if !utf8.Valid(text) || strings.ContainsRune(string(text), 0) {
		return nil, fmt.Errorf("baseline %s: want text in UTF-8", name)
	}
	body := strings.ReplaceAll(string(text), "\r\n", "\n")
	if body == "" {
		return f, nil
	}
	for i, text := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		l := line{number: i + 1, text: text}
		if trimmed := strings.TrimSpace(text); trimmed != "" && trimmed[0] != '#' {
			e, err := parseEntry(trimmed)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, l.number, err)
			}
			l.Entry = e
		}
		f.lines = append(f.lines, l)
	}
	return f, nil
}

// Name is the file's name.
func (f *File) Name() string { return f.name }

// Missing tells that there is no such file yet.
func (f *File) Missing() bool { return f.missing }

// Check tells the first entry that picks none of the cases, or that stands twice.
func (f *File) Check(cases []*fixtures.Case) error {
	f.index(cases)
	seen := map[string]int{}
	for _, l := range f.lines {
		if l.Entry == nil {
			continue
		}
		if err := l.picks.Check(cases); err != nil {
			return fmt.Errorf("%s:%d: %w", f.name, l.number, err)
		}
		key := l.Selector + " " + l.Fingerprint
		if first := seen[key]; first > 0 {
			return fmt.Errorf("%s:%d: stands in line %d already", f.name, l.number, first)
		}
		seen[key] = l.number
	}
	return nil
}

// index finds out which entries pick which cases.
func (f *File) index(cases []*fixtures.Case) {
	f.cases, f.names = cases, map[string][]*line{}
	byArea := map[string][]*line{}
	for i := range f.lines {
		if l := &f.lines[i]; l.Entry != nil {
			area, _, _ := strings.Cut(l.Selector, "/")
			if strings.ContainsAny(area, `*?[\`) {
				area = ""
			}
			byArea[area] = append(byArea[area], l)
		}
	}
	for _, c := range cases {
		for _, area := range []string{c.Area(), ""} {
			for _, l := range byArea[area] {
				if l.picks.Match(c.ID) {
					f.names[c.ID] = append(f.names[c.ID], l)
				}
			}
		}
	}
}

// Weigh holds a result against the entries that name its case.
func (f *File) Weigh(r *conformance.Result, whole bool) {
	entries := f.names[r.Case.ID]
	invariant := r.Case.Area() == conformance.InvariantArea
	if len(entries) == 0 || r.Verdict == conformance.Skip || r.Verdict == conformance.Error || r.Verdict == conformance.Flaky && !anyFlaky(entries) {
		return
	}
	failed := r.Verdict == conformance.Fail || r.Verdict == conformance.Flaky
	for _, l := range entries {
		switch {
		case l.Fingerprint == flaky && l.expired(f.today) && failed:
			r.Baseline = f.note(l, conformance.BaselineExpired)
			return
		case l.Fingerprint == flaky:
			if failed {
				r.Verdict = conformance.Known
			}
			r.Baseline = f.note(l, conformance.BaselineFlaky)
			return
		case r.Fingerprint == "" || !l.covers(r.Fingerprint, invariant):
		case l.expired(f.today):
			r.Baseline = f.note(l, conformance.BaselineExpired)
			return
		default:
			if failed {
				r.Verdict = conformance.Known
			}
			r.Baseline = f.note(l, conformance.BaselineKnown)
			return
		}
	}
	switch {
	case failed:
		r.Baseline = f.note(entries[0], conformance.BaselineChanged)
	case whole || !invariant:
		r.Verdict = conformance.Fixed
		r.Baseline = f.note(entries[0], conformance.BaselineStale)
	}
}

func anyFlaky(entries []*line) bool {
	for _, l := range entries {
		if l.Fingerprint == flaky {
			return true
		}
	}
	return false
}

func (f *File) note(l *line, state conformance.BaselineState) *conformance.BaselineNote {
	n := &conformance.BaselineNote{
		State: state, Entry: fmt.Sprintf("%s:%d", f.name, l.number), Until: l.Until, Reference: l.Reference, Reason: l.Reason,
	}
	if state == conformance.BaselineChanged {
		n.Was = l.Fingerprint
	}
	return n
}
