package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// connection is one to the target, plain or with TLS, over which requests go one after the other.
type connection struct {
	net.Conn
	bounded  io.LimitedReader
	buffered *bufio.Reader
	// explain says what an error in place of the first byte is about: in TLS 1.3 a server's alert about a client
	// certificate comes after the handshake.
	explain func(error) error

	used bool  // an exchange has gone over it before
	read int   // bytes of this exchange
	err  error // how the reading ended
}

func newConnection(conn net.Conn) *connection {
	c := &connection{Conn: conn, explain: func(err error) error { return err }}
	c.bounded.R = c
	c.buffered = bufio.NewReader(&c.bounded)
	return c
}

const (
	frameHeader   = 9
	frameSettings = 4
)

// Read fails where the first bytes from the other side are a SETTINGS frame, with which an HTTP/2 server begins
// (RFC 9113, sections 3.4 and 6.5). To an HTTP/1.1 parser it is only garbage.
func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	first := !c.used && c.read == 0
	if first && n >= frameHeader && p[0] == 0 && p[3] == frameSettings && p[5] == 0 && p[6] == 0 && p[7] == 0 && p[8] == 0 {
		n, err = 0, ErrHTTP2Only
	}
	if err != nil && first {
		err = c.explain(err)
	}
	c.read += n
	if err != nil {
		c.err = err
	}
	return n, err
}

var past = time.Unix(1, 0)

// quiet reports whether a connection that was used is still open, and nothing has come over it since. What comes
// without being asked for must not be read as the answer to the next request.
func (c *connection) quiet() bool {
	if pending(c.Conn) {
		return false
	}
	_ = c.SetReadDeadline(past) // then only what TLS holds already is read
	_, err := c.Conn.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// smallRequest is a size that the system takes at once, whether the target reads or not.
const smallRequest = 16 << 10

// exchange sends the message and reads the answer to it. It closes the connection, and returns false, where no other
// request may follow.
func (c *connection) exchange(ctx context.Context, message []byte, x *Exchange, limits Limits) (reusable bool) {
	_ = c.SetDeadline(x.Sent.Add(limits.Timeout))
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(past) })
	answered, written := make(chan struct{}), make(chan struct{})
	var failed error
	send := func() {
		defer close(written)
		if _, failed = c.Write(message); failed == nil { // what the target made of an error shows in the reading
			c.closeSending(x.Request.Ending, answered)
		}
	}
	// A server may answer a large request, and stop reading, before it has all of it.
	alone := x.Request.Raw != nil || len(message) > smallRequest
	if alone {
		go send()
	} else {
		send()
	}
	c.read, c.err = 0, nil
	reusable = c.receive(x, limits)
	close(answered)
	c.used = true
	if !stop() || alone || !reusable || failed != nil {
		_ = c.Close() // a writer that is still waiting need not go on
		reusable = false
	}
	<-written
	return reusable
}

// patience is how long a server has for its answer to a request that others would wait for more of. It was long
// enough for every server and proxy that was tried, and a case that makes a server wait still ends soon.
const patience = 200 * time.Millisecond

// closeSending tells a server that waits for more that nothing comes. Most servers and proxies take that for the
// end of the client and give its request up, so they are told it only of a request that is cut short.
func (c *connection) closeSending(ending Ending, answered <-chan struct{}) {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || ending == Whole {
		return
	}
	if ending == Ambiguous {
		select {
		case <-answered:
			return
		case <-time.After(patience):
		}
	}
	_ = half.CloseWrite()
}

// receive reads the answer, and reports whether the connection may be used again.
func (c *connection) receive(x *Exchange, limits Limits) (reusable bool) {
	resp, err := c.header(x.Request.Method, limits.Header) // to close it would read all of it
	if err != nil {
		x.Err = err
		return false
	}
	x.Response = &Response{Proto: resp.Proto, Status: resp.StatusCode, Header: resp.Header}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return false
	}
	var read bytes.Buffer
	read.Grow(int(min(max(resp.ContentLength, 0), reasonable)) + bytes.MinRead)
	_, failed := read.ReadFrom(io.LimitReader(resp.Body, limits.Body+1))
	body := read.Bytes()
	if int64(len(body)) > limits.Body {
		x.Response.Body, x.Response.Truncated = body[:limits.Body], true
		return false
	}
	x.Response.Body = body
	if failed != nil {
		x.Err = readError(failed)
		return false
	}
	return !resp.Close && c.buffered.Buffered() == 0 && !strings.EqualFold(x.Request.Get("Connection"), "close")
}

// ErrLongHeader says that the header of an answer is longer than is read of one.
var ErrLongHeader = errors.New("the header of the answer is longer than")

// header reads the header of the answer, or says why there is none. All 1xx answers before it count as part of it and
// are passed over.
func (c *connection) header(method string, limit int64) (*http.Response, *Error) {
	c.bounded.N = limit
	for {
		resp, err := http.ReadResponse(c.buffered, &http.Request{Method: method})
		switch {
		case err == nil && (resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols):
			c.bounded.N = math.MaxInt64 // what is read of the body has a bound of its own
			return resp, nil
		case err == nil:
		case c.bounded.N <= 0:
			return nil, &Error{Malformed, fmt.Errorf("%w %d bytes", ErrLongHeader, limit)}
		case c.err == nil:
			return nil, readError(err)
		default: // to its parser a header cut short looks malformed
			failed := readError(c.err)
			if failed.Failure == Closed && c.read > 0 {
				failed = &Error{Malformed, errors.New("closed inside of the header")}
			}
			return nil, failed
		}
	}
}

// reasonable is up to which length an announced one is believed.
const reasonable = 64 << 10

// readError sorts an error of a connection by what the target did. It leaves out the addresses: the port of this
// side is another each time.
func readError(err error) *Error {
	switch {
	case errors.Is(err, ErrHTTP2Only):
		return &Error{Malformed, ErrHTTP2Only}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{TimedOut, context.DeadlineExceeded}
	case isTLSFailure(err):
		return &Error{Unreachable, err}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Closed, errors.New("before a whole answer came")}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return &Error{Closed, err}
	}
	return &Error{Malformed, err}
}
