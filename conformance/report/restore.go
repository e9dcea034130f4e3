package report

import (
	"errors"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// errNotKept takes the place of an error of which a JSON report has the kind alone.
var errNotKept = errors.New("a JSON report has no more of it")

// Report is the run that a document tells of, for the other formats. It has what the document has: bodies as they were
// quoted, and neither durations nor headers.
func (d *Document) Report() *event.Report {
	results := make([]judge.Result, len(d.Cases))
	for i := range d.Cases {
		results[i] = d.Cases[i].Result()
	}
	r := event.SumUp(results)
	r.Target, r.Seed, r.Strict = event.Target{Name: d.Target.Name, Region: d.Target.Region}, d.Seed, d.Strict
	r.Complete, r.Stopped, r.Suite, r.Corpus = d.Complete, d.Stopped, d.Suite, d.Corpus
	r.Cut = strings.HasPrefix(d.Verdict, "INCOMPLETE")
	r.Preflight = probe.Preflight{Operations: d.Preflight.Operations, Synthetic: d.Preflight.Synthetic}
	if shard, err := selector.ParseShard(d.Shard); err == nil {
		r.Shard = shard
	}
	if d.Server != nil {
		r.Server = &event.LaunchedServer{Command: d.Server.Command, Ended: d.Server.Ended, Output: d.Server.Output}
	}
	return r
}

// CaseOf is what a JSON report says of one case.
func CaseOf(r *judge.Result) *CaseInfo {
	v := view{exact: true}
	c := v.caseInfo(r)
	c.Reason = v.line(r.Reason) // which may be a newer one where the rest was read
	return &c
}

// Result is the case as it was judged.
func (c *CaseInfo) Result() judge.Result {
	r := judge.Result{
		Case:    &fixtures.Case{ID: c.ID, Title: c.Title, Level: c.Level, Profile: c.Profile, Evidence: c.Evidence, Note: c.Note},
		Verdict: c.Verdict, Provisional: c.Provisional, Reason: c.Reason, Outcome: c.Outcome,
		Findings: c.Findings, Fingerprint: c.Fingerprint,
		Baseline: c.Baseline, Seen: c.Seen, Broken: c.Broken, Saved: c,
	}
	for _, text := range c.Conforming {
		name, want, _ := strings.Cut(text, ": ")
		a := judge.Alternative{Name: name, Finding: judge.Finding{Want: judge.Description{Words: want}}}
		if len(c.Findings) > 0 {
			a.Finding.Got, a.Finding.Step = c.Findings[0].Got, c.Findings[0].Step
		}
		r.Alternatives = append(r.Alternatives, a)
	}
	for _, x := range c.Exchanges {
		e := judge.Exchanged{Step: fixtures.BoundStep{Number: x.Step}}
		e.Exchange = &wire.Exchange{Request: &wire.Request{Method: x.Method, Path: x.Path, Body: []byte(x.Sent)}}
		if x.Error != "" {
			e.Exchange.Err = &wire.Error{Failure: wire.Failure(x.Error), Err: errNotKept}
		} else {
			e.Exchange.Response = &wire.Response{Status: x.Status, Body: []byte(x.Answer)}
		}
		r.Exchanges = append(r.Exchanges, e)
	}
	return r
}
