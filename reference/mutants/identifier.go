package mutants

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	idSource        = "API_SendCommand, Command: CommandId is a unique identifier of 36 characters"
	requestIDSource = "evidence: protocol/response; response headers: x-amzn-requestid, a lower-case UUID [recorded]"
	requestIDHeader = "X-Amzn-Requestid"
)

// identifierMutants are the ways in which CommandId and the request ID go wrong.
func identifierMutants() []Mutant {
	const (
		command = "echo/CommandId accept/minimal"
		unique  = "invariant/Command/id-unique echo"
		request = "invariant/HTTP error/Envelope echo/CommandId"
	)
	return []Mutant{
		{"identifier/command-id-of-body", "CommandId is derived from the body, so that the same request twice is one command", idSource,
			Must, unique, sent(func(c *call, v *jsontree.Value) {
				hex := fmt.Sprintf("%x", sha256.Sum256(c.tree().AppendJSON(nil)))
				set(v, "CommandId", text(hex[:8]+"-"+hex[8:12]+"-4"+hex[13:16]+"-8"+hex[17:20]+"-"+hex[20:32]))
			})},
		{"identifier/command-id-of-pair", "Every second command has the CommandId of the one before", idSource, Must, unique,
			sent(pairedID)},
		{"identifier/command-id-bare", "CommandId is a UUID without hyphens", idSource, Must, command,
			sent(texts(func(id string) string { return strings.ReplaceAll(id, "-", "") }, "CommandId"))},
		{"identifier/command-id-given", "A CommandId in the request becomes the command's",
			"evidence: echo/no-extra-members", Should, command,
			sent(func(c *call, v *jsontree.Value) { copyMember(c.tree(), "CommandId", v, "CommandId") })},
		{"identifier/request-id-constant", "Every answer has the same request ID", requestIDSource, Must, request,
			everyHeader(func(h http.Header) { h.Set(requestIDHeader, "00000000-0000-4000-8000-000000000000") })},
		{"identifier/request-id-lost-in-refusals", "Refusals have no request ID", requestIDSource, Must, request,
			refused(func(_ *call, r *reply) { r.header.Del(requestIDHeader) })},
	}
}

// pairedID gives every second command the ID of the one before.
func pairedID(c *call, command *jsontree.Value) {
	id := member(command, "CommandId")
	if before := update(c.server, "id", func(before string) string {
		if before != "" {
			return ""
		}
		return id
	}); before != "" {
		set(command, "CommandId", text(before))
	}
}

// everyHeader changes the header of every answer.
func everyHeader(change func(http.Header)) answer {
	return func(c *call) *reply {
		r := c.ask()
		change(r.header)
		return r
	}
}
