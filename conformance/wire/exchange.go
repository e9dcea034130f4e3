package wire

import (
	"context"
	"net/http"
	"time"
)

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
	if l.Timeout <= 0 {
		l.Timeout = 10 * time.Second
	}
	if l.Body <= 0 {
		l.Body = 2 << 20
	}
	if l.Header <= 0 {
		l.Header = 256 << 10
	}
	return l
}
