package wire_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// tunnels is a proxy that leads every tunnel to the address, and keeps what it was asked.
func tunnels(t *testing.T, address string, asked func(*http.Request) int) *url.URL {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := asked(r); status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		w.WriteHeader(http.StatusOK)
		near, early, err := http.NewResponseController(w).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		far, err := net.Dial("tcp", address)
		if !assert.NoError(t, err) {
			return
		}
		go func() {
			_, _ = io.Copy(far, early) // with what came before the tunnel was there
			_ = far.(*net.TCPConn).CloseWrite()
		}()
		_, _ = io.Copy(near, far)
		_ = near.Close()
		_ = far.Close()
	}))
	t.Cleanup(proxy.Close)
	u, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	return u
}

func TestEveryRequestGoesThroughTheTunnelOfAProxy(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "/", r.RequestURI)
			w.WriteHeader(http.StatusNoContent)
		}))
		if scheme == "https" {
			server.StartTLS()
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		var mu sync.Mutex
		var asked []string
		proxy := tunnels(t, server.Listener.Addr().String(), func(r *http.Request) int {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, r.Method+" "+r.RequestURI+" "+r.Header.Get("Proxy-Authorization"))
			return http.StatusOK
		})
		proxy.User = url.UserPassword("user", "xyzzy")
		insecure := &tls.Config{InsecureSkipVerify: true}
		h, err := wire.NewHTTP(scheme+"://ssm.example:8014", wire.Limits{Timeout: time.Minute}, insecure)
		require.NoError(t, err)
		h.Through(proxy)
		odd := wire.NewRequest("SendCommand", []byte("{}"))
		odd.Set("X-Sendspec", "a\tb") // what net/http sends
		for _, r := range []*wire.Request{wire.NewRequest("SendCommand", []byte("{}")), framed(fixtures.Framing{}), odd} {
			assertEnding(t, ending{status: http.StatusNoContent}, h.Exchange(context.Background(), r))
		}
		h.Close()
		assert.NotEmpty(t, asked)
		for _, a := range asked {
			assert.Equal(t, "CONNECT ssm.example:8014 Basic dXNlcjp4eXp6eQ==", a)
		}
	}
}

func TestAProxyThatOpensNoTunnelIsNamed(t *testing.T) {
	t.Parallel()
	proxy := tunnels(t, "", func(*http.Request) int { return http.StatusForbidden })
	proxy.User = url.UserPassword("user", "xyzzy")
	for _, scheme := range []string{"http", "https"} {
		h, err := wire.NewHTTP(scheme+"://ssm.example:8014", wire.Limits{Timeout: time.Minute}, nil)
		require.NoError(t, err)
		h.Through(proxy)
		for _, r := range []*wire.Request{wire.NewRequest("SendCommand", []byte("{}")), framed(fixtures.Framing{})} {
			x := h.Exchange(context.Background(), r)
			require.NotNil(t, x.Err)
			assert.Equal(t, wire.Unreachable, x.Err.Failure)
			assert.Equal(t, "is behind a proxy that opens no tunnel to it: the proxy "+proxy.Host+": "+
				"it answers CONNECT ssm.example:8014 with 403 Forbidden; "+
				"have it allow CONNECT there, or name the target in NO_PROXY", wire.Advice(x.Err))
			assert.NotContains(t, x.Err.Error(), "xyzzy")
		}
		h.Close()
	}
}

func TestAProxyThatIsSilentIsNotWaitedForLongerThanATarget(t *testing.T) {
	t.Parallel()
	endpoint := listen(t, func(c client) { <-c.ended })
	proxy, err := url.Parse(endpoint)
	require.NoError(t, err)
	h, err := wire.NewHTTP("http://ssm.example", shortLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	h.Through(proxy)
	x := h.Exchange(context.Background(), framed(fixtures.Framing{}))
	require.NotNil(t, x.Err)
	assert.Equal(t, wire.TimedOut, x.Err.Failure, strings.TrimSpace(x.Err.Error()))
}
