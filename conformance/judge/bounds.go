package judge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// What is read of a target's answers is bounded. A bound is ours: an answer beyond it is no fault of the target's, and a case
// that depends on what was not read has no verdict.

// beyondLimit begins the reason of a case whose answers are beyond a limit of the reader's.
const beyondLimit = "beyond what sendspec reads: "

// BeyondLimit reports whether the case has no verdict since its answers are beyond a limit of the reader's, which Reason names.
func (r *Result) BeyondLimit() bool {
	return r.Verdict == Error && strings.HasPrefix(r.Reason, beyondLimit)
}

// Unreadable is the result of a case that has an answer beyond a limit of the reader's.
func Unreadable(c *fixtures.Case, limit string) Result {
	return Result{Case: c, Verdict: Error, Reason: beyondLimit + limit}
}

// limit names the limit of the reader's that an answer is beyond, "" where it was read whole.
func (e *Exchanged) limit() string {
	var syntax *jsontree.SyntaxError
	switch {
	case e.Err != nil && errors.Is(e.Err, wire.ErrLongHeader):
		return untrusted.FirstLine(e.Err.Err.Error())
	case e.Response == nil:
		return ""
	case e.Response.Truncated:
		return fmt.Sprintf("an answer of more than %d bytes", len(e.Response.Body))
	case errors.As(e.bodyErr, &syntax) && syntax.TooDeep:
		return "an answer " + syntax.Message
	case errors.As(e.bodyErr, &syntax) && syntax.TooMany:
		return "an answer with " + syntax.Message
	}
	return ""
}

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
