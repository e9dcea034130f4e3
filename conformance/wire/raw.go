package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// raw writes the request over a connection of its own, closes the sending side behind it, and
// reads one answer. The writing runs beside the reading: a server may answer, and stop reading,
// before it has all.
func (h *HTTP) raw(ctx context.Context, x *Exchange) {
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
	x.Response, x.Err = h.readRaw(conn, x.Request.Method)
	_ = conn.SetDeadline(time.Unix(1, 0)) // a writer that is still waiting need not go on
	<-written
}

func (h *HTTP) readRaw(conn net.Conn, method string) (*Response, *Error) {
	end := &endReader{Reader: conn}
	header := &io.LimitedReader{R: end, N: h.limits.Header}
	buffered := bufio.NewReader(header)
	for {
		resp, err := http.ReadResponse(buffered, &http.Request{Method: method})
		switch {
		case err != nil && header.N <= 0:
			return nil, &Error{Malformed, fmt.Errorf("the header of the answer is longer than %d bytes", h.limits.Header)}
		case err != nil && end.err != nil && !errors.Is(end.err, io.EOF):
			return nil, classify(end.err, true)
		case err != nil && end.err != nil:
			return nil, &Error{Closed, errors.New("the connection was closed without a whole answer")}
		case err != nil:
			return nil, classify(err, true)
		}
		if resp.StatusCode >= 200 {
			header.N = h.limits.Body + h.limits.Header
			out, err := readResponse(resp, h.limits)
			if err != nil && header.N <= 0 {
				out.Truncated, err = true, nil // chunks of next to nothing: more framing than body
			}
			return out, err
		}
	}
}

// endReader keeps how the reading ended: a header cut short looks malformed to its parser.
type endReader struct {
	io.Reader
	err error
}

func (r *endReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil {
		r.err = err
	}
	return n, err
}

func (h *HTTP) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(h.base.Hostname(), portOf(h.base))
	if h.base.Scheme == "http" {
		return h.dialPlain(ctx, "tcp", address)
	}
	return h.dialTLS(ctx, "tcp", address)
}
