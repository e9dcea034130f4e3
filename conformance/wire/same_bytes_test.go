package wire_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// capture serves requests, and hands out the bytes of each as they came over its connection.
func capture(requests chan<- string) func(client) {
	return func(c client) {
		var read bytes.Buffer
		b := bufio.NewReaderSize(io.TeeReader(c, &read), 1<<20)
		for {
			req, err := http.ReadRequest(b)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			requests <- read.String()
			read.Reset()
			_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
		}
	}
}

// The server has the same bytes in the same order whether TLS is below them or not, and whichever way they take.
func TestTheSameRequestIsTheSameBytesOverPlainAndTLS(t *testing.T) {
	t.Parallel()
	request := func(change func(*wire.Request)) func() *wire.Request {
		return func() *wire.Request {
			r := wire.NewRequest("SendCommand", []byte(`{"DocumentName":"AWS-RunShellScript"}`))
			r.Set("X-Sendspec", "b", "a\tc")
			r.Set("accept", "*/*")
			s := wire.NewSigner(aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s", SessionToken: "t"}, "us-east-1")
			require.NoError(t, s.Sign(r, "ssm.example", time.Date(2026, 11, 23, 22, 45, 0, 0, time.UTC)))
			r.Host = "ssm.example"
			change(r)
			return r
		}
	}
	for name, r := range map[string]func() *wire.Request{
		"kept":   request(func(*wire.Request) {}),
		"chunks": request(func(r *wire.Request) { r.Chunked = 7 }),
		"raw":    request(func(r *wire.Request) { r.Frame("", fixtures.Framing{BothLengths: true}) }),
		"large":  request(func(r *wire.Request) { r.Body = bytes.Repeat([]byte("x"), 1<<20) }),
		"path":   request(func(r *wire.Request) { r.Path = "//a/../%2f?x=%7e" }),
	} {
		for _, proxied := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				plain := sent(t, "http", nil, nil, proxied, r)
				secure := sent(t, "https", trusted().server, trusted().client, proxied, r)
				require.Len(t, plain, 2)
				require.True(t, slices.Equal(plain, secure), "%.1000q\n%.1000q", plain, secure)
				require.True(t, plain[0] == plain[1], "the first over a connection and the next: %.1000q", plain)
				assert.Contains(t, plain[0][:500], "\r\nX-Sendspec: b\r\nX-Sendspec: a\tc\r\naccept: */*\r\nX-Amz-Date: "+
					"20261123T224500Z\r\n")
			})
		}
	}
}

// sent sends a request twice, and returns what the server had of it.
func sent(t *testing.T, scheme string, server, trust *tls.Config, proxied bool, r func() *wire.Request) []string {
	t.Helper()
	requests := make(chan string, 4)
	address := listenWith(t, server, capture(requests))
	endpoint := scheme + "://" + address
	var proxy *url.URL
	if proxied {
		proxy = tunnels(t, address, func(*http.Request) int { return http.StatusOK })
		endpoint = scheme + "://ssm.example"
		if trust != nil {
			trust = trust.Clone()
			trust.ServerName = "127.0.0.1"
		}
	}
	h, err := wire.NewHTTP(endpoint, wire.Limits{Timeout: time.Minute}, trust)
	require.NoError(t, err)
	h.Through(proxy)
	defer h.Close()
	for range 2 {
		assertEnding(t, ending{status: http.StatusNoContent}, h.Exchange(context.Background(), r()))
	}
	close(requests)
	var all []string
	for text := range requests {
		all = append(all, text)
	}
	return all
}
