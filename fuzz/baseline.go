package fuzz

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// Baseline is what is known already of how a target differs: an entry of the file for each divergence, whose selector
// is fuzz/found/ID and whose fingerprint is that of the divergence. An entry takes every input that shows the divergence,
// with all of the causes or more, whatever the seed, and before it is shrunk as after.
type Baseline struct {
	file    *baseline.File
	name    string
	inputs  string // the hash of the inputs of the campaign that wrote every entry; "" where several did
	entries []*entry
}

// entry is a line of the file.
type entry struct {
	result judge.Result // as which the file knows it
	note   judge.BaselineNote
	level  fixtures.Level
	flaky  bool
	key    string
	causes []string
	seen   bool
}

const (
	foundPrefix = generate.Area + "/found/"
	causePrefix = "cause="
	wordLimit   = 160
)

// ReadBaseline reads the file of that name. One that does not exist is an empty baseline: Missing reports it.
func ReadBaseline(ctx context.Context, name string, today time.Time) (*Baseline, error) {
	file, err := baseline.Read(ctx, name, today)
	if err != nil {
		return nil, err
	}
	b := &Baseline{file: file, name: name}
	if m := inputsLine.FindStringSubmatch(file.Text()); m != nil {
		b.inputs = m[1]
	}
	var cases []*fixtures.Case
	for _, e := range file.Entries() {
		if !IsEntry(e.Selector) {
			return nil, fmt.Errorf("baseline %s: %s: want an entry for a divergence, %sID; run has a file of its own",
				name, e.Selector, foundPrefix)
		}
		if !strings.Contains(e.Fingerprint, "=") {
			return nil, fmt.Errorf("baseline %s: %s %s: want a fingerprint such as status=200,want=a-refusal,cause=Comment-length-above",
				name, e.Selector, e.Fingerprint)
		}
		known := parseEntry(e)
		b.entries, cases = append(b.entries, known), append(cases, known.result.Case)
	}
	if err := file.Check(cases); err != nil {
		return nil, err
	}
	for _, e := range b.entries {
		r := e.result
		file.Apply(&r, true)
		e.note = *r.Baseline
	}
	return b, nil
}

var (
	isFound    = regexp.MustCompile(`^` + foundPrefix + `[a-z0-9-]+$`)
	inputsLine = regexp.MustCompile(`(?m)^# Inputs: ([0-9a-f]{64})\n`)
)

// IsEntry reports whether a selector is that of a divergence, which is in no baseline of cases.
func IsEntry(selector string) bool { return isFound.MatchString(selector) }

func parseEntry(e *baseline.Entry) *entry {
	known := &entry{level: fixtures.Must, result: judge.Result{
		Case: &fixtures.Case{ID: e.Selector}, Verdict: judge.Fail, Fingerprint: e.Fingerprint,
	}}
	text, flaky := strings.CutPrefix(e.Fingerprint, "flaky:")
	text, should := strings.CutPrefix(text, "should:")
	if known.flaky = flaky; should {
		known.level = fixtures.Should
	}
	known.key, known.causes = apart(text)
	return known
}

// apart parts a fingerprint's text into the causes and the rest.
func apart(text string) (key string, causes []string) {
	parts := strings.Split(text, ",")
	isCause := func(part string) bool { return strings.HasPrefix(part, causePrefix) }
	for _, part := range parts {
		if isCause(part) {
			causes = append(causes, part)
		}
	}
	return strings.Join(slices.DeleteFunc(parts, isCause), ","), causes
}

// Missing reports that there is no such file yet.
func (b *Baseline) Missing() bool { return b.file.Missing() }

// text is the fingerprint as one word of a baseline's line, but for the level.
func (f *fingerprint) text() string {
	parts := []string{judge.Word(f.Place, wordLimit) + "=" + judge.Word(f.Got, wordLimit), "want=" + judge.Word(f.Want, wordLimit)}
	if f.Check != judge.OutcomeCheck {
		parts = append(parts, "check="+judge.Word(f.Check, wordLimit))
	}
	for _, cause := range f.Causes {
		parts = append(parts, causePrefix+judge.Word(cause, wordLimit))
	}
	return strings.Join(parts, ",")
}

// BaselineFingerprint is the fingerprint of the divergence in a baseline.
func (f *Divergence) BaselineFingerprint() string {
	text := f.Fingerprint.text()
	if f.Fingerprint.Level == fixtures.Should {
		text = "should:" + text
	}
	if f.Flaky {
		text = "flaky:" + text
	}
	return text
}

// knows reports whether an entry that holds today takes a fingerprint, and marks every entry that does as seen. It
// returns the note of one that no longer holds.
func (b *Baseline) knows(f *fingerprint) (known bool, expired *judge.BaselineNote) {
	if b == nil {
		return false, nil
	}
	key, causes := apart(f.text())
	for _, e := range b.entries {
		sure := e.level == f.Level || e.level == fixtures.Must
		everywhere := f.Check == neverServerError && len(e.causes) == 0 // it failed on every request
		if e.key != key || !sure || !subset(e.causes, causes) || everywhere && len(causes) > 0 {
			continue
		}
		e.seen = true
		if e.note.State == judge.BaselineExpired {
			expired = &e.note
		} else {
			known = true
		}
	}
	return known, expired
}

// Listed is an entry of the baseline after a campaign.
type Listed struct {
	ID    string              `json:"id"`
	Entry string              `json:"entry"` // FILE:LINE
	State judge.BaselineState `json:"state"`
}

// showed reports whether a campaign was shown what the entry lists.
func (l *Listed) showed() bool {
	return l.State == judge.BaselineKnown || l.State == judge.BaselineExpired
}

// showed marks the entries that a shard says it was shown.
func (b *Baseline) showed(list []Listed) {
	for i := range list {
		for _, e := range b.entries {
			e.seen = e.seen || list[i].showed() && e.result.Case.ID == foundPrefix+list[i].ID
		}
	}
}

// listed says what became of the entries. One that did not show is stale where the same inputs were asked as when the
// file was written; of others nobody can tell.
func (b *Baseline) listed(r *CampaignReport) []Listed {
	if b == nil {
		return nil
	}
	list := []Listed{}
	for _, e := range b.entries {
		l := Listed{strings.TrimPrefix(e.result.Case.ID, foundPrefix), e.note.Entry, e.note.State}
		switch {
		case e.seen:
		case e.flaky, !r.Complete, r.Hash != b.inputs:
			l.State = judge.BaselineUnjudged
		default:
			l.State = judge.BaselineStale
		}
		list = append(list, l)
	}
	return list
}

// Update writes the file as a whole campaign found the target, strict or not: what is new is added, and what is stale is
// taken out. What did not show among other inputs stays.
func (b *Baseline) Update(r *CampaignReport, strict bool) (baseline.Changes, error) {
	now := map[string]judge.Result{}
	var cases []*fixtures.Case
	for i, e := range b.entries {
		id := e.result.Case.ID
		cases, now[id] = append(cases, e.result.Case), e.result
		switch r.Listed[i].State {
		case judge.BaselineUnjudged:
			delete(now, id)
		case judge.BaselineStale:
			now[id] = judge.Result{Case: e.result.Case, Verdict: judge.Pass}
		default:
		}
	}
	for _, f := range r.Divergences {
		if f.note != nil || f.Verdict() == judge.Warn && !strict {
			continue
		}
		c := &fixtures.Case{ID: foundPrefix + f.ID}
		if !slices.ContainsFunc(cases, func(other *fixtures.Case) bool { return other.ID == c.ID }) {
			cases = append(cases, c)
		}
		now[c.ID] = judge.Result{Case: c, Verdict: judge.Fail, Fingerprint: f.BaselineFingerprint()}
	}
	results := slices.Collect(maps.Values(now))
	if err := b.file.Check(cases); err != nil {
		return baseline.Changes{}, err
	}
	for i := range results {
		b.file.Apply(&results[i], true)
	}
	var runs baseline.Runs
	runs.Add(results)
	alone := len(b.entries) == 0 || r.Hash == b.inputs
	changes := b.file.Update(&runs)
	changes.Cases = 0 // an entry is a divergence
	text := inputsLine.ReplaceAllString(b.file.Text(), "")
	if alone {
		text = fmt.Sprintf("# Inputs: %s\n%s", r.Hash, text)
	}
	if err := atomicfile.Write(b.name, atomicfile.Bytes([]byte(text))); err != nil {
		return changes, fmt.Errorf("baseline %s: %w", b.name, err)
	}
	return changes, nil
}
