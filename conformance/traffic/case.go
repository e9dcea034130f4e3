package traffic

import (
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Area is the area of the cases that are made of traffic: traffic/SendCommand/entry/n=12.
const Area = "traffic"

// Case says of a call what conforms.
func Case(call Call) conformance.Recorded {
	request := call.Exchange.Request
	c := &fixtures.Case{
		ID:    fmt.Sprintf("%s/%s/entry/n=%d", Area, request.Operation, call.Entry),
		Level: fixtures.Must, Profile: fixtures.Lifecycle, Safety: fixtures.Inert,
		Evidence: &fixtures.Evidence{Kind: fixtures.Model, Ref: "what the reference computes of the request"},
		Source:   []fixtures.Source{{Doc: "API_" + request.Operation, Section: "Request Parameters; Errors"}},
	}
	if request.Operation == reference.SendCommand {
		c.Profile = fixtures.Core
	}
	expect := expectation(c, request)
	message := fixtures.Message{Operation: request.Operation, Method: request.Method, Path: request.Path, Body: request.Body}
	step := fixtures.BoundStep{Number: 1, Request: message, Expect: expect}
	c.Steps = []fixtures.Step{{Expect: expect}}
	return conformance.Recorded{Case: c, Steps: []fixtures.BoundStep{step}, Exchanges: []*wire.Exchange{call.Exchange}, Skip: call.Skip}
}

// expectation sets the title, the level and the source of a case, and returns its outcomes.
func expectation(c *fixtures.Case, request *wire.Request) []fixtures.Outcome {
	if !isPlainCall(request) {
		c.Title = "What AWS answers to a call of another form than the SDKs make is not known in full"
		return anything()
	}
	judged := reference.ValidateOperation(request.Operation, request.Body)
	if len(judged.Unknown) > 0 {
		c.Title = "Not known: " + judged.Unknown[0].Reason
		return anything()
	}
	switch judged.Verdict() {
	case reference.Malformed:
		c.Title = "A body that is no JSON object is refused: " + judged.Malformed.Error()
		return refusals("SerializationException")
	case reference.Mistyped:
		c.Title = "A member of a wrong type is refused: " + judged.TypeErrors[0].Error()
		return refusals("SerializationException")
	case reference.Invalid:
		first := judged.Violations[0]
		c.Title = fmt.Sprintf("A request that breaks a constraint is refused: %s: %s", first.Path, first.Rule)
		c.Source = []fixtures.Source{{Doc: first.Source.Document, Section: first.Source.Section}}
		c.Evidence = &fixtures.Evidence{Kind: fixtures.EvidenceKind(first.Source.Evidence), Ref: first.Source.Document + ", " + first.Source.Section}
		if !slices.ContainsFunc(judged.Violations, sure) {
			c.Level = fixtures.Should
		}
		return refusals("ValidationException")
	default:
		c.Title = "A valid request is taken, or refused for a reason that its operation has"
		return append([]fixtures.Outcome{{Name: "accepted", Status: expected(200), Body: accepted[request.Operation]}}, semantic(request.Operation)...)
	}
}

// sure tells whether AWS is known to hold to a constraint, rather than thought to.
func sure(v reference.Violation) bool {
	return v.Source.Evidence != reference.Inferred
}

// isPlainCall tells whether a request has the form that AWS JSON 1.1 asks for; what comes of another
// is decided before its body is looked at.
func isPlainCall(r *wire.Request) bool {
	media, _, err := mime.ParseMediaType(r.Get("Content-Type"))
	return err == nil && media == "application/x-amz-json-1.1" && r.Method == "POST" && r.Path == "/" && !strings.Contains(r.Get("Content-Encoding"), "gzip")
}

// accepted is what the answer to a call that is taken has at least. Members that AWS leaves out at
// times are not asked for.
var accepted = map[string]*jsontree.Value{
	reference.SendCommand:            expected(map[string]any{"Command": map[string]any{"CommandId": map[string]any{"$uuid": true}}}),
	reference.ListCommands:           expected(map[string]any{"Commands": map[string]any{"$type": "list"}}),
	reference.ListCommandInvocations: expected(map[string]any{"CommandInvocations": map[string]any{"$type": "list"}}),
	reference.GetCommandInvocation:   expected(map[string]any{"CommandId": map[string]any{"$uuid": true}}),
	reference.CancelCommand:          expected(map[string]any{}),
}

// declared are the client errors of the service model (model.json, operations.NAME.errors).
var declared = map[string][]string{
	reference.SendCommand: {
		"DuplicateInstanceId", "InvalidDocument", "InvalidDocumentVersion", "InvalidInstanceId", "InvalidNotificationConfig", "InvalidOutputFolder",
		"InvalidParameters", "InvalidRole", "MaxDocumentSizeExceeded", "UnsupportedPlatformType",
	},
	reference.ListCommands:           {"InvalidCommandId", "InvalidFilterKey", "InvalidInstanceId", "InvalidNextToken"},
	reference.ListCommandInvocations: {"InvalidCommandId", "InvalidFilterKey", "InvalidInstanceId", "InvalidNextToken"},
	reference.GetCommandInvocation:   {"InvalidCommandId", "InvalidInstanceId", "InvalidPluginName", "InvocationDoesNotExist"},
	reference.CancelCommand:          {"DuplicateInstanceId", "InvalidCommandId", "InvalidInstanceId"},
}

// common are the client errors that any call may get whatever its body says (CommonErrors; facts.md,
// section 3): who asks, how often, and with which signature.
var common = []string{
	"AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
	"InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized",
	"OptInRequired", "RequestExpired", "SignatureDoesNotMatch", "Throttling", "ThrottlingException", "TooManyRequestsException", "UnrecognizedClientException",
}

// failures are the errors by which AWS says that it is itself at fault (CommonErrors; model.json).
var failures = []string{"InternalFailure", "InternalServerError", "InternalServerException", "ServiceUnavailable", "ServiceUnavailableException"}

// refusals are the outcomes of a call that the framework refuses with this error.
func refusals(exception string) []fixtures.Outcome {
	return append([]fixtures.Outcome{{Name: "refused", Status: expected(400), Error: &fixtures.ErrorOutcome{Type: expected(exception)}}}, whateverItSays()...)
}

// semantic are the refusals that a valid call may get for what the account has or lacks. A text that
// counts broken constraints is odd there, since none is broken that is known.
func semantic(operation string) []fixtures.Outcome {
	noConstraint := map[string]any{"$should": map[string]any{"$optional": map[string]any{"$not": map[string]any{"$contains": "validation error"}}}}
	return append([]fixtures.Outcome{
		{Name: "refused for what it asks", Status: expected(400), Error: &fixtures.ErrorOutcome{Type: oneOf(declared[operation])}},
		{Name: "refused for its meaning", Status: expected(400), Error: &fixtures.ErrorOutcome{Type: expected("ValidationException"), Message: expected(noConstraint)}},
	}, whateverItSays()...)
}

// whateverItSays are the answers that any call may get.
func whateverItSays() []fixtures.Outcome {
	return []fixtures.Outcome{
		{Name: "refused before its body was read", Status: expected(map[string]any{"$class": 4}), Error: &fixtures.ErrorOutcome{Type: oneOf(common)}},
		{Name: "the service failed", Status: expected(map[string]any{"$in": []int{500, 503}}), Error: &fixtures.ErrorOutcome{Type: oneOf(failures)}},
	}
}

// anything are the outcomes where nobody knows what AWS answers: any, but for a failure that has no name.
func anything() []fixtures.Outcome {
	return append([]fixtures.Outcome{
		{Name: "accepted", Status: expected(map[string]any{"$class": 2}), Format: fixtures.FormatAny},
		{Name: "refused", Status: expected(map[string]any{"$class": 4}), Format: fixtures.FormatAny},
	}, whateverItSays()...)
}

func oneOf(types []string) *jsontree.Value { return expected(map[string]any{"$in": types}) }

// expected is an expectation of literals.
func expected(v any) *jsontree.Value {
	want := new(jsontree.Value)
	if b, err := json.Marshal(v); err == nil {
		_ = want.UnmarshalJSON(b) // what was just written is JSON
	}
	return want
}
