package mutants

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyRefusal Family = "refusal"

// refusalMutants are the ways in which a server refuses, or fails at, what AWS answers.
func refusalMutants() []Mutant {
	const answered = "facts.md section 1: @error(client|server), no @httpError => 400 / 500: what the client sent is no fault of the server"
	never5xx := []string{"invariant/HTTP/never-5xx"}
	return answerMutants(familyRefusal, []Profile{Core}, []answerRow{
		{"comment-of-100", "A Comment of exactly its maximum is refused",
			"model.json: Comment, length 0 to 100", Must, []string{"accept/Comment", "constraint/Comment"},
			turningAway("ValidationException", func(t *jsontree.Value) bool { return utf8.RuneCountInString(textAt(t, "Comment")) == 100 })},
		{"comment-in-bytes", "The length of a Comment is counted in bytes",
			"model.json: Comment, length 0 to 100; Smithy: length counts Unicode scalar values", Must, []string{"accept/Comment", "constraint/Comment"},
			turningAway("ValidationException", func(t *jsontree.Value) bool {
				s := textAt(t, "Comment")
				return len(s) > 100 && utf8.RuneCountInString(s) <= 100
			})},
		{"timeout-of-30", "The smallest TimeoutSeconds is refused",
			"model.json: TimeoutSeconds, range 30 to 2592000", Must, []string{"accept/TimeoutSeconds", "constraint/TimeoutSeconds"},
			turningAway("ValidationException", numberIs("TimeoutSeconds", "30"))},
		{"timeout-of-30-days", "The largest TimeoutSeconds is refused",
			"model.json: TimeoutSeconds, range 30 to 2592000", Must, []string{"accept/TimeoutSeconds", "constraint/TimeoutSeconds"},
			turningAway("ValidationException", numberIs("TimeoutSeconds", "2592000"))},
		{"five-targets", "Targets of exactly the maximum are refused",
			"model.json: Targets, length 0 to 5", Must, []string{"accept/Targets", "constraint/Targets"},
			turningAway("ValidationException", itemsAre("Targets", 5))},
		{"log-group-not-ascii", "A name of a log group that is not ASCII makes the server fail",
			answered, Must, never5xx,
			failing5xx(func(t *jsontree.Value) bool { return !isASCII(logGroup(t)) })},
		{"repeated-name", "A member that stands twice makes the server fail",
			answered, Must, never5xx, failing5xx(repeats)},
		{"enabled-scalar", "A text or number for CloudWatchOutputEnabled makes the server fail",
			answered, Must, never5xx,
			failing5xx(scalarAt("CloudWatchOutputConfig", "CloudWatchOutputEnabled"))},
		{"ignore-scalar", "A text or number for IgnorePollAlarmFailure makes the server fail",
			answered, Must, never5xx,
			failing5xx(scalarAt("AlarmConfiguration", "IgnorePollAlarmFailure"))},
		{"letters-of-member", "A member whose name has other letters than the model's makes the server fail",
			answered, Must, never5xx,
			failing5xx(func(t *jsontree.Value) bool {
				return slices.ContainsFunc(t.Members, func(m jsontree.Member) bool {
					return slices.ContainsFunc([]string{"Comment", "TimeoutSeconds", "InstanceIds", "MaxErrors"}, func(name string) bool {
						return name != m.Name && strings.EqualFold(name, m.Name)
					})
				})
			})},
	})
}

// turningAway refuses what has a trait and is good otherwise.
func turningAway(name string, has func(request *jsontree.Value) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if r.ok() && c.is(reference.SendCommand) && has(c.tree()) {
			return r.fail(400, name)
		}
		return r
	})
}

// failing5xx fails at what has a trait, good or not.
func failing5xx(has func(request *jsontree.Value) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.is(reference.SendCommand) && has(c.tree()) {
			return r.fail(500, "InternalFailure")
		}
		return r
	})
}

func textAt(t *jsontree.Value, name string) string {
	if v := t.Get(name); v != nil {
		return v.Text
	}
	return ""
}

func numberIs(name, literal string) func(*jsontree.Value) bool {
	return func(t *jsontree.Value) bool { return textAt(t, name) == literal }
}

func itemsAre(name string, n int) func(*jsontree.Value) bool {
	return func(t *jsontree.Value) bool {
		v := t.Get(name)
		return v != nil && len(v.Items) == n
	}
}

func logGroup(t *jsontree.Value) string {
	if v := t.Get("CloudWatchOutputConfig"); v != nil {
		return textAt(v, "CloudWatchLogGroupName")
	}
	return ""
}

func scalarAt(structure, name string) func(*jsontree.Value) bool {
	return func(t *jsontree.Value) bool {
		s := t.Get(structure)
		if s == nil {
			return false
		}
		v := s.Get(name)
		return v != nil && (v.Kind == jsontree.String || v.Kind == jsontree.Number)
	}
}

// repeats tells whether an object anywhere in a value has a name twice.
func repeats(v *jsontree.Value) bool {
	seen := map[string]bool{}
	for i := range v.Members {
		m := &v.Members[i]
		if seen[m.Name] || repeats(&m.Value) {
			return true
		}
		seen[m.Name] = true
	}
	for i := range v.Items {
		if repeats(&v.Items[i]) {
			return true
		}
	}
	return false
}
