package wire

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// redacted is in place of what is secret.
const redacted = "(redacted)"

// shortestSecret is the length from which a credential is looked for everywhere. An access key ID of
// AWS has 16 characters at least (API_AccessKey of IAM); test/test is no secret, and to redact such a word
// everywhere would spoil a report.
const shortestSecret = 12

// Redactor takes credentials out of all that is written down: those that it knows, in every spelling in which a
// server may echo them, and what looks like credentials of AWS. Use it before a text is cut: less than 15
// characters of a secret are not known again. It is safe for concurrent use.
type Redactor struct {
	// windows are parts of the secrets, folded: of each every fourth one, and its last. Whatever repeats 15 characters
	// of a secret holds one.
	windows map[string]bool
	heads   []string // the beginnings of what is secret, sorted
	// signature has the forms of that of the request whose exchange is redacted.
	signature []string
}

const windowStride = 4

// NewRedactor returns a redactor of these secrets. Those that are short or name an AWS account, as some
// emulators want an access key ID to, are redacted only where they are used as credentials, as in Credential=test.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{windows: map[string]bool{}}
	for _, secret := range secrets {
		if len(secret) >= shortestSecret && !isAccount(secret) {
			for _, form := range forms(secret) {
				r.add(form)
			}
		}
	}
	slices.Sort(r.heads)
	r.heads = slices.Compact(r.heads)
	return r
}

// isAccount reports whether a text is the ID of an AWS account.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func (r *Redactor) add(form string) {
	last := len(form) - shortestSecret
	for i := 0; i < last; i += windowStride {
		r.windows[form[i:i+shortestSecret]] = true
	}
	r.windows[form[last:]] = true
	r.heads = append(r.heads, form[:min(len(form), shortestSecret+windowStride)])
}

// forms are what a secret may look like once escapes are undone, folded: itself, and what base64 makes of it at
// each offset, without the characters that hold bits of its neighbours.
func forms(secret string) []string {
	var list []string
	for text := secret; len(text) >= shortestSecret; text, _ = unescape(text, nil) {
		list = append(list, folded(text))
		for skip := range 3 {
			groups := text[skip : skip+(len(text)-skip)/3*3]
			list = append(list, folded(base64.StdEncoding.EncodeToString([]byte(groups))))
		}
	}
	return list
}

// Text returns a text without what is secret in it.
func (r *Redactor) Text(s string) string { return r.redact(s, false) }

// Bytes is Text for bytes.
func (r *Redactor) Bytes(b []byte) []byte { return r.bytes(b, false) }

func (r *Redactor) bytes(b []byte, cut bool) []byte {
	text := string(b)
	shown := r.redact(text, cut)
	if shown == text {
		return b
	}
	return []byte(shown)
}

// redact takes out what is secret. Where the text was cut, what may be the beginning of a secret at its end goes as well.
func (r *Redactor) redact(text string, cut bool) string {
	spans := r.find(text, cut)
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out strings.Builder
	done := -1
	for _, s := range spans {
		if s.from > done { // or it goes on with the one before it
			out.WriteString(text[max(done, 0):s.from] + redacted)
		}
		done = max(done, s.to)
	}
	out.WriteString(text[done:])
	return out.String()
}

// secretFields are the header fields whose value is secret as a whole.
var secretFields = []string{"Authorization", "X-Amz-Security-Token", "Proxy-Authorization", "Cookie", "Set-Cookie"}

// Field returns the value of a header field as it may be written down.
func (r *Redactor) Field(name, value string) string {
	switch {
	case !slices.Contains(secretFields, http.CanonicalHeaderKey(name)):
		return r.Text(value)
	case strings.HasPrefix(value, "AWS4-HMAC-SHA256 "):
		return "AWS4-HMAC-SHA256 " + redacted
	}
	return redacted
}

// redactedError says the same as an error, without what is secret in it.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

// Request returns the request as it may be written down. Its body is as it was: a case's own.
func (r *Redactor) Request(q *Request) *Request {
	shown := *q
	shown.Path = r.Text(q.Path)
	shown.Fields = make([]Field, len(q.Fields))
	for i, f := range q.Fields {
		shown.Fields[i] = Field{f.Name, r.Field(f.Name, f.Value)}
	}
	if q.Raw != nil {
		head, body, whole := bytes.Cut(q.Raw, []byte("\r\n\r\n"))
		for i, f := range shown.Fields {
			if was := q.Fields[i]; f != was {
				head = bytes.Replace(head, []byte(was.Name+": "+was.Value+"\r\n"), []byte(f.Name+": "+f.Value+"\r\n"), 1)
			}
		}
		shown.Raw = r.Bytes(head)
		if whole { // what was sent may be in use yet: nothing is appended to it
			shown.Raw = bytes.Join([][]byte{shown.Raw, body}, []byte("\r\n\r\n"))
		}
	}
	return &shown
}

// Exchange takes what is secret out of an exchange: out of its request, but for the body, and out of all that the
// target echoes, of which the signature of the request is a part.
func (r *Redactor) Exchange(x *Exchange) {
	own := *r
	own.signature = forms(signatureOf(x.Request))
	x.Request = r.Request(x.Request)
	if p := x.Response; p != nil {
		header := make(http.Header, len(p.Header))
		for name, values := range p.Header {
			shown := r.Text(name)
			for _, value := range values {
				header[shown] = append(header[shown], own.Field(name, value))
			}
		}
		p.Header, p.Proto, p.Body = header, r.Text(p.Proto), own.bytes(p.Body, p.Truncated || x.Err != nil)
	}
	if x.Err != nil {
		if text := own.redact(x.Err.Err.Error(), true); text != x.Err.Err.Error() {
			x.Err = &Error{x.Err.Failure, &redactedError{text, x.Err.Err}}
		}
	}
}

// Secrets are what is secret of a recorded request: keys, tokens and signatures in its URL and its header, and the
// cookies that it and its answer have.
func Secrets(address string, fields []Field) []string {
	var list []string
	if u, err := url.Parse(address); err == nil {
		for name, values := range u.Query() {
			switch strings.ToLower(name) {
			case "x-amz-credential":
				name, _, _ = strings.Cut(values[0], "/")
				list = append(list, name)
			case "x-amz-signature", "x-amz-security-token":
				list = append(list, values...)
			}
		}
		if password, ok := u.User.Password(); ok {
			list = append(list, password)
		}
	}
	for _, f := range fields {
		switch strings.ToLower(f.Name) {
		case "authorization", "proxy-authorization":
			list = append(list, authorization(f.Value)...)
		case "x-amz-security-token":
			list = append(list, f.Value)
		case "cookie":
			for _, pair := range strings.Split(f.Value, ";") {
				list = append(list, valueOf(pair))
			}
		case "set-cookie":
			pair, _, _ := strings.Cut(f.Value, ";")
			list = append(list, valueOf(pair))
		}
	}
	return list
}

func valueOf(pair string) string {
	_, value, _ := strings.Cut(pair, "=")
	return strings.Trim(value, ` "`)
}

// authorization is what is secret in the value of such a header.
func authorization(value string) []string {
	scheme, rest, _ := strings.Cut(value, " ")
	if _, id, ok := strings.Cut(value, "Credential="); ok {
		id, _, _ = strings.Cut(id, "/")
		_, signature, _ := strings.Cut(value, "Signature=")
		return []string{id, signature}
	}
	list := []string{rest}
	if user, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "Basic") {
		_, password, _ := strings.Cut(string(user), ":")
		list = append(list, string(user), password)
	}
	return list
}

// signatureOf is the signature of a request, "" where it has none.
func signatureOf(q *Request) string {
	for _, text := range []string{q.Get("Authorization"), q.Path} {
		if _, signature, ok := strings.Cut(text, "Signature="); ok {
			signature, _, _ = strings.Cut(signature, "&")
			return signature
		}
	}
	return ""
}

// Redacting returns an exchanger whose exchanges have nothing secret in them. What judges and what reports sees
// no more of an answer than what may be written down.
func (r *Redactor) Redacting(e Exchanger) Exchanger { return &redacting{e, r} }

type redacting struct {
	exchanger Exchanger
	redactor  *Redactor
}

// Exchange is that of the exchanger, redacted.
func (e *redacting) Exchange(ctx context.Context, q *Request) *Exchange {
	x := e.exchanger.Exchange(ctx, q)
	e.redactor.Exchange(x)
	return x
}

// span is a part of a text, from its first byte up to its end.
type span struct{ from, to int }
