package wire_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

func TestFrameWritesExactBytes(t *testing.T) {
	t.Parallel()
	text, number := "5\r\nab", 3
	head := "POST / HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/x-amz-json-1.1\r\n" +
		"X-Amz-Target: AmazonSSM.SendCommand\r\nUser-Agent: sendspec\r\n"
	for name, c := range map[string]struct {
		framing fixtures.Framing
		want    string
	}{
		"honest":            {fixtures.Framing{}, "Content-Length: 2\r\nConnection: close\r\n\r\n{}"},
		"a length too low":  {fixtures.Framing{ContentLength: -1}, "Content-Length: 1\r\nConnection: close\r\n\r\n{}"},
		"a length too high": {fixtures.Framing{ContentLength: 5}, "Content-Length: 7\r\nConnection: close\r\n\r\n{}"},
		"raw chunks":        {fixtures.Framing{RawChunks: &text}, "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nab"},
		"both lengths": {
			fixtures.Framing{BothLengths: true},
			"Content-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		},
		"a second length": {
			fixtures.Framing{RepeatContentLength: &number},
			"Content-Length: 2\r\nContent-Length: 5\r\nConnection: close\r\n\r\n{}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := wire.NewRequest("SendCommand", []byte("{}"))
			r.Frame("h:1", c.framing)
			assert.Equal(t, head+c.want, string(r.Raw))
		})
	}
	r := wire.NewRequest("SendCommand", nil)
	r.Set("Host", "other")
	r.Frame("h:1", fixtures.Framing{})
	assert.Contains(t, string(r.Raw), "\r\nHost: other\r\n")
}

// What arrives is what was asked for: spelling of headers, repeated and empty ones, paths, chunks.
func TestHTTPSendsExactBytes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*wire.Request)
		want   []string
		not    []string
	}{
		"plain": {
			func(*wire.Request) {},
			[]string{"POST / HTTP/1.1\r\n", "\r\nContent-Length: 2\r\n", "\r\nX-Amz-Target: AmazonSSM.SendCommand\r\n", "\r\n\r\n{}"},
			[]string{"Idempotency", "Accept-Encoding", "Go-http-client"},
		},
		"a spelling": {func(r *wire.Request) { r.Set("x-amz-TARGET", "a") }, []string{"\r\nx-amz-TARGET: a\r\n"}, []string{"X-Amz-Target"}},
		"a repeated field": {
			func(r *wire.Request) { r.Set("X-Amz-Target", "a", "b") },
			[]string{"\r\nX-Amz-Target: a\r\nX-Amz-Target: b\r\n"}, nil,
		},
		"an empty field": {func(r *wire.Request) { r.Set("X-Amz-Target", "") }, []string{"\r\nX-Amz-Target: \r\n"}, nil},
		"no field": {func(r *wire.Request) { r.Set("Content-Type"); r.Set("User-Agent") },
			nil, []string{"Content-Type", "User-Agent"}},
		"a host":      {func(r *wire.Request) { r.Set("Host", "ssm.example") }, []string{"\r\nHost: ssm.example\r\n"}, nil},
		"a path":      {func(r *wire.Request) { r.Path = "/a//../%2f?x=%7e&y" }, []string{"POST /a//../%2f?x=%7e&y HTTP/1.1\r\n"}, nil},
		"two slashes": {func(r *wire.Request) { r.Path = "//" }, []string{"// HTTP/1.1\r\n"}, nil},
		"chunks": {
			func(r *wire.Request) { r.Body, r.Chunked = []byte("abcde"), 2 },
			[]string{"\r\nTransfer-Encoding: chunked\r\n", "\r\n\r\n2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"},
			[]string{"Content-Length"},
		},
		"no body": {func(r *wire.Request) { r.Body = nil }, []string{"\r\nContent-Length: 0\r\n"}, nil},
		"a GET":   {func(r *wire.Request) { r.Method, r.Body = "GET", nil }, []string{"GET / HTTP/1.1\r\n"}, []string{"Content-Length"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			received := make(chan string, 1)
			endpoint := listen(t, func(c client) {
				var all bytes.Buffer
				b := make([]byte, 4096)
				for !complete(all.String()) {
					n, err := c.Read(b)
					all.Write(b[:n])
					if err != nil {
						break
					}
				}
				received <- all.String()
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			})
			h, err := wire.NewHTTP(endpoint, wire.Limits{Timeout: time.Minute}, nil)
			require.NoError(t, err)
			defer h.Close()
			r := wire.NewRequest("SendCommand", []byte("{}"))
			c.change(r)
			x := h.Exchange(context.Background(), r)
			require.Nil(t, x.Err)
			got := <-received
			for _, want := range c.want {
				assert.Contains(t, got, want)
			}
			for _, not := range c.not {
				assert.NotContains(t, got, not)
			}
		})
	}
}

func complete(s string) bool {
	head, body, ok := strings.Cut(s, "\r\n\r\n")
	if !ok {
		return false
	}
	switch {
	case strings.Contains(head, "chunked"):
		return strings.HasSuffix(body, "0\r\n\r\n")
	case strings.Contains(head, "Content-Length: 2"):
		return len(body) == 2
	}
	return true
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// signature computes Signature Version 4 as the IAM User Guide describes it ("Create a signed AWS API
// request"), from the request alone: the signed headers are those that it names.
func signature(t *testing.T, r *wire.Request, host, secret string) (want, got string) {
	t.Helper()
	authorization := r.Get("Authorization")
	rest, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 Credential=")
	require.True(t, ok, authorization)
	parts := strings.Split(rest, ", ")
	require.Len(t, parts, 3)
	_, scope, _ := strings.Cut(parts[0], "/")
	signed := strings.TrimPrefix(parts[1], "SignedHeaders=")

	values := map[string][]string{"host": {host}, "content-length": {fmt.Sprint(len(r.Body))}}
	for _, f := range r.Fields {
		name := strings.ToLower(f.Name)
		values[name] = append(values[name], strings.Join(strings.Fields(f.Value), " "))
	}
	var headers strings.Builder
	names := strings.Split(signed, ";")
	assert.True(t, slices.IsSorted(names))
	for _, n := range names {
		require.Contains(t, values, n)
		fmt.Fprintf(&headers, "%s:%s\n", n, strings.Join(values[n], ","))
	}
	path, query, _ := strings.Cut(r.Path, "?")
	canonical := strings.Join([]string{r.Method, (&url.URL{Path: path}).EscapedPath(), query, headers.String(), signed, sum(r.Body)}, "\n")
	date := r.Get("X-Amz-Date")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", date, scope, sum([]byte(canonical))}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, toSign)), strings.TrimPrefix(parts[2], "Signature=")
}

func TestSignaturesVerifyAgainstTheDocumentedComputation(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 11, 23, 22, 45, 0, 0, time.UTC)
	short := aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s"}
	for name, c := range map[string]struct {
		credentials aws.Credentials
		change      func(*wire.Request)
	}{
		"plain": {aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "s/e+c=ret"}, func(*wire.Request) {}},
		"temporary": {aws.Credentials{AccessKeyID: "ASIA", SecretAccessKey: "s", SessionToken: "the/token+="},
			func(*wire.Request) {}},
		"an empty body":   {short, func(r *wire.Request) { r.Body = nil }},
		"a unicode body":  {short, func(r *wire.Request) { r.Body = []byte(`{"Comment":"😀\u0000"}`) }},
		"another host":    {short, func(r *wire.Request) { r.Set("Host", "h:1") }},
		"another header":  {short, func(r *wire.Request) { r.Set("X-Own", "  a   b ") }},
		"a repeated one":  {short, func(r *wire.Request) { r.Set("X-Own", "b", "a") }},
		"another method":  {short, func(r *wire.Request) { r.Method = "PUT" }},
		"a query":         {short, func(r *wire.Request) { r.Path = "/?Action=SendCommand&Version=2014-11-06" }},
		"no content type": {short, func(r *wire.Request) { r.Set("Content-Type") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := wire.NewRequest("SendCommand", []byte(`{"DocumentName":"AWS-RunShellScript"}`))
			c.change(r)
			require.NoError(t, wire.NewSigner(c.credentials, "eu-central-1").Sign(r, "ssm.example:8000", when))
			host := "ssm.example:8000"
			if r.Host != "" {
				host = r.Host
			}
			want, got := signature(t, r, host, c.credentials.SecretAccessKey)
			assert.Equal(t, want, got)
			assert.Equal(t, "20261123T224500Z", r.Get("X-Amz-Date"))
			assert.Contains(t, r.Get("Authorization"), "Credential="+c.credentials.AccessKeyID+"/20261123/eu-central-1/ssm/aws4_request,")
			assert.Equal(t, c.credentials.SessionToken, r.Get("X-Amz-Security-Token"))
		})
	}
}

// A proxy may change these without breaking the signature.
func TestHeadersThatChangeOnTheWayAreNotSigned(t *testing.T) {
	t.Parallel()
	signed := func(change func(*wire.Request)) string {
		r := wire.NewRequest("SendCommand", []byte("{}"))
		change(r)
		s := wire.NewSigner(aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s"}, "us-east-1")
		require.NoError(t, s.Sign(r, "h", time.Date(2026, 11, 23, 22, 45, 0, 0, time.UTC)))
		return r.Get("Authorization")
	}
	plain := signed(func(*wire.Request) {})
	for _, name := range []string{
		"Cache-Control", "connection", "Expect", "Forwarded", "From", "Keep-Alive", "Max-Forwards", "Pragma", "Proxy-Connection",
		"Referer", "Sec-Fetch-Mode",
		"TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "X-Amzn-Trace-Id",
		"X-Forwarded-For", "x-forwarded-proto", "X-Real-IP",
	} {
		assert.Equal(t, plain, signed(func(r *wire.Request) { r.Set(name, "1") }), name)
	}
	for _, name := range []string{"Accept", "Cookie", "X-Amz-Own", "X-Sendspec"} {
		assert.NotEqual(t, plain, signed(func(r *wire.Request) { r.Set(name, "1") }), name)
	}
}

// The vector is get-vanilla of AWS's Signature Version 4 test suite (aws-sig-v4-test-suite).
func TestSignEqualsAWSTestVector(t *testing.T) {
	t.Parallel()

	credentials := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	s := wire.NewSigner(credentials, "us-east-1")
	s.Service = "service"
	r := &wire.Request{Method: "GET", Path: "/"}
	require.NoError(t, s.Sign(r, "example.amazonaws.com", time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)))
	assert.Equal(t, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "+
		"Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", r.Get("Authorization"))
}

// signWithDistinctive signs with credentials that are easily found in what is written.
func signWithDistinctive(t *testing.T, r *wire.Request) {
	t.Helper()
	credentials := aws.Credentials{AccessKeyID: "KEYID", SecretAccessKey: "xyzzy", SessionToken: "TOKEN"}
	require.NoError(t, wire.NewSigner(credentials, "us-east-1").Sign(r, "h", time.Now()))
}

func TestTheCurlCommandSendsTheSameRequest(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: the commands that reports print cannot be tried without %s: %v", program, err)
		}
	}
	for name, c := range map[string]struct {
		body   string
		change func(*wire.Request)
	}{
		"plain":              {body: `{"a":"b"}`},
		"quotes":             {body: `{"a":"it's \"$HOME\" ` + "`id`" + ` $(id) \\ !"}`},
		"newlines":           {body: "{\n\t\"a\": 1\r\n}\n\n"},
		"binary":             {body: "\xff\xfe\x00\x01\x7f\x80%s%%\\n'"},
		"NUL and digits":     {body: "a\x000\x001\n7"},
		"unicode":            {body: `{"a":"é語😀"}`},
		"a separator":        {body: "{\"a\":\"\u2028\u200b\"}"},
		"an @ first":         {body: "@/etc/passwd"},
		"an @ and a newline": {body: "@/etc/passwd\n"},
		"a dash first":       {body: "-n\n"},
		"two dashes":         {body: "--\x00"},
		"a percent":          {body: "%d%n%"},
		"no body":            {body: ""},
		"a long body":        {body: `{"a":"` + strings.Repeat("x", 200_000) + `"}`},
		"HEAD":               {change: func(r *wire.Request) { r.Method = "HEAD" }},
		"GET":                {change: func(r *wire.Request) { r.Method = "GET" }},
		"PUT":                {body: "{}", change: func(r *wire.Request) { r.Method = "PUT" }},
		"no content type":    {body: "{}", change: func(r *wire.Request) { r.Set("Content-Type") }},
		"an empty header":    {body: "{}", change: func(r *wire.Request) { r.Set("X-Amz-Target", "") }},
		"a repeated header":  {body: "{}", change: func(r *wire.Request) { r.Set("X-Own", "a", "b'c") }},
		"a host":             {body: "{}", change: func(r *wire.Request) { r.Set("Host", "ssm.example") }},
		"a path":             {body: "{}", change: func(r *wire.Request) { r.Path = "/a/../b//?x=y&z" }},
		"a path to glob":     {body: "{}", change: func(r *wire.Request) { r.Path = "/[1-3]{a,b}" }},
		"chunks":             {body: "{}", change: func(r *wire.Request) { r.Chunked = 1 }},
		"unsigned":           {body: "{}", change: func(r *wire.Request) { r.Set("Authorization") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			received := make(chan *http.Request, 100)
			bodies := make(chan string, 100)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				received <- r
				bodies <- string(b)
			}))
			defer server.Close()
			r := wire.NewRequest("SendCommand", []byte(c.body))
			signWithDistinctive(t, r)
			if c.change != nil {
				c.change(r)
			}
			command := wire.Curl(server.URL, "us-east-1", r)
			for _, secret := range []string{"KEYID", "xyzzy", "TOKEN"} {
				assert.NotContains(t, command, secret)
			}
			assert.NotContains(t, command, "\n", "it is one line")
			sh := exec.CommandContext(t.Context(), "sh", "-s")
			sh.Stdin = strings.NewReader(command)
			sh.Env = []string{"PATH=/usr/bin:/bin", "HOME=/nonexistent"}
			out, err := sh.CombinedOutput()
			require.NoError(t, err, "%.300s\n%s", command, out)
			require.NotEmpty(t, received, "%s", out)
			got := <-received
			assert.Equal(t, r.Method, got.Method)
			assert.Equal(t, r.Path, got.RequestURI)
			assert.True(t, c.body == <-bodies, "another body")
			want := http.Header{}
			for _, f := range r.Fields {
				want.Add(f.Name, f.Value)
			}
			for _, name := range []string{"Content-Type", "X-Amz-Target", "X-Own"} {
				assert.Equal(t, want.Values(name), got.Header.Values(name), name)
			}
			assert.Equal(t, r.Get("Authorization") != "", got.Header.Get("Authorization") != "")
			if r.Host != "" {
				assert.Equal(t, r.Host, got.Host)
			}
		})
	}
}

func TestTheCommandForARawRequestHasNoCredential(t *testing.T) {
	t.Parallel()
	r := wire.NewRequest("SendCommand", []byte("{}"))
	signWithDistinctive(t, r)
	r.Frame("h", fixtures.Framing{ContentLength: 1})
	command := wire.Curl("http://127.0.0.1:4014", "us-east-1", r)
	for _, secret := range []string{"KEYID", "xyzzy", "TOKEN"} {
		assert.NotContains(t, command, secret)
	}
	assert.True(t, strings.HasSuffix(command, "| nc -N 127.0.0.1 4014"), command)
	printed, _, _ := strings.Cut(command, " | nc ")
	out, err := exec.CommandContext(t.Context(), "sh", "-c", printed).Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), "\r\nContent-Length: 3\r\n")
	assert.True(t, strings.HasSuffix(string(out), "\r\n\r\n{}"))

	r.Frame("h", fixtures.Framing{}) // a proxy gives up what is closed after a whole request
	command = wire.Curl("http://127.0.0.1:4014", "us-east-1", r)
	assert.True(t, strings.HasSuffix(command, "| nc 127.0.0.1 4014"), command)
}
