package mutants

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	bodySource    = "evidence: protocol/response; the body is compact JSON, of application/x-amz-json-1.1"
	contentHeader = "Content-Type"
)

// wireMutants are the ways in which an answer goes wrong below its members.
func wireMutants() []Mutant {
	return []Mutant{
		{"wire/json-type", "Answers say application/json", bodySource, Must, "invariant/HTTP echo/CommandId",
			everyHeader(func(h http.Header) { h.Set(contentHeader, "application/json") })},
		{"wire/type-as-asked", "The Content-Type of the answer is what Accept names", bodySource, Must, "wire/Headers invariant/HTTP",
			taken(func(c *call, r *reply) {
				if accept := c.request.Header.Get("Accept"); accept != "" {
					r.header.Set(contentHeader, accept)
				}
			})},
		{"wire/byte-order-mark", "A body that is not ASCII begins with a byte order mark",
			"RFC 8259 section 8.1: implementations MUST NOT add a byte order mark", Must, "echo/Comment", taken(func(_ *call, r *reply) {
				if !isASCII(string(r.body)) {
					r.body = append([]byte("\xEF\xBB\xBF"), r.body...)
				}
			})},
		{"wire/second-value", "After the refusal of a document that does not exist, the handler writes on",
			"RFC 8259 section 2: one value", Must, "error/Envelope",
			refused(func(_ *call, r *reply) { r.body = append(r.body[:len(r.body):len(r.body)], "{}"...) }, "InvalidDocument")},
		{"wire/cut-at-4096", "A body ends after 4096 bytes", bodySource, Must, "echo/Parameters",
			taken(func(_ *call, r *reply) { r.body = r.body[:min(len(r.body), 4096)] })},
		{"wire/duplicate-key", "Status appears twice in a Command", "RFC 8259 section 4: names within an object SHOULD be unique", Must,
			"invariant/JSON echo/CommandId", taken(func(_ *call, r *reply) {
				r.body = bytes.Replace(r.body, []byte(`"Status":`), []byte(`"Status":"Pending","Status":`), 1)
			})},
		{"wire/not-a-number", "A MaxErrors in percent of no targets makes an ErrorCount of NaN",
			"RFC 8259 section 6: NaN is not permitted", Must, "echo/MaxErrors", taken(func(c *call, r *reply) {
				if v := c.tree().Get("MaxErrors"); v != nil && strings.HasSuffix(v.Text, "%") {
					r.body = bytes.Replace(r.body, []byte(`"ErrorCount":0`), []byte(`"ErrorCount":NaN`), 1)
				}
			})},
		{"wire/latin-1", "The body is Latin-1 where that has the characters", "RFC 8259 section 8.1: UTF-8", Must, "echo/Comment",
			taken(func(_ *call, r *reply) { r.body = latin1(r.body) })},
		{"wire/surrogates-apart", "A character beyond the basic plane loses half of its escape", "RFC 8259 section 7: a pair of escapes",
			Must, "echo/Comment", taken(func(_ *call, r *reply) {
				r.body = []byte(strings.ReplaceAll(string(r.body), "😀", `\ud83d`))
			})},
		{"wire/compressed", "Answers are compressed though the client asked for identity",
			"RFC 9110 section 12.5.3; API_SendCommand, Examples: Accept-Encoding: identity", Must, "wire/Headers",
			taken(func(c *call, r *reply) {
				if coding := c.request.Header.Get("Accept-Encoding"); coding != "" {
					r.header.Set("Content-Encoding", "gzip")
					r.body = compressed(r.body)
				}
			})},
		{"wire/created", "A command that is made answers 201", "evidence: protocol/response; HTTP 200", Must, "echo/CommandId",
			taken(status(http.StatusCreated))},
		{"wire/redirect-query", "A request with a query is redirected to the path without it", "evidence: protocol/post; POST to /", Should,
			"wire/Path", answered(func(c *call, _ *reply) bool { return c.request.URL.RawQuery != "" }, func(_ *call, r *reply) {
				r.header.Set("Location", "/")
				r.plain(http.StatusMovedPermanently, "text/html", "")
			})},
		{"wire/emoji-drops", "A character beyond the basic plane makes the server drop the connection",
			"CommonErrors: every request is answered", Must, "echo/Comment", answer(func(c *call) *reply {
				if bytes.Contains(c.body, []byte("😀")) {
					panic(http.ErrAbortHandler)
				}
				return c.ask()
			})},
		{"wire/surrogate-fails", "An escape of half a character makes the server fail when it writes the text", failsSource, Must,
			"wire/Encoding", failing500(func(c *call) bool {
				return !c.tree().Walk(func(_ string, v *jsontree.Value) bool { return !v.LoneSurrogate })
			})},
		{"wire/nesting-fails", "A body nested a thousand deep makes the server's recursion fail", failsSource, Must, "wire/Nesting",
			failing500(func(c *call) bool {
				return bytes.Count(c.body, []byte("[")) >= 1000 || bytes.Count(c.body, []byte("{")) >= 1000
			})},
		{"wire/number-fails", "A number that no double holds makes the server fail", failsSource, Must, "type/TimeoutSeconds",
			failing500(asks(some("TimeoutSeconds", func(n *jsontree.Value) bool {
				_, held := n.Float64()
				return n.Kind == jsontree.Number && !held
			})))},
		{"wire/nul-fails", "A NUL in a text makes the database fail", failsSource, Must, "echo/Parameters invariant/HTTP",
			failing500(func(c *call) bool {
				return !c.tree().Walk(func(_ string, v *jsontree.Value) bool { return !strings.Contains(v.Text, "\x00") })
			})},
		{"wire/null-fails", "A member that is null makes the server fail", failsSource, Must, "type/Comment type",
			failing500(asks(some("Comment", kind(jsontree.Null))))},
		{"wire/not-utf-8-fails", "A body that is no UTF-8 makes the server fail", failsSource, Must, "wire/Encoding wire/Headers",
			failing500(func(c *call) bool { return !utf8.Valid(c.body) })},
	}
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
