package report

import (
	"cmp"
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

// writeHAR writes every exchange of the cases, in the order of the plan: whole enough to be judged again offline. It is
// HAR 1.2 (HTTP Archive), as far as an API client fills it; members that begin with an underscore are ours, as the format allows.
func writeHAR(w io.Writer, r *event.Report, o Options) error {
	if err := harHead(w, r, o); err != nil {
		return err
	}
	separator := "\n"
	for i := range r.Results {
		res := &r.Results[i]
		if res.Broken > 0 { // an invariant shows the exchange of a case, which is here already
			continue
		}
		for j := range res.Exchanges {
			entry, err := untrusted.CompactJSON(entry(r.Target, res, &res.Exchanges[j]))
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

func harHead(w io.Writer, r *event.Report, o Options) error {
	creator := object{"name": "sendspec", "version": cmp.Or(o.Version, "(devel)")}
	var members []any
	for _, value := range []any{creator, clean(Verdict(r)), runObject(r)} {
		member, err := untrusted.CompactJSON(value)
		if err != nil {
			return err
		}
		members = append(members, member)
	}
	_, err := fmt.Fprintf(w, harStart, members...)
	return err
}

func entry(t event.Target, r *judge.Result, x *judge.Exchanged) object {
	milliseconds := float64(x.Elapsed.Microseconds()) / 1000
	e := object{
		"startedDateTime": x.Sent.UTC().Format("2006-01-02T15:04:05.000Z"), "time": milliseconds,
		"request": harRequest(t, x.Request), "response": harResponse(x.Response), "cache": object{},
		"timings": object{"send": 0, "wait": milliseconds, "receive": 0},
		"_case":   r.Case.ID, "_step": max(1, x.Step.Number), "_verdict": r.Verdict,
	}
	if x.Step.Interim { // a poll's answer that was not the last
		e["_interim"] = true
	}
	if x.Err != nil {
		e["_failure"], e["comment"] = x.Err.Failure, clean(excerpt(x.Err.Error()))
	}
	return e
}

func harRequest(t event.Target, r *wire.Request) object {
	base := cmp.Or(strings.TrimSuffix(t.URL, "/"), "http://localhost") // an http.Handler in the process
	body, headers := sentBody(r), []harPair{}
	if r.Host != "" {
		headers = append(headers, harPair{"Host", r.Host})
	}
	for _, f := range r.Fields {
		headers = append(headers, harPair{f.Name, headerText(f.Value)})
	}
	out := object{
		"method": r.Method, "url": base + r.Path, "httpVersion": "HTTP/1.1", "cookies": []harPair{},
		"headers": headers, "queryString": query(r.Path), "headersSize": -1, "bodySize": len(body),
	}
	if len(body) > 0 {
		data := object{"mimeType": r.Get("Content-Type")}
		setText(data, body, "_encoding")
		out["postData"] = data
	}
	if r.Chunked > 0 {
		out["comment"] = fmt.Sprintf("sent with Transfer-Encoding: chunked, %d bytes a chunk", r.Chunked)
	}
	if r.Raw != nil {
		out["comment"] = "framed by hand, not as an HTTP client frames: _raw holds the bytes as they went over the connection, " +
			"postData what followed the header"
		out["_raw"] = r.Raw
	}
	return out
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
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

func harResponse(r *wire.Response) object {
	if r == nil {
		return object{
			"status": 0, "statusText": "", "httpVersion": "", "cookies": []harPair{}, "headers": []harPair{}, "redirectURL": "",
			"headersSize": -1, "bodySize": -1, "content": object{"size": 0, "mimeType": "x-unknown"}, "comment": "no answer came",
		}
	}
	headers := []harPair{}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			headers = append(headers, harPair{headerText(name), headerText(value)})
		}
	}
	size := len(r.Body) + r.Dropped
	content := object{"size": size, "mimeType": cmp.Or(headerText(r.Header.Get("Content-Type")), "x-unknown")}
	if len(r.Body) > 0 {
		setText(content, r.Body, "encoding")
	}
	if r.Dropped > 0 || r.Truncated { // too little to judge
		content["_truncated"], content["comment"] = true, fmt.Sprintf("the first %d bytes of at least %d", len(r.Body), size)
	}
	return object{
		"status": r.Status, "statusText": http.StatusText(r.Status), "httpVersion": headerText(r.Proto), "cookies": []harPair{},
		"headers": headers, "redirectURL": headerText(r.Header.Get("Location")), "headersSize": -1, "bodySize": size, "content": content,
	}
}

// setText sets the text of a body, or its bytes in base64 where it is no UTF-8, which the other member says then.
func setText(of object, body []byte, encoding string) {
	if utf8.Valid(body) {
		of["text"] = string(body)
		return
	}
	of["text"], of[encoding] = body, "base64"
}

// headerText is a header's value; bytes that are no UTF-8 become the characters of those numbers, which is
// how HTTP reads them (RFC 9110, section 5.5).
func headerText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
