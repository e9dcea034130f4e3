package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// ErrCannotJudge is wrapped by errors that say that no verdict on the target is possible.
var ErrCannotJudge = errors.New("cannot judge")

// Preflight is what was found out of a target before the first case.
type Preflight struct {
	// Synthetic are the bindings that were made up because the target does not look at them.
	Synthetic []string
	// Operations are those of Run Command that the target knows.
	Operations []string
	// Verifies reports whether the target refuses a request that is not signed.
	Verifies bool
	// ClockScale is how many times as fast as the clock its commands live, as the target says; 0 where it does not.
	ClockScale float64
	// Refusal is how the target refuses a plain SendCommand, which AWS takes: status, type and text. It is "" where
	// the target takes it.
	Refusal string
	// ByInstanceIDs reports whether the target takes the same request where InstanceIds stands for Targets.
	ByInstanceIDs bool
	// Broken are the operations that the target knows and that failed before the first case.
	Broken []BrokenOperation
	// Fresh reports whether nobody else has sent the target a command: it lists those of this run, and no other.
	Fresh bool
	// Bindings are what is known of the target's world: what the caller said, and the synthetic ones.
	Bindings fixtures.Bindings
	// Faults are the exchanges of the preflight that break an invariant.
	Faults []judge.Result
}

// BrokenOperation is an operation that fails on every request: it answers 5xx, or not at all.
type BrokenOperation struct {
	Operation string
	Answer    string // in a few words
}

// LifecycleOperations are the calls beside SendCommand that show or change a command's status.
var LifecycleOperations = []string{"ListCommands", "ListCommandInvocations", "GetCommandInvocation", "CancelCommand"}

// Preflight finds out what the target is: whether it answers at all and speaks AWS JSON 1.1, whether
// it looks at node IDs, roles and alarms (where it does not, made-up ones will do), and which
// operations it knows.
func (c *Client) Preflight(ctx context.Context) (Preflight, error) {
	p := Preflight{Bindings: maps.Clone(c.Given)}
	first, err := c.plain(ctx)
	if err != nil {
		return p, err
	}
	if err := c.speaks(first); err != nil {
		if noHTTP(&first) && wire.SpeaksTLS(ctx, c.URL) {
			return p, fmt.Errorf("%w: %s speaks TLS; want https:// in --endpoint, or the port of http", ErrCannotJudge, c.Name)
		}
		return p, err
	}
	p.Refusal = judge.Refusal(first)
	p.ClockScale = clockScale(first.Response.Header)
	c.keep(&first)
	p.inspect(first)
	if !c.AWS {
		for i := range world {
			err := c.tryMade(ctx, &world[i], &p)
			if err == nil && i == 0 { // the nodes come first, and the others go to one then
				err = c.tryByInstanceIDs(ctx, &p)
			}
			if err != nil {
				return p, err
			}
		}
	}
	if err := c.operations(ctx, &p); err != nil {
		return p, err
	}
	slices.Sort(p.Synthetic)
	unsigned, err := c.send(ctx, fixtures.Message{
		Operation: "SendCommand", Method: "POST", Path: "/", Body: []byte(c.minimal("")), Auth: &fixtures.Signature{Unsigned: true},
	})
	p.Verifies = err == nil && (first.OK() || p.ByInstanceIDs) && unsigned.Response != nil && unsigned.Response.Status/100 == 4
	return p, err
}

// clockScale is what the target says of how fast its commands live; 0 where it says nothing sensible.
func clockScale(header http.Header) float64 {
	scale, err := strconv.ParseFloat(header.Get(reference.ClockScaleHeader), 64)
	if err != nil || math.IsInf(scale, 0) || !(scale > 0) {
		return 0
	}
	return scale
}

// tryByInstanceIDs asks a target that refuses the plain request for the same by InstanceIds, once a node is known: one
// that has no Targets can then be asked about everything else.
func (c *Client) tryByInstanceIDs(ctx context.Context, p *Preflight) error {
	node := p.Bindings["node"]
	if p.Refusal == "" || p.ByInstanceIDs || node == "" || !c.MayDispatch {
		return nil
	}
	c.node = node
	e, err := c.AskPlain(ctx)
	if err != nil {
		return err
	}
	c.keep(&e)
	p.ByInstanceIDs = e.OK()
	if !p.ByInstanceIDs {
		c.node = ""
	}
	return nil
}

// plainTries is how often the plain request is asked of a target that fails at it.
const plainTries = 3

// plain asks the plain request, again where the target fails at it: one that came up a moment ago may yet do so.
func (c *Client) plain(ctx context.Context) (judge.Exchanged, error) {
	for try := range plainTries {
		e, err := c.AskPlain(ctx)
		if err != nil || !fails(&e) || try == plainTries-1 || !Pause(ctx, firstThrottle<<try) {
			return e, err
		}
	}
	panic("unreachable")
}

// operations finds out which of the other operations the target knows. One that fails is there: only a clear
// word that there is none makes a part untested.
func (c *Client) operations(ctx context.Context, p *Preflight) error {
	p.Operations = []string{"SendCommand"}
	for _, operation := range LifecycleOperations {
		e, err := c.Ask(ctx, operation, "{}")
		if err != nil {
			return err
		}
		if deniesOperation(&e) {
			continue
		}
		p.Operations = append(p.Operations, operation)
		p.inspect(e)
		if operation == "ListCommands" {
			p.Fresh = c.listsOwnOnly(&e)
		}
		if fails(&e) || leavesOpen(&e) {
			p.Broken = append(p.Broken, BrokenOperation{operation, printable(e.Summary())})
		}
	}
	return nil
}

// listsOwnOnly reports whether a list of commands has what was sent here, and nothing else.
func (c *Client) listsOwnOnly(e *judge.Exchanged) bool {
	list := e.Body.Pointer("/Commands")
	if list == nil || len(list.Items) == 0 || e.Body.Get("NextToken").Str() != "" || !e.OK() {
		return false
	}
	for i := range list.Items {
		id := list.Items[i].Pointer("/CommandId")
		if id == nil {
			return false
		}
		if _, own := c.Sent.Load(id.Text); !own {
			return false
		}
	}
	return true
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
		return e.ErrorType == "" || slices.Contains(unknownOperation, e.ErrorType)
	}
	return slices.Contains(unknownOperation, e.ErrorType)
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
func (c *Client) speaks(e judge.Exchanged) error {
	if e.Err != nil {
		return fmt.Errorf("%w: %s", ErrCannotJudge, c.DescribeError(e.Err))
	}
	contentType := e.Response.Header.Get("Content-Type")
	if e.Response.Truncated {
		return fmt.Errorf("%w: %s answers with a body without end; is this an SSM endpoint?", ErrCannotJudge, c.Name)
	}
	if fails(&e) {
		return fmt.Errorf("%w: %s answers a plain SendCommand with %s: %s; is it up, and does it need to be started anew?",
			ErrCannotJudge, c.Name, judge.StatusText(e.Response.Status), cmp.Or(printable(string(e.Response.Body)), "an empty body"))
	}
	// What is wrong with a body of the right type, an invariant says.
	if !judge.IsAWSJSON(contentType) && (e.Body == nil || e.Body.Kind != jsontree.Object) {
		return fmt.Errorf("%w: %s answers %s (%s) and no JSON object; is this an SSM endpoint?",
			ErrCannotJudge, c.Name, judge.StatusText(e.Response.Status), cmp.Or(printable(contentType), "no Content-Type"))
	}
	switch {
	case deniesOperation(&e):
		return fmt.Errorf("%w: %s does not know SendCommand (it answers %s); is this an SSM endpoint?", ErrCannotJudge, c.Name,
			printable(e.Summary()))
	case e.ErrorType == "RequestExpired":
		return fmt.Errorf("%w: %s says that the request is too old (RequestExpired); is the clock of this machine right?",
			ErrCannotJudge, c.Name)
	case slices.Contains(reference.CallerErrors(), e.ErrorType):
		return fmt.Errorf("%w: %s refuses the credentials (%s); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to ones that it takes",
			ErrCannotJudge, c.Name, printable(e.ErrorType))
	}
	return nil
}

// unknownOperation are the errors by which a server says that it does not have an operation.
var unknownOperation = []string{
	"UnknownOperationException", "UnknownOperation", "UnsupportedOperationException", "UnsupportedOperation",
	"InvalidAction", "NotImplemented", "NotImplementedException",
}

// inspect keeps an exchange that breaks an invariant.
func (p *Preflight) inspect(e judge.Exchanged) {
	if fault, broken := judge.Preflight(e); broken {
		p.Faults = append(p.Faults, fault)
	}
}
