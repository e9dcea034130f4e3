package probe

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/conformance/untrusted"
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

// Nonce is the random text of a case in a run: the same for the same seed, case and attempt.
func Nonce(seed uint64, id string, attempt int) string {
	var head [16]byte
	binary.BigEndian.PutUint64(head[:8], seed)
	binary.BigEndian.PutUint64(head[8:], uint64(attempt))
	sum := sha256.Sum256(append(head[:], id...))
	return hex.EncodeToString(sum[:8])
}

// host is the name under which the target sees itself: of a URL that was checked there is nothing after it.
func (c *Client) host() string {
	if _, host, found := strings.Cut(c.URL, "://"); found {
		return host
	}
	return "localhost"
}

// Compose turns a bound request into the bytes to send, signed for the time.
func (c *Client) Compose(m *fixtures.Message, now time.Time) (*wire.Request, error) {
	r := wire.NewRequest(m.Operation, m.Body)
	r.Method, r.Path = m.Method, m.Path
	for _, h := range m.Headers {
		r.Set(h.Name, h.Values...)
	}
	if m.Framing != nil {
		r.Chunked = m.Framing.Chunked
	}
	if err := c.sign(r, m.Auth, now); err != nil {
		return nil, err
	}
	// Authentication is a header too: a case that removes or replaces one has the last word.
	for _, h := range m.Headers {
		r.Set(h.Name, h.Values...)
	}
	r.OddlySigned = m.Auth != nil || slices.ContainsFunc(m.Headers, func(h fixtures.HeaderField) bool {
		return strings.EqualFold(h.Name, "Authorization") || strings.EqualFold(h.Name, "X-Amz-Date")
	})
	if RawFraming(m.Framing) {
		r.Frame(c.host(), *m.Framing)
	}
	return r, nil
}

// scope is the region that a signature is for.
func (c *Client) scope(region string) string {
	switch {
	case region != fixtures.OtherRegion:
		return region
	case c.Region == "us-west-2":
		return "us-east-1"
	}
	return "us-west-2"
}

// sign signs the request, rightly or in the way that the case asks for; without a signer it does not.
func (c *Client) sign(r *wire.Request, auth *fixtures.Signature, now time.Time) error {
	if c.Signer == nil {
		return nil
	}
	if auth == nil {
		return c.Signer.Sign(r, c.host(), now)
	}
	if auth.Unsigned {
		return nil
	}
	own := c.Signer.With(auth.AccessKey, auth.Secret, c.scope(auth.Region), auth.Service)
	if auth.Caller == fixtures.Denied {
		own.Credentials = c.Denied
	}
	if auth.Skew != "" {
		skew, err := time.ParseDuration(auth.Skew)
		if err != nil {
			return fmt.Errorf("auth: skew %q: want a duration such as -20m", auth.Skew)
		}
		now = now.Add(skew)
	}
	body := r.Body
	if auth.TamperBody {
		r.Body = append(slices.Clone(body), ' ')
	}
	held := r.Remove(auth.UnsignedHeaders...)
	var err error
	if auth.Presigned {
		err = own.Presign(r, c.host(), now)
	} else {
		err = own.Sign(r, c.host(), now)
	}
	r.Body = body
	r.Fields = append(r.Fields, held...)
	return err
}

// RawFraming reports whether the request must be written by hand, since no HTTP client would send it.
func RawFraming(f *fixtures.Framing) bool {
	return f != nil && (f.ContentLength != 0 || f.RawChunks != nil || f.BothLengths || f.RepeatContentLength != nil)
}

// DescribeError says what the failure of an exchange means, and what to do about it.
func (c *Client) DescribeError(err *wire.Error) string {
	switch err.Failure {
	case wire.Unreachable:
		if advice := wire.Advice(err.Err); advice != "" {
			return c.Name + " " + untrusted.Line(untrusted.FirstLine(advice)) // not cut: what to do comes last
		}
		return fmt.Sprintf("%s cannot be reached: %s; is the server up?", c.Name, printable(untrusted.FirstLine(err.Err.Error())))
	case wire.TimedOut:
		return fmt.Sprintf("%s takes the connection and does not answer in time; raise --timeout if it is only slow", c.Name)
	case wire.Throttled:
		return fmt.Sprintf("%s throttles: %s", c.Name, untrusted.FirstLine(err.Err.Error()))
	case wire.Closed:
		return fmt.Sprintf("%s closes the connection without an answer", c.Name)
	case wire.Malformed:
		if errors.Is(err, wire.ErrHTTP2Only) {
			return fmt.Sprintf("%s: %s; is there a port for HTTP/1.1?", c.Name, wire.ErrHTTP2Only)
		}
		return fmt.Sprintf("%s answers no HTTP: %s", c.Name, printable(untrusted.FirstLine(err.Err.Error())))
	default:
		return fmt.Sprintf("%s: %s", c.Name, printable(untrusted.FirstLine(err.Error())))
	}
}

// printable makes a text of the target's fit for one line on a terminal.
func printable(s string) string {
	return stable.Cut(strings.ToValidUTF8(untrusted.Line(s), ""), 200)
}
