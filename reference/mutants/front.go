package mutants

import (
	"bytes"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

const familyFraming Family = "framing"

// front stands between the wire and an HTTP server, and reads requests as a lenient or odd one would.
type front struct {
	// repair turns a raw request into what the server reads.
	repair func(raw rawRequest) rawRequest
}

// Listen returns a listener whose connections have the mutant's way of reading HTTP. Most mutants have
// none of their own; those of the family framing have nothing else, so that only real connections show them.
func (m Mutant) Listen(l net.Listener) net.Listener {
	if m.front == nil {
		return l
	}
	return &frontListener{l, m.front}
}

// NeedsConnection tells whether the defect shows on real connections only.
func (m Mutant) NeedsConnection() bool { return m.front != nil }

type frontListener struct {
	net.Listener
	front *front
}

// Accept waits for a connection.
func (l *frontListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &frontConn{Conn: conn, front: l.front}, nil
}

type frontConn struct {
	net.Conn
	front  *front
	begun  bool
	raw    bool // the connection has one request
	fails  bool // what the server refuses below the protocol, it fails at
	buffer bytes.Buffer
}

// Read hands out the repaired request of a connection that has but one; others it leaves alone.
func (c *frontConn) Read(p []byte) (int, error) {
	if !c.begun {
		c.begun = true
		c.begin()
	}
	if c.buffer.Len() > 0 {
		return c.buffer.Read(p)
	}
	if c.raw {
		return 0, io.EOF
	}
	return c.Conn.Read(p)
}

// longestHead is as far as the end of a request's header is looked for: raw requests have short ones.
const longestHead = 64 << 10

func (c *frontConn) begin() {
	chunk := make([]byte, 4096)
	for c.buffer.Len() < longestHead && !bytes.Contains(c.buffer.Bytes(), []byte("\r\n\r\n")) {
		n, err := c.Conn.Read(chunk)
		c.buffer.Write(chunk[:n])
		if err != nil {
			return
		}
	}
	head, _, _ := bytes.Cut(c.buffer.Bytes(), []byte("\r\n\r\n"))
	if !bytes.Contains(bytes.ToLower(head), []byte("connection: close")) {
		return
	}
	c.raw = true
	c.rest()
	repaired := c.front.repair(readRaw(c.buffer.Bytes()))
	c.fails = repaired.fails
	c.buffer = *bytes.NewBuffer(repaired.bytes())
}

// pause is how long a client sends nothing when it has sent a whole request, which it does at once.
const pause = 50 * time.Millisecond

// rest reads until the client ends or pauses: where a request ends is what the mutants misread.
func (c *frontConn) rest() {
	chunk := make([]byte, 64<<10)
	for c.buffer.Len() < maxBody {
		_ = c.Conn.SetReadDeadline(time.Now().Add(pause))
		n, err := c.Conn.Read(chunk)
		c.buffer.Write(chunk[:n])
		if err != nil {
			break
		}
	}
	_ = c.Conn.SetReadDeadline(time.Time{})
}

// Write writes what the server answers.
func (c *frontConn) Write(b []byte) (int, error) {
	if !c.fails {
		return c.Conn.Write(b)
	}
	if _, err := c.Conn.Write(refusalsFail(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// CloseWrite ends what is sent: a client that reads to the end of a refusal need not wait until the server closes.
func (c *frontConn) CloseWrite() error {
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

func readRaw(b []byte) rawRequest {
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	return rawRequest{line: lines[0], headers: lines[1:], body: body}
}

func (r rawRequest) bytes() []byte {
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
	var kept []string
	for _, h := range r.headers {
		if n, _, ok := strings.Cut(h, ":"); !ok || !strings.EqualFold(strings.TrimSpace(n), name) {
			kept = append(kept, h)
		}
	}
	for _, v := range values {
		kept = append(kept, name+": "+v)
	}
	r.headers = kept
}

// measured gives the request the length that its body has.
func (r rawRequest) measured() rawRequest {
	r.set("Transfer-Encoding")
	r.set("Content-Length", strconv.Itoa(len(r.body)))
	return r
}

func (r *rawRequest) chunked() bool { return len(r.values("Transfer-Encoding")) > 0 }
