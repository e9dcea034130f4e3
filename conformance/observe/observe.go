// Package observe asks a server, as a rule AWS itself, the cases of the corpus that run nothing, keeps what it answers as
// recordings of package evidence without anything secret, and says what each answer means for its case.
package observe

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/jsontree"
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
	for _, k := range []struct {
		kind  ConclusionKind
		words string
	}{
		{Agrees, "agree"}, {Settles, "settle what was open"}, {Contradicts, "contradict their case"}, {Varies, "vary"},
		{Unknown, "tell nothing"},
	} {
		if n := s.Counts[k.kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k.words))
		}
	}
	if len(parts) == 0 {
		return "nothing was asked"
	}
	return strings.Join(parts, ", ")
}

// Order returns the cases of a plan that may be observed: those that run nothing and can be asked, the ones whose answer
// would tell most before the others.
func Order(plan []event.Planned) []event.Planned {
	asked := slices.DeleteFunc(slices.Clone(plan), func(p event.Planned) bool {
		return p.Skip != "" || p.Case.Safety != fixtures.Inert
	})
	slices.SortStableFunc(asked, func(a, b event.Planned) int { return cmp.Compare(rank(a.Case), rank(b.Case)) })
	return asked
}

// rank is less the more there is to learn from a case.
func rank(c *fixtures.Case) int {
	switch {
	case settles(c):
		return 0
	case IsOpen(c):
		return 1
	}
	kinds := evidence.Kinds()
	return 1 + len(kinds) - slices.Index(kinds, c.Evidence.Kind())
}

// settles reports whether a fact names the case as one that would settle an open question.
func settles(c *fixtures.Case) bool {
	for _, f := range c.Evidence.Facts() {
		if f.Question != nil && slices.ContainsFunc(f.Question.SettledBy, func(id string) bool {
			return strings.HasPrefix(c.ID+"/", id+"/")
		}) {
			return true
		}
	}
	return false
}

// IsOpen reports whether the case leaves open what AWS answers: a fact says so, or several answers conform.
func IsOpen(c *fixtures.Case) bool {
	return settles(c) || slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool {
		return len(s.Expect) > 1 || slices.ContainsFunc(s.Expect, leavesOpen)
	})
}

// leavesOpen reports whether an outcome allows several statuses or types of an error.
func leavesOpen(o fixtures.Outcome) bool {
	several := func(v *jsontree.Value) bool {
		if v == nil {
			return false
		}
		in := v.Get("$in")
		return in != nil && len(in.Items) > 1 || v.Get("$class") != nil && v.Get("$should") == nil
	}
	return several(o.Status) || o.Error != nil && several(o.Error.Type)
}
