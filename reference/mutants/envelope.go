package mutants

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyEnvelope Family = "envelope"

const (
	typeSource    = "facts.md section 3, Body form: __type is the bare shape name"
	statusOfError = "facts.md section 3, Body form: HTTP 400 for all client errors"
)

// envelopeMutants are the ways in which a refusal's form goes wrong.
func envelopeMutants() []Mutant {
	envelope := []string{"error/Envelope"}
	all := []string{"error/Envelope", "wire/MalformedJSON", "error"}
	return append(lookupMutants(), answerMutants(familyEnvelope, []Profile{Core}, []answerRow{
		{"type-missing", "The refusal of a version that does not exist has no type",
			typeSource, Must, envelope,
			onRefusalOf("InvalidDocumentVersion", func(r *reply) { r.edit(func(t *jsontree.Value) { remove(t, "__type") }) })},
		{"type-namespaced", "__type has the model's namespace in front",
			typeSource, Should, envelope, onRefusal(func(_ *call, r *reply) { r.retype("com.amazonaws.ssm#" + r.shapeOf()) })},
		{"type-with-address", "__type has a URI behind it",
			typeSource, Should, envelope, onRefusal(func(_ *call, r *reply) {
				r.retype(r.shapeOf() + ":http://internal.amazon.com/coral/com.amazonaws.ssm/")
			})},
		{"type-in-header", "The type stands in x-amzn-ErrorType alone",
			typeSource, Must, envelope, onRefusal(func(_ *call, r *reply) {
				r.header.Set("X-Amzn-Errortype", r.shapeOf())
				r.edit(func(t *jsontree.Value) { remove(t, "__type") })
			})},
		{"type-of-header", "x-amzn-ErrorType names another type than the body for a broken constraint",
			"Smithy AWS JSON 1.1, Operation error serialization: clients read the header first", Must, envelope,
			onRefusalOf("ValidationException", func(r *reply) { r.header.Set("X-Amzn-Errortype", "BadRequestException") })},
		{"type-in-code", "The type stands in code",
			typeSource, Must, envelope, onRefusal(func(_ *call, r *reply) {
				r.edit(func(t *jsontree.Value) { t.Members[0].Name = "code" })
			})},
		{"type-in-error", "Type and message of a wrong parameter stand in an object Error, as in the Query protocol",
			typeSource, Must, envelope, onRefusalOf("InvalidParameters", func(r *reply) {
				r.edit(func(t *jsontree.Value) {
					t.Members[0].Name = "Code"
					*t = value(`{"Error":` + string(t.AppendJSON(nil)) + `}`)
				})
			})},
		{"type-suffixed", "Every type ends in Exception",
			"model.json: the errors of SendCommand", Must, all, onRefusal(func(_ *call, r *reply) {
				if name := r.shapeOf(); !strings.HasSuffix(name, "Exception") {
					r.retype(name + "Exception")
				}
			})},
		{"status-404", "InvalidDocument and InvalidInstanceId have the status of the Query protocol",
			"facts.md section 1: awsQueryError's 404 is NOT used on this JSON endpoint", Must, envelope,
			onRefusal(func(_ *call, r *reply) {
				if slices.Contains([]string{"InvalidDocument", "InvalidInstanceId", "DuplicateInstanceId"}, r.shapeOf()) {
					r.status = http.StatusNotFound
				}
			})},
		{"status-422", "Broken constraints have the status that frameworks give them",
			statusOfError, Must, envelope, onRefusalOf("ValidationException", func(r *reply) {
				r.status = http.StatusUnprocessableEntity
			})},
		{"status-415", "A value of a wrong type has the status of a media type that is not known",
			statusOfError, Must, envelope, onRefusalOf("SerializationException", func(r *reply) {
				r.status = http.StatusUnsupportedMediaType
			})},
		{"status-403", "AccessDeniedException has the status 403",
			"facts.md section 3, Body form: HTTP 400 for all client errors incl. AccessDeniedException (CommonErrors)", Should, []string{"error/AccessDeniedException"},
			onRefusalOf("AccessDeniedException", func(r *reply) {
				r.status = http.StatusForbidden
			})},
		{"status-200", "The refusal of a node that does not exist has the status 200",
			statusOfError, Must, envelope, onRefusalOf("InvalidInstanceId", func(r *reply) { r.status = http.StatusOK })},
		{"status-500", "An exception that the dispatcher does not know is a failure of the server",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"error/InvalidDocumentVersion", "error"},
			onRefusalOf("InvalidDocumentVersion", func(r *reply) {
				r.fail(http.StatusInternalServerError, "InternalFailure")
			})},
		{"fault-400", "A failure of the server has the status of the client's errors",
			"facts.md section 1: @error(client|server), no @httpError => 400 / 500", Must, []string{"error/InternalServerError"}, onRefusalOf("InternalServerError", func(r *reply) {
				r.status = http.StatusBadRequest
			})},
		{"message-missing", "Refusals have no message",
			"facts.md section 3, Messages (exact)", Should, envelope, onRefusal(func(_ *call, r *reply) {
				r.edit(func(t *jsontree.Value) {
					remove(t, "Message")
					remove(t, "message")
				})
			})},
		{"message-list", "The message is the list of violations",
			"facts.md section 3, constraint messages: one text", Must, []string{"error/Envelope", "invariant/SDK/decodes"},
			onRefusal(func(_ *call, r *reply) {
				r.edit(func(t *jsontree.Value) {
					if m := t.Get("message"); m != nil {
						*m = value(`[` + string(m.AppendJSON(nil)) + `]`)
					}
				})
			})},
		{"message-stale", "A refusal has the message of the one before",
			"facts.md section 3, Messages (exact)", Should, all, staleMessages},
		{"framework-page", "A body that is no JSON gets the error page of the web framework",
			"facts.md section 3, Malformed bodies: SerializationException in AWS JSON", Must, []string{"wire/MalformedJSON", "wire/Truncated"},
			onRefusal(func(c *call, r *reply) {
				if c.tree() == nil && c.request.Header.Get(contentHeader) == "application/x-amz-json-1.1" && c.operation == reference.SendCommand {
					r.plain(http.StatusBadRequest, "text/html; charset=utf-8", "<!doctype html><title>400 Bad Request</title><h1>Bad Request</h1>")
				}
			})},
		{"empty-without-message", "An exception that has no message has no body",
			"facts.md section 3, Body form: the 30 bytes {\"__type\":\"InvalidParameters\"}", Must, []string{"error/InvalidDocument", "error"},
			onRefusal(func(_ *call, r *reply) {
				if t := r.tree(); t != nil && len(t.Members) == 1 {
					r.body = nil
				}
			})},
		{"command-beside", "A refusal has the Command that was not made beside its type",
			"model.json: the errors of SendCommand have a Message at most", Must, envelope, onRefusal(func(c *call, r *reply) {
				if c.operation == reference.SendCommand {
					r.edit(func(t *jsontree.Value) { set(t, "Command", value(`{"Status":"Failed","StatusDetails":"Failed"}`)) })
				}
			})},
	})...)
}

// onRefusalOf changes the refusals of one type.
func onRefusalOf(name string, change func(*reply)) func() defect {
	return onRefusal(func(_ *call, r *reply) {
		if r.shapeOf() == name {
			change(r)
		}
	})
}

// lookupMutants are those of the operations that look a command up.
func lookupMutants() []Mutant {
	return answerMutants(familyEnvelope, []Profile{Lifecycle}, []answerRow{
		{"lookup-404", "A command or invocation that does not exist has the status 404",
			"facts.md section 4: InvalidCommandId, InvocationDoesNotExist [recorded with 400]", Must, []string{"lifecycle/CancelCommand", "lifecycle/GetCommandInvocation"},
			onRefusal(func(_ *call, r *reply) {
				if slices.Contains([]string{"InvalidCommandId", "InvocationDoesNotExist"}, r.shapeOf()) {
					r.status = http.StatusNotFound
				}
			})},
	})
}

// staleMessages keeps one message for all refusals.
func staleMessages() defect {
	var mu sync.Mutex
	last := ""
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if r.ok() {
			return r
		}
		mu.Lock()
		defer mu.Unlock()
		return r.edit(func(t *jsontree.Value) {
			for _, name := range []string{"Message", "message"} {
				if m := t.Get(name); m != nil {
					now := m.Text
					if last != "" {
						m.Text = last
					}
					last = now
				}
			}
		})
	}
}
