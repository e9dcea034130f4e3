package report

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
)

// writeHAR writes every exchange of the cases, in the order of the plan: whole enough to be judged
// again offline.
func writeHAR(w io.Writer, r *event.Report, o Options) error {
	v := view{exact: true}
	if err := v.harHead(w, r, o); err != nil {
		return err
	}
	separator := "\n"
	for i := range r.Results {
		res := &r.Results[i]
		if res.Broken > 0 { // an invariant shows the exchange of a case, which is here already
			continue
		}
		for j := range res.Exchanges {
			entry, err := untrusted.CompactJSON(v.entry(r.Target, res, &res.Exchanges[j]))
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s%s", separator, entry); err != nil {
				return err
			}
			separator = ",\n"
		}
	}
	_, err := io.WriteString(w, harEnd)
	return err
}

// What is around the entries of a log, which are written one by one: they hold whole bodies.
const (
	harStart = `{"log": {"version":"1.2","creator":%s,"comment":%s,"_run":%s, "entries": [`
	harEnd   = "\n]}}\n"
)

func (v view) harHead(w io.Writer, r *event.Report, o Options) error {
	verdict := v.line(Verdict(r))
	var members []any
	for _, value := range []any{
		harCreator{"sendspec", cmp.Or(o.Version, "(devel)")},
		verdict,
		harRun{v.line(r.Target.Name), v.line(r.Target.Region), r.Seed, r.Strict, r.Complete, verdict, failuresIn(r), r.Suite},
	} {
		member, err := untrusted.CompactJSON(value)
		if err != nil {
			return err
		}
		members = append(members, member)
	}
	_, err := fmt.Fprintf(w, harStart, members...)
	return err
}

func (v view) entry(t event.Target, r *judge.Result, x *judge.Exchanged) harEntry {
	milliseconds := float64(x.Elapsed.Microseconds()) / 1000
	e := harEntry{
		Started: x.Sent.UTC().Format("2006-01-02T15:04:05.000Z"), Time: milliseconds,
		Request: v.harRequest(t, x.Request), Response: v.harResponse(x.Response), Timings: harTimings{Wait: milliseconds},
		Case: r.Case.ID, Step: max(1, x.Step.Number), Interim: x.Step.Interim, Verdict: string(r.Verdict),
	}
	if x.Err != nil {
		e.Failure = string(x.Err.Failure)
		e.Comment = v.line(v.excerpt([]byte(x.Err.Error())))
	}
	return e
}

func (v view) harRequest(t event.Target, r *wire.Request) harRequest {
	base := strings.TrimSuffix(t.URL, "/")
	if base == "" {
		base = "http://localhost" // an http.Handler in the process
	}
	body := sentBody(r)
	out := harRequest{
		Method: v.known(r.Method), URL: v.known(base + r.Path), HTTPVersion: "HTTP/1.1",
		Cookies: []harPair{}, Headers: []harPair{}, QueryString: query(r.Path), HeadersSize: -1, BodySize: len(body),
	}
	if r.Host != "" {
		out.Headers = append(out.Headers, harPair{"Host", v.known(r.Host)})
	}
	for _, f := range r.Fields {
		out.Headers = append(out.Headers, harPair{f.Name, v.text(f.Value)})
	}
	if len(body) > 0 {
		text, encoding := v.encoded(body)
		out.PostData = &harPostData{MimeType: r.Get("Content-Type"), Text: text, Encoding: encoding}
	}
	if r.Chunked > 0 {
		out.Comment = fmt.Sprintf("sent with Transfer-Encoding: chunked, %d bytes a chunk", r.Chunked)
	}
	if r.Raw != nil {
		out.Comment = "framed by hand, not as an HTTP client frames: _raw holds the bytes as they went over the connection, " +
			"postData what followed the header"
		out.Raw = base64.StdEncoding.EncodeToString(r.Raw)
	}
	return out
}

func query(path string) []harPair {
	pairs := []harPair{}
	_, text, ok := strings.Cut(path, "?")
	if !ok {
		return pairs
	}
	for _, part := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPair{unescaped(name), unescaped(value)})
	}
	return pairs
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil && utf8.ValidString(plain) {
		return plain
	}
	return s
}

func (v view) harResponse(r *wire.Response) harResponse {
	out := harResponse{Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1,
		Content: harContent{MimeType: "x-unknown"}}
	if r == nil {
		out.Comment = "no answer came"
		return out
	}
	out.Status, out.StatusText, out.HTTPVersion = r.Status, http.StatusText(r.Status), v.text(r.Proto)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			out.Headers = append(out.Headers, harPair{v.text(name), v.text(value)})
		}
	}
	out.RedirectURL = v.text(r.Header.Get("Location"))
	if kind := r.Header.Get("Content-Type"); kind != "" {
		out.Content.MimeType = v.text(kind)
	}
	size := len(r.Body) + r.Dropped
	out.BodySize, out.Content.Size = size, size
	out.Content.Text, out.Content.Encoding = v.encoded(r.Body)
	if r.Dropped > 0 || r.Truncated {
		out.Content.Truncated = true
		out.Content.Comment = fmt.Sprintf("the first %d bytes of at least %d", len(r.Body), size)
	}
	return out
}

// encoded is a body as text, or in base64 where it is no UTF-8.
func (v view) encoded(body []byte) (text, encoding string) {
	text = v.known(string(body))
	if utf8.ValidString(text) {
		return text, ""
	}
	return base64.StdEncoding.EncodeToString([]byte(text)), "base64"
}

// text is a header's value; bytes that are no UTF-8 become the characters of those numbers, which is
// how HTTP reads them (RFC 9110, section 5.5).
func (v view) text(s string) string {
	s = v.known(s)
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
