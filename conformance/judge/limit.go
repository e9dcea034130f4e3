package judge

import (
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
