package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/report"
)

// told are the credentials of the environment that a server is told, and one that it is not, but may know.
var told = map[string]string{
	deniedKey:               "AKIAQFORBIDDEN678901",
	deniedSecret:            "h7Kf/ZNop+GYNJL8OEFUHcQyQsgjDZFY/NQMFSLFZ",
	"AWS_ACCESS_KEY_ID":     "ASIAQDISTINCTIVE2345",
	"AWS_SECRET_ACCESS_KEY": "wJalr/XUtn+FEMIK7MDENGbPxRfiCYEX/MPLEKEY",
	"AWS_SESSION_TOKEN":     "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx+/k2n5T1Ss0ZqkLd81==",
}

// spellings are how an echo may write a text.
var spellings = map[string]func(string) string{
	"plain":        func(s string) string { return s },
	"JSON slash":   func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"JSON plus":    func(s string) string { return strings.ReplaceAll(s, "+", `\u002B`) },
	"JSON":         func(s string) string { return spelled(s, `\u%04x`) },
	"URL":          url.QueryEscape,
	"URL upper":    func(s string) string { return spelled(s, "%%%02X") },
	"URL lower":    func(s string) string { return spelled(s, "%%%02x") },
	"HTML":         strings.NewReplacer("+", "&plus;", "/", "&sol;", "=", "&equals;").Replace,
	"HTML decimal": func(s string) string { return spelled(s, "&#%d;") },
	"HTML hex":     func(s string) string { return spelled(s, "&#x%X;") },
	"base64":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 + 1":   func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("a" + s)) },
	"base64 + 2":   func(s string) string { return base64.URLEncoding.EncodeToString([]byte("ab" + s)) },
}

func spelled(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// echo is a server that answers with all that it was told, in every spelling, in its header and its body.
type echo struct {
	mu   sync.Mutex
	seen map[string]bool // what is secret: credentials and signatures
	n    int
	har  []map[string]any
}

// begin answers in the way of the first requests again, which is well-formed.
func (e *echo) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n = 0
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	sent, _ := io.ReadAll(r.Body)
	texts := []string{r.Header.Get("Authorization"), r.Header.Get("X-Amz-Security-Token"), "http://h" + r.URL.RequestURI(),
		r.Header.Get("Cookie")}
	for _, text := range texts {
		_, signature, ok := strings.Cut(text, "Signature=")
		if ok && len(signature) >= 64 && (len(e.seen) < 20 || r.URL.RawQuery != "") {
			e.seen[signature[:64]] = true
		}
	}
	for _, secret := range told {
		texts = append(texts, secret)
	}
	var message strings.Builder
	for i := range 2 {
		spell := spellings[sortedNames(spellings)[(2*e.n+i)%len(spellings)]]
		for _, text := range texts {
			message.WriteString(spell(text) + " ")
		}
	}
	text := message.String()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Echo", text)
	w.Header().Set("x-amzn-RequestId", fmt.Sprintf("2d226bf9-efbd-461b-a381-%012d", e.n))
	status, answer := 400, `{"__type":"ValidationException","message":"`+text+`"}`
	switch {
	case r.Method == http.MethodPost && e.n > 20 && e.n%3 == 0:
		status, answer = 200, `{"Command":{"CommandId":"`+text+`","Status":"`+text[:100]+`"},"Echo":{"`+text+`":1}}`
	case r.Method == http.MethodPost && e.n > 20 && e.n%3 == 1:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 "+text+"\r\n"+text) // no answer of HTTP: the client's own error has it
			_ = conn.Close()
		}
		return
	}
	if len(e.har) < 12 {
		e.har = append(e.har, entryOf(r, sent, status, w.Header(), answer))
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

// entryOf is an exchange as a proxy records it.
func entryOf(r *http.Request, sent []byte, status int, h http.Header, answer string) map[string]any {
	fields := func(h http.Header) (list []map[string]string) {
		for name := range h {
			list = append(list, map[string]string{"name": name, "value": h.Get(name)})
		}
		return list
	}
	return map[string]any{
		"startedDateTime": "2026-11-26T10:00:00Z",
		"request": map[string]any{
			"method": r.Method, "url": "http://h" + r.URL.RequestURI(), "headers": fields(r.Header), "bodySize": len(sent),
			"postData": map[string]any{"text": string(sent)},
		},
		"response": map[string]any{"status": status, "headers": fields(h), "content": map[string]any{"size": len(answer), "text": answer}},
	}
}

// TestNothingSecretIsTold runs every command against a server that echoes, and looks for each credential and each
// signature in each spelling in all that was written.
func TestNothingSecretIsTold(t *testing.T) {
	for name, value := range told {
		t.Setenv(name, value)
	}
	e := &echo{seen: map[string]bool{}}
	for _, secret := range told {
		e.seen[secret] = true
	}
	server := httptest.NewUnstartedServer(e)
	server.Config.ErrorLog = nil
	server.Start()
	defer server.Close()
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	call := func(args ...string) string {
		var out, people bytes.Buffer
		code := Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &people})
		all := out.String() + people.String()
		require.NoError(t, os.WriteFile(file(fmt.Sprintf("%s-%d.out", args[0], len(all))), []byte(all), 0o600))
		t.Logf("sendspec %s: exit code %d, %d bytes", strings.Join(args, " ")[:min(60, len(strings.Join(args, " ")))], code, len(all))
		return all
	}
	run := []string{"run", "--endpoint", server.URL, "--seed", "1", "-v", "--github", "--parallel", "1"}
	for _, f := range report.Formats() {
		run = append(run, "--report", f.Name+"="+file("report."+f.Name))
	}
	selectors := []string{"accept/minimal", "auth", "wire/Content-Length", "constraint/Comment", "invariant"}
	require.Contains(t, call(append(run, selectors...)...), "(redacted)")
	call("run", "--endpoint", server.URL, "--seed", "2", "--json", file("second.json"), "--update-baseline", "--baseline", file("baseline"),
		"constraint/Comment")
	e.begin() // a campaign or a replay whose first answer is no HTTP asks nothing
	call("fuzz", "--endpoint", server.URL, "--seed", "1", "--count", "10", "--dir", file("findings"), "--json", file("fuzz.json"))
	e.begin()
	require.Regexp(t, `(?m)^(fixed|failing) `, call("replay", "--endpoint", server.URL, file("findings")),
		"it asked and judged the findings")
	call("compare", file("report.json"), file("second.json"))
	call("compare", "--format", "html", "--matrix", file("report.json"), file("second.json"))
	call("explain", "--endpoint", server.URL, "accept/minimal/tag-target")

	// A recording of all this, with what a browser adds, and reports of it.
	for i, h := range e.har {
		q := h["request"].(map[string]any)
		for name, value := range map[string]string{"Cookie": "session=distinctive-cookie/0123",
			"Proxy-Authorization": "Basic bWU6ZGlzdGluY3RpdmUtcGFzc3dvcmQ="} {
			q["headers"] = append(q["headers"].([]map[string]string), map[string]string{"name": name, "value": value})
		}
		e.har[i]["response"].(map[string]any)["content"].(map[string]any)["text"] = `{"__type":"` + "distinctive-cookie/0123 " +
			"distinctive-password " +
			strings.TrimPrefix(h["response"].(map[string]any)["content"].(map[string]any)["text"].(string), `{"__type":"`)
	}
	e.seen["distinctive-cookie/0123"], e.seen["distinctive-password"] = true, true
	recording, err := json.Marshal(map[string]any{"log": map[string]any{"entries": e.har}})
	require.NoError(t, err)
	inputs := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(inputs, "in.har"), recording, 0o600))
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"} {
		require.NoError(t, os.Unsetenv(name)) // what the requests of a recording have is known from them
	}
	judge := []string{"judge", "-v"}
	for _, f := range report.Formats() {
		judge = append(judge, "--report", f.Name+"="+file("judged."+f.Name))
	}
	require.Contains(t, call(append(judge, filepath.Join(inputs, "in.har"))...), "(redacted)")
	for name, value := range told {
		t.Setenv(name, value)
	}

	// What commands print that were started, and what a user gives.
	require.Contains(t, call("run", "--exec", "env; echo {port}; exit 1", "accept/minimal"), "(redacted)")
	require.Contains(t, call("run", "--endpoint", server.URL, "--setup", "env >&2; exit 1", "accept/minimal"), "(redacted)")
	call("run", "--endpoint", server.URL, "--setup", `echo "$AWS_SECRET_ACCESS_KEY: 1"`, "accept/minimal")
	call("run", "--endpoint", server.URL, "--setup", `echo "{$AWS_SECRET_ACCESS_KEY"`, "accept/minimal")
	body := filepath.Join(inputs, "request.json")
	require.NoError(t, os.WriteFile(body, []byte(
		`{"DocumentName":"`+told["AWS_SECRET_ACCESS_KEY"]+`","Comment":"`+strings.Repeat(told["AWS_SESSION_TOKEN"], 9)+`","`+
			told["AWS_SESSION_TOKEN"]+`":1}`), 0o600))
	call("validate", body)
	call("validate", "--json", body)
	call("run", "--endpoint", server.URL+"/?X-Amz-Security-Token="+url.QueryEscape(told["AWS_SESSION_TOKEN"]))
	call("run", "--endpoint", server.URL, told["AWS_SECRET_ACCESS_KEY"])

	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(name)
		assert.Empty(t, tellsAny(e.seen, string(b)), "%s", name)
		return err
	}))
	require.Greater(t, files, 25)
	require.NotEmpty(t, tellsAny(e.seen, string(recording)), "the test can fail")
}

// tellsAny says which secrets are in a text, in which spelling: whole, or half.
func tellsAny(secrets map[string]bool, text string) (found []string) {
	all := text + html.UnescapeString(text) + strings.ReplaceAll(text, `\\`, `\`)
	for secret := range secrets {
		for name, spell := range spellings {
			s := spell(secret)
			for _, part := range []string{s[:len(s)/2], s[len(s)/2:]} {
				if strings.Contains(all, strings.TrimRight(part, "=")) {
					found = append(found, name+": "+part)
				}
			}
		}
	}
	return found
}
