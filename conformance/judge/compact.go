package judge

import (
	"bytes"
	"errors"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
)

// How much of an answer a judged case keeps. A run has thousands of cases, and what a target sends
// must not decide how much memory it takes.
const (
	keptBody    = 8 << 10 // more than a report quotes
	keptInterim = 2 << 10 // of a poll's answers but the last
	keptText    = 512     // of an identifier, an error's type or its message
)

// Compact notes what the checks over the whole run need of the case's answers, and drops the rest,
// but for an answer that keep wants whole: it is asked with the bytes above the limit.
func (r *Result) Compact(keep func(more int) bool) {
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if e.Err != nil && len(e.Err.Error()) > keptText {
			e.Err = &wire.Error{Failure: e.Err.Failure, Err: errors.New(owned(e.Err.Err.Error()) + "…")}
		}
		if e.Response == nil {
			continue
		}
		e.identifiers = make([]string, len(runChecks))
		for j := range runChecks {
			e.identifiers[j] = owned(runChecks[j].identifier(e))
		}
		e.ErrorType, e.Message = owned(e.ErrorType), owned(e.Message)
		e.Body, e.request = nil, nil
		limit := keptBody
		if e.Step.Interim {
			limit = keptInterim
		}
		if more := len(e.Response.Body) - limit; more > 0 && !keep(more) {
			e.Response.Dropped = more
			e.Response.Body = bytes.Clone(e.Response.Body[:limit])
		}
	}
}

// owned copies the beginning of a text out of the answer that it is a part of.
func owned(s string) string { return strings.Clone(s[:min(len(s), keptText)]) }
