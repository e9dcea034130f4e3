package wire

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Field is one header field of a request, in the spelling in which it is sent.
type Field struct{ Name, Value string }

// Request is one HTTP request, byte for byte.
type Request struct {
	Operation string // of the AWS API, for example SendCommand
	Method    string
	Path      string // with the query, if any
	Host      string // the Host header; "" means the target's own
	Fields    []Field
	Body      []byte

	// Chunked, if positive, sends the body with Transfer-Encoding: chunked in chunks of that many bytes.
	Chunked int
	// OddlySigned says that the signature is not the right one, so that curl cannot make it.
	OddlySigned bool
	// Raw, if set, is the whole request as it goes over a connection of its own.
	Raw []byte
	// Ending says whether a server would wait for more than Raw.
	Ending Ending
}

// NewRequest returns a call of the operation as an AWS SDK makes it, not signed yet.
func NewRequest(operation string, body []byte) *Request {
	return &Request{
		Operation: operation,
		Method:    "POST",
		Path:      "/",
		Body:      body,
		Fields: []Field{
			{"Content-Type", "application/x-amz-json-1.1"},
			{"X-Amz-Target", "AmazonSSM." + operation},
			{"User-Agent", "sendspec"},
		},
	}
}

// Get returns the first value of the header, or "".
func (r *Request) Get(name string) string {
	for i := range r.Fields {
		if strings.EqualFold(r.Fields[i].Name, name) {
			return r.Fields[i].Value
		}
	}
	return ""
}

// Set replaces every value of a header; with no values it removes the header. One value of Host replaces that of
// the request, several are sent beside it.
func (r *Request) Set(name string, values ...string) {
	if strings.EqualFold(name, "Host") && len(values) == 1 {
		r.Host = values[0]
		return
	}
	r.Remove(name)
	for _, v := range values {
		r.Fields = append(r.Fields, Field{name, v})
	}
}

// Remove removes the named headers and returns what they were.
func (r *Request) Remove(names ...string) (removed []Field) {
	kept := make([]Field, 0, len(r.Fields)+len(names))
	for _, f := range r.Fields {
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(f.Name, name) }) {
			removed = append(removed, f)
		} else {
			kept = append(kept, f)
		}
	}
	r.Fields = kept
	return removed
}

// Response is what the target answered.
type Response struct {
	Proto     string // HTTP/1.1
	Status    int
	Header    http.Header
	Body      []byte
	Truncated bool // the body was longer than the limit, and Body is its beginning
	Dropped   int  // bytes of the body that were judged and not kept: Body is their beginning
}

// Failure is the kind of a transport error.
type Failure string

// The failures, from the target's first byte that did not come to its last.
const (
	Unreachable  Failure = "unreachable"   // no connection could be made
	Closed       Failure = "closed"        // the connection ended before a whole answer
	TimedOut     Failure = "timed out"     // no whole answer came in time
	Malformed    Failure = "malformed"     // what came is no HTTP answer
	Unsupported  Failure = "unsupported"   // this kind of target cannot be sent such a request
	Interrupted  Failure = "interrupted"   // the run was ended
	Throttled    Failure = "throttled"     // the target asks to come again later, and later, and later
	HandlerPanic Failure = "handler panic" // an http.Handler under test panicked
)

// Error is why an exchange has no answer.
type Error struct {
	Failure Failure
	Err     error
}

func (e *Error) Error() string { return string(e.Failure) + ": " + e.Err.Error() }

// Unwrap returns the error below.
func (e *Error) Unwrap() error { return e.Err }

// Exchange is one request and what came of it: a Response, an Err, or both where the answer broke
// off after its header.
type Exchange struct {
	Request  *Request
	Response *Response
	Err      *Error
	Sent     time.Time
	Elapsed  time.Duration
}

// Exchanger carries a request to a target. It always returns an exchange.
type Exchanger interface {
	Exchange(ctx context.Context, r *Request) *Exchange
}

// Limits bound what one exchange may take. Zero values mean the defaults.
type Limits struct {
	// Timeout is for the whole exchange, from the dial to the last byte. Default 10 s.
	Timeout time.Duration
	// Body is how many bytes of an answer's body are read. Default 2 MiB: AWS's largest answer
	// to the calls made here is a page of 50 commands, under 1 MiB.
	Body int64
	// Header is how many bytes of an answer's header are read. Default 256 KiB.
	Header int64
}

// WithDefaults returns the limits with every zero value replaced by its default.
func (l Limits) WithDefaults() Limits {
	l.Timeout = cmp.Or(max(l.Timeout, 0), 10*time.Second)
	l.Body = cmp.Or(max(l.Body, 0), 2<<20)
	l.Header = cmp.Or(max(l.Header, 0), 256<<10)
	return l
}
