package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// kept is a connection to a plain endpoint that stays open between exchanges. An http.Transport has two
// goroutines for each, and handing a request to them costs a campaign more than the exchange itself.
type kept struct {
	net.Conn
	answers *answers
	request []byte
	writing writing
	used    bool
	// ifQuiet writes the request where an idle connection is still open and nothing has come over it.
	ifQuiet func() bool
}

func newKept(conn net.Conn) *kept {
	c := &kept{Conn: conn, answers: newAnswers(conn)}
	c.ifQuiet = ifQuiet(conn, c.write)
	return c
}

// keptConnections are those that no exchange is using.
type keptConnections struct {
	mu     sync.Mutex
	idle   []*kept
	closed bool
}

// maxIdle is how many connections are kept at most.
const maxIdle = 64

// take returns an idle connection, nil where there is none.
func (k *keptConnections) take() *kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = false
	last := len(k.idle) - 1
	if last < 0 {
		return nil
	}
	c := k.idle[last]
	k.idle[last] = nil
	k.idle = k.idle[:last]
	return c
}

func (k *keptConnections) put(c *kept) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || len(k.idle) >= maxIdle {
		_ = c.Close()
		return
	}
	k.idle = append(k.idle, c)
}

// close closes the idle connections, and those under way once they are idle.
func (k *keptConnections) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.idle {
		_ = c.Close()
	}
	k.idle, k.closed = nil, true
}

// overKept exchanges over a kept connection. One that was idle and ends without a byte of an answer had been
// closed by the target meanwhile: that is no answer to this request, which is sent anew over a fresh one.
func (h *HTTP) overKept(ctx context.Context, x *Exchange) {
	deadline := x.Sent.Add(h.limits.Timeout)
	if c := h.kept.take(); c != nil && h.converse(ctx, c, deadline, x) {
		return
	}
	x.Response, x.Err = nil, nil
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	conn, err := h.dial(limited)
	if err != nil {
		x.Err = classify(err, false)
		return
	}
	h.converse(ctx, newKept(conn), deadline, x)
}

// converse sends the request over the connection and reads the answer; false where the connection was of no
// use, or ended before any of it came. It keeps the connection where another request may follow, and else
// closes it.
func (h *HTTP) converse(ctx context.Context, c *kept, deadline time.Time, x *Exchange) bool {
	_ = c.SetDeadline(deadline)
	stop := func() bool { return true }
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, func() { _ = c.SetDeadline(past) })
	}
	c.request = appendRequest(c.request[:0], x.Request, h.base.Host)
	if !c.send() {
		stop()
		_ = c.Close()
		return false
	}
	reusable := c.receive(h.limits, x)
	answered := x.Err == nil || x.Err.Failure != Closed || c.answers.end.read > 0
	if whole := c.written(); !stop() || !whole || !reusable {
		_ = c.Close()
		return answered
	}
	if cap(c.request) > reasonable {
		c.request = nil
	}
	h.kept.put(c)
	return answered
}

var past = time.Unix(1, 0)

// smallRequest is a size that the system takes at once, whether the target reads or not.
const smallRequest = 16 << 10

// writing is that of a request. What the target made of one that failed shows in the reading.
type writing struct {
	err  error
	done <-chan error // where it runs beside the reading
}

// send writes the request; false where the connection was used before and is not quiet any more.
func (c *kept) send() bool {
	if c.used {
		return c.ifQuiet()
	}
	c.used = true
	c.write()
	return true
}

// write writes the request. The writing of a large one runs beside the reading: a server may answer, and stop
// reading, before it has all.
func (c *kept) write() {
	request := c.request
	if len(request) <= smallRequest {
		_, err := c.Write(request)
		c.writing = writing{err: err}
		return
	}
	done := make(chan error, 1)
	go func() {
		_, err := c.Write(request)
		done <- err
	}()
	c.writing = writing{done: done}
}

// written ends the writing, and tells whether all of the request was written.
func (c *kept) written() bool {
	if c.writing.done == nil {
		return c.writing.err == nil
	}
	select {
	case err := <-c.writing.done:
		return err == nil
	default:
	}
	_ = c.SetDeadline(past)
	<-c.writing.done
	return false
}

// receive reads the answer, and tells whether the connection may be used again.
func (c *kept) receive(limits Limits, x *Exchange) (reusable bool) {
	resp, failed := c.answers.next(x.Request.Method, limits, http.StatusSwitchingProtocols)
	if failed != nil {
		x.Err = plainly(failed)
		if failed.Failure == Closed && c.answers.end.read > 0 {
			x.Err.Failure = Malformed
		}
		return false
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		x.Response = &Response{Proto: resp.Proto, Status: resp.StatusCode, Header: resp.Header}
		return false
	}
	x.Response, x.Err = readResponse(resp, limits)
	if x.Err != nil {
		x.Err = plainly(x.Err)
		return false
	}
	return !x.Response.Truncated && !resp.Close && c.answers.buffered.Buffered() == 0 && !strings.EqualFold(x.Request.Get("Connection"), "close")
}

// plainly takes the addresses out of an error: the port of this side is another each time.
func plainly(e *Error) *Error {
	var op *net.OpError
	switch {
	case e.Failure == TimedOut:
		return &Error{TimedOut, context.DeadlineExceeded}
	case errors.As(e.Err, &op):
		return &Error{e.Failure, op.Err}
	case e.Failure == Closed:
		return &Error{Closed, io.EOF}
	}
	return e
}

// appendRequest writes the request out as it goes over a connection that is kept.
func appendRequest(b []byte, r *Request, host string) []byte {
	if r.Host != "" {
		host = r.Host
	}
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.Path...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	b = append(b, "\r\n"...)
	chunked := r.Chunked > 0 && len(r.Body) > 0
	switch {
	case chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	case len(r.Body) > 0, slices.Contains(bodyMethods, r.Method):
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	}
	for _, f := range r.Fields {
		if f.Value == "" && strings.EqualFold(f.Name, "User-Agent") {
			continue
		}
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	if !chunked {
		return append(b, r.Body...)
	}
	for rest := r.Body; len(rest) > 0; {
		n := min(r.Chunked, len(rest))
		b = strconv.AppendInt(b, int64(n), 16)
		b = append(b, "\r\n"...)
		b = append(b, rest[:n]...)
		b = append(b, "\r\n"...)
		rest = rest[n:]
	}
	return append(b, "0\r\n\r\n"...)
}

// bodyMethods are those of which a server expects a length even where there is no body (RFC 9110, section 8.6).
var bodyMethods = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// ordinary tells whether a request needs nothing of net/http: neither its refusal of what is no HTTP, nor its
// rewriting of a name.
func ordinary(r *Request) bool {
	if r.Path == "" || hasControl(r.Path) || !isToken(r.Method) || !isPlainHost(r.Host) {
		return false
	}
	for i := range r.Fields {
		f := &r.Fields[i]
		if !isToken(f.Name) || hasControl(f.Value) || framingField(f.Name) {
			return false
		}
	}
	return true
}

// framingField tells whether net/http writes the field itself.
func framingField(name string) bool {
	switch len(name) {
	case len("Content-Length"), len("Transfer-Encoding"), len("Trailer"), len("Host"):
		return slices.ContainsFunc([]string{"Content-Length", "Transfer-Encoding", "Trailer", "Host"}, func(s string) bool { return strings.EqualFold(s, name) })
	}
	return false
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

func isPlainHost(host string) bool {
	return !strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`%/\?#@<>"`, r) })
}

// isToken tells whether the text is a token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// rawConnection is the file descriptor below a connection, nil where there is none.
func rawConnection(conn net.Conn) syscall.RawConn {
	if first, ok := conn.(*firstRead); ok {
		conn = first.Conn
	}
	has, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := has.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}
