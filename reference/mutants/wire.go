package mutants

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyWire Family = "wire"

const (
	bodySource    = "facts.md section 2: the body is compact JSON, of application/x-amz-json-1.1"
	contentHeader = "Content-Type"
)

// wireMutants are the ways in which an answer goes wrong below its members.
func wireMutants() []Mutant {
	http0, json0, echo := []string{"invariant/HTTP", "echo/CommandId"}, []string{"invariant/JSON", "echo/CommandId"}, []string{"echo/Comment"}
	return answerMutants(familyWire, []Profile{Core}, []answerRow{
		{"json-type", "Answers say application/json",
			bodySource, Must, http0, everyAnswer(func(h http.Header) { h.Set(contentHeader, "application/json") })},
		{"type-as-asked", "The Content-Type of the answer is what Accept names",
			bodySource, Must, []string{"wire/Headers", "invariant/HTTP"}, sending(func(c *call, r *reply) {
				if accept := c.request.Header.Get("Accept"); accept != "" {
					r.header.Set(contentHeader, accept)
				}
			})},
		{"byte-order-mark", "A body that is not ASCII begins with a byte order mark",
			"RFC 8259 section 8.1: implementations MUST NOT add a byte order mark", Must, echo, sending(func(_ *call, r *reply) {
				if !isASCII(string(r.body)) {
					r.body = append([]byte("\xEF\xBB\xBF"), r.body...)
				}
			})},
		{"second-value", "Behind the refusal of a document that does not exist stands what the handler goes on to write",
			"RFC 8259 section 2: one value", Must, []string{"error/Envelope"},
			onRefusalOf("InvalidDocument", func(r *reply) { r.body = append(r.body[:len(r.body):len(r.body)], "{}"...) })},
		{"cut-at-4096", "A body ends after 4096 bytes",
			bodySource, Must, []string{"echo/Parameters"},
			sending(func(_ *call, r *reply) { r.body = r.body[:min(len(r.body), 4096)] })},
		{"duplicate-key", "Status stands twice in a Command",
			"RFC 8259 section 4: names within an object SHOULD be unique", Must, json0, sending(func(_ *call, r *reply) {
				r.body = bytes.Replace(r.body, []byte(`"Status":`), []byte(`"Status":"Pending","Status":`), 1)
			})},
		{"not-a-number", "A MaxErrors in percent of no targets makes an ErrorCount of NaN",
			"RFC 8259 section 6: NaN is not permitted", Must, []string{"echo/MaxErrors"}, sending(func(c *call, r *reply) {
				if v := c.tree().Get("MaxErrors"); v != nil && strings.HasSuffix(v.Text, "%") {
					r.body = bytes.Replace(r.body, []byte(`"ErrorCount":0`), []byte(`"ErrorCount":NaN`), 1)
				}
			})},
		{"latin-1", "The body is Latin-1 where that has the characters",
			"RFC 8259 section 8.1: UTF-8", Must, echo, sending(func(_ *call, r *reply) { r.body = latin1(r.body) })},
		{"surrogates-apart", "A character beyond the basic plane loses half of its escape",
			"RFC 8259 section 7: a pair of escapes", Must, echo, sending(func(_ *call, r *reply) {
				r.body = []byte(strings.ReplaceAll(string(r.body), "😀", `\ud83d`))
			})},
		{"compressed", "Answers are compressed though the client asked for identity",
			"RFC 9110 section 12.5.3; API_SendCommand, Examples: Accept-Encoding: identity", Must, []string{"wire/Headers"},
			sending(func(c *call, r *reply) {
				if coding := c.request.Header.Get("Accept-Encoding"); coding != "" {
					r.header.Set("Content-Encoding", "gzip")
					r.body = compressed(r.body)
				}
			})},
		{"created", "A command that is made answers 201",
			"facts.md section 2: HTTP 200", Must, []string{"echo/CommandId"},
			sending(func(_ *call, r *reply) { r.status = http.StatusCreated })},
		{"redirect-query", "A request with a query is redirected to the path without it",
			"facts.md section 5: POST to /", Should, []string{"wire/Path"}, stateless(func(c *call, p *planted) *reply {
				r := p.ask(c)
				if c.request.URL.RawQuery != "" {
					r.header.Set("Location", "/")
					return r.plain(http.StatusMovedPermanently, "text/html", "")
				}
				return r
			})},
		{"emoji-drops", "A character beyond the basic plane makes the server drop the connection",
			"CommonErrors: every request is answered", Must, echo, stateless(func(c *call, p *planted) *reply {
				if bytes.Contains(c.body, []byte("😀")) {
					panic(http.ErrAbortHandler)
				}
				return p.ask(c)
			})},
		{"surrogate-fails", "An escape of half a character makes the server fail when it writes the text",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"wire/Encoding"}, failing500(func(c *call) bool {
				return !c.tree().Walk(func(_ string, v *jsontree.Value) bool { return !v.LoneSurrogate })
			})},
		{"nesting-fails", "A body nested a thousand deep makes the server's recursion fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"wire/Nesting"}, failing500(func(c *call) bool {
				return bytes.Count(c.body, []byte("[")) >= 1000 || bytes.Count(c.body, []byte("{")) >= 1000
			})},
		{"number-fails", "A number that no double holds makes the server fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"type/TimeoutSeconds"}, failing500(func(c *call) bool {
				n := c.tree().Get("TimeoutSeconds")
				if n == nil || n.Kind != jsontree.Number {
					return false
				}
				_, err := strconv.ParseFloat(n.Text, 64)
				return err != nil
			})},
		{"nul-fails", "A NUL in a text makes the database fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"echo/Parameters", "invariant/HTTP"},
			failing500(func(c *call) bool {
				return !c.tree().Walk(func(_ string, v *jsontree.Value) bool { return !strings.Contains(v.Text, "\x00") })
			})},
		{"null-fails", "A member that is null makes the server fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"type/Comment", "type"}, failing500(func(c *call) bool {
				v := c.tree().Get("Comment")
				return v != nil && v.Kind == jsontree.Null
			})},
		{"not-utf-8-fails", "A body that is no UTF-8 makes the server fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"wire/Encoding", "wire/Headers"},
			failing500(func(c *call) bool { return !utf8.Valid(c.body) })},
	})
}

// failing500 fails on some requests.
func failing500(on func(c *call) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if on(c) {
			return r.fail(http.StatusInternalServerError, "InternalFailure")
		}
		return r
	})
}

func latin1(body []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(body) {
		if r > 0xFF {
			return body
		}
		b.WriteByte(byte(r))
	}
	return b.Bytes()
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return body
	}
	if err := w.Close(); err != nil {
		return body
	}
	return b.Bytes()
}
