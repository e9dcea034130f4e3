package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// maxDocument bounds a report that is read: the largest that a run against an emulator wrote has 7 MB.
const maxDocument = 64 << 20

// ReadDocument reads a JSON report. One of version 1 is returned as one of this version.
func ReadDocument(ctx context.Context, name string) (*Document, error) {
	b, err := untrusted.ReadFile(ctx, name, maxDocument)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	var d Document
	var head struct {
		Format string `json:"format"`
	}
	err = json.Unmarshal(b, &head)
	switch {
	case err != nil:
	case head.Format == DocumentFormat:
		err = json.Unmarshal(b, &d)
	case head.Format == documentFormat1:
		err = d.unmarshal1(b)
	default:
		return nil, fmt.Errorf("report %s: its format is %q: want %q, which run --json writes", name, clean(head.Format), DocumentFormat)
	}
	if err != nil {
		return nil, fmt.Errorf("report %s: no JSON report of sendspec: %w", name, err)
	}
	for i := range d.Cases {
		if d.Cases[i].ID == "" || d.Cases[i].Verdict == "" {
			return nil, fmt.Errorf("report %s: case %d has no ID or no verdict", name, i+1)
		}
	}
	for _, word := range d.words() {
		if clean(word) != word {
			return nil, fmt.Errorf("report %s: %s is no name that run writes: want characters that print, on one line",
				name, untrusted.Quote(word))
		}
	}
	return &d, nil
}

// words are the names in a document, which reports show as they are.
func (d *Document) words() []string {
	words := slices.Concat([]string{d.Target.Name, d.Target.Region}, d.Preflight.Operations, d.Preflight.Synthetic)
	for _, p := range d.Profiles {
		words = append(words, string(p.Profile), string(p.Standing))
	}
	for i := range d.Cases {
		c := &d.Cases[i]
		words = append(words, c.ID, string(c.Level), string(c.Profile), string(c.Verdict), c.Fingerprint, string(c.Kind))
	}
	for _, c := range d.Causes {
		words = append(words, c.Example)
	}
	return words
}

// unmarshal1 reads version 1. The last of its reports have the IDs of facts; those before them have the kind alone, and
// of cases that differ only.
func (d *Document) unmarshal1(b []byte) error {
	var old struct {
		*Document
		Cases []struct {
			CaseInfo
			Evidence struct {
				Facts []string      `json:"facts"`
				Kind  evidence.Kind `json:"kind"`
			} `json:"evidence"`
		} `json:"cases"`
	}
	old.Document = d
	if err := json.Unmarshal(b, &old); err != nil {
		return err
	}
	d.Format, d.Failures, d.Facts, d.Cases = DocumentFormat, Failures{}, map[string]FactInfo{}, make([]CaseInfo, len(old.Cases))
	for i, c := range old.Cases {
		c.CaseInfo.Kind, c.CaseInfo.Evidence = c.Evidence.Kind, c.Evidence.Facts
		d.Cases[i] = c.CaseInfo
		d.Failures.add(c.Verdict, c.Evidence.Kind)
		addFacts(d.Facts, c.Evidence.Facts)
	}
	return nil
}

// Write writes the JSON report.
func (d *Document) Write(w io.Writer) error { return untrusted.WriteJSON(w, d) }

// Summary is the report without its exchanges, small enough to be kept in a repository: the verdict, the kind of
// evidence and the fingerprint of each case.
func (d *Document) Summary() *Document {
	short := *d
	short.Facts, short.Causes = nil, nil
	short.Cases = make([]CaseInfo, len(d.Cases))
	for i, c := range d.Cases {
		short.Cases[i] = CaseInfo{ID: c.ID, Level: c.Level, Profile: c.Profile, Verdict: c.Verdict,
			Fingerprint: c.Fingerprint, Kind: c.Kind}
	}
	return &short
}

// DocumentFormat names the version of the JSON report. A change that breaks its readers raises it. Version 1, in which
// a case has its evidence whole, is read, too.
const (
	DocumentFormat  = "sendspec-report/2"
	documentFormat1 = "sendspec-report/1"
)

func writeJSON(w io.Writer, r *event.Report, _ Options) error {
	return untrusted.WriteJSON(w, view{stable: true}.document(r))
}

// Marshal returns the JSON document of a report. The same seed and the same behaviour give the same
// bytes: it holds no time of day, duration, UUID or signature. Durations are in the JUnit, HAR and
// HTML reports.
func Marshal(r *event.Report) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, r, Options{})
	return b.Bytes(), err
}

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
	r.Target, r.Server, r.Seed, r.Strict = d.Target, d.Server, d.Seed, d.Strict
	r.Complete, r.Stopped, r.Suite, r.Corpus = d.Complete, d.Stopped, d.Suite, d.Corpus
	r.Cut = strings.HasPrefix(d.Verdict, "INCOMPLETE")
	r.Preflight = probe.Preflight{Operations: d.Preflight.Operations, Synthetic: d.Preflight.Synthetic}
	if shard, err := selector.ParseShard(d.Shard); err == nil {
		r.Shard = shard
	}
	return r
}

// CaseOf is what a JSON report says of one case.
func CaseOf(r *judge.Result) *CaseInfo {
	c := view{}.caseInfo(r)
	c.Reason = clean(r.Reason) // which may be a newer one where the rest was read
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
