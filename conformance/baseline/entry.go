package baseline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

const flaky = "flaky"

// Entry is one known divergence: every case that the selector picks fails as the fingerprint says.
type Entry struct {
	Selector    string
	Fingerprint string
	Until       string // the last day on which it holds, YYYY-MM-DD; "" for no end
	Reference   string // an issue, a ticket, a URL
	Reason      string

	picks selector.Selector
}

// The form of a line, for messages.
const form = "SELECTOR FINGERPRINT [until=YYYY-MM-DD] [ref=WHERE] [# reason]"

// reasonAt is where the reason begins: a number sign after white space, since ref=#7 has one too.
var reasonAt = regexp.MustCompile(`\s#`)

// parseEntry reads a line that is neither blank nor a comment.
func parseEntry(text string) (*Entry, error) {
	e := &Entry{}
	fields := text
	if at := reasonAt.FindStringIndex(text); at != nil {
		fields, e.Reason = text[:at[0]], strings.TrimSpace(text[at[1]:])
	}
	words := strings.Fields(fields)
	if len(words) < 2 {
		return nil, fmt.Errorf("%s has no fingerprint: want %s", untrusted.Quote(text), form)
	}
	e.Selector, e.Fingerprint = words[0], words[1]
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case name == "until" && e.Until == "":
			if _, err := time.Parse(time.DateOnly, value); err != nil {
				return nil, fmt.Errorf("%s: want a day such as until=2027-03-31", untrusted.Line(untrusted.Cut(word, wayShown)))
			}
			e.Until = value
		case name == "ref" && e.Reference == "" && value != "":
			e.Reference = value
		default:
			return nil, fmt.Errorf("%s: want until=YYYY-MM-DD, ref=WHERE or # reason after the fingerprint, each once",
				untrusted.Quote(word))
		}
	}
	if strings.HasPrefix(e.Selector, "!") || strings.HasPrefix(e.Selector, "@") {
		return nil, fmt.Errorf("selector %s: want one that picks cases, without ! or @", untrusted.Quote(e.Selector))
	}
	if strings.HasPrefix(e.Fingerprint, "until=") || strings.HasPrefix(e.Fingerprint, "ref=") {
		return nil, fmt.Errorf("%s in place of the fingerprint: want %s", untrusted.Quote(e.Fingerprint), form)
	}
	var err error
	e.picks, err = selector.Parse([]string{e.Selector}, nil)
	return e, err
}

// String writes the entry as a line of a file.
func (e *Entry) String() string {
	line := fmt.Sprintf("%-48s %s", e.Selector, e.Fingerprint)
	if e.Until != "" {
		line += " until=" + e.Until
	}
	if e.Reference != "" {
		line += " ref=" + e.Reference
	}
	if e.Reason != "" {
		line += " # " + e.Reason
	}
	return line
}

func (e *Entry) expired(today time.Time) bool {
	return e.Until != "" && today.UTC().Format(time.DateOnly) > e.Until
}

// covers reports whether the entry expects this fingerprint of a result. What an invariant's says
// depends on what was asked, so a part of the places that the entry has is covered too; and on which case broke it there
// first, so the type of what came does not count.
func (e *Entry) covers(fingerprint string, invariant bool) bool {
	if fingerprint == e.Fingerprint {
		return true
	}
	if !invariant || fingerprint == "" {
		return false
	}
	known := map[string]bool{}
	level, parts := split(e.Fingerprint)
	for _, part := range parts {
		known[placeOf(part)] = true
	}
	now, parts := split(fingerprint)
	if level == "should:" && now == "" {
		return false // it has become worse
	}
	for _, part := range parts {
		if !known[placeOf(part)] {
			return false
		}
	}
	return true
}

// union is what two fingerprints of an invariant have, or the second where they are of two levels.
func union(a, b string) string {
	levelA, partsA := split(a)
	levelB, partsB := split(b)
	if levelA != levelB {
		return b
	}
	parts := slices.Concat(partsA, partsB)
	slices.Sort(parts)
	return levelB + strings.Join(slices.Compact(parts), ",")
}

func placeOf(part string) string {
	place, _, _ := strings.Cut(part, "=")
	return place
}

func split(fingerprint string) (level string, parts []string) {
	if rest, ok := strings.CutPrefix(fingerprint, "should:"); ok {
		level, fingerprint = "should:", rest
	}
	return level, strings.Split(fingerprint, ",")
}
