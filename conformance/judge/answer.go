package judge

import (
	"cmp"
	"net/http"
	"strings"

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
