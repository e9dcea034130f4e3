package wire_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// certify returns a certificate that signs itself, and a pool that trusts it.
func certify(change func(*x509.Certificate)) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// trusted are a server with a certificate and a client that trusts it.
var trusted = sync.OnceValue(func() (both struct{ server, client *tls.Config }) {
	certificate, pool := certify(func(*x509.Certificate) {})
	both.server, both.client = &tls.Config{Certificates: []tls.Certificate{certificate}}, &tls.Config{RootCAs: pool}
	return both
})

func quietServer(t *testing.T, config *tls.Config) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if s.TLS = config; config != nil {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// wantsCertificate is a server that lets in only clients with a certificate of the pool.
func wantsCertificate(own tls.Certificate, pool *x509.CertPool) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
}

// Each way in which TLS can fail has its own line, which says what to do; a raw request fails with the same.
func TestAdviceOnTLS(t *testing.T) {
	t.Parallel()
	right, trust := certify(func(*x509.Certificate) {})
	named, trustNamed := certify(func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"ssm.example", "ssm2.example"} })
	bare, trustBare := certify(func(c *x509.Certificate) { c.IPAddresses = nil })
	expired, trustExpired := certify(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	with := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	wantsOne := func(version uint16) *tls.Config {
		c := wantsCertificate(right, trustNamed)
		c.MaxVersion = version
		return c
	}
	old := with(right)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	shown := &tls.Config{RootCAs: trust, Certificates: []tls.Certificate{bare}}
	for name, c := range map[string]struct {
		server *tls.Config // nil is plain HTTP
		client *tls.Config
		want   string
	}{
		"not trusted": {with(right), nil, "has a certificate that is not trusted: *--ca-file, or give --insecure"},
		"another name": {
			with(named), &tls.Config{RootCAs: trustNamed},
			"has a certificate for ssm.example, ssm2.example and not for 127.0.0.1; *SAN 127.0.0.1, or --insecure",
		},
		"no name": {
			with(bare), &tls.Config{RootCAs: trustBare},
			"has a certificate without a subject alternative name*SAN 127.0.0.1, or --insecure",
		},
		"expired": {
			with(expired), &tls.Config{RootCAs: trustExpired},
			"has a certificate that is not valid at this time: *; renew it*",
		},
		"a client certificate": {
			wantsOne(tls.VersionTLS13), &tls.Config{RootCAs: trust},
			"wants a client certificate (certificate required); give one with --cert and --key",
		},
		"a client certificate in TLS 1.2": {
			wantsOne(tls.VersionTLS12), &tls.Config{RootCAs: trust},
			"wants a client certificate (*); give one with --cert and --key",
		},
		"another client certificate": {
			wantsOne(tls.VersionTLS13), shown,
			"refuses the client certificate (*); want one in --cert and --key that it trusts",
		},
		"another certificate, and TLS 1.2": {
			wantsOne(tls.VersionTLS12), shown,
			"refuses the client certificate (*); want one in --cert and --key that it trusts",
		},
		"plain HTTP":   {nil, nil, "answers plain HTTP on this port; want http://*"},
		"old versions": {old, &tls.Config{RootCAs: trust}, "speaks no TLS that is as new as 1.2*"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := quietServer(t, c.server)
			_, address, _ := strings.Cut(server.URL, "://")
			h, err := wire.NewHTTP("https://"+address, wire.Limits{Timeout: time.Minute}, c.client)
			require.NoError(t, err)
			defer h.Close()
			for _, r := range []*wire.Request{wire.NewRequest("SendCommand", []byte("{}")), framed(fixtures.Framing{})} {
				x := h.Exchange(context.Background(), r)
				require.NotNil(t, x.Err)
				assert.Equal(t, wire.Unreachable, x.Err.Failure, x.Err)
				begin, end, _ := strings.Cut(c.want, "*")
				advice := wire.Advice(x.Err)
				assert.True(t, strings.HasPrefix(advice, begin), "%q: %v", advice, x.Err)
				assert.True(t, strings.HasSuffix(advice, end[strings.LastIndex(end, "*")+1:]), "%q: %v", advice, x.Err)
			}
		})
	}
	assert.Empty(t, wire.Advice(io.EOF))
}

func TestAClientCertificateIsShown(t *testing.T) {
	t.Parallel()
	right, trust := certify(func(*x509.Certificate) {})
	own, trustOwn := certify(func(*x509.Certificate) {})
	server := quietServer(t, wantsCertificate(right, trustOwn))
	h, err := wire.NewHTTP(server.URL, wire.Limits{}, &tls.Config{RootCAs: trust, Certificates: []tls.Certificate{own}})
	require.NoError(t, err)
	defer h.Close()
	for _, r := range []*wire.Request{wire.NewRequest("SendCommand", []byte("{}")), framed(fixtures.Framing{})} {
		assertEnding(t, ending{status: http.StatusNoContent}, h.Exchange(context.Background(), r))
	}
}

func TestTLSBehindAPlainEndpointIsSeen(t *testing.T) {
	t.Parallel()
	right, trust := certify(func(*x509.Certificate) {})
	for want, config := range map[bool]*tls.Config{true: wantsCertificate(right, trust), false: nil} {
		_, address, _ := strings.Cut(quietServer(t, config).URL, "://")
		assert.Equal(t, want, wire.SpeaksTLS(t.Context(), "http://"+address))
		assert.False(t, wire.SpeaksTLS(t.Context(), "https://"+address), "no plain endpoint")
	}
}
