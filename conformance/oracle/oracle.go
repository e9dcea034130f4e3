package oracle

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Expectation is what conforms as an answer to a request, and how sure that is.
type Expectation struct {
	// Rule is the rule that the answer is held against, as one sentence.
	Rule     string
	Level    fixtures.Level
	Outcomes []fixtures.Outcome
	Evidence fixtures.Evidence
	Note     string
	// Constraints reports that the causes are broken constraints.
	Constraints bool
	// Open reports that no source says what AWS makes of the request.
	Open bool
	// Causes are the single reasons why the request must be refused; none where it may be taken.
	Causes []string
}

// Oracle computes what conforms. It holds no more against a server than the fixtures do: where they leave a
// thing open, since no source tells it, so does the oracle.
type Oracle struct {
	bindings  fixtures.Bindings
	documents map[string]*knownDocument
	nodes     []string // that run commands
	region    string
	captured  bool // nothing is known of the target's world
}

// New returns the oracle of a target: the bindings describe its nodes, documents, alarms and so on.
func New(bindings fixtures.Bindings, region string) *Oracle {
	return &Oracle{bindings: bindings, documents: documentsOf(bindings), nodes: Nodes(bindings), region: region}
}

var (
	// Unrecorded is the evidence where none says what AWS does.
	Unrecorded = fixtures.Evidence{"suite/unseen"}

	byTheModel   = fixtures.Evidence{"suite/model"}
	seenOnAthena = fixtures.Evidence{"framework/serialization-types", "framework/serialization"} // of the same framework
)

const openNote = "Nobody has recorded what AWS answers. " +
	"Certain is that the request gets an answer of 2xx or 4xx in time, and that the server does not fail over it."

// NewCaptured returns the oracle of a target of which nothing but its traffic is known: whether a document, a node or
// an alarm is there, no name tells.
func NewCaptured() *Oracle {
	o := New(nil, "")
	o.captured = true
	return o
}

// Text returns what conforms as an answer to a SendCommand request with this body.
func (o *Oracle) Text(text []byte) Expectation { return o.expect(text, reference.ValidateJSON(text)) }

// Tree is Text for a body that is the text of this tree, and need not be read again.
func (o *Oracle) Tree(tree *jsontree.Value, text []byte) Expectation {
	return o.expect(text, reference.ValidateTree(tree))
}

func (o *Oracle) expect(text []byte, result reference.Validation) Expectation {
	if len(text) > largestBody {
		return open("how large a body AWS reads is not known")
	}
	if len(result.Unknown) > 0 && result.Tree != nil && onlyNumbers(&result) {
		return o.orFailure(&result, o.oddNumber(&result))
	}
	if len(result.Unknown) > 0 {
		return o.orFailure(&result, open(result.Unknown[0].Reason))
	}
	switch result.Validity() {
	case reference.Malformed:
		return malformed(text, result.Malformed)
	case reference.Mistyped:
		return mistyped(&result)
	case reference.Invalid:
		return o.invalid(&result)
	case reference.Valid:
	}
	if result.Operation != reference.SendCommand {
		return validCall(&result)
	}
	return o.valid(&result)
}

// largestBody is as many bytes as any server is asked to read (fixtures, wire/BodySize).
const largestBody = 1 << 20

// open is the expectation where no source tells what AWS does.
func open(why string) Expectation {
	return Expectation{
		Open: true, Rule: "The request gets an answer: " + why, Level: fixtures.Must, Outcomes: []fixtures.Outcome{Accepted, RefusedBelow},
		Evidence: Unrecorded, Note: openNote,
	}
}

// onlyNumbers reports whether nothing but the spelling or size of TimeoutSeconds is uncertain.
func onlyNumbers(r *reference.Validation) bool {
	elsewhere := slices.ContainsFunc(r.Unknown, func(u reference.Unknown) bool { return u.Path != "/TimeoutSeconds" })
	return len(r.TypeErrors) == 0 && r.Tree.Duplicates() == nil && !elsewhere
}

// oddNumber: taken it must be cut to an integer, and refused it may be (type/TimeoutSeconds). Out of range
// it is refused in any case.
func (o *Oracle) oddNumber(r *reference.Validation) Expectation {
	e := Expectation{
		Constraints: true, Level: fixtures.Should, Evidence: seenOnAthena,
		Note: "Athena cuts a fraction off and clamps what is too large; what SSM does was not seen.",
	}
	if len(r.Violations) > 0 {
		e.Rule, e.Level = "A number out of range is refused, however it is read", fixtures.Must
		e.Outcomes = []fixtures.Outcome{refusedNumber}
		for i := range r.Violations {
			if strength(&r.Violations[i]) != fixtures.Must {
				return open("an odd number beside a constraint that is not sure")
			}
			e.Causes = append(e.Causes, causeOf(&r.Violations[i])+" (an odd number)")
		}
		return e
	}
	n, ok := r.Tree.Get("TimeoutSeconds").Float64()
	if !ok {
		return open("a number beyond what can be held")
	}
	taken := Accepted
	taken.Name, taken.Body = "taken", command(theCommandID, member("TimeoutSeconds", integer(int64(n))))
	e.Rule, e.Outcomes = "A number is cut to an integer, or refused", []fixtures.Outcome{taken, refusedAtAll}
	return e
}

// malformed: what is no JSON is refused. Recorded (on Athena) are texts cut short, a trailing comma, no
// object; readers are known that take comments, odd numbers and more, so those are no must.
func malformed(text []byte, err error) Expectation {
	e := Expectation{
		Rule: "A body that is no JSON object is refused", Level: fixtures.Should, Outcomes: []fixtures.Outcome{Serialization},
		Evidence: seenOnAthena, Causes: []string{"no JSON object"},
	}
	syntax := (*jsontree.SyntaxError)(nil)
	if !errors.As(err, &syntax) {
		e.Level = fixtures.Must
		return e
	}
	where := syntax.Message
	e.Causes = []string{"no JSON: " + syntaxFault(text, syntax)}
	switch {
	case strings.Contains(where, "byte order mark"), strings.Contains(where, "is not UTF-8"), slices.Contains(text, 0),
		strings.HasPrefix(where, "expected the end of the text"):
		return open("which bytes around or inside of JSON a reader takes is not known")
	case syntax.Offset >= len(text):
		e.Level, e.Rule = fixtures.Must, "A body that ends too early is refused"
	case senseless(text, syntax):
		e.Level = fixtures.Must
	}
	return e
}

// senseless reports whether no reader, however lenient, can make sense of what keeps a text from being JSON: there is
// no object in it, or punctuation or a string where another must be.
func senseless(text []byte, err *jsontree.SyntaxError) bool {
	front, at := strings.TrimSpace(string(text[:err.Offset])), text[err.Offset]
	if front == "" {
		return !slices.Contains(text, '{')
	}
	punctuation := strings.ContainsRune(",:]}", rune(at)) && !strings.Contains(err.Message, "digit")
	missing := at == '"' && strings.HasPrefix(err.Message, `expected "`)
	return (punctuation || missing) && !misread(front)
}

func syntaxFault(text []byte, err *jsontree.SyntaxError) string {
	switch {
	case err.Offset >= len(text):
		return "cut short"
	case strings.Contains(err.Message, "control character"):
		return "a control character"
	case strings.Contains(err.Message, "escape"), strings.Contains(err.Message, "hexadecimal"):
		return "an escape"
	case strings.Contains(err.Message, "digit"):
		return "a number"
	case slices.Contains([]byte(",:]}[{\""), text[err.Offset]):
		return "punctuation"
	}
	return "a literal"
}

// misread reports whether a lenient reader may have come to read the text in front otherwise.
func misread(front string) bool { return strings.ContainsAny(front, "'#/") || !allASCII(front) }

// mistyped: a value of a wrong type is refused, before anything else. Not so sure are scalars in the place
// of a boolean, which were not measured, and OutputS3Region, which the documentation says is ignored.
func mistyped(r *reference.Validation) Expectation {
	e := Expectation{
		Rule: "A value of a wrong JSON type is refused", Level: fixtures.May, Outcomes: []fixtures.Outcome{Serialization},
		Evidence: seenOnAthena,
	}
	for _, t := range r.TypeErrors {
		level := fixtures.Must
		if strings.HasPrefix(t.Path, "OutputS3Region") || t.Want == "a Boolean" && t.Got != "array" && t.Got != "object" {
			level = fixtures.Should
		}
		e.Level = stronger(e.Level, level)
		e.Causes = append(e.Causes, strings.TrimSpace(withoutIndexes(t.Path)+" of a wrong type"))
	}
	e.Causes = distinct(e.Causes)
	if first := r.TypeErrors[0]; len(r.TypeErrors) == 1 {
		e.Rule = withoutIndexes(first.Path) + " of the JSON type " + first.Got + " is refused"
		if first.Path == "" {
			e.Rule = "A body of the JSON type " + first.Got + " is refused"
		}
	}
	return e
}

func stronger(a, b fixtures.Level) fixtures.Level {
	if b.Weight() > a.Weight() {
		return b
	}
	return a
}

// withoutIndexes is a path without the numbers of elements, and without the names of parameters:
// Targets[].Key, Parameters.*[].
func withoutIndexes(path string) string {
	if rest, ok := strings.CutPrefix(path, "Parameters."); ok {
		if strings.Contains(rest, "[") {
			return "Parameters.*[]"
		}
		return "Parameters.*"
	}
	return index.ReplaceAllString(path, "[]")
}

var index = regexp.MustCompile(`\[[^]]*]`)

// Call returns what conforms as an answer to a call of one of reference.Operations.
func (o *Oracle) Call(operation string, body []byte) Expectation {
	if operation == reference.SendCommand {
		return o.Text(body)
	}
	e := o.expect(body, reference.ValidateOperation(operation, body))
	if e.Open {
		e.Outcomes = AnyAnswer()
	}
	return e
}

// AnyAnswer is what conforms where no source says what AWS makes of a request: any answer but a failure.
func AnyAnswer() []fixtures.Outcome {
	return []fixtures.Outcome{{Name: "accepted", Status: literal(`{"$class":2}`), Format: fixtures.FormatAny}, RefusedBelow}
}

// listOf is the member of an answer with what was asked for, by operation; "" where the answer is that itself.
var listOf = map[string]string{
	reference.ListCommands: "Commands", reference.ListCommandInvocations: "CommandInvocations", reference.GetCommandInvocation: "",
}

// shown are the members of a request that what is shown has, too. The nodes of a command need not be in its InstanceIds.
var shown = map[string][]string{
	reference.ListCommands:           {"CommandId"},
	reference.ListCommandInvocations: {"CommandId", "InstanceId"},
	reference.GetCommandInvocation:   {"CommandId", "InstanceId"},
}

// acceptedCall is what the answer to a valid call has at least: what was asked for, and nothing else. Members that AWS
// leaves out at times are not asked for. What a CommandId in capitals finds is open (evidence: calls/capitals).
func acceptedCall(r *reference.Validation) *jsontree.Value {
	list, ok := listOf[r.Operation]
	if !ok {
		return literal(`{}`)
	}
	var members []string
	for _, name := range shown[r.Operation] {
		switch asked := r.Tree.Get(name).Str(); {
		case asked == "":
		case asked == strings.ToLower(asked):
			members = append(members, fmt.Sprintf(`%q:{"$echo":"/%s"}`, name, name))
		case name == "CommandId":
			members = append(members, `"CommandId":{"$uuid":true}`)
		}
	}
	one := "{" + strings.Join(members, ",") + "}"
	if list == "" {
		return literal(one)
	}
	return literal(fmt.Sprintf(`{%q:{"$each":%s}}`, list, one))
}

// declared are the client errors that the service model declares for an operation.
func declared(operation string) []string {
	return slices.DeleteFunc(reference.Exceptions(operation), func(name string) bool { return name == "InternalServerError" })
}

// validCall: which commands there are is not known, so that a valid call of another operation than SendCommand is
// taken, or refused for a reason that its operation has.
func validCall(r *reference.Validation) Expectation {
	accepted := fixtures.Outcome{Name: "accepted", Status: okStatus, Body: acceptedCall(r)}
	return Expectation{
		Rule:     "A valid request is accepted and shows what it asks for, or is refused for a reason that its operation has",
		Level:    fixtures.Must,
		Evidence: fixtures.Evidence{"suite/model", "shape/errors", "calls/ListCommands", "calls/ListCommandInvocations-narrow"},
		Outcomes: append([]fixtures.Outcome{accepted}, whateverIsThere(r.Operation)...),
	}
}

// whateverIsThere are the refusals that a valid call may get for what the account has or lacks. A text that counts
// broken constraints is odd there, since none is broken that is known.
func whateverIsThere(operation string) []fixtures.Outcome {
	return []fixtures.Outcome{
		{Name: "refused for what it asks", Status: badRequest, Error: &fixtures.ErrorOutcome{Type: expect(oneOf(declared(operation)...))}},
		{Name: "refused for its meaning", Status: badRequest, Error: &fixtures.ErrorOutcome{
			Type:    expect(str("ValidationException")),
			Message: literal(`{"$should":{"$optional":{"$not":{"$contains":"validation error"}}}}`),
		}},
	}
}
