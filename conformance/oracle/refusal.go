package oracle

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
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
	if len(e.Causes) > 1 {
		e.Rule = "A request that breaks several semantic rules is refused"
	}
	return e
}
