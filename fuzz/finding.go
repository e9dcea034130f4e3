package fuzz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Finding is one distinct divergence, with the smallest request that was found to show it.
type Finding struct {
	// ID names the divergence: it is the same in every campaign that finds it.
	ID          string
	Fingerprint Fingerprint
	// What was done to a plain request by the input that showed it first, and its index.
	What  string
	Index uint64
	// Seen is how many inputs showed it.
	Seen int
	// Flaky tells that it did not show again when it was asked again.
	Flaky bool
	// Unconfirmed tells that the campaign was ended before it was asked again, and Unshrunk that the campaign or its
	// time was over before it was as small as it gets.
	Unconfirmed, Unshrunk bool
	// Killed tells that the target stopped answering behind this request.
	Killed bool
	// Calls is how many requests it took to confirm and shrink it, and the sizes are of the body.
	Calls, SizeBefore, Size int
	// Case is the shrunk input as a case, and Result what the target made of it.
	Case   *fixtures.Case
	Result judge.Result

	input    *generate.Input
	whatever bool // it shows whatever is asked
}

// keep adds a finding, unless one with no more causes is there already.
func (c *campaign) keep(f *Finding) error {
	if known := c.known(&f.Fingerprint, f.Flaky); known != nil {
		known.Seen += f.Seen
		return nil
	}
	c.forget(f)
	if len(c.found) >= c.options.MaxFindings {
		if len(c.dropped) < 10*c.options.MaxFindings {
			c.dropped[f.Fingerprint.id()] = true
		}
		return nil
	}
	f.ID = f.Fingerprint.id()
	if f.Case != nil && c.mayRun(f) {
		may := *f.Case // replay asks it of a target on loopback only
		may.Safety, f.Case = fixtures.Dispatch, &may
	}
	c.found = append(c.found, f)
	c.byKey[f.Fingerprint.key()] = append(c.byKey[f.Fingerprint.key()], f)
	if c.options.Found != nil {
		return c.options.Found(f)
	}
	return nil
}

// mayRun reports whether a request of the finding names a node that may be sent to.
func (c *campaign) mayRun(f *Finding) bool {
	return slices.ContainsFunc(f.Result.Exchanges, func(x judge.Exchanged) bool { return c.generator.MayRun(x.Request.Body) })
}

// forget drops what a finding tells better: the same divergence at a weaker level, or not shown again.
func (c *campaign) forget(f *Finding) {
	worse := func(g *Finding) bool {
		if g.Fingerprint.key() != f.Fingerprint.key() || !subset(f.Fingerprint.Causes, g.Fingerprint.Causes) {
			return false
		}
		if g.Fingerprint.Level == f.Fingerprint.Level {
			return g.Flaky && !f.Flaky
		}
		return f.Fingerprint.Level == fixtures.Must && (g.Flaky || !f.Flaky)
	}
	key := f.Fingerprint.key()
	c.found = slices.DeleteFunc(c.found, worse)
	c.byKey[key] = slices.DeleteFunc(c.byKey[key], worse)
}

// showing is one answer to an input that shows, or does not show, a fingerprint.
type showing struct {
	kase   *fixtures.Case
	result judge.Result
	print  Fingerprint
	shows  bool
}

// show asks an input for a divergence.
func (c *campaign) show(ctx context.Context, in *generate.Input, want *Fingerprint) showing {
	if c.over(ctx) || want.Place == "connection" && !c.present(ctx) {
		return showing{} // what a dead server does not answer shows nothing
	}
	q := c.question(in)
	r, ok := c.once(ctx, q.kase)
	if !ok {
		return showing{}
	}
	shown := showing{kase: q.kase, result: r}
	for _, s := range showings(q, &r) {
		if s.print.narrows(want) {
			shown = s
		}
	}
	return shown
}

// showings are the fingerprints that an answer shows, each with its finding alone.
func showings(q *question, r *judge.Result) []showing {
	var list []showing
	prints, findings := fingerprints(q.input, &q.expectation, r)
	for i := range prints {
		s := showing{kase: q.kase, result: *r, print: prints[i], shows: true}
		s.result.Findings = findings[i : i+1]
		list = append(list, s)
	}
	return list
}

// follow confirms a divergence that an input showed, shrinks the input and keeps the finding.
func (c *campaign) follow(ctx context.Context, in *generate.Input, first *showing) error {
	want := &first.print
	if len(c.found) >= c.options.MaxFindings {
		return c.keep(&Finding{Fingerprint: *want, Seen: 1})
	}
	f := &Finding{
		Fingerprint: *want, What: in.What, Index: in.Index, Seen: 1, SizeBefore: in.Size(), Size: in.Size(), Case: first.kase, Result: first.result, input: in,
	}
	var again showing
	if c.present(ctx) { // the canary is also another request: what was kept of the one before does not show any more
		again = c.show(ctx, in, want)
	}
	if c.dead && want.Place == "connection" {
		return nil // who killed the target is asked when the batch is over
	}
	f.Calls += 2
	switch {
	case c.over(ctx), again.kase == nil:
		f.Unconfirmed = true
	case !again.shows:
		f.Flaky = true
	case !c.whateverIsAsked(ctx, f):
		c.shrink(ctx, f, again)
	}
	if same := c.same(f); same != nil {
		same.Seen++
		return nil
	}
	return c.keep(f)
}

// same returns the finding that a new one is another sign of, where its fingerprint alone does not tell: a failure
// over whatever is asked that has come back, or that was gone when it was asked again; or one whose causes are all
// that its input has, since it was not made smaller, and shares one.
func (c *campaign) same(f *Finding) *Finding {
	key := f.Fingerprint.key()
	for _, g := range c.found {
		if g.whatever && g.Fingerprint.key() == key && (f.whatever || f.Flaky) {
			if f.whatever {
				c.byKey[key] = append(c.byKey[key], g)
			}
			return g
		}
	}
	if !f.Unconfirmed && !f.Unshrunk && !f.Flaky {
		return nil
	}
	for _, g := range c.byKey[key] {
		shares := slices.ContainsFunc(f.Fingerprint.Causes, func(cause string) bool { return slices.Contains(g.Fingerprint.Causes, cause) })
		if g.Fingerprint.Level == f.Fingerprint.Level && shares && (g.Flaky || !f.Flaky) {
			return g
		}
	}
	return nil
}

// whateverIsAsked tells whether the server fails in the way of the finding over two requests that have nothing
// in common, a plain one and one without a member. Then nothing in the input is the cause, and the smaller of
// the two takes its place.
func (c *campaign) whateverIsAsked(ctx context.Context, f *Finding) bool {
	if f.Fingerprint.Check != neverServerError {
		return false
	}
	empty := &generate.Input{Index: f.Index, Strategy: generate.Boundary, What: "no member", Body: generate.Body{Tree: &jsontree.Value{Kind: jsontree.Object}}}
	var shown *showing
	for _, in := range []*generate.Input{plainInput(), empty} {
		f.Calls++
		q := c.question(in)
		r, ok := c.once(ctx, q.kase)
		list := showings(q, &r)
		i := slices.IndexFunc(list, func(s showing) bool { return s.print.key() == f.Fingerprint.key() })
		if !ok || i < 0 {
			return false
		}
		shown = &list[i]
	}
	f.whatever, f.input, f.Size = true, empty, empty.Size()
	f.Case, f.Result, f.Fingerprint = shown.kase, shown.result, shown.print
	f.Fingerprint.Causes = nil
	return true
}

// passed lets go of the failures that every request showed, since a plain request shows none any more: what fails
// from now on has causes of its own.
func (c *campaign) passed() {
	for key, list := range c.byKey {
		c.byKey[key] = slices.DeleteFunc(list, func(f *Finding) bool { return f.whatever })
	}
}

// shrink makes the finding's request as small as it gets within the calls and the time that there are.
func (c *campaign) shrink(ctx context.Context, f *Finding, best showing) {
	want := f.Fingerprint
	until := time.Now().Add(shrinkTime)
	s := &shrinker{
		calls: c.options.ShrinkCalls, best: f.input,
		may: func(candidate *generate.Input) bool {
			if candidate.Calls != nil {
				return slices.ContainsFunc(candidate.Calls, func(c generate.Call) bool { return slices.Contains(want.Causes, c.Operation()) })
			}
			_, e := candidate.Case(c.oracle)
			p := want
			p.Causes = causesOf(candidate, &e, want.Check, want.Place)
			return p.narrows(&want)
		},
		shows: func(candidate *generate.Input) bool {
			if c.over(ctx) || c.dead || !time.Now().Before(until) {
				f.Unshrunk = true
				return false
			}
			f.Calls++
			now := c.show(ctx, candidate, &want)
			if now.shows {
				best = now
			}
			return now.shows
		},
	}
	f.input = s.run(topsOf(&want))
	f.Case, f.Result, f.Fingerprint = best.kase, best.result, best.print
	f.Size = f.input.Size()
}

// shrinkTime bounds how long one finding is shrunk: a sequence may wait for what never comes, each time anew.
const shrinkTime = time.Minute

// topsOf are the members of a request that the causes name.
func topsOf(f *Fingerprint) []string {
	var tops []string
	for _, cause := range f.Causes {
		top, _, _ := strings.Cut(strings.TrimPrefix(firstWord(cause), "/"), "/")
		tops = append(tops, oracle.TopOf(top))
	}
	slices.Sort(tops)
	return slices.Compact(tops)
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' {
			return s[:i]
		}
	}
	return s
}

// Verdict is the verdict on the finding's case.
func (f *Finding) Verdict() judge.Verdict {
	switch {
	case f.Flaky:
		return judge.Flaky
	case f.Fingerprint.Level == fixtures.Must:
		return judge.Fail
	}
	return judge.Warn
}

// AsResult is the finding as a result of a run, in the area of the fuzzer and under the finding's ID.
func (f *Finding) AsResult() judge.Result {
	r := f.Result
	c := *f.Case
	c.ID, c.Level = fmt.Sprintf("%s/found/%s", generate.Area, f.ID), f.Fingerprint.Level
	r.Case, r.Verdict = &c, f.Verdict()
	r.Reason = fmt.Sprintf("first shown by input %d (%s)", f.Index, f.What)
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
