package fuzz

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// format names the version of the JSON report of a campaign.
const format = "sendspec-fuzz/2"

// CampaignReport is what a campaign found.
type CampaignReport struct {
	Target     event.Target
	Seed       uint64
	Strategies []generate.Strategy
	Shard      selector.Shard
	// Count is how many inputs the whole campaign has, 0 where the clock ends it, and Share how many of them are the
	// shard's. Version names the program.
	Count, Share uint64
	Version      string
	// Inputs were asked, of which Skipped could not be sent to this kind of target.
	Inputs, Skipped uint64
	// Hash is over what the inputs that were asked send, in hexadecimal. Those of all shards add up to that of the
	// whole campaign, modulo 2^256.
	Hash     string
	Complete bool
	Stopped  string // why it did not get to its end, where it did not
	Coverage coverage
	// Divergences are the distinct divergences, those of level must first. Dropped is how many more there were
	// than a campaign keeps.
	Divergences []*Divergence
	Dropped     int
	// Listed are the entries of the baseline, in its order, and nil without one.
	Listed  []Listed
	Elapsed time.Duration
}

// coverage is how many constraints, types and sides of them were asked, and which were not.
type coverage struct {
	Asked    int      `json:"asked"`
	All      int      `json:"all"`
	NotAsked []string `json:"notAsked,omitempty"`
}

func newReport(s *conformance.Session, o Options) *CampaignReport {
	r := &CampaignReport{
		Target: s.Started().Target, Seed: s.Started().Seed, Strategies: o.Strategies, Shard: o.Shard, Count: o.Count, Version: o.Version,
	}
	if len(r.Strategies) == 0 {
		r.Strategies = generate.Strategies()
	}
	return r
}

// Distinct is how many distinct divergences of each level were found.
func (r *CampaignReport) Distinct() (must, should int) {
	for _, f := range r.Divergences {
		if f.Fingerprint.Level == fixtures.Must {
			must++
		} else {
			should++
		}
	}
	return must, should
}

// Failed reports whether the target is at fault: a must was missed, or, if strict, a should.
func (r *CampaignReport) Failed(strict bool) bool {
	must, should := r.Distinct()
	return must > 0 || strict && should > 0
}

// Verdict says in one line what the campaign means.
func (r *CampaignReport) Verdict() string {
	must, should := r.Distinct()
	s := fmt.Sprintf("%d inputs", r.Inputs)
	switch {
	case must+should == 0 && r.Listed != nil:
		s += ", no new finding"
	case must+should == 0:
		s += ", no finding"
	default:
		s += fmt.Sprintf(", %s (must %d, should %d)", event.Count(must+should, "distinct divergence"), must, should)
	}
	if r.Dropped > 0 {
		s += fmt.Sprintf(", and %d more that were not kept", r.Dropped)
	}
	s += r.listed()
	if !r.Complete {
		return "INCOMPLETE: " + r.Stopped + ": " + s
	}
	return s
}

// listed says what became of the entries of the baseline.
func (r *CampaignReport) listed() string {
	n := map[judge.BaselineState]int{}
	for _, l := range r.Listed {
		n[l.State]++
	}
	var parts []string
	add := func(state judge.BaselineState, words string) {
		if n[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[state], words))
		}
	}
	add(judge.BaselineKnown, "known")
	add(judge.BaselineExpired, "past their date")
	add(judge.BaselineUnjudged, "not shown by these inputs")
	s := ""
	if len(parts) > 0 {
		s = "; baseline: " + strings.Join(parts, ", ")
	}
	if r.Stale() {
		s += fmt.Sprintf("; the baseline is stale: %d in it no longer fail", n[judge.BaselineStale])
	}
	return s
}

// Stale reports whether the baseline lists what the same inputs showed once and do not show now.
func (r *CampaignReport) Stale() bool {
	return slices.ContainsFunc(r.Listed, func(l Listed) bool { return l.State == judge.BaselineStale })
}

// header is the JSON form of a report but for its findings.
type header struct {
	Format     string              `json:"format"`
	Target     string              `json:"target"`
	Region     string              `json:"region"`
	Seed       uint64              `json:"seed"`
	Strategies []generate.Strategy `json:"strategies"`
	Shard      string              `json:"shard,omitempty"`
	Complete   bool                `json:"complete"`
	Stopped    string              `json:"stopped,omitempty"`
	Verdict    string              `json:"verdict"`
	Inputs     uint64              `json:"inputs"`
	Skipped    uint64              `json:"skipped"`
	Hash       string              `json:"hash"`
	Coverage   coverage            `json:"coverage"`
	Dropped    int                 `json:"dropped,omitempty"`
	Baseline   []Listed            `json:"baseline,omitempty"`
}

func (r *CampaignReport) header() header {
	return header{
		Format: format, Target: r.Target.Name, Region: r.Target.Region, Seed: r.Seed, Strategies: r.Strategies,
		Shard: r.Shard.String(), Complete: r.Complete, Stopped: r.Stopped, Verdict: r.Verdict(),
		Inputs: r.Inputs, Skipped: r.Skipped, Hash: r.Hash, Coverage: r.Coverage, Dropped: r.Dropped,
		Baseline: r.Listed,
	}
}

// document is the JSON form of a report: the same seed and the same behaviour give the same bytes, but
// for a campaign that ends by the clock.
type document struct {
	header
	Findings []divergenceDocument `json:"findings"`
}

// divergenceDocument is one divergence in a report.
type divergenceDocument struct {
	ID          string         `json:"id"`
	Verdict     judge.Verdict  `json:"verdict"`
	Rule        string         `json:"rule"`
	Fingerprint fingerprint    `json:"fingerprint"`
	What        string         `json:"what"`
	Index       uint64         `json:"index"`
	Seen        int            `json:"seen,omitempty"`
	Unconfirmed bool           `json:"unconfirmed,omitempty"`
	Unshrunk    bool           `json:"unshrunk,omitempty"`
	Killed      bool           `json:"killed,omitempty"`
	Calls       int            `json:"calls"`
	SizeBefore  int            `json:"sizeBefore"`
	Size        int            `json:"size"`
	Sent        string         `json:"sent"`
	Want        string         `json:"want"`
	Got         string         `json:"got"`
	Case        *fixtures.Case `json:"case"`
}

func (f *Divergence) document() divergenceDocument {
	d := divergenceDocument{
		ID: f.ID, Verdict: f.Verdict(), Rule: f.Case.Title, Fingerprint: f.Fingerprint, What: f.What, Index: f.Index, Seen: f.Seen,
		Unconfirmed: f.Unconfirmed, Unshrunk: f.Unshrunk, Killed: f.Killed, Calls: f.Calls,
		SizeBefore: f.SizeBefore, Size: f.Size, Sent: f.sent, Case: f.Case,
	}
	if f.input != nil {
		d.Sent = string(f.input.Body.Bytes())
	}
	if len(f.Result.Findings) > 0 {
		d.Want, d.Got = f.Result.Findings[0].Want.Words, f.Result.Findings[0].Got.Words
	}
	return d
}

// Marshal returns the JSON document of a report.
func Marshal(r *CampaignReport) ([]byte, error) {
	d := document{header: r.header(), Findings: []divergenceDocument{}}
	for _, f := range r.Divergences {
		d.Findings = append(d.Findings, f.document())
	}
	b, err := json.MarshalIndent(d, "", "  ")
	return append(b, '\n'), err
}

// Append makes a run go on with a campaign: its findings become cases of the area fuzz in the report of the
// run, and one case more tells how much was asked.
func Append(options Options) conformance.Option {
	return conformance.WithMore(func(ctx context.Context, s *conformance.Session) ([]judge.Result, error) {
		report, err := Run(ctx, s, options)
		if report == nil {
			return nil, err
		}
		var results []judge.Result
		for _, f := range report.Divergences {
			results = append(results, f.AsResult())
		}
		return append(results, report.summary()), err
	})
}

// summary is the campaign as one case of a run.
func (r *CampaignReport) summary() judge.Result {
	c := &fixtures.Case{
		ID: generate.Area + "/campaign/inputs", Title: "Every fuzzed input gets an answer that conforms", Level: fixtures.Must,
		Profile: fixtures.Core, Safety: fixtures.Inert,
		Evidence: fixtures.Evidence{"suite/reference"},
	}
	result := judge.Result{Case: c, Verdict: judge.Pass, Reason: fmt.Sprintf("%s; hash %s", r.Verdict(), r.Hash)}
	switch must, should := r.Distinct(); {
	case !r.Complete:
		result.Verdict = judge.Error
	case must > 0:
		result.Verdict = judge.Fail
	case should > 0:
		result.Verdict = judge.Warn
	}
	return result
}
