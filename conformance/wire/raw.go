package wire

import (
	"context"
	"net"
	"time"
)

// raw writes the request over a connection of its own, closes the sending side behind it, and
// reads one answer. The writing runs beside the reading: a server may answer, and stop reading,
// before it has all.
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
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()

	written := make(chan struct{})
	go func() {
		defer close(written)
		if _, err := conn.Write(x.Request.Raw); err != nil {
			return // what the target made of it shows in the reading
		}
		if half, ok := conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}()
	x.Response, x.Err = h.readRaw(newAnswers(conn), x.Request.Method)
	_ = conn.SetDeadline(time.Unix(1, 0)) // a writer that is still waiting need not go on
	<-written
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
