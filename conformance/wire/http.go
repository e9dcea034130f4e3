package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// HTTP exchanges over connections of its own, plain or with TLS: kept between exchanges, or for this one exchange
// where Request.Raw asks for it.
type HTTP struct {
	base   *url.URL
	host   string // as the Host header has it
	limits Limits
	tls    *tls.Config
	proxy  *url.URL // through which every connection goes; nil for none
	idle   chan *connection
}

// maxIdle is how many connections are kept at most.
const maxIdle = 64

// NewHTTP returns an exchanger for the endpoint, an http or https URL without a path of its own.
// tlsConfig may be nil.
func NewHTTP(endpoint string, limits Limits, tlsConfig *tls.Config) (*HTTP, error) {
	base, err := ParseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	proxy, err := ProxyFor(base)
	if err != nil {
		return nil, err
	}
	h := &HTTP{base: base, host: base.Host, limits: limits.WithDefaults(), tls: withHTTP1(tlsConfig), proxy: proxy}
	if address, err := netip.ParseAddr(base.Hostname()); err == nil && address.Zone() != "" {
		h.host = strings.Replace(base.Host, "%"+address.Zone(), "", 1) // it means nothing to the server (RFC 6874, section 4)
	}
	h.idle = make(chan *connection, maxIdle)
	return h, nil
}

// Close closes idle connections.
func (h *HTTP) Close() {
	for {
		select {
		case c := <-h.idle:
			_ = c.Close()
		default:
			return
		}
	}
}

// Exchange sends the request and reads the answer, within the limits.
func (h *HTTP) Exchange(ctx context.Context, r *Request) *Exchange {
	x := &Exchange{Request: r, Sent: time.Now()}
	h.exchange(ctx, x)
	x.Elapsed = time.Since(x.Sent)
	if x.Err != nil && ctx.Err() != nil {
		x.Err = &Error{Interrupted, ctx.Err()}
	}
	return x
}

// exchange sends a request over an idle connection, where there is one and the request may go over it. One that ends
// without a byte of an answer had been closed by the target meanwhile: that is no answer to this request, which is
// sent anew over a fresh one.
func (h *HTTP) exchange(ctx context.Context, x *Exchange) {
	message := x.Request.Raw
	if message == nil {
		var err error
		if message, err = x.Request.message(h.host); err != nil {
			x.Err = &Error{Unsupported, err}
			return
		}
		if c := h.takeIdle(); c != nil {
			h.over(ctx, c, message, x)
			if x.Err == nil || x.Err.Failure != Closed || c.read > 0 {
				return
			}
			x.Response, x.Err = nil, nil
		}
	}
	limited, cancel := context.WithDeadline(ctx, x.Sent.Add(h.limits.Timeout))
	defer cancel()
	c, err := h.dial(limited)
	if err != nil {
		x.Err = dialError(err)
		return
	}
	h.over(ctx, c, message, x)
}

// over exchanges over the connection, and keeps it where another request may follow.
func (h *HTTP) over(ctx context.Context, c *connection, message []byte, x *Exchange) {
	if !c.exchange(ctx, message, x, h.limits) {
		return
	}
	select {
	case h.idle <- c:
	default:
		_ = c.Close()
	}
}

// takeIdle returns a connection that waits for a request, nil where there is none.
func (h *HTTP) takeIdle() *connection {
	select {
	case c := <-h.idle:
		if c.quiet() {
			return c
		}
		_ = c.Close()
	default:
	}
	return nil
}

// dial connects to the target.
func (h *HTTP) dial(ctx context.Context) (*connection, error) {
	conn, err := h.connect(ctx, net.JoinHostPort(h.base.Hostname(), portOf(h.base)))
	if err == nil && h.base.Scheme == "https" {
		return h.secure(ctx, conn)
	}
	if err != nil {
		return nil, err
	}
	return newConnection(conn), nil
}

// dialer connects to nothing but this machine where the target's name says that it is this machine.
func (h *HTTP) dialer() *net.Dialer {
	d := &net.Dialer{}
	if IsLoopback(h.base.Hostname()) {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			if a, err := netip.ParseAddrPort(address); err != nil || !a.Addr().Unmap().IsLoopback() {
				return fmt.Errorf("%s resolves to %s, which is not loopback", h.base.Hostname(), address)
			}
			return nil
		}
	}
	return d
}

// dialError sorts why there is no connection.
func dialError(err error) *Error {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrHTTP2Only):
		return &Error{Malformed, ErrHTTP2Only}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Error{TimedOut, err}
	}
	return &Error{Unreachable, err}
}
