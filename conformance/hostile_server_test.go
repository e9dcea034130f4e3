package conformance_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
)

// hostileServer serves over real sockets. It is sane, or sane until the first case comes, or hostile
// from the first byte.
type hostileServer struct {
	url      string
	listener net.Listener
	roots    *x509.CertPool // nil where it is plain
	sane     string         // the protocol of its sane answers, HTTP/1.1 or HTTP/1.0
	hostile  func(*hostileConn)
	turned   atomic.Bool
	answers  atomic.Int64
	ended    chan struct{}

	mu   sync.Mutex
	open []net.Conn
}

// hostileConn is a connection that a request came over.
type hostileConn struct {
	net.Conn
	server *hostileServer
	target string // the X-Amz-Target of the last request
	body   []byte // of it
}

// asksCase reports whether the request is of one of hostileCases.
func (c *hostileConn) asksCase() bool { return bytes.HasPrefix(c.body, []byte(`{"Comment"`)) }

// reset ends the connection without a proper close.
func (c *hostileConn) reset() {
	raw := c.Conn
	if secure, ok := raw.(*tls.Conn); ok {
		raw = secure.NetConn()
	}
	_ = raw.(*net.TCPConn).SetLinger(0)
	_ = raw.Close()
}

// selfSigned is a certificate for 127.0.0.1 and the pool that trusts it, of a key with which a handshake costs little:
// hundreds of them are made.
func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	certificate, err := loopbackCertificate()
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(certificate.Leaf)
	return certificate, roots
}

var loopbackCertificate = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
})

// startHostile starts a server that turns hostile at once, or when the first case is asked.
func startHostile(t *testing.T, secure, atOnce bool, hostile func(*hostileConn)) *hostileServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &hostileServer{url: "http://" + l.Addr().String(), listener: l, sane: "HTTP/1.1", hostile: hostile, ended: make(chan struct{})}
	s.turned.Store(atOnce)
	if secure {
		var certificate tls.Certificate
		certificate, s.roots = selfSigned(t)
		s.listener = tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}})
		s.url = "https://" + l.Addr().String()
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open = append(s.open, c)
			s.mu.Unlock()
			group.Go(func() {
				defer c.Close()
				s.serve(&hostileConn{Conn: c, server: s})
			})
		}
	})
	t.Cleanup(func() {
		close(s.ended)
		s.die()
		group.Wait()
	})
	return s
}

// die closes everything.
func (s *hostileServer) die() {
	_ = s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		(&hostileConn{Conn: c, server: s}).reset()
	}
}

func (s *hostileServer) serve(c *hostileConn) {
	b := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(b)
		if err != nil {
			return
		}
		c.target = req.Header.Get("X-Amz-Target")
		c.body, _ = io.ReadAll(req.Body)
		if c.asksCase() && s.hostile != nil {
			s.turned.Store(true)
		}
		if s.hostile != nil && s.turned.Load() {
			s.hostile(c)
			return
		}
		if !s.saneAnswer(c) {
			return
		}
	}
}

func (s *hostileServer) saneAnswer(c *hostileConn) bool {
	n := s.answers.Add(1)
	status, body := "200 OK", fmt.Sprintf(`{"Command":{"CommandId":"00000000-0000-4000-8000-%012d"}}`, n)
	if c.target == "AmazonSSM.GetCommandInvocation" {
		status, body = "400 Bad Request", `{"__type":"InvocationDoesNotExist"}`
	}
	if s.sane == "HTTP/1.0" {
		_, _ = fmt.Fprintf(c,
			"HTTP/1.0 %s\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-RequestId: 00000000-0000-4000-8000-%012d\r\n\r\n%s",
			status, n, body)
		return false
	}
	_, err := fmt.Fprintf(
		c,
		"HTTP/1.1 %s\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-RequestId: "+
			"00000000-0000-4000-8000-%012d\r\nContent-Length: %d\r\n\r\n%s",
		status,
		n,
		len(body),
		body,
	)
	return err == nil
}

// hostileCases are cases that a server passes by answering with a command.
func hostileCases(t *testing.T, n int) []*fixtures.Case {
	t.Helper()
	var text []string
	for i := range n {
		text = append(text, fmt.Sprintf(`{"id": "area/Topic/c%03d", "title": "t", "request": {"body": {"json": {"Comment": "${nonce}"}}},
			"expect": [{"name": "taken", "status": 200, "body": {"Command": {"CommandId": {"$uuid": true}}}}]}`, i))
	}
	return casesOf(t, text...)
}

// target is the server as a target, its certificate trusted.
func (s *hostileServer) target() conformance.Target {
	t := conformance.Target{URL: s.url}
	if s.roots != nil {
		t.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	}
	return t
}

// says writes the text and closes the connection.
func says(text string) func(*hostileConn) {
	return func(c *hostileConn) { _, _ = io.WriteString(c, text) }
}

// saysAndHolds leaves the connection open after the text.
func saysAndHolds(text string) func(*hostileConn) {
	return func(c *hostileConn) {
		_, _ = io.WriteString(c, text)
		<-c.server.ended
	}
}

func saysAndResets(text string) func(*hostileConn) {
	return func(c *hostileConn) {
		_, _ = io.WriteString(c, text)
		c.reset()
	}
}

// drips writes the head, and then the unit at each tick.
func drips(head, unit string) func(*hostileConn) {
	return func(c *hostileConn) {
		tick := time.NewTicker(hostileLimits.Timeout / 3)
		defer tick.Stop()
		_, err := io.WriteString(c, head)
		for err == nil {
			select {
			case <-tick.C:
				_, err = io.WriteString(c, unit)
			case <-c.server.ended:
				return
			}
		}
	}
}

// floods writes the head, and then the unit for as long as the client reads.
func floods(head, unit string) func(*hostileConn) {
	return func(c *hostileConn) {
		_, err := io.WriteString(c, head)
		block := []byte(strings.Repeat(unit, 1+4096/len(unit)))
		for err == nil {
			_, err = c.Write(block)
		}
	}
}
