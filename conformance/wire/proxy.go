package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ProxyFor is the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name for the endpoint, nil for none. A loopback
// endpoint has none. An error does not repeat the URL, which may have a password.
func ProxyFor(base *url.URL) (*url.URL, error) {
	if IsLoopback(base.Hostname()) {
		return nil, nil
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base})
	if err != nil || proxy != nil && (proxy.Scheme != "http" && proxy.Scheme != "https" || proxy.Hostname() == "") {
		return nil, fmt.Errorf("%s_PROXY: want a proxy like http://127.0.0.1:3128, or the endpoint in NO_PROXY",
			strings.ToUpper(base.Scheme))
	}
	return proxy, nil
}

// connect opens a connection to the address, through a tunnel where there is a proxy: what goes through one
// is sent byte for byte, also what is no HTTP.
func (h *HTTP) connect(ctx context.Context, address string) (net.Conn, error) {
	if h.proxy == nil {
		return h.dialer().DialContext(ctx, "tcp", address)
	}
	conn, err := h.dialProxy(ctx)
	if err != nil {
		return nil, &proxyError{h.proxy.Host, err}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })
	err = h.openTunnel(conn, address)
	if stop(); err == nil && ctx.Err() == nil {
		return conn, conn.SetDeadline(time.Time{})
	}
	_ = conn.Close()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, &proxyError{h.proxy.Host, err}
}

func (h *HTTP) dialProxy(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(h.proxy.Hostname(), portOf(h.proxy))
	if h.proxy.Scheme == "https" {
		return (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

// openTunnel asks for a tunnel to the address (RFC 9110, section 9.3.6).
func (h *HTTP) openTunnel(conn net.Conn, address string) error {
	request := "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n"
	if user := h.proxy.User; user != nil {
		password, _ := user.Password()
		request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)) + "\r\n"
	}
	if _, err := conn.Write([]byte(request + "\r\n")); err != nil {
		return err
	}
	answer := bufio.NewReader(io.LimitReader(conn, h.limits.Header))
	resp, err := http.ReadResponse(answer, &http.Request{Method: http.MethodConnect}) // it has none
	switch {
	case err != nil:
		return fmt.Errorf("no answer to CONNECT %s: %w", address, err)
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("it answers CONNECT %s with %d %s", address, resp.StatusCode, http.StatusText(resp.StatusCode))
	case answer.Buffered() > 0:
		return errors.New("something came through the tunnel before anything was sent")
	}
	return nil
}

// proxyError is what a proxy did not do.
type proxyError struct {
	host string
	err  error
}

func (e *proxyError) Error() string { return "the proxy " + e.host + ": " + e.err.Error() }
func (e *proxyError) Unwrap() error { return e.err }
