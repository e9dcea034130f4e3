package mutants

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reading is how a mutant reads HTTP: it turns a raw request into what the wrapped server reads as RFC 9112 says.
type reading func(r *rawRequest)

// Listen returns a listener whose connections have the mutant's way of reading HTTP. Most mutants have
// none of their own; those of the area framing have nothing else, so that only real connections show them.
func (m Mutant) Listen(l net.Listener) net.Listener {
	if r, ok := m.defect.(reading); ok {
		return &listener{l, r}
	}
	return l
}

// NeedsConnection reports whether the defect shows on real connections only.
func (m Mutant) NeedsConnection() bool {
	_, ok := m.defect.(reading)
	return ok
}

type listener struct {
	net.Listener
	reading reading
}

// Accept waits for a connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, reading: l.reading}, nil
}

type conn struct {
	net.Conn
	reading reading
	in      io.Reader
	fails   bool // what the server refuses below the protocol, it fails at
}

// Read hands out what the mutant reads of the connection.
func (c *conn) Read(p []byte) (int, error) {
	if c.in == nil {
		c.in = c.begin()
	}
	return c.in.Read(p)
}

// longestHead is as far as the end of a request's header is looked for: raw requests have short ones.
const longestHead = 64 << 10

// pause is how long a client sends nothing when it has sent a whole request, which it does at once.
const pause = 50 * time.Millisecond

// begin reads a request as the mutant does if it is the only one of its connection, and to where the client ends or
// pauses: where a request ends is what the mutants misread. Other connections it leaves alone.
func (c *conn) begin() io.Reader {
	var got bytes.Buffer
	chunk := make([]byte, 64<<10)
	more := func() bool {
		n, err := c.Conn.Read(chunk)
		got.Write(chunk[:n])
		return err == nil
	}
	endOfHead := []byte("\r\n\r\n")
	reads := true
	for reads && got.Len() < longestHead && !bytes.Contains(got.Bytes(), endOfHead) {
		reads = more()
	}
	head, _, _ := bytes.Cut(got.Bytes(), endOfHead)
	if !reads || !bytes.Contains(bytes.ToLower(head), []byte("connection: close")) {
		return io.MultiReader(&got, c.Conn)
	}
	for reads && got.Len() < maxBody {
		_ = c.SetReadDeadline(time.Now().Add(pause))
		reads = more()
	}
	_ = c.SetReadDeadline(time.Time{})
	r := readRaw(got.Bytes())
	c.reading(r)
	c.fails = r.fails
	return bytes.NewReader(r.bytes())
}

// Write writes what the server answers: where it fails, a refusal from below the service becomes an error of its own.
func (c *conn) Write(b []byte) (int, error) {
	out := b
	if rest, ok := bytes.CutPrefix(b, []byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain")); ok && c.fails {
		out = append([]byte("HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain"), rest...)
	}
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// CloseWrite ends what is sent: a client that reads to the end of a refusal need not wait until the server closes.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// rawRequest is a request in its lines.
type rawRequest struct {
	line    string
	headers []string
	body    []byte
	fails   bool
}

func readRaw(b []byte) *rawRequest {
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	return &rawRequest{line: lines[0], headers: lines[1:], body: bytes.Clone(body)}
}

func (r *rawRequest) bytes() []byte {
	return append([]byte(strings.Join(append([]string{r.line}, r.headers...), "\r\n")+"\r\n\r\n"), r.body...)
}

// values are those of a header, in order.
func (r *rawRequest) values(name string) []string {
	var values []string
	for _, h := range r.headers {
		if n, v, ok := strings.Cut(h, ":"); ok && strings.EqualFold(strings.TrimSpace(n), name) {
			values = append(values, strings.TrimSpace(v))
		}
	}
	return values
}

// set replaces a header; without values it takes it away.
func (r *rawRequest) set(name string, values ...string) {
	r.headers = slices.DeleteFunc(r.headers, func(h string) bool {
		n, _, ok := strings.Cut(h, ":")
		return ok && strings.EqualFold(strings.TrimSpace(n), name)
	})
	for _, v := range values {
		r.headers = append(r.headers, name+": "+v)
	}
}

// measure gives the request a body, and the length that it has.
func (r *rawRequest) measure(body []byte) {
	r.body = body
	r.set("Transfer-Encoding")
	r.set("Content-Length", strconv.Itoa(len(body)))
}

// refuse makes the request one that the server refuses, or fails at.
func (r *rawRequest) refuse(err error) {
	r.line, r.fails = "no request line", errors.Is(err, errFailed)
}

func (r *rawRequest) chunked() bool { return len(r.values("Transfer-Encoding")) > 0 }

// length is the Content-Length, "" where there is not exactly one.
func (r *rawRequest) length() string {
	if given := r.values("Content-Length"); len(given) == 1 {
		return given[0]
	}
	return ""
}

// cutShort reports whether the body ends before its Content-Length.
func (r *rawRequest) cutShort() bool {
	n, err := strconv.ParseUint(r.length(), 10, 64)
	return err == nil && !r.chunked() && uint64(len(r.body)) < n
}
