package judge

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Exchanged is one exchange of a case with the answer read once, for the judge and every check.
type Exchanged struct {
	*wire.Exchange
	// Step is what was asked, with its bindings filled in.
	Step fixtures.BoundStep
	// Outcome is the name of the outcome that the answer matched, empty where it matched none.
	Outcome string
	// Body is the answer's body as JSON; nil where there is none or it is no JSON, as bodyErr says.
	Body    *jsontree.Value
	bodyErr error
	// ErrorType is the error's shape name without namespace, "" for an answer that is no error.
	ErrorType string
	// Message is the error's text; hasMessage distinguishes an empty text from none.
	Message    string
	hasMessage bool

	request     *jsontree.Value
	identifiers []string // by runCheck, once the result is compact
}

// maxValues is how many JSON values of an answer are read. A page of 50 commands has under 3000; a
// server that pages badly and lists every command of a run has some ten times as many.
const maxValues = 64 << 10

// maxElements is how many elements of a list the invariants look at: more than a run makes commands, so that nothing is
// overlooked but in an answer that is made to take time.
const maxElements = 4096

// elements are the elements of a list that the invariants look at.
func elements(list *jsontree.Value) []jsontree.Value {
	if list == nil {
		return nil
	}
	return list.Items[:min(len(list.Items), maxElements)]
}

// Read reads the answer of an exchange.
func Read(step fixtures.BoundStep, x *wire.Exchange) Exchanged {
	e := Exchanged{Exchange: x, Step: step}
	if x.Response == nil {
		return e
	}
	e.Body, e.bodyErr = jsontree.ParseBounded(x.Response.Body, jsontree.DefaultMaxDepth, maxValues)
	if e.Body == nil {
		return e
	}
	if x.Response.Status >= 300 || e.Body.Get("__type") != nil {
		e.ErrorType = errorType(x.Response, e.Body)
		for _, name := range []string{"Message", "message"} {
			if m := e.Body.Get(name); m != nil && m.Kind == jsontree.String {
				e.Message, e.hasMessage = m.Text, true
				break
			}
		}
	}
	return e
}

// errorType reads the type as clients do (Smithy, AWS JSON 1.1, operation error serialization): the
// header, then code, then __type; cut at the colon, then after the number sign.
func errorType(r *wire.Response, body *jsontree.Value) string {
	raw := r.Header.Get("X-Amzn-Errortype")
	for _, name := range []string{"code", "__type"} {
		raw = cmp.Or(raw, body.Get(name).Str())
	}
	raw, _, _ = strings.Cut(raw, ":")
	if _, after, ok := strings.Cut(raw, "#"); ok {
		raw = after
	}
	return strings.TrimSpace(raw)
}

// isCall reports whether the request is a call of SSM's: a POST to /, with or without a query, whose X-Amz-Target begins with
// AmazonSSM. Any other may be answered by what is in front of the service, such as a gateway's page of its health.
func (e *Exchanged) isCall() bool {
	m := &e.Step.Request
	path, _, _ := strings.Cut(m.Path, "?")
	if m.Method != http.MethodPost || path != "/" {
		return false
	}
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, "X-Amz-Target") {
			return len(h.Values) > 0 && strings.HasPrefix(strings.TrimSpace(h.Values[0]), "AmazonSSM.")
		}
	}
	return true
}

// Captured are the bindings that later steps need of the answer, and whether all of them are there.
func (e *Exchanged) Captured() (fixtures.Bindings, bool) {
	found := fixtures.Bindings{}
	for name, pointer := range e.Step.Capture {
		v := e.Body.Pointer(pointer)
		switch {
		case v == nil:
			return found, false
		case v.Kind == jsontree.String || v.Kind == jsontree.Number:
			found[fixtures.CapturedPrefix+name] = v.Text
		default:
			found[fixtures.CapturedPrefix+name] = string(v.AppendJSON(nil))
		}
	}
	return found, true
}

// OK reports whether the target took the request: a 2xx that names no error.
func (e *Exchanged) OK() bool {
	return e.Response != nil && e.Response.Status/100 == 2 && e.ErrorType == ""
}

// requestBody is the request's own body as JSON, nil where it is none.
func (e *Exchanged) requestBody() *jsontree.Value {
	if e.request == nil {
		e.request, _ = jsontree.Parse(e.Request.Body)
	}
	return e.request
}

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
