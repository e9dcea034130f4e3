package oracle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

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
