package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// ErrCannotJudge is wrapped by errors of Run that say that no verdict on the target is possible.
var ErrCannotJudge = errors.New("cannot judge")

// Preflight is what was found out of a target before the first case.
type Preflight struct {
	// Synthetic are the bindings that were made up because the target does not look at them.
	Synthetic []string
	// Operations are those of Run Command that the target knows.
	Operations []string
	// Verifies tells whether the target refuses a request that is not signed.
	Verifies bool
	// Refusal is how the target refuses a plain SendCommand, which AWS takes: status, type and text. It is "" where
	// the target takes it.
	Refusal string
	// Broken are the operations that the target knows and that failed before the first case.
	Broken   []BrokenOperation
	bindings fixtures.Bindings
	faults   []judge.Result // the exchanges of the preflight that break an invariant
}

// BrokenOperation is an operation that fails whatever it is asked: it answers 5xx, or not at all.
type BrokenOperation struct {
	Operation string
	Answer    string // in a few words
}

// lifecycleOperations are the calls beside SendCommand that show or change a command's status.
var lifecycleOperations = []string{"ListCommands", "ListCommandInvocations", "GetCommandInvocation", "CancelCommand"}

// asker sends single requests outside of any case.
type asker struct {
	target    Target
	exchanger wire.Exchanger
	signer    *wire.Signer
	seed      uint64

	aws, mayDispatch bool
}

func (a *asker) ask(ctx context.Context, operation, body string) (judge.Exchanged, error) {
	return a.send(ctx, fixtures.Message{Operation: operation, Method: "POST", Path: "/", Body: []byte(body)})
}

func (a *asker) send(ctx context.Context, m fixtures.Message) (judge.Exchanged, error) {
	req, err := compose(a.target, a.signer, &m, time.Now())
	if err != nil {
		return judge.Exchanged{}, err
	}
	return judge.Read(fixtures.BoundStep{Request: m}, a.exchanger.Exchange(ctx, req)), nil
}

// minimal is a SendCommand that every server takes, with more members behind the required ones.
func (a *asker) minimal(more string) string {
	return fmt.Sprintf(`{"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["true"]},"Targets":[{"Key":"tag:sendspec","Values":["%s"]}]%s}`,
		nonce(a.seed, "preflight", 0), more)
}

// preflight finds out what the target is: whether it answers at all and speaks AWS JSON 1.1, whether
// it looks at node IDs, roles and alarms (where it does not, made-up ones will do), and which
// operations it knows.
func (a *asker) preflight(ctx context.Context) (Preflight, error) {
	p := Preflight{bindings: a.target.bindings()}
	first, err := a.plain(ctx)
	if err != nil {
		return p, err
	}
	if err := a.speaks(first); err != nil {
		if noHTTP(&first) && wire.SpeaksTLS(ctx, a.target.URL) {
			return p, fmt.Errorf("%w: %s speaks TLS; want https:// in --endpoint, or the port of http", ErrCannotJudge, a.target.Name)
		}
		return p, err
	}
	p.Refusal = judge.Refusal(first)
	p.inspect(first)
	if !a.aws {
		for _, probe := range probes {
			if err := a.probe(ctx, probe, &p); err != nil {
				return p, err
			}
		}
	}
	if err := a.operations(ctx, &p); err != nil {
		return p, err
	}
	slices.Sort(p.Synthetic)
	unsigned, err := a.send(ctx, fixtures.Message{
		Operation: "SendCommand", Method: "POST", Path: "/", Body: []byte(a.minimal("")), Auth: &fixtures.Signature{Unsigned: true},
	})
	p.Verifies = err == nil && first.OK() && unsigned.Response != nil && unsigned.Response.Status/100 == 4
	return p, err
}

// plainTries is how often the plain request is asked of a target that fails at it.
const plainTries = 3

// plain asks the plain request, again where the target fails at it: one that came up a moment ago may yet do so.
func (a *asker) plain(ctx context.Context) (judge.Exchanged, error) {
	for try := range plainTries {
		e, err := a.ask(ctx, "SendCommand", a.minimal(""))
		if err != nil || !fails(&e) || try == plainTries-1 || !pauseFor(ctx, firstThrottle<<try) {
			return e, err
		}
	}
	panic("unreachable")
}

// operations finds out which of the other operations the target knows. One that fails is there: only a clear
// word that there is none makes a part untested.
func (a *asker) operations(ctx context.Context, p *Preflight) error {
	p.Operations = []string{"SendCommand"}
	for _, operation := range lifecycleOperations {
		e, err := a.ask(ctx, operation, "{}")
		if err != nil {
			return err
		}
		if deniesOperation(&e) {
			continue
		}
		p.Operations = append(p.Operations, operation)
		p.inspect(e)
		if fails(&e) || leavesOpen(&e) {
			p.Broken = append(p.Broken, BrokenOperation{operation, printable(e.Summary())})
		}
	}
	return nil
}

// deniesOperation reports whether an answer says clearly that there is no such operation.
func deniesOperation(e *judge.Exchanged) bool {
	if e.Response == nil {
		return false
	}
	switch e.Response.Status {
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return true
	case http.StatusNotFound:
		return e.ErrorType == "" || isOneOf(e.ErrorType, unknownOperation...)
	}
	return isOneOf(e.ErrorType, unknownOperation...)
}

// fails reports whether the target answers that it fails.
func fails(e *judge.Exchanged) bool {
	return e.Response != nil && e.Response.Status >= 500 && !deniesOperation(e)
}

// noHTTP reports whether the answer could be that of a server which wants TLS: none, none of HTTP, or a page that says so.
func noHTTP(e *judge.Exchanged) bool {
	return e.Body == nil && (e.Err == nil || e.Err.Failure == wire.Closed || e.Err.Failure == wire.Malformed)
}

// leavesOpen reports whether the target gave no whole answer to a request that reached it.
func leavesOpen(e *judge.Exchanged) bool {
	return e.Err != nil && slices.Contains([]wire.Failure{wire.TimedOut, wire.Closed, wire.Malformed, wire.HandlerPanic}, e.Err.Failure)
}

// speaks returns why the target cannot be judged, from its answer to a plain SendCommand.
func (a *asker) speaks(e judge.Exchanged) error {
	if e.Err != nil {
		return fmt.Errorf("%w: %s", ErrCannotJudge, a.silence(e.Err))
	}
	contentType := e.Response.Header.Get("Content-Type")
	if e.Response.Truncated {
		return fmt.Errorf("%w: %s answers with a body without end; is this an SSM endpoint?", ErrCannotJudge, a.target.Name)
	}
	if fails(&e) {
		return fmt.Errorf("%w: %s answers a plain SendCommand with %s: %s; is it up, and does it need to be started anew?",
			ErrCannotJudge, a.target.Name, judge.StatusText(e.Response.Status), orNone(printable(string(e.Response.Body)), "an empty body"))
	}
	// What is wrong with a body of the right type, an invariant says.
	if !judge.IsAWSJSON(contentType) && (e.Body == nil || e.Body.Kind != jsontree.Object) {
		return fmt.Errorf("%w: %s answers %s (%s) and no JSON object; is this an SSM endpoint?",
			ErrCannotJudge, a.target.Name, judge.StatusText(e.Response.Status), orNone(printable(contentType), "no Content-Type"))
	}
	switch {
	case deniesOperation(&e):
		return fmt.Errorf("%w: %s does not know SendCommand (it answers %s); is this an SSM endpoint?", ErrCannotJudge, a.target.Name, printable(e.Summary()))
	case isOneOf(e.ErrorType, badCredentials...):
		return fmt.Errorf("%w: %s refuses the credentials (%s); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to ones that it takes",
			ErrCannotJudge, a.target.Name, printable(e.ErrorType))
	}
	return nil
}

// unknownOperation are the errors by which a server says that it does not have an operation.
var unknownOperation = []string{
	"UnknownOperationException", "UnknownOperation", "UnsupportedOperationException", "UnsupportedOperation",
	"InvalidAction", "NotImplemented", "NotImplementedException",
}

// badCredentials are the errors of authentication and authorization (CommonErrors; facts.md, section 3).
var badCredentials = []string{
	"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
	"IncompleteSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "ExpiredToken", "ExpiredTokenException",
	"AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired",
}

func isOneOf(errorType string, types ...string) bool { return slices.Contains(types, errorType) }

func (a *asker) silence(err *wire.Error) string {
	switch err.Failure {
	case wire.Unreachable:
		if advice := wire.Advice(err.Err); advice != "" {
			return a.target.Name + " " + untrusted.Line(untrusted.FirstLine(advice)) // not cut: what to do comes last
		}
		return fmt.Sprintf("%s cannot be reached: %s; is the server up?", a.target.Name, printable(untrusted.FirstLine(err.Err.Error())))
	case wire.TimedOut:
		return fmt.Sprintf("%s takes the connection and does not answer in time; raise --timeout if it is only slow", a.target.Name)
	case wire.Throttled:
		return fmt.Sprintf("%s throttles: %s", a.target.Name, untrusted.FirstLine(err.Err.Error()))
	case wire.Closed:
		return fmt.Sprintf("%s closes the connection without an answer", a.target.Name)
	case wire.Malformed:
		if errors.Is(err, wire.ErrHTTP2Only) {
			return fmt.Sprintf("%s: %s; is there a port for HTTP/1.1?", a.target.Name, wire.ErrHTTP2Only)
		}
		return fmt.Sprintf("%s answers no HTTP: %s", a.target.Name, printable(untrusted.FirstLine(err.Err.Error())))
	}
	return fmt.Sprintf("%s: %s", a.target.Name, printable(untrusted.FirstLine(err.Error())))
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// printable makes a text of the target's fit for one line on a terminal.
func printable(s string) string {
	return stable.Cut(strings.ToValidUTF8(untrusted.Line(s), ""), 200)
}
