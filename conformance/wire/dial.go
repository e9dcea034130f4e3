package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

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

// dialPlain and dialTLS are how every connection begins, dialTLS in tls.go.
func (h *HTTP) dialPlain(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := h.connect(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &firstRead{Conn: conn}, nil
}

// firstRead fails where the first bytes from the other side are a SETTINGS frame, with which an HTTP/2
// server begins (RFC 9113, sections 3.4 and 6.5). To an HTTP/1.1 parser it is only garbage.
type firstRead struct {
	net.Conn
	read        bool
	certificate *clientCertificateError // where the server asked for one
}

const (
	frameHeader   = 9
	frameSettings = 4
)

func (c *firstRead) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.read && n > 0 {
		c.read = true
		if n >= frameHeader && p[0] == 0 && p[3] == frameSettings && p[5] == 0 && p[6] == 0 && p[7] == 0 && p[8] == 0 {
			return 0, ErrHTTP2Only
		}
	}
	return n, c.explain(err)
}

// CloseWrite closes the sending side.
func (c *firstRead) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
