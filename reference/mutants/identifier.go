package mutants

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyIdentifier Family = "identifier"

const (
	idSource        = "API_SendCommand, Command: CommandId is a unique identifier of 36 characters"
	requestIDSource = "facts.md section 2, response headers: x-amzn-requestid, a lower-case UUID [recorded]"
	requestIDHeader = "X-Amzn-Requestid"
)

// identifierMutants are the ways in which CommandId and the request ID go wrong.
func identifierMutants() []Mutant {
	command, unique, request := []string{"echo/CommandId", "accept/minimal"}, []string{"invariant/Command/id-unique", "echo"}, []string{"invariant/HTTP", "error/Envelope", "echo/CommandId"}
	return answerMutants(familyIdentifier, []Profile{Core}, []answerRow{
		{"command-id-of-body", "CommandId is derived from the body, so that the same request twice is one command",
			idSource, Must, unique, answering(func(r, c *jsontree.Value) {
				hex := fmt.Sprintf("%x", sha256.Sum256(r.AppendJSON(nil)))
				set(c, "CommandId", text(hex[:8]+"-"+hex[8:12]+"-4"+hex[13:16]+"-8"+hex[17:20]+"-"+hex[20:32]))
			})},
		{"command-id-of-pair", "Every second command has the CommandId of the one before",
			idSource, Must, unique, pairedIDs},
		{"command-id-bare", "CommandId is a UUID without hyphens",
			idSource, Must, command, answering(changeID(func(id string) string { return strings.ReplaceAll(id, "-", "") }))},
		{"command-id-given", "A CommandId in the request becomes the command's",
			"model.json: SendCommandRequest has no CommandId; unknown members are ignored (facts.md section 3)", Should, command,
			answering(func(r, c *jsontree.Value) { copyMember(r, "CommandId", c, "CommandId") })},
		{"request-id-constant", "Every answer has the same request ID",
			requestIDSource, Must, request,
			everyAnswer(func(h http.Header) { h.Set(requestIDHeader, "00000000-0000-4000-8000-000000000000") })},
		{"request-id-lost-in-refusals", "Refusals have no request ID",
			requestIDSource, Must, request, onRefusal(func(_ *call, r *reply) { r.header.Del(requestIDHeader) })},
		{"request-id-long", "The request ID is one of 52 letters and digits, as older services have",
			requestIDSource, Should, request, everyAnswer(func(h http.Header) {
				h.Set(requestIDHeader, strings.ToUpper(strings.ReplaceAll(h.Get(requestIDHeader), "-", "")+strings.Repeat("0", 20)))
			})},
	})
}

func changeID(change func(string) string) func(_, command *jsontree.Value) {
	return func(_, command *jsontree.Value) {
		if id := command.Get("CommandId"); id != nil {
			set(command, "CommandId", text(change(id.Text)))
		}
	}
}

// pairedIDs gives every second command the ID of the one before.
func pairedIDs() defect {
	var mu sync.Mutex
	before := ""
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.operation != reference.SendCommand {
			return r
		}
		return r.editCommands(func(command *jsontree.Value) {
			mu.Lock()
			defer mu.Unlock()
			id := command.Get("CommandId")
			if before == "" {
				before = id.Text
				return
			}
			set(command, "CommandId", text(before))
			before = ""
		})
	}
}

// everyAnswer changes the headers of every answer.
func everyAnswer(change func(http.Header)) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		change(r.header)
		return r
	})
}
