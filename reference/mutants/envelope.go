package mutants

import (
	"net/http"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	typeSource     = "evidence: errors/type; __type is the bare shape name"
	statusOfError  = "evidence: errors/status; HTTP 400 for all client errors"
	errorsOfModel  = "service model: the errors of SendCommand"
	faultSource    = "evidence: shape/error-status; @error(client|server), no @httpError => 400 / 500"
	errorTypeField = "X-Amzn-Errortype"
)

// envelopeMutants are the ways in which a refusal's form goes wrong.
func envelopeMutants() []Mutant {
	const envelope, all = "error/Envelope", "error/Envelope wire/MalformedJSON error"
	status := func(code int, types ...string) answer { return refused(status(code), types...) }
	stale := func(c *call, message *jsontree.Value) {
		if last := remember(c.server, "message", message.Text); last != "" {
			message.Text = last
		}
	}
	return []Mutant{
		{"envelope/lookup-404", "A command or invocation that does not exist has the status 404",
			"evidence: errors/status; InvalidCommandId, InvocationDoesNotExist [recorded with 400]", Must,
			"lifecycle/CancelCommand lifecycle/GetCommandInvocation",
			status(http.StatusNotFound, "InvalidCommandId", "InvocationDoesNotExist")},
		{"envelope/type-missing", "The refusal of a version that does not exist has no type", typeSource, Must, envelope,
			refused(editing(drop("__type")), "InvalidDocumentVersion")},
		{"envelope/type-namespaced", "__type has the model's namespace in front", typeSource, Should, envelope,
			refused(func(_ *call, r *reply) { r.retype("com.amazonaws.ssm#" + r.errorType()) })},
		{"envelope/type-in-header", "The type is in x-amzn-ErrorType alone", typeSource, Must, envelope,
			refused(func(c *call, r *reply) {
				r.header.Set(errorTypeField, r.errorType())
				editing(drop("__type"))(c, r)
			})},
		{"envelope/type-of-header", "x-amzn-ErrorType names another type than the body for a broken constraint",
			"Smithy AWS JSON 1.1, Operation error serialization: clients read the header first", Must, envelope,
			refused(func(_ *call, r *reply) { r.header.Set(errorTypeField, "BadRequestException") }, "ValidationException")},
		{"envelope/type-in-error", "Type and message of a wrong parameter are in an object Error, as in the Query protocol",
			typeSource, Must, envelope, refused(editing(func(_ *call, t *jsontree.Value) {
				t.Members[0].Name = "Code"
				*t = value(`{"Error":` + string(t.AppendJSON(nil)) + `}`)
			}), "InvalidParameters")},
		{"envelope/type-suffixed", "Every type ends in Exception", errorsOfModel, Must, all,
			refused(func(_ *call, r *reply) { r.retype(strings.TrimSuffix(r.errorType(), "Exception") + "Exception") })},
		{"envelope/status-404", "InvalidDocument and InvalidInstanceId have the status of the Query protocol",
			"evidence: shape/error-status; awsQueryError's 404 is NOT used on this JSON endpoint", Must, envelope,
			status(http.StatusNotFound, "InvalidDocument", "InvalidInstanceId", "DuplicateInstanceId")},
		{"envelope/status-422", "Broken constraints have the status that frameworks give them", statusOfError, Must, envelope,
			status(http.StatusUnprocessableEntity, "ValidationException")},
		{"envelope/status-415", "A value of a wrong type has the status of a media type that is not known", statusOfError, Must,
			envelope, status(http.StatusUnsupportedMediaType, "SerializationException")},
		{"envelope/status-403", "AccessDeniedException has the status 403",
			"evidence: errors/status; HTTP 400 for all client errors incl. AccessDeniedException (CommonErrors)", Should,
			"error/AccessDeniedException", status(http.StatusForbidden, "AccessDeniedException")},
		{"envelope/status-200", "The refusal of a node that does not exist has the status 200", statusOfError, Must, envelope,
			status(http.StatusOK, "InvalidInstanceId")},
		{"envelope/status-500", "An exception that the dispatcher does not know is a failure of the server", failsSource, Must,
			"error/InvalidDocumentVersion error",
			refused(func(_ *call, r *reply) { r.fail(http.StatusInternalServerError, "InternalFailure") }, "InvalidDocumentVersion")},
		{"envelope/fault-400", "A failure of the server has the status of the client's errors", faultSource, Must,
			"error/InternalServerError", status(http.StatusBadRequest, "InternalServerError")},
		{"envelope/message-missing", "Refusals have no message", messagesSource, Should, envelope,
			refused(editing(drop("Message", "message")))},
		{"envelope/message-in-lower-case", "Modelled errors have message in lower case", "evidence: errors/raw-2026", Should, envelope,
			refused(editing(renaming("Message", "message")))},
		{"envelope/message-of-validation", "A broken constraint has Message with a capital", "evidence: errors/raw-2026", Should,
			envelope, refused(editing(renaming("message", "Message")), "ValidationException")},
		{"envelope/type-beside-header", "x-amzn-ErrorType has the type beside the body", "evidence: errors/no-type-header", Should,
			envelope, refused(func(_ *call, r *reply) { r.header.Set(errorTypeField, r.errorType()) })},
		{"envelope/message-list", "The message is the list of violations", "evidence: validation/form; constraint messages: one text", Must,
			"error/Envelope invariant/SDK/decodes",
			refused(editing(each(func(message *jsontree.Value) { *message = list(*message) }, "message")))},
		{"envelope/message-stale", "A refusal has the message of the one before", messagesSource, Should, all,
			refused(editing(inside("Message", stale), inside("message", stale)))},
		{"envelope/framework-page", "A body that is no JSON gets the error page of the web framework",
			"evidence: framework/serialization; SerializationException in AWS JSON", Must, "wire/MalformedJSON wire/Truncated",
			refused(func(c *call, r *reply) {
				isCall := c.operation == reference.SendCommand && c.request.Header.Get(contentHeader) == "application/x-amz-json-1.1"
				if isCall && c.tree() == nil {
					r.plain(http.StatusBadRequest, "text/html; charset=utf-8",
						"<!doctype html><title>400 Bad Request</title><h1>Bad Request</h1>")
				}
			})},
		{"envelope/empty-without-message", "An exception that has no message has no body",
			"evidence: errors/no-message; the 30 bytes {\"__type\":\"InvalidParameters\"}", Must, "error/InvalidDocument error",
			refused(func(_ *call, r *reply) {
				if t := r.tree(); t != nil && len(t.Members) == 1 {
					r.body = nil
				}
			})},
		{"envelope/command-beside", "A refusal has the Command that was not made beside its type",
			errorsOfModel + " have a Message at most", Must, envelope, refused(editing(func(c *call, t *jsontree.Value) {
				if c.operation == reference.SendCommand {
					put("Command", `{"Status":"Failed","StatusDetails":"Failed"}`)(c, t)
				}
			}))},
	}
}

// renaming gives a member another name.
func renaming(from, to string) edit { return together(as(to, from), drop(from)) }
