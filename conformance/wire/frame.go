package wire

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/sendspec/sendspec/fixtures"
)

// Frame sets Raw to the whole request under a framing at fault; host is for the Host header.
func (r *Request) Frame(host string, f fixtures.Framing) {
	body := framedBody{lengths: lengths(&f, len(r.Body)), body: r.Body, chunked: f.RawChunks != nil || f.BothLengths}
	switch {
	case f.RawChunks != nil:
		body.body = []byte(*f.RawChunks)
	case f.BothLengths:
		body.body = chunks(r.Body, len(r.Body))
	}
	r.Raw = r.encode(host, body, "Connection: close\r\n")
	r.Ending = body.ending()
}

// lengths are what the Content-Length lines say.
func lengths(f *fixtures.Framing, length int) []int {
	var all []int
	if f.RawChunks == nil || f.BothLengths {
		all = append(all, length+f.ContentLength)
	}
	if f.RepeatContentLength != nil {
		all = append(all, length+*f.RepeatContentLength)
	}
	return all
}

// framedBody is a body as it is sent, and what the header says of its length.
type framedBody struct {
	lengths []int
	chunked bool
	body    []byte
}

// bodyMethods are those of which a server expects a length even where there is no body (RFC 9110, section 8.6).
var bodyMethods = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// message is the whole request as it goes over a connection that others may follow on. A request that would not be
// one request then is refused: a line end inside of a field would be another field.
func (r *Request) message(host string) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return r.Text(host), nil
}

// Text is the request as it goes over the wire to the host.
func (r *Request) Text(host string) []byte {
	if r.Raw != nil {
		return r.Raw
	}
	body := framedBody{body: r.Body}
	switch {
	case len(r.Body) > 0 && r.Chunked > 0:
		body.chunked, body.body = true, chunks(r.Body, r.Chunked)
	case len(r.Body) > 0 || slices.Contains(bodyMethods, r.Method):
		body.lengths = []int{len(r.Body)}
	}
	return r.encode(host, body, "")
}

func (r *Request) check() error {
	switch {
	case !httpguts.ValidHeaderFieldName(r.Method):
		return fmt.Errorf("the method %.80q: want a token (RFC 9110, section 9.1)", r.Method)
	case r.Path == "" || !httpguts.ValidHeaderFieldValue(r.Path):
		return fmt.Errorf("the path %.80q: want one without control characters", r.Path)
	case !httpguts.ValidHeaderFieldValue(r.Host):
		return fmt.Errorf("the header Host: %.80q: want a value without control characters", r.Host)
	}
	for _, f := range r.Fields {
		switch {
		case !httpguts.ValidHeaderFieldName(f.Name):
			return fmt.Errorf("the header %.80q: want a name that is a token (RFC 9110, section 5.1)", f.Name)
		case !httpguts.ValidHeaderFieldValue(f.Value):
			return fmt.Errorf("the header %s: %.80q: want a value without control characters", f.Name, f.Value)
		case strings.EqualFold(f.Name, "Content-Length"), strings.EqualFold(f.Name, "Transfer-Encoding"):
			return fmt.Errorf("the header %s: want a framing of the request instead", f.Name)
		}
	}
	return nil
}

// encode writes a request out as it goes over a connection.
func (r *Request) encode(host string, body framedBody, connection string) []byte {
	if r.Host != "" {
		host = r.Host
	}
	var b bytes.Buffer
	b.Grow(len(body.body) + 1<<10)
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.Path, host)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	for _, n := range body.lengths {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", n)
	}
	if body.chunked {
		b.WriteString("Transfer-Encoding: chunked\r\n")
	}
	b.WriteString(connection + "\r\n")
	b.Write(body.body)
	return b.Bytes()
}

// chunks writes a body as chunks of so many bytes (RFC 9112, section 7.1).
func chunks(body []byte, size int) []byte {
	var b bytes.Buffer
	for chunk := range slices.Chunk(body, max(size, 1)) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes()
}

// Ending says how the bytes of a request end.
type Ending int

// The endings, by what a server that reads the bytes does next.
const (
	Whole     Ending = iota // every server has the whole request
	Ambiguous               // one that reads the framing in another way than its neighbor waits for more
	CutShort                // every server waits for more
)

// ending compares the body that is sent with each way to read how long it is.
func (f *framedBody) ending() Ending {
	var waits []bool
	for _, n := range f.lengths {
		waits = append(waits, n > len(f.body))
		if n < 0 { // may be taken for none: then the body goes on to the end
			waits = append(waits, true)
		}
	}
	if f.chunked {
		// A recipient may take a line feed alone for the end of a line (RFC 9112, section 2.2).
		waits = append(waits, !endsInChunks(string(f.body), "\r\n"), !endsInChunks(string(f.body), "\n"))
	}
	switch {
	case !slices.Contains(waits, true):
		return Whole
	case !slices.Contains(waits, false):
		return CutShort
	}
	return Ambiguous
}

// endsInChunks reports whether a server that ends lines so need not wait for more: it has read the last chunk,
// or something that is no chunk.
func endsInChunks(body, lineEnd string) bool {
	next := func() (line string, found bool) {
		line, body, found = strings.Cut(body, lineEnd)
		return strings.TrimSuffix(line, "\r"), found
	}
	for {
		line, found := next()
		if !found {
			return false
		}
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(size, 16, 63)
		switch {
		case err != nil:
			return !errors.Is(err, strconv.ErrRange)
		case n == 0:
			for found && line != "" {
				line, found = next() // the fields of the trailer
			}
			return found
		case n > uint64(len(body)):
			return false
		}
		body = body[n:]
		if line, found = next(); !found || line != "" {
			return found
		}
	}
}
