package conformance

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
)

// How much of an answer a judged case keeps. A run has thousands of cases, and what a target sends
// must not decide how much memory it takes.
const (
	keptBody    = 8 << 10 // more than a report quotes
	keptInterim = 2 << 10 // of a poll's answers but the last
	keptText    = 512     // of an identifier, an error's type or its message
	keptHeader  = 4 << 10 // of all header fields together
)

// settle notes what the checks over the whole run need of the case's answers, and lets go of the rest.
func (r *Result) settle() {
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if e.Err != nil && len(e.Err.Error()) > keptText {
			e.Err = &wire.Error{Failure: e.Err.Failure, Err: errors.New(owned(e.Err.Err.Error(), keptText) + "…")}
		}
		if e.Response == nil {
			continue
		}
		e.identifiers = make([]string, len(runChecks))
		for j := range runChecks {
			e.identifiers[j] = owned(runChecks[j].identifier(e), keptText)
		}
		e.ErrorType, e.Message = owned(e.ErrorType, keptText), owned(e.Message, keptText)
		e.Body, e.request, e.members, e.commands = nil, nil, nil, nil
		limit := keptBody
		if e.Step.Interim {
			limit = keptInterim
		}
		if len(e.Response.Body) > limit {
			e.Response.Body = bytes.Clone(e.Response.Body[:limit])
		}
	}
}

// judgedFields are the header fields that checks look at.
var judgedFields = []string{"Content-Type", "X-Amzn-Errortype", "X-Amzn-Requestid"}

// someHeader is the header with as many of its fields as may be kept, those that are judged and then
// the others by name; and what they weigh.
func someHeader(h http.Header) (http.Header, int) {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size <= keptHeader {
		return h, size
	}
	kept, weight := http.Header{}, 0
	for _, name := range slices.Concat(judgedFields, sortedKeys(h)) {
		if kept[name] != nil {
			continue
		}
		for _, v := range h[name] {
			if weight += len(name) + len(v); weight > keptHeader {
				return kept, keptHeader
			}
			kept[strings.Clone(name)] = append(kept[name], strings.Clone(v))
		}
	}
	return kept, weight
}

// owned copies the beginning of a text out of the answer that it is a part of.
func owned(s string, limit int) string { return strings.Clone(s[:min(len(s), limit)]) }
