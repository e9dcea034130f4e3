package observe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Observer asks the cases of a session one by one.
type Observer struct {
	Session *conformance.Session
	Masker  *Masker
	Limit   int // of cases; 0 for none
	// Each is told of every case that was asked, with its conclusion in masked words.
	Each func(Conclusion, string) error
}

// Observed is what was observed.
type Observed struct {
	Lines  []evidence.Recording // the first is the Observation
	Counts map[ConclusionKind]int
	Left   int // cases beyond the limit
	// Stopped is why not all was asked that was to be; empty where it was.
	Stopped string
}

// Run asks the cases that run nothing. Where it ends early, it has what was observed until then; an error is one of Each.
func (o *Observer) Run(ctx context.Context) (*Observed, error) {
	plan := Order(o.Session.Started().Plan)
	seen := &Observed{Counts: map[ConclusionKind]int{}}
	if o.Limit > 0 && len(plan) > o.Limit {
		seen.Left = len(plan) - o.Limit
		plan = plan[:o.Limit]
	}
	var calls []evidence.Recording
	var results []judge.Result
	var err error
	asked := map[string]bool{} // the bindings of the cases that are kept
	cases := 0
	for _, p := range plan {
		r := o.Session.Ask(ctx, p)
		if ctx.Err() != nil {
			seen.Stopped = probe.WhyEnded(ctx)
			break
		}
		lines, c := o.conclude(&r)
		results = append(results, r)
		calls = append(calls, lines...)
		if seen.Counts[c.Kind]++; len(lines) > 0 {
			cases++
			for _, name := range p.Case.Needs() {
				asked[name] = true
			}
		}
		if err = o.Each(c, o.Masker.Text(c.Line())); err != nil {
			seen.Stopped = "the lines of text could not be written"
			break
		}
	}
	for _, c := range Invariants(results) {
		if err == nil {
			seen.Counts[c.Kind]++
			err = o.Each(c, o.Masker.Text(c.Line()))
		}
	}
	seen.Lines = append([]evidence.Recording{o.heading(cases, asked, seen.Stopped)}, calls...)
	return seen, err
}

// conclude says what the answers mean, and gives them as recordings; none where nothing is to be concluded.
func (o *Observer) conclude(r *judge.Result) ([]evidence.Recording, Conclusion) {
	c := Conclude(r)
	if c.Kind == Unknown {
		return nil, c
	}
	lines, err := o.Masker.Recordings(r, o.nonce(r))
	if err != nil {
		return nil, Conclusion{Case: r.Case, Kind: Unknown, Reason: err.Error()}
	}
	return lines, c
}

// nonce is what ${nonce} was: a case that is asked again has another.
func (o *Observer) nonce(r *judge.Result) string {
	seed := o.Session.Started().Seed
	again := probe.Nonce(seed, r.Case.ID, 1)
	if slices.ContainsFunc(r.Exchanges, func(e judge.Exchanged) bool { return strings.Contains(string(e.Step.Request.Body), again) }) {
		return again
	}
	return probe.Nonce(seed, r.Case.ID, 0)
}

func (o *Observer) heading(cases int, asked map[string]bool, stopped string) evidence.Recording {
	t := o.Session.Started().Target
	head := &evidence.Observation{
		Endpoint: o.Masker.Text(t.URL), Region: t.Region, Cases: cases, Incomplete: stopped, Bindings: map[string]string{},
	}
	for name, value := range o.Session.Started().Preflight.Bindings {
		if asked[name] {
			head.Bindings[name] = o.Masker.Text(value)
		}
	}
	return evidence.Recording{Label: "observation", StartedAt: o.Session.Started().Began.UTC(), Observation: head}
}

// Summary counts the verdicts in words.
func (s *Observed) Summary() string {
	var parts []string
	for _, v := range []ConclusionKind{Agrees, Settles, Contradicts, Varies, Unknown} {
		if n := s.Counts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[v]))
		}
	}
	if len(parts) == 0 {
		return "nothing was asked"
	}
	return strings.Join(parts, ", ")
}

var words = map[ConclusionKind]string{
	Agrees: "agree", Settles: "settle what was open", Contradicts: "contradict their case", Varies: "vary",
	Unknown: "tell nothing",
}
