package fuzz

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Divergence is one way in which the target differs, with the smallest request that was found to show it.
type Divergence struct {
	// ID names the divergence: it is the same in every campaign that finds it.
	ID          string
	Fingerprint fingerprint
	// What was done to a plain request by the input that showed it first, and its index.
	What  string
	Index uint64
	// Seen is how many inputs showed it.
	Seen int
	// Flaky reports that it did not show again when it was asked again.
	Flaky bool
	// Unconfirmed reports that the campaign was ended before it was asked again, and Unshrunk that the campaign or its
	// time was over before it was as small as it gets.
	Unconfirmed, Unshrunk bool
	// Killed reports that the target stopped answering after this request.
	Killed bool
	// Calls is how many requests it took to confirm and shrink it, and the sizes are of the body.
	Calls, SizeBefore, Size int
	// Folder is where it is saved, "" where it is not.
	Folder string
	// Case is the shrunk input as a case, and Result what the target made of it.
	Case   *fixtures.Case
	Result judge.Result

	input      *generate.Input     // nil where the finding was read
	note       *judge.BaselineNote // of an entry of the baseline that held until a day
	ubiquitous bool                // it shows on every input
	sent       string              // the body of a finding that was read
}

// keep adds a finding, unless the baseline lists it, or one with no more causes is there already.
func (c *campaign) keep(f *Divergence) error {
	listed := false
	if listed, f.note = c.options.Baseline.knows(&f.Fingerprint); listed {
		return nil
	}
	if known := c.known(&f.Fingerprint, f.Flaky); known != nil {
		known.Seen += f.Seen
		return nil
	}
	if !c.add(f) {
		return nil
	}
	if f.Case != nil && c.mayRun(f) {
		may := *f.Case // replay asks it of a target on loopback only
		may.Safety, f.Case = fixtures.Dispatch, &may
	}
	if c.options.Dir != "" {
		if err := save(c.options.Dir, c.session.Started().Target, f); err != nil {
			return err
		}
		if err := c.save(); err != nil {
			return err
		}
	}
	if c.options.Found != nil {
		return c.options.Found(f)
	}
	return nil
}

// mayRun reports whether a request of the finding names a node that may be sent to.
func (c *campaign) mayRun(f *Divergence) bool {
	return slices.ContainsFunc(f.Result.Exchanges, func(x judge.Exchanged) bool { return c.generator.MayRun(x.Request.Body) })
}

// reproduction is an answer that shows a divergence: its finding alone.
type reproduction struct {
	result      judge.Result
	fingerprint fingerprint
}

// reproduce asks an input for a divergence; nil where the answer does not show it. It reports whether it was asked.
func (c *campaign) reproduce(ctx context.Context, in *generate.Input, want *fingerprint) (shown *reproduction, asked bool) {
	if c.over(ctx) || want.Place == "connection" && !c.present(ctx) {
		return nil, false // what a dead server does not answer shows nothing
	}
	_, list, asked := c.ask(ctx, in)
	for _, s := range list {
		if s.fingerprint.narrows(want) {
			shown = &s
		}
	}
	return shown, asked
}

// follow confirms a divergence that an input showed, shrinks the input and keeps the finding.
func (c *campaign) follow(ctx context.Context, in *generate.Input, first reproduction) error {
	want := &first.fingerprint
	if c.full() {
		return c.keep(&Divergence{Fingerprint: *want, Seen: 1})
	}
	f := &Divergence{
		Fingerprint: *want, What: in.What, Index: in.Index, Seen: 1, SizeBefore: in.Size(), Size: in.Size(),
		Case: first.result.Case, Result: first.result, input: in,
	}
	var again *reproduction
	asked := false
	if c.present(ctx) { // which is also another request: what was kept of the one before does not show any more
		again, asked = c.reproduce(ctx, in, want)
	}
	if c.dead && want.Place == "connection" {
		return nil // who killed the target is asked when the batch is over
	}
	f.Calls += 2
	switch {
	case c.over(ctx), !asked:
		f.Unconfirmed = true
	case again == nil:
		f.Flaky = true
	case !c.isUbiquitous(ctx, f):
		c.shrink(ctx, f, again)
	}
	if same := c.same(f); same != nil {
		same.Seen++
		return nil
	}
	return c.keep(f)
}

// isUbiquitous reports whether the server fails in the way of the finding over two requests that have nothing
// in common, a plain one and one without a member. Then nothing in the input is the cause, and the smaller of
// the two takes its place.
func (c *campaign) isUbiquitous(ctx context.Context, f *Divergence) bool {
	if f.Fingerprint.Check != neverServerError {
		return false
	}
	empty := &generate.Input{
		Index: f.Index, Strategy: generate.Boundary, What: "no member",
		Body: generate.Payload{Tree: &jsontree.Value{Kind: jsontree.Object}},
	}
	var shown reproduction
	for _, in := range []*generate.Input{plainInput(), empty} {
		f.Calls++
		_, list, _ := c.ask(ctx, in)
		i := slices.IndexFunc(list, func(s reproduction) bool { return s.fingerprint.key() == f.Fingerprint.key() })
		if i < 0 {
			return false
		}
		shown = list[i]
	}
	f.ubiquitous, f.input, f.Size = true, empty, empty.Size()
	f.Case, f.Result, f.Fingerprint = shown.result.Case, shown.result, shown.fingerprint
	f.Fingerprint.Causes = nil
	return true
}

// Verdict is the verdict on the finding's case.
func (f *Divergence) Verdict() judge.Verdict {
	switch {
	case f.Flaky:
		return judge.Flaky
	case f.Fingerprint.Level == fixtures.Must:
		return judge.Fail
	}
	return judge.Warn
}

// about is the member of the request that brings the divergence about, or else what was done to it.
func (f *Divergence) about() string {
	for _, cause := range f.Fingerprint.Causes {
		if member := memberName.FindString(cause); member != "" {
			return member
		}
	}
	return f.What
}

var memberName = regexp.MustCompile(`\b[A-Z][A-Za-z0-9.]+`)

// AsResult is the finding as a result of a run, in the area of the fuzzer and under the finding's ID.
func (f *Divergence) AsResult() judge.Result {
	r := f.Result
	c := *f.Case
	c.ID, c.Level = fmt.Sprintf("%s/found/%s", generate.Area, f.ID), f.Fingerprint.Level
	r.Case, r.Verdict, r.Baseline = &c, f.Verdict(), f.note
	r.About, r.Reason = f.about(), fmt.Sprintf("first shown by input %d (%s)", f.Index, f.What)
	if f.Seen > 1 {
		r.Reason += fmt.Sprintf(", and by %d more", f.Seen-1)
	}
	switch {
	case f.Flaky && f.Killed:
		r.Reason += "; others had no answer, either, and one of them may have been it"
	case f.Flaky:
		r.Reason += "; it did not show when it was asked again"
	case f.Unconfirmed:
		r.Reason += "; not asked again, since the campaign was over or the target gone"
	case f.Unshrunk:
		r.Reason += "; there was no time to make it smaller"
	}
	return r
}

// findings are the distinct divergences of a campaign.
type findings struct {
	found   []*Divergence
	byKey   map[string][]*Divergence
	dropped map[string]bool // IDs of those for which there was no room
}

// mostFindings bounds how many distinct findings a campaign keeps; there may be more.
const mostFindings = 400

func newFindings() findings {
	return findings{byKey: map[string][]*Divergence{}, dropped: map[string]bool{}}
}

func (l *findings) full() bool { return len(l.found) >= mostFindings }

// add adds a finding that is not known, and drops those that it tells better. It reports whether there was room.
func (l *findings) add(f *Divergence) bool {
	l.forget(f)
	f.ID = f.Fingerprint.id()
	if l.full() {
		if len(l.dropped) < 10*mostFindings {
			l.dropped[f.ID] = true
		}
		return false
	}
	l.found = append(l.found, f)
	l.byKey[f.Fingerprint.key()] = append(l.byKey[f.Fingerprint.key()], f)
	return true
}

// byLevel are the findings, those of level must first.
func (l *findings) byLevel() []*Divergence {
	list := slices.Clone(l.found)
	slices.SortStableFunc(list, func(a, b *Divergence) int { return b.Fingerprint.Level.Weight() - a.Fingerprint.Level.Weight() })
	return list
}

// known returns the finding that a fingerprint is one more sign of, nil where it is new. A finding that did not show
// again takes in only what did not, either (flaky): it is no reason to leave the next unasked.
func (l *findings) known(f *fingerprint, flaky bool) *Divergence {
	for _, g := range l.byKey[f.key()] {
		sure := g.Fingerprint.Level == f.Level || g.Fingerprint.Level == fixtures.Must
		if sure && (flaky || !g.Flaky) && subset(g.Fingerprint.Causes, f.Causes) {
			return g
		}
	}
	return nil
}

// forget drops what a finding tells better: the same divergence at a weaker level, or not shown again.
func (l *findings) forget(f *Divergence) {
	worse := func(g *Divergence) bool {
		if g.Fingerprint.key() != f.Fingerprint.key() || !subset(f.Fingerprint.Causes, g.Fingerprint.Causes) {
			return false
		}
		if g.Fingerprint.Level == f.Fingerprint.Level {
			return g.Flaky && !f.Flaky
		}
		return f.Fingerprint.Level == fixtures.Must && (g.Flaky || !f.Flaky)
	}
	key := f.Fingerprint.key()
	l.found = slices.DeleteFunc(l.found, worse)
	l.byKey[key] = slices.DeleteFunc(l.byKey[key], worse)
}

// same returns the finding that a new one is another sign of, where its fingerprint alone does not tell: a failure
// that shows on every input and has come back, or that was gone when it was asked again; or one whose causes are all
// that its input has, since it was not made smaller, and shares one.
func (l *findings) same(f *Divergence) *Divergence {
	key := f.Fingerprint.key()
	for _, g := range l.found {
		if g.ubiquitous && g.Fingerprint.key() == key && (f.ubiquitous || f.Flaky) {
			if f.ubiquitous {
				l.byKey[key] = append(l.byKey[key], g)
			}
			return g
		}
	}
	if !f.Unconfirmed && !f.Unshrunk && !f.Flaky {
		return nil
	}
	for _, g := range l.byKey[key] {
		shares := slices.ContainsFunc(f.Fingerprint.Causes, func(cause string) bool { return slices.Contains(g.Fingerprint.Causes, cause) })
		if g.Fingerprint.Level == f.Fingerprint.Level && shares && (g.Flaky || !f.Flaky) {
			return g
		}
	}
	return nil
}

// forgetUbiquitous forgets the failures that every request showed, since a plain request shows none any more: what fails
// from now on has causes of its own.
func (l *findings) forgetUbiquitous() {
	for key, list := range l.byKey {
		l.byKey[key] = slices.DeleteFunc(list, func(f *Divergence) bool { return f.ubiquitous })
	}
}
