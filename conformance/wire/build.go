package wire

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// NewRequest returns a call of the operation as an AWS SDK makes it, not signed yet.
func NewRequest(operation string, body []byte) *Request {
	return &Request{
		Operation: operation,
		Method:    "POST",
		Path:      "/",
		Body:      body,
		Fields: []Field{
			{"Content-Type", "application/x-amz-json-1.1"},
			{"X-Amz-Target", "AmazonSSM." + operation},
			{"User-Agent", "sendspec"},
		},
	}
}

// Set replaces every value of a header; with no values it removes the header. Host is the name
// in the request, and has exactly one value.
func (r *Request) Set(name string, values ...string) {
	if strings.EqualFold(name, "Host") && len(values) == 1 {
		r.Host = values[0]
		return
	}
	r.set(name, values...)
}

// Hold takes the named headers out of the request and returns them.
func (r *Request) Hold(names []string) []Field {
	var held []Field
	for _, name := range names {
		for _, f := range r.Fields {
			if strings.EqualFold(f.Name, name) {
				held = append(held, f)
			}
		}
		r.set(name)
	}
	return held
}

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
	chunked := f.RawChunks != nil || f.BothLengths
	length := len(r.Body)
	if !chunked || f.BothLengths {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", length+f.ContentLength)
	}
	if f.RepeatContentLength != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", length+*f.RepeatContentLength)
	}
	if chunked {
		b.WriteString("Transfer-Encoding: chunked\r\n")
	}
	b.WriteString("Connection: close\r\n\r\n")
	switch {
	case f.RawChunks != nil:
		b.WriteString(*f.RawChunks)
	case chunked:
		b.WriteString(strconv.FormatInt(int64(length), 16) + "\r\n")
		b.Write(r.Body)
		b.WriteString("\r\n0\r\n\r\n")
	default:
		b.Write(r.Body)
	}
	r.Raw = b.Bytes()
}
