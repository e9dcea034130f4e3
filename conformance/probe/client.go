package probe

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Client asks a target single requests.
type Client struct {
	// Name is the target in errors.
	Name string
	// URL is a checked one, "" for a handler in the same process.
	URL       string
	Region    string
	Exchanger wire.Exchanger
	Signer    *wire.Signer // nil where nothing is to be signed
	Denied    aws.Credentials
	Seed      uint64
	// AWS reports that the target is AWS itself, which is not asked whether it looks at what it is sent.
	AWS bool
	// MayDispatch reports whether a request may be sent that may run a command on a node.
	MayDispatch bool
	// Given are the bindings that the caller said the target has; Nodes are those of them that are node IDs.
	Given fixtures.Bindings
	Nodes []string
	// Sent are the CommandIds of what Wait and Preflight sent.
	Sent *sync.Map
	// node is the node to which plain requests go, of a target that takes them by InstanceIds only; "" of others.
	node string
}

// Ask sends a request of the operation.
func (c *Client) Ask(ctx context.Context, operation, body string) (judge.Exchanged, error) {
	return c.send(ctx, fixtures.Message{Operation: operation, Method: "POST", Path: "/", Body: []byte(body)})
}

func (c *Client) send(ctx context.Context, m fixtures.Message) (judge.Exchanged, error) {
	e, err := c.Exchange(ctx, &m)
	if err != nil {
		return judge.Exchanged{}, err
	}
	return judge.Read(fixtures.BoundStep{Request: m}, e), nil
}

// Exchange sends a request. An error means that it cannot be signed.
func (c *Client) Exchange(ctx context.Context, m *fixtures.Message) (*wire.Exchange, error) {
	req, err := c.Compose(m, time.Now())
	if err != nil {
		return nil, err
	}
	return c.Exchanger.Exchange(ctx, req), nil
}

// AskPlain sends a SendCommand that every server takes.
func (c *Client) AskPlain(ctx context.Context) (judge.Exchanged, error) {
	return c.Ask(ctx, "SendCommand", c.minimal(""))
}

// keep keeps the CommandId of an accepted SendCommand.
func (c *Client) keep(e *judge.Exchanged) {
	if id := e.Body.Pointer("/Command/CommandId"); id != nil && e.OK() {
		c.Sent.Store(id.Text, true)
	}
}

// minimal is a SendCommand that every server takes, with more members after the required ones.
func (c *Client) minimal(more string) string {
	to := fmt.Sprintf(`"Targets":[{"Key":"tag:sendspec","Values":["%s"]}]`, Nonce(c.Seed, "preflight", 0))
	if c.node != "" {
		to = `"InstanceIds":` + quoted([]string{c.node})
	}
	return fmt.Sprintf(`{"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["true"]},%s%s}`, to, more)
}
