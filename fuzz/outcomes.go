package fuzz

import (
	"encoding/json"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The outcomes that inputs share; those of fixtures/outcomes.json by the same names.
var (
	outcomeAccepted      = fixtures.Outcome{Name: "accepted", Status: raw(`200`), Body: command(theCommandID)}
	outcomeValidation    = fixtures.Outcome{Name: "validation", Status: raw(`400`), Error: &fixtures.ErrorOutcome{Type: raw(`"ValidationException"`)}}
	outcomeSerialization = fixtures.Outcome{Name: "serialization", Status: raw(`400`), Error: &fixtures.ErrorOutcome{Type: raw(`{"$should":"SerializationException"}`)}}
	outcomeRefused       = fixtures.Outcome{Name: "refused", Status: raw(`{"$class":4}`), Error: &fixtures.ErrorOutcome{Type: raw(`{"$type":"string"}`)}}
	outcomeMeaning       = fixtures.Outcome{Name: "refused-for-its-meaning", Status: raw(`{"$class":4}`), Error: &fixtures.ErrorOutcome{
		Type: raw(`{"$not":{"$in":["SerializationException","UnknownOperationException"]}}`), Message: raw(`{"$optional":{"$not":{"$contains":"failed to satisfy constraint"}}}`),
	}}
	outcomeBelow            = fixtures.Outcome{Name: "refused-below-the-protocol", Status: raw(`{"$class":4}`), Format: fixtures.FormatAny}
	outcomeClosed           = fixtures.Outcome{Name: "closed", Closed: true}
	outcomeNotImplemented   = fixtures.Outcome{Name: "not implemented", Status: raw(`501`), Format: fixtures.FormatAny}
	outcomeUnknownOperation = fixtures.Outcome{Name: "unknown operation", Status: raw(`{"$class":4,"$should":400}`), Error: &fixtures.ErrorOutcome{
		Type: raw(`{"$type":"string","$should":"UnknownOperationException"}`),
	}}
	outcomeUnknownInside = fixtures.Outcome{
		Name: "unknown operation with status 200", Status: raw(`200`), Format: fixtures.FormatAny, Text: raw(`{"$contains":"UnknownOperationException"}`),
	}
	outcomeRefusedNumber = fixtures.Outcome{Name: "refused", Status: raw(`400`), Error: &fixtures.ErrorOutcome{
		Type: raw(`{"$should":{"$in":["ValidationException","SerializationException"]}}`),
	}}
)

// exception is the outcome of one declared error.
func exception(name string) fixtures.Outcome {
	return fixtures.Outcome{Name: name, Status: raw(`400`), Error: &fixtures.ErrorOutcome{Type: quoted(name)}}
}

// quoted is a text as a matcher has it, in which ${ would begin a binding.
func quoted(s string) json.RawMessage {
	return jsontree.AppendString(nil, strings.ReplaceAll(s, "${", "$${"))
}
