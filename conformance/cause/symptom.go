// Package cause groups the failures of a run by what a maintainer of the server would fix: hundreds of failing cases
// have some dozens of causes.
package cause

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// Symptom is what one failing case shows of its cause. Failures with the same symptom have the same cause.
type Symptom struct {
	Kind    Kind   `json:"kind"`
	Subject string `json:"subject,omitempty"` // an operation, a structure of the model, or an area of the corpus
	Detail  string `json:"detail,omitempty"`  // such as a member or an error type
}

// Kind is how the answer differs.
type Kind string

// The kinds of symptoms.
const (
	Accepts     Kind = "accepts"      // a request is accepted that AWS refuses
	Refuses     Kind = "refuses"      // a request is refused that AWS accepts
	ServerError Kind = "server-error" // the answer is a 5xx
	NoAnswer    Kind = "no-answer"    // no answer came, or not all of it
	Unreadable  Kind = "unreadable"   // no client can read the body
	ErrorType   Kind = "error-type"   // the refusal names another error
	Message     Kind = "message"      // the refusal has another message
	Status      Kind = "status"       // the answer has another status
	Member      Kind = "member"       // a member of the answer has another value
	Missing     Kind = "missing"      // a member of the answer is not there
	Header      Kind = "header"       // a header field differs
	Form        Kind = "form"         // the same request in another form is answered otherwise
	Rule        Kind = "rule"         // none of these: the rule of the case is broken
)

// SymptomsOf are the symptoms of a case that failed, in the order of its findings; nil where it did not fail.
func SymptomsOf(r *judge.Result) []Symptom {
	if r.Verdict != judge.Fail && r.Verdict != judge.Flaky || len(r.Findings) == 0 {
		return nil
	}
	first := Decisive(r.Findings)
	var list []Symptom
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Level != first.Level || f.Step != first.Step {
			continue // what comes after a step that failed follows from it
		}
		if s := symptomOf(r, f); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Decisive is the finding that a failure is about, the first of the strongest; nil where there is none.
func Decisive(findings []judge.Finding) *judge.Finding {
	var first *judge.Finding
	for i := range findings {
		f := &findings[i]
		if first == nil ||
			cmp.Or(cmp.Compare(first.Level.Weight(), f.Level.Weight()), cmp.Compare(f.Step, first.Step)) < 0 {
			first = f
		}
	}
	return first
}

func symptomOf(r *judge.Result, f *judge.Finding) Symptom {
	operation, area, topic := operationOf(r, f), r.Case.Area(), cmp.Or(r.About, topicOf(r.Case))
	switch {
	case f.Got.Status/100 == 5:
		return Symptom{ServerError, operation, request(operation, area, topic)}
	case f.Path == "connection", f.Got.Kind == judge.KindNoAnswer:
		return Symptom{NoAnswer, operation, request(operation, area, topic)}
	case area == "metamorphic":
		return Symptom{Form, "", topic}
	case area == "type" && strings.HasPrefix(f.Path, "/") && strings.Contains(r.Case.ID, "/null-"):
		return Symptom{Form, "", "Null"}
	case f.Path == "status", f.Path == "verdict":
		return statusSymptom(f, operation, area, topic)
	case f.Path == "error type":
		return Symptom{ErrorType, operation, cmp.Or(f.Got.ErrorType, "an error without a type")}
	case f.Path == "error message":
		return Symptom{Message, operation, topic}
	case strings.HasPrefix(f.Path, "header "):
		return Symptom{Header, "", strings.TrimPrefix(f.Path, "header ")}
	case f.Path == "body":
		return Symptom{Unreadable, operation, ""}
	case !strings.HasPrefix(f.Path, "/"):
		return Symptom{Rule, r.Case.Title, ""}
	}
	return memberSymptom(f, operation)
}

func statusSymptom(f *judge.Finding, operation, area, topic string) Symptom {
	switch {
	case f.Got.Status/100 == 2 && f.Want.Status/100 == 4:
		if operation != reference.SendCommand || areas[area] == "" {
			return Symptom{Accepts, operation, topic}
		}
		return Symptom{Accepts, area, topic}
	case f.Got.Status/100 == 4 && f.Want.Status/100 == 2:
		return Symptom{Refuses, operation, f.Got.Type()}
	case f.Got.Status/100 == 4 && f.Want.Status/100 == 4 && f.Got.ErrorType != "" && f.Got.ErrorType != f.Want.ErrorType:
		return Symptom{ErrorType, operation, f.Got.ErrorType}
	}
	return Symptom{Status, operation, f.Got.Type()}
}

// request is the kind of request that a server fails over: "" for any of an operation.
func request(operation, area, topic string) string {
	switch {
	case operation != reference.SendCommand, area == judge.InvariantArea, area == "fuzz":
		return ""
	case area == "wire":
		return "wire/" + topic
	}
	return area
}

// structures are the names of what the members of answers hold.
var structures = map[string]string{"Command": "Command", "Commands": "Command", "CommandInvocations": "CommandInvocation"}

// memberSymptom names the member of the structure that a JSON pointer leads to. What is below it is its value.
func memberSymptom(f *judge.Finding, operation string) Symptom {
	parts := strings.Split(judge.PlaceOf(f.Path), "/")[1:]
	if len(parts) == 2 && parts[1] == "*" {
		parts = parts[:1] // an element of a list that is no structure
	}
	subject := operation
	if structure := structures[parts[0]]; structure != "" {
		if len(parts) == 1 {
			return Symptom{Member, operation, parts[0]}
		}
		subject, parts = structure, parts[1:]
		if parts[0] == "*" {
			parts = parts[1:]
		}
	}
	kind := Member
	if len(parts) == 1 && f.Got.Kind == judge.KindNothing {
		kind = Missing
	}
	return Symptom{kind, subject, parts[0]}
}

func operationOf(r *judge.Result, f *judge.Finding) string {
	for i := range r.Exchanges {
		if n := r.Exchanges[i].Step.Number; n == f.Step || f.Step == 0 {
			return cmp.Or(r.Exchanges[i].Step.Request.Operation, reference.SendCommand)
		}
	}
	return reference.SendCommand
}

// topicOf is the middle part of a case's ID, area/Topic/name; of Constraint.Member the member.
func topicOf(c *fixtures.Case) string {
	parts := strings.SplitN(c.ID, "/", 3)
	if len(parts) < 2 {
		return c.ID
	}
	return strings.TrimPrefix(parts[1], "Constraint.")
}
