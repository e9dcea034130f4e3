package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// ErrHTTP2Only tells that a target speaks HTTP/2 and no HTTP/1.1. Exchanges are HTTP/1.1 always: only
// there does a request have exact bytes (the spelling of a header, a length that lies, chunks), and
// the requests of one run shall differ in nothing but what their cases say.
var ErrHTTP2Only = errors.New("it speaks HTTP/2 only, and sendspec speaks HTTP/1.1")

// IsUntrusted tells whether an exchange failed because the target's certificate was not verified.
func IsUntrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &verify) || errors.As(err, &unknown)
}

// withHTTP1 is the configuration, nil for the default, with HTTP/1.1 as the only protocol offered.
func withHTTP1(config *tls.Config) *tls.Config {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
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

// dialPlain and dialTLS are how every connection begins.
func (h *HTTP) dialPlain(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := h.dialer().DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &firstRead{Conn: conn}, nil
}

func (h *HTTP) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	config := h.tls.Clone()
	if config.ServerName == "" {
		config.ServerName = h.base.Hostname()
	}
	conn, err := (&tls.Dialer{NetDialer: h.dialer(), Config: config}).DialContext(ctx, network, address)
	switch {
	case err != nil && strings.Contains(err.Error(), "no application protocol"): // the alert of RFC 7301; crypto/tls does not export it
		return nil, errors.Join(ErrHTTP2Only, err)
	case err != nil:
		return nil, err
	}
	return &firstRead{Conn: conn}, nil
}

// firstRead fails where the first bytes from the other side are a SETTINGS frame, with which an HTTP/2
// server begins (RFC 9113, sections 3.4 and 6.5). To an HTTP/1.1 parser it is only garbage.
type firstRead struct {
	net.Conn
	read bool
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
	return n, err
}

// CloseWrite closes the sending side.
func (c *firstRead) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
