package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// ErrCannotJudge is wrapped by errors of Run that say that no verdict on the target is possible.
var ErrCannotJudge = errors.New("cannot judge")

// Preflight is what was found out of a target before the first case.
type Preflight struct {
	// MadeUp are the bindings that were made up because the target does not look at them.
	MadeUp []string
	// Operations are those of Run Command that the target knows.
	Operations []string
	// Verifies tells whether the target refuses a request that is not signed.
	Verifies bool
	// Refusal is how the target refuses a plain SendCommand, which AWS takes: status, type and text. It is "" where
	// the target takes it.
	Refusal  string
	bindings fixtures.Bindings
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

func (a *asker) ask(ctx context.Context, operation, body string) (Exchanged, error) {
	return a.send(ctx, fixtures.Message{Operation: operation, Method: "POST", Path: "/", Body: []byte(body)})
}

func (a *asker) send(ctx context.Context, m fixtures.Message) (Exchanged, error) {
	req, err := compose(a.target, a.signer, &m, time.Now())
	if err != nil {
		return Exchanged{}, err
	}
	return Read(fixtures.BoundStep{Request: m}, a.exchanger.Exchange(ctx, req)), nil
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
	first, err := a.ask(ctx, "SendCommand", a.minimal(""))
	if err != nil {
		return p, err
	}
	if err := a.speaks(first); err != nil {
		return p, err
	}
	p.Refusal = refusal(first)
	if !a.aws {
		for _, probe := range probes {
			if err := a.probe(ctx, probe, &p); err != nil {
				return p, err
			}
		}
	}
	p.Operations = []string{"SendCommand"}
	for _, operation := range lifecycleOperations {
		e, err := a.ask(ctx, operation, "{}")
		if err != nil {
			return p, err
		}
		if e.Response != nil && e.Response.Status < 500 && e.Response.Status != 404 && !isOneOf(e.ErrorType, unknownOperation...) {
			p.Operations = append(p.Operations, operation)
		}
	}
	slices.Sort(p.MadeUp)
	unsigned, err := a.send(ctx, fixtures.Message{
		Operation: "SendCommand", Method: "POST", Path: "/", Body: []byte(a.minimal("")), Auth: &fixtures.Signature{Unsigned: true},
	})
	p.Verifies = err == nil && first.OK() && unsigned.Response != nil && unsigned.Response.Status/100 == 4
	return p, err
}

// speaks tells why the target cannot be judged, from its answer to a plain SendCommand.
func (a *asker) speaks(e Exchanged) error {
	if e.Err != nil {
		return fmt.Errorf("%w: %s", ErrCannotJudge, a.silence(e.Err))
	}
	contentType := e.Response.Header.Get("Content-Type")
	if e.Response.Truncated {
		return fmt.Errorf("%w: %s answers with a body without end; is this an SSM endpoint?", ErrCannotJudge, a.target.Name)
	}
	if e.Body == nil || e.Body.Kind != jsontree.Object {
		return fmt.Errorf("%w: %s answers %s (%s) and no JSON object; is this an SSM endpoint?",
			ErrCannotJudge, a.target.Name, statusText(e.Response.Status), orNone(printable(contentType)))
	}
	switch {
	case isOneOf(e.ErrorType, unknownOperation...), slices.Contains([]int{404, 405, 501}, e.Response.Status):
		return fmt.Errorf("%w: %s does not know SendCommand (it answers %s); is this an SSM endpoint?", ErrCannotJudge, a.target.Name, printable(e.summary()))
	case isOneOf(e.ErrorType, badCredentials...):
		return fmt.Errorf("%w: %s refuses the credentials (%s); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to ones that it takes",
			ErrCannotJudge, a.target.Name, printable(e.ErrorType))
	}
	return nil
}

// unknownOperation are the errors by which a server says that it does not have an operation.
var unknownOperation = []string{"UnknownOperationException", "UnknownOperation", "InvalidAction", "NotImplemented", "NotImplementedException"}

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
		if wire.IsUntrusted(err) {
			return fmt.Sprintf("%s has a certificate that is not trusted: %s; name the authority that signed it with --ca-file, or give --insecure",
				a.target.Name, printable(firstLine(err.Err.Error())))
		}
		return fmt.Sprintf("%s cannot be reached: %s; is the server up?", a.target.Name, printable(firstLine(err.Err.Error())))
	case wire.TimedOut:
		return fmt.Sprintf("%s takes the connection and does not answer in time; raise --timeout if it is only slow", a.target.Name)
	case wire.Throttled:
		return fmt.Sprintf("%s throttles: %s", a.target.Name, firstLine(err.Err.Error()))
	case wire.Closed:
		return fmt.Sprintf("%s closes the connection without an answer", a.target.Name)
	case wire.Malformed:
		if errors.Is(err, wire.ErrHTTP2Only) {
			return fmt.Sprintf("%s: %s; is there a port for HTTP/1.1?", a.target.Name, wire.ErrHTTP2Only)
		}
		return fmt.Sprintf("%s answers no HTTP: %s", a.target.Name, printable(firstLine(err.Err.Error())))
	}
	return fmt.Sprintf("%s: %s", a.target.Name, printable(firstLine(err.Error())))
}

func orNone(s string) string {
	if s == "" {
		return "no Content-Type"
	}
	return s
}

// printable makes a text of the target's fit for one line on a terminal.
func printable(s string) string {
	return cut(strings.Trim(fmt.Sprintf("%q", s), `"`))
}

// probe asks whether made-up values will do for bindings that were not given.
type probe struct {
	binds func(seed uint64) fixtures.Bindings
	more  func(b fixtures.Bindings) string
}

var probes = []probe{
	{
		func(seed uint64) fixtures.Bindings {
			id := func(name string, length int) string { return (nonce(seed, name, 0) + nonce(seed, name, 1))[:length] }
			made := fixtures.Bindings{
				"node": "i-" + id("node", 17), "node.short": "i-" + id("node.short", 8), "node.hybrid": "mi-" + id("node.hybrid", 17),
			}
			for n := 2; n <= fixtures.Nodes; n++ {
				name := fmt.Sprintf("node.%d", n)
				made[name] = "i-" + id(name, 17)
			}
			return made
		},
		func(b fixtures.Bindings) string { return fmt.Sprintf(`,"InstanceIds":["%s"]`, b["node"]) },
	},
	{
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + nonce(seed, "role", 0)
			return fixtures.Bindings{
				"role": "arn:aws:iam::123456789012:role/" + name, "topic": "arn:aws:sns:us-east-1:123456789012:" + name,
			}
		},
		func(b fixtures.Bindings) string {
			return fmt.Sprintf(`,"ServiceRoleArn":"%s","NotificationConfig":{"NotificationArn":"%s","NotificationEvents":["All"],"NotificationType":"Command"}`,
				b["role"], b["topic"])
		},
	},
	{
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + nonce(seed, "alarm", 0)
			return fixtures.Bindings{"alarm.ok": name + "-ok", "alarm.insufficient": name + "-insufficient"}
		},
		func(b fixtures.Bindings) string {
			return fmt.Sprintf(`,"AlarmConfiguration":{"IgnorePollAlarmFailure":false,"Alarms":[{"Name":"%s"}]}`, b["alarm.ok"])
		},
	},
	{
		func(seed uint64) fixtures.Bindings {
			return fixtures.Bindings{"bucket": "sendspec-" + nonce(seed, "bucket", 0)}
		},
		func(b fixtures.Bindings) string { return fmt.Sprintf(`,"OutputS3BucketName":"%s"`, b["bucket"]) },
	},
}

func (a *asker) probe(ctx context.Context, pr probe, p *Preflight) error {
	made := pr.binds(a.seed)
	for name := range made {
		if p.bindings[name] != "" {
			return nil // the user described this part of the world
		}
	}
	body := a.minimal(pr.more(made))
	if strings.Contains(body, `"InstanceIds"`) {
		if !a.mayDispatch {
			return nil
		}
		body = strings.Replace(body, `"Targets":[{"Key":"tag:sendspec","Values":["`+nonce(a.seed, "preflight", 0)+`"]}],`, "", 1)
	}
	e, err := a.ask(ctx, "SendCommand", body)
	if err != nil || !e.OK() {
		return err
	}
	for name, value := range made {
		p.bindings[name] = value
		p.MadeUp = append(p.MadeUp, name)
	}
	return nil
}
