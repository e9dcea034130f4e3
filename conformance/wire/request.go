package wire

import (
	"slices"
	"strings"
)

// Field is one header field of a request, in the spelling in which it is sent.
type Field struct{ Name, Value string }

// Request is one HTTP request, byte for byte.
type Request struct {
	Operation string // of the AWS API, for example SendCommand
	Method    string
	Path      string // with the query, if any
	Host      string // the Host header; "" means the target's own
	Fields    []Field
	Body      []byte

	// Chunked, if positive, sends the body with Transfer-Encoding: chunked in chunks of that many bytes.
	Chunked int
	// OddlySigned says that the signature is not the right one, so that curl cannot make it.
	OddlySigned bool
	// Raw, if set, is the whole request as it goes over a connection of its own.
	Raw []byte
	// Ending says whether a server would wait for more than Raw.
	Ending Ending
}

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

// Get returns the first value of the header, or "".
func (r *Request) Get(name string) string {
	for i := range r.Fields {
		if strings.EqualFold(r.Fields[i].Name, name) {
			return r.Fields[i].Value
		}
	}
	return ""
}

// Set replaces every value of a header; with no values it removes the header. One value of Host replaces that of
// the request, several are sent beside it.
func (r *Request) Set(name string, values ...string) {
	if strings.EqualFold(name, "Host") && len(values) == 1 {
		r.Host = values[0]
		return
	}
	r.Remove(name)
	for _, v := range values {
		r.Fields = append(r.Fields, Field{name, v})
	}
}

// Remove removes the named headers and returns what they were.
func (r *Request) Remove(names ...string) (removed []Field) {
	kept := make([]Field, 0, len(r.Fields)+len(names))
	for _, f := range r.Fields {
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(f.Name, name) }) {
			removed = append(removed, f)
		} else {
			kept = append(kept, f)
		}
	}
	r.Fields = kept
	return removed
}
