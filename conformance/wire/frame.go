package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Framing is a body that is not sent with an honest length.
type Framing struct {
	ContentLength       int     // added to the true length
	RawChunks           *string // sent behind Transfer-Encoding: chunked, as they stand
	BothLengths         bool    // Content-Length beside Transfer-Encoding: chunked
	RepeatContentLength *int    // a second Content-Length with this added
}

// Frame writes the whole request out under the framing; host stands in the Host header.
func (r *Request) Frame(host string, f Framing) {
	if r.Host != "" {
		host = r.Host
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.Path, host)
	for _, field := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", field.Name, field.Value)
	}
	lengths := f.lengths(len(r.Body))
	for _, n := range lengths {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", n)
	}
	body := string(r.Body)
	if f.chunked() {
		b.WriteString("Transfer-Encoding: chunked\r\n")
		body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(r.Body), r.Body)
	}
	if f.RawChunks != nil {
		body = *f.RawChunks
	}
	b.WriteString("Connection: close\r\n\r\n" + body)
	r.Raw, r.Ending = b.Bytes(), ending(body, lengths, f.chunked())
}

func (f *Framing) chunked() bool { return f.RawChunks != nil || f.BothLengths }

// lengths are what the Content-Length lines say.
func (f *Framing) lengths(length int) []int {
	var all []int
	if !f.chunked() || f.BothLengths {
		all = append(all, length+f.ContentLength)
	}
	if f.RepeatContentLength != nil {
		all = append(all, length+*f.RepeatContentLength)
	}
	return all
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
func ending(body string, lengths []int, chunked bool) Ending {
	var waits []bool
	for _, n := range lengths {
		waits = append(waits, n > len(body))
		if n < 0 { // may be taken for none: then the body goes on to the end
			waits = append(waits, true)
		}
	}
	if chunked {
		// A recipient may take a line feed alone for the end of a line (RFC 9112, section 2.2).
		waits = append(waits, !endsInChunks(body, "\r\n"), !endsInChunks(body, "\n"))
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
