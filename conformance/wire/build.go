package wire

import "strings"

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
