// Package compare sets reports side by side. It reads the JSON reports of package report: Two
// finds what changed between two runs, and Matrix compares several targets.
package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

// ChangeKind is what became of a case between two reports.
type ChangeKind string

// The kinds, gravest first. A known failure is a failure here: what a baseline says does not change
// what a target does.
const (
	Regressed ChangeKind = "regressed" // did not fail, and fails
	Changed   ChangeKind = "changed"   // fails in another way
	Lost      ChangeKind = "lost"      // was judged, and is no longer there, or no longer judged
	Appeared  ChangeKind = "new"       // was not there
	Mended    ChangeKind = "fixed"     // failed, and does not
)

// kinds are all kinds in the order in which they are shown, and what is said of their cases.
var kinds = []struct {
	ChangeKind
	words string
}{
	{Regressed, "did not fail, and fail now"}, {Changed, "fail in another way"}, {Lost, "are no longer judged"},
	{Appeared, "were not there"}, {Mended, "no longer fail"},
}

// Change is one case that two reports say different things of. A verdict is "" where a report has no such case.
type Change struct {
	ID            string
	Kind          ChangeKind
	Before, After judge.Verdict
	Was, Is       string // the fingerprints
	Reason        string // why it is no longer judged
}

// Diff is what two reports say differently.
type Diff struct {
	Before, After report.Named
	Changes       []Change // in the order of the second report, what it lacks last
	Same          int      // cases of which both say the same
	Common        int      // cases that both judged
}

// Worse reports whether a case fails that did not, or is no longer judged. What a partial report lacks counts only
// where partial is false.
func (d Diff) Worse(partial bool) bool {
	return slices.ContainsFunc(d.Changes, func(c Change) bool {
		switch c.Kind {
		case Regressed:
			return true
		case Lost:
			return !partial || c.After == judge.Skip && !c.notAsked()
		case Appeared:
			return !partial && failing(c.After)
		}
		return false
	})
}

// notAsked reports whether the later run ended before it came to the case.
func (c Change) notAsked() bool {
	return (&judge.Result{Verdict: c.After, Reason: c.Reason}).NotAsked()
}

// Of returns the changes of a kind.
func (d Diff) Of(k ChangeKind) []Change {
	return slices.DeleteFunc(slices.Clone(d.Changes), func(c Change) bool { return c.Kind != k })
}

type group struct {
	Kind    ChangeKind
	Words   string
	Changes []Change
}

// groups are the changes by their kind; a kind of which there is none has no group.
func (d Diff) groups() (all []group) {
	for _, k := range kinds {
		if changes := d.Of(k.ChangeKind); len(changes) > 0 {
			all = append(all, group{k.ChangeKind, k.words, changes})
		}
	}
	return all
}

// Two tells what became of the cases between a report and a later one.
func Two(before, after report.Named) Diff {
	d := Diff{Before: before, After: after}
	earlier := map[string]report.CaseInfo{}
	for _, c := range before.Cases {
		earlier[c.ID] = c
	}
	for _, c := range after.Cases {
		old, known := earlier[c.ID]
		delete(earlier, c.ID)
		if known && judged(old.Verdict) && judged(c.Verdict) {
			d.Common++
		}
		change := Change{ID: c.ID, Before: old.Verdict, After: c.Verdict, Was: old.Fingerprint, Is: c.Fingerprint}
		switch {
		case !known:
			change.Kind = Appeared
		case judged(old.Verdict) && !judged(c.Verdict):
			change.Kind, change.Reason = Lost, c.Reason
		case !judged(c.Verdict):
		case failing(c.Verdict) && !failing(old.Verdict):
			change.Kind = Regressed
		case !failing(c.Verdict) && failing(old.Verdict):
			change.Kind = Mended
		case failing(c.Verdict) && old.Fingerprint != c.Fingerprint:
			change.Kind = Changed
		}
		if change.Kind == "" {
			d.Same++
			continue
		}
		d.Changes = append(d.Changes, change)
	}
	for _, c := range before.Cases {
		switch _, gone := earlier[c.ID]; {
		case gone && !judged(c.Verdict):
			d.Same++ // nobody judged it
		case gone:
			d.Changes = append(d.Changes, Change{ID: c.ID, Kind: Lost, Before: c.Verdict,
				Was: c.Fingerprint, Reason: "not in the later report"})
		}
	}
	return d
}

func judged(v judge.Verdict) bool { return v != judge.Skip && v != judge.Error }

func failing(v judge.Verdict) bool { return v == judge.Fail || v == judge.Known || v == judge.Flaky }

// Check refuses what cannot be set side by side: a report that was cut short or is a shard, unless
// partial ones are allowed. Notes are what a reader should know of the rest.
func Check(reports []report.Named, partial bool) (notes []string, err error) {
	for _, r := range reports {
		first := reports[0]
		switch {
		case partial:
			if !r.Complete || r.Shard != "" {
				notes = append(notes, fmt.Sprintf("%s is not the whole of a run: what it lacks counts as lost", r.File))
			}
		case r.Shard != "":
			return nil, fmt.Errorf("%s is shard %s of a run: put the shards together first (compare --merge), or allow it with --partial",
				r.File, clean(r.Shard))
		case !r.Complete:
			return nil, fmt.Errorf("%s is not complete (%s): run again, or allow it with --partial", r.File, clean(r.Stopped))
		}
		if r.Corpus != first.Corpus {
			notes = append(notes, fmt.Sprintf("%s and %s were made with different cases or expectations (corpus %s and %s): a "+
				"difference may be the suite's", first.File, r.File,
				cmp.Or(clean(first.Corpus), "unknown"), cmp.Or(clean(r.Corpus), "unknown")))
		}
		if r.Strict != first.Strict {
			notes = append(notes, fmt.Sprintf("only one of %s and %s was made with --strict", first.File, r.File))
		}
	}
	return notes, nil
}
