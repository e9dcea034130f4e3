package generate

import (
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
)

// Case makes the case of an input, with the expectation that its outcomes come from.
func (in *Input) Case(o *oracle.Oracle) (*fixtures.Case, oracle.Expectation) {
	if in.Calls != nil {
		return sequenceCase(in.ID(), in.Calls, o), oracle.Expectation{Rule: sequenceRule, Level: fixtures.Must, Evidence: sequenceEvidence}
	}
	text := in.Body.Bytes()
	e := in.Body.expectation(o, text)
	requests := in.requests(text)
	twin := in.Relation != nil
	switch {
	case in.Relation != nil:
		e = in.Relation.expectation()
	case in.Wire != nil:
		e, twin = onTheWire(in.Wire)
	}
	c := &fixtures.Case{
		ID: in.ID(), Title: e.Rule, Level: e.Level, Profile: fixtures.Core, Safety: fixtures.Inert, Evidence: e.Evidence, Note: e.Note,
		Steps: []fixtures.Step{{Request: requests[len(requests)-1], Expect: e.Outcomes}},
	}
	if twin {
		// What the plain request gets is asked elsewhere: here only that both get the same.
		if len(requests) == 1 {
			requests = append([]fixtures.Request{exactly(text)}, requests...)
		}
		c.Steps[0].Name = "changed"
		c.Steps = append(
			[]fixtures.Step{{Name: "plain", Request: requests[0], Expect: []fixtures.Outcome{oracle.Accepted, oracle.RefusedBelow}}},
			c.Steps...,
		)
	}
	return c, e
}

// expectation is what conforms as an answer to the body, of which the text is what is sent. Where nothing was
// done to the text the tree says all, and need not be read again.
func (b *Payload) expectation(o *oracle.Oracle, text []byte) oracle.Expectation {
	if len(b.Raw) > 0 || b.Prefix != "" || b.Suffix != "" || b.Cut > 0 {
		return o.Text(text)
	}
	return o.Tree(b.Tree, text)
}

// The outcomes of odd HTTP; those of fixtures/outcomes.json by the same names.
var (
	outcomeClosed         = fixtures.Outcome{Name: "closed", Closed: true}
	outcomeNotImplemented = fixtures.Outcome{Name: "not implemented", Status: literal(`501`), Format: fixtures.FormatAny}
	outcomeAnswered       = fixtures.Outcome{
		Name: "answered", Status: literal(`{"$class":2}`), Format: fixtures.FormatAny, Text: literal(`{"$not":{"$contains":"CommandId"}}`),
	}
	outcomeUnknownOperation = fixtures.Outcome{
		Name: "unknown operation", Status: literal(`{"$class":4,"$should":400}`),
		Error: &fixtures.ErrorOutcome{Type: literal(`{"$type":"string","$should":"UnknownOperationException"}`)},
	}
	outcomeUnknownInside = fixtures.Outcome{
		Name: "unknown operation with status 200", Status: literal(`200`), Format: fixtures.FormatAny,
		Text: literal(`{"$contains":"UnknownOperationException"}`),
	}
	outcomeSame = fixtures.Outcome{Name: "same", SameAs: "plain"}
)

func (r *relation) expectation() oracle.Expectation {
	return oracle.Expectation{
		Rule: "A request means the same with " + r.name, Level: r.level, Evidence: r.evidence, Causes: []string{r.name},
		Outcomes: []fixtures.Outcome{outcomeSame},
	}
}

// onTheWire replaces the expectation of a body by that of the odd HTTP around it. Where the request must be
// taken, it is as the same request in good HTTP is.
func onTheWire(w *wireChange) (changed oracle.Expectation, twin bool) {
	changed = oracle.Expectation{
		Rule: "HTTP with " + w.name + " is answered as HTTP wants", Level: w.level, Evidence: w.evidence, Causes: []string{w.family},
		Outcomes: w.outcomes,
	}
	if twin = len(w.outcomes) == 1 && w.outcomes[0].Name == oracle.Accepted.Name; twin {
		changed.Outcomes = []fixtures.Outcome{outcomeSame}
	}
	return changed, twin
}
