package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// HTTP exchanges over connections of its own with a plain endpoint, over net/http with TLS, and over a connection
// for this one request where Request.Raw asks for it.
type HTTP struct {
	base      *url.URL
	limits    Limits
	transport *http.Transport
	tls       *tls.Config
	proxy     *url.URL // through which every connection goes; nil for none
	plain     bool     // a plain endpoint
	kept      keptConnections
}

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
	h := &HTTP{base: base, limits: limits.WithDefaults(), tls: withHTTP1(tlsConfig), proxy: proxy}
	h.transport = &http.Transport{
		DialContext:            h.dialPlain,
		DialTLSContext:         h.dialTLS,
		Protocols:              &http.Protocols{},
		DisableCompression:     true, // what the target sends is what is judged, and no bomb unfolds
		MaxIdleConnsPerHost:    64,
		MaxResponseHeaderBytes: h.limits.Header,
	}
	h.transport.Protocols.SetHTTP1(true)
	h.plain = base.Scheme == "http" && isPlainHost(base.Host)
	return h, nil
}

// Close closes idle connections.
func (h *HTTP) Close() {
	h.transport.CloseIdleConnections()
	h.kept.close()
}

// Exchange sends the request and reads the answer, within the limits.
func (h *HTTP) Exchange(ctx context.Context, r *Request) *Exchange {
	x := &Exchange{Request: r, Sent: time.Now()}
	if r.Raw == nil && strings.HasPrefix(r.Path, "//") {
		framed := *r // net/http would send such a path in the absolute form
		framed.Frame(h.base.Host, Framing{})
		x.Request = &framed
	}
	switch {
	case x.Request.Raw != nil:
		h.raw(ctx, x)
	case h.plain && ordinary(r):
		h.overKept(ctx, x)
	default:
		h.roundTrip(ctx, x)
	}
	x.Elapsed = time.Since(x.Sent)
	if x.Err != nil && ctx.Err() != nil {
		x.Err = &Error{Interrupted, ctx.Err()}
	}
	return x
}

func (h *HTTP) roundTrip(ctx context.Context, x *Exchange) {
	ctx, cancel := context.WithTimeout(ctx, h.limits.Timeout)
	defer cancel()
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	req, err := httpRequest(httptrace.WithClientTrace(ctx, trace), h.base, x.Request)
	if err != nil {
		x.Err = &Error{Unsupported, err}
		return
	}
	// An empty list is not sent. It lets net/http send anew, on a fresh connection, what found its
	// kept-alive one closed: no answer of the target's to this request.
	if req.Header.Get("Idempotency-Key") == "" {
		req.Header["Idempotency-Key"] = []string{}
	}
	resp, err := h.transport.RoundTrip(req) // not a Client: no redirect is followed
	if err != nil {
		x.Err = classify(err, connected)
		return
	}
	defer resp.Body.Close()                               //nolint:errcheck // nothing is written to a response
	if resp.StatusCode == http.StatusSwitchingProtocols { // the body is the connection itself, which no context ends
		x.Response = &Response{Proto: resp.Proto, Status: resp.StatusCode, Header: resp.Header}
		return
	}
	x.Response, x.Err = readResponse(resp, h.limits)
}

func httpRequest(ctx context.Context, base *url.URL, r *Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, base.String(), nil)
	if err != nil {
		return nil, err
	}
	req.URL.Opaque = r.Path // keeps net/http from cleaning or escaping it
	if len(r.Body) > 0 {
		req.Body = io.NopCloser(bytes.NewReader(r.Body))
		req.ContentLength = int64(len(r.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		if r.Chunked > 0 {
			req.ContentLength = -1
			req.TransferEncoding = []string{"chunked"}
			req.Body = io.NopCloser(&stepReader{r.Body, r.Chunked})
			req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(&stepReader{r.Body, r.Chunked}), nil }
		}
	}
	for _, f := range r.Fields {
		req.Header[f.Name] = append(req.Header[f.Name], f.Value)
	}
	if r.Get("User-Agent") == "" {
		req.Header["User-Agent"] = nil
	}
	req.Host = base.Host
	if r.Host != "" {
		req.Host = r.Host
	}
	return req, nil
}

// stepReader hands out at most step bytes a read, so that each becomes a chunk.
type stepReader struct {
	rest []byte
	step int
}

func (s *stepReader) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.rest[:min(s.step, len(s.rest))])
	s.rest = s.rest[n:]
	return n, nil
}

// readResponse reads the body of an answer. It does not close it: the body of an answer that was read off a
// connection would be read to its end by that.
func readResponse(resp *http.Response, limits Limits) (*Response, *Error) {
	body, err := readUpTo(resp.Body, resp.ContentLength, limits.Body+1)
	out := &Response{Proto: resp.Proto, Status: resp.StatusCode, Header: resp.Header, Body: body}
	if int64(len(body)) > limits.Body {
		out.Body, out.Truncated = body[:limits.Body], true
		return out, nil
	}
	if err != nil {
		return out, classify(err, true)
	}
	return out, nil
}

// readUpTo reads at most limit bytes. An announced length of reasonable size is read into a buffer of just
// that size; it is not believed beyond that.
func readUpTo(r io.Reader, announced, limit int64) ([]byte, error) {
	if announced > 0 && announced <= min(reasonable, limit) {
		body := make([]byte, announced)
		n, err := io.ReadFull(r, body)
		if n == 0 && errors.Is(err, io.EOF) {
			err = nil // the answer to a HEAD announces what it does not send
		}
		return body[:n], err
	}
	var buf bytes.Buffer
	_, err := buf.ReadFrom(io.LimitReader(r, limit))
	return buf.Bytes(), err
}

const reasonable = 64 << 10

// classify sorts a transport error by what the target did.
func classify(err error, connected bool) *Error {
	var netErr net.Error
	var opErr *net.OpError
	switch {
	case errors.Is(err, ErrHTTP2Only):
		return &Error{Malformed, ErrHTTP2Only}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &netErr) && netErr.Timeout():
		return &Error{TimedOut, err}
	case isTLSFailure(err):
		return &Error{Unreachable, err}
	case !connected, errors.As(err, &opErr) && opErr.Op == "dial":
		return &Error{Unreachable, err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed),
		strings.Contains(err.Error(), "server closed"):
		return &Error{Closed, err}
	}
	return &Error{Malformed, err}
}
