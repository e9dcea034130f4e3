package oracle

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The outcomes of fixtures/outcomes.json by the same names, and one more.
var (
	Accepted            = fixtures.Outcome{Name: "accepted", Status: literal(`200`), Body: command(theCommandID)}
	Validation          = spelling("message", refusedAs("validation", `400`, str("ValidationException")))
	Serialization       = refusedAs("serialization", `400`, shouldBe(str("SerializationException")))
	refusedAtAll        = refusedAs("refused", `{"$class":4}`, aString)
	refusedForSemantics = fixtures.Outcome{Name: "refused-for-its-meaning", Status: literal(`{"$class":4}`), Error: &fixtures.ErrorOutcome{
		Type:    expect(matcher("$not", oneOf("SerializationException", "UnknownOperationException"))),
		Message: expect(matcher("$optional", matcher("$not", matcher("$contains", str("failed to satisfy constraint"))))),
	}}
	RefusedBelow  = fixtures.Outcome{Name: "refused-below-the-protocol", Status: literal(`{"$class":4}`), Format: fixtures.FormatAny}
	refusedNumber = refusedAs("refused", `400`, shouldBe(oneOf("ValidationException", "SerializationException")))
)

// refusedAs is a refusal in the form that all should have: the type is in the body and in no header, and no Command is
// beside it. Of the errors that were recorded the type must be in the body (error/Envelope).
func refusedAs(name, status string, errorType jsontree.Value) fixtures.Outcome {
	return fixtures.Outcome{
		Name: name, Status: literal(status), Error: &fixtures.ErrorOutcome{Type: expect(errorType)},
		Headers: refusalHeaders, Body: refusalBody,
	}
}

var (
	refusalHeaders = map[string]*jsontree.Value{"X-Amzn-Errortype": expect(shouldBe(absent))}
	refusalBody    = expect(object(member("__type", shouldBe(aString)), member("Command", absent)))
	refusalMembers = []jsontree.Member{member("__type", aString), member("Command", absent)}
)

// spelling is a refusal whose text, if it has one, is in the member of this name (evidence: errors/raw-2026).
func spelling(message string, o fixtures.Outcome) fixtures.Outcome {
	other := map[string]string{"message": "Message", "Message": "message"}[message]
	o.Body = expect(object(append(slices.Clip(refusalMembers), member(other, shouldBe(absent)))...))
	return o
}

// Exception is the outcome of one declared error.
func Exception(name string) fixtures.Outcome { return exceptionAs(name, `400`) }

func exceptionAs(name, status string) fixtures.Outcome {
	outcome := refusedAs(name, status, str(name))
	outcome.Body = expect(object(refusalMembers...))
	return outcome
}

var (
	okStatus   = literal(`200`)
	badRequest = literal(`400`)
)

var (
	aString = matcher("$type", str("string"))
	absent  = matcher("$absent", boolean(true))
)

// expect is an expectation in which nothing is bound: what an input sends may look like a binding.
func expect(v jsontree.Value) *jsontree.Value { return fixtures.Literal(&v) }

func matcher(name string, argument jsontree.Value) jsontree.Value {
	return object(member(name, argument))
}

func shouldBe(v jsontree.Value) jsontree.Value { return matcher("$should", v) }

func oneOf(texts ...string) jsontree.Value { return matcher("$in", jsontree.NewStrings(texts)) }

func echoed(pointer string) jsontree.Value { return matcher("$echo", str(pointer)) }

// Short names: this package builds trees all day.
var (
	str, number, boolean, array, object, member, literal = jsontree.NewString, jsontree.NewNumber, jsontree.NewBool,
		jsontree.NewArray, jsontree.NewObject, jsontree.NewMember, jsontree.Literal
)

// refusal is a semantic rule: what breaks it is refused, though every constraint holds.
// The rules and how sure they are, are those of the fixtures (error/**), which tell more of each.
type refusal struct {
	// cause is what is wrong, in a few words; rule is the rule as a sentence.
	cause, rule string
	level       fixtures.Level
	evidence    fixtures.Evidence
	// types are what the error may be. Where none was recorded (anyType) they are only what it should be.
	types   []string
	anyType bool
	// message is the recorded text, and pattern what it looks like where a part is not known; "" is none.
	message, pattern string
}

func (r refusal) outcomes() []fixtures.Outcome {
	if r.anyType {
		return []fixtures.Outcome{refusedAs("refused", `{"$class":4,"$should":400}`, shouldBe(oneOf(r.types...)))}
	}
	var list []fixtures.Outcome
	for _, name := range r.types {
		outcome := Exception(name)
		if slices.Contains(declared(reference.SendCommand), name) {
			outcome = spelling("Message", outcome)
		}
		switch {
		case len(r.types) > 1:
		case r.message != "":
			outcome.Error.Message = expect(shouldBe(str(r.message)))
		case r.pattern != "":
			outcome.Error.Message = should("$regex", r.pattern)
		}
		list = append(list, outcome)
	}
	return list
}

// at is the rule where it is not that sure, or not that sure of the type.
func (r refusal) at(level fixtures.Level, types ...string) refusal {
	r.level = level
	if types != nil {
		r.types, r.message, r.pattern = types, "", ""
	}
	return r
}

// ofAnyType is the rule where no source tells the type of the error.
func (r refusal) ofAnyType(level fixtures.Level, types ...string) refusal {
	r = r.at(level, types...)
	r.anyType = true
	return r
}

// refused is the expectation of a request that breaks semantic rules. One rule that is sure suffices for
// the refusal to be; which of several rules is named, and whether one of the uncertainties is named instead, is not known.
func refused(m *semantics) Expectation {
	rules := m.refusals
	slices.SortStableFunc(rules, func(a, b refusal) int { return b.level.Weight() - a.level.Weight() })
	first := rules[0]
	e := Expectation{Rule: first.rule, Level: first.level, Evidence: first.evidence}
	all := first
	for _, r := range rules {
		e.Causes = append(e.Causes, r.cause)
		all.types, all.anyType = append(slices.Clip(all.types), r.types...), all.anyType || r.anyType
		if r.message != all.message || r.pattern != all.pattern {
			all.message, all.pattern = "", ""
		}
	}
	names, others := m.possible()
	all.types = distinct(slices.Concat(all.types, names))
	e.Outcomes = append(all.outcomes(), others...)
	e.Causes = distinct(e.Causes)
	if m.documentFirst && len(rules) == 1 && len(m.uncertainties) == 1 { // that of the parameters
		namesDocument(&e)
	}
	if len(e.Causes) > 1 {
		e.Rule = "A request that breaks several semantic rules is refused"
	}
	return e
}

// namesDocument says that the refusal should be InvalidDocument.
func namesDocument(e *Expectation) {
	const name = "InvalidDocument"
	e.Evidence = append(slices.Clip(e.Evidence), "errors/precedence/document-before-parameters")
	for i := range e.Outcomes {
		outcome := &e.Outcomes[i]
		members := []jsontree.Member{member("$should", str(name))}
		switch t := outcome.Error.Type; {
		case t.Kind == jsontree.Object:
			members = append(members, t.Members...)
		case t.Text != name:
			members = append(members, member("$in", jsontree.NewStrings([]string{t.Text})))
		default:
			continue
		}
		failed := *outcome.Error
		failed.Type = expect(object(members...))
		outcome.Error = &failed
	}
}
