package wire

import (
	"context"
	"net"
	"time"
)

// raw writes the request over a connection of its own and reads one answer. The writing runs beside the
// reading: a server may answer, and stop reading, before it has all.
func (h *HTTP) raw(ctx context.Context, x *Exchange) {
	ctx, cancel := context.WithTimeout(ctx, h.limits.Timeout)
	defer cancel()
	conn, err := h.dial(ctx)
	if err != nil {
		x.Err = classify(err, false)
		return
	}
	defer conn.Close() //nolint:errcheck // the exchange is over
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })
	defer stop()

	answered, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		if _, err := conn.Write(x.Request.Raw); err == nil { // what the target made of an error shows in the reading
			closeSending(conn, x.Request.Ending, answered)
		}
	}()
	x.Response, x.Err = h.readRaw(newAnswers(conn), x.Request.Method)
	close(answered)
	_ = conn.SetDeadline(past) // a writer that is still waiting need not go on
	<-written
}

// quiet is how long a server has for its answer to a request that others would wait for more of. It was long
// enough for every server and proxy that was tried, and a case that makes a server wait still ends soon.
const quiet = 200 * time.Millisecond

// closeSending tells a server that waits for more that nothing comes. Most servers and proxies take that for the
// end of the client and give its request up, so they are told it only of a request that is cut short.
func closeSending(conn net.Conn, ending Ending, answered <-chan struct{}) {
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || ending == Whole {
		return
	}
	if ending == Ambiguous {
		select {
		case <-answered:
			return
		case <-time.After(quiet):
		}
	}
	_ = half.CloseWrite()
}

func (h *HTTP) readRaw(from *answers, method string) (*Response, *Error) {
	resp, failed := from.next(method, h.limits, 0)
	if failed != nil {
		return nil, failed
	}
	from.bounded.N = h.limits.Body + h.limits.Header
	out, failed := readResponse(resp, h.limits)
	if failed != nil && from.bounded.N <= 0 {
		out.Truncated, failed = true, nil // chunks of next to nothing: more framing than body
	}
	return out, failed
}

func (h *HTTP) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(h.base.Hostname(), portOf(h.base))
	if h.base.Scheme == "http" {
		return h.dialPlain(ctx, "tcp", address)
	}
	return h.dialTLS(ctx, "tcp", address)
}
