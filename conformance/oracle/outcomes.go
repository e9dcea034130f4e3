package oracle

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
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

// refusedAs is a refusal in the form that all have (error/Envelope): the type is in the body and in no header, and no
// Command is beside it.
func refusedAs(name, status string, errorType jsontree.Value) fixtures.Outcome {
	return fixtures.Outcome{
		Name: name, Status: literal(status), Error: &fixtures.ErrorOutcome{Type: expect(errorType)},
		Headers: refusalHeaders, Body: refusalBody,
	}
}

var (
	refusalHeaders = map[string]*jsontree.Value{"X-Amzn-Errortype": expect(shouldBe(absent))}
	refusalBody    = expect(object(refusalMembers...))
	refusalMembers = []jsontree.Member{member("__type", aString), member("Command", absent)}
)

// spelling is a refusal whose text, if it has one, is in the member of this name (evidence: errors/raw-2026).
func spelling(message string, o fixtures.Outcome) fixtures.Outcome {
	other := map[string]string{"message": "Message", "Message": "message"}[message]
	o.Body = expect(object(append(slices.Clip(refusalMembers), member(other, shouldBe(absent)))...))
	return o
}

// Exception is the outcome of one declared error.
func Exception(name string) fixtures.Outcome { return refusedAs(name, `400`, str(name)) }

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
