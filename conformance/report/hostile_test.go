package report_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
)

// safe tells what else must hold of a document that quotes a hostile target, beside being harmless.
var safe = map[string]func(*testing.T, string){
	"text": noAnnotation, "json": oneJSONDocument, "har": validJSON, "sarif": validJSON, "junit": oneXMLDocument,
	"csv": func(t *testing.T, document string) { readCSV(t, []byte(document)) },
}

// noAnnotation: a line that begins like a workflow command of GitHub's would be run as one.
func noAnnotation(t *testing.T, document string) {
	for line := range strings.Lines(document) {
		assert.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), "%q", line)
	}
}

func oneJSONDocument(t *testing.T, document string) {
	var d report.Document
	assert.NoError(t, json.Unmarshal([]byte(document), &d))
}

func validJSON(t *testing.T, document string) { assert.True(t, json.Valid([]byte(document))) }

func oneXMLDocument(t *testing.T, document string) { junitCounts(t, []byte(document)) }

// injections are what a hostile target would have a report do.
var injections = map[string]string{
	"terminal":      "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example/\x07click\x1b]8;;\x07\u009b31m",
	"NUL":           "a\x00b\x00",
	"invalid UTF-8": "\xff\xfe\xc0\xaf\xed\xa0\x80",
	"direction":     "\u202e\u2066\u200b\ufeff\u2028\u2029",
	"HTML":          `</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="alert(1)`,
	"XML":           `]]><!--<![CDATA[<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;` + "\ufffe\uffff",
	"Markdown":      "```\n# owned\n| a | b |\n![x](http://evil.example/x.png) [click](javascript:alert(1)) <details>",
	"GitHub":        "\n::error file=a::owned\n::set-output name=x::y\n%0A::stop-commands::z\r\n##[command]",
}

// What a target sends is in every report, escaped: in the body, a message, an error's type, a member's
// name, a header and the status line, over plain sockets and TLS; over TLS all of it in the long run.
func TestNoReportIsHarmedByWhatATargetSends(t *testing.T) {
	t.Parallel()
	for name, text := range injections {
		for place, answer := range places(text) {
			for _, secure := range []bool{false, true} {
				if secure && place != "header" && !longtest.Wanted() {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/tls=%v", name, place, secure), func(t *testing.T) {
					t.Parallel()
					target := hostileTarget(t, secure, answer)
					outputs := writtenAs(t, target, casesOf(t, refusedCase, strings.Replace(refusedCase, "refused", "header", 1)))
					for name, output := range outputs {
						document := output.String()
						assert.NotEmpty(t, document, name)
						assertHarmless(t, document)
						assert.Less(t, len(document), 200_000, "what %s quotes is bounded", name)
						if more := safe[name]; more != nil {
							more(t, document)
						}
					}
				})
			}
		}
	}
}

// places are the parts of an answer that can hold the text.
func places(text string) map[string]http.HandlerFunc {
	quoted, _ := json.Marshal(text)
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, body)
		}
	}
	return map[string]http.HandlerFunc{
		"body":    answer(text),
		"long":    answer(strings.Repeat(text, 3000/len(text))),
		"message": answer(`{"__type":"ValidationException","message":` + string(quoted) + `}`),
		"type":    answer(`{"__type":` + string(quoted) + `}`),
		"member":  answer(`{"__type":"E",` + string(quoted) + `:` + string(quoted) + `}`),
		"header": func(w http.ResponseWriter, r *http.Request) {
			head := strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(text)
			raw(w, r, "HTTP/1.1 400 Bad "+head+"\r\nContent-Type: "+head+"\r\nX-Amzn-Errortype: "+head+"\r\nX-Amzn-RequestId: "+head+
				"\r\nContent-Length: 2\r\n\r\n{}")
		},
		"status line": func(w http.ResponseWriter, r *http.Request) { raw(w, r, text+"\r\n\r\n") },
	}
}

// raw writes the answer as it is and closes the connection.
func raw(w http.ResponseWriter, _ *http.Request, answer string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, answer)
	_ = conn.Close()
}

// hostileTarget is sane until the cases come.
func hostileTarget(t *testing.T, secure bool, hostile http.HandlerFunc) conformance.Target {
	t.Helper()
	sane := answering(func(*http.Request) (int, string) { return 200, "{}" })
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.HasPrefix(string(b), `{"Comment"`) {
			hostile(w, r)
			return
		}
		sane.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	if !secure {
		server.Start()
		return conformance.Target{URL: server.URL}
	}
	server.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return conformance.Target{URL: server.URL, TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}
}

// writtenAs runs the cases and returns what every format made of it.
func writtenAs(t *testing.T, target conformance.Target, cases []*fixtures.Case) map[string]*bytes.Buffer {
	t.Helper()
	outputs := map[string]*bytes.Buffer{}
	opts := []conformance.Option{conformance.WithCases(cases), conformance.WithSeed(1)}
	for _, f := range report.Formats() {
		outputs[f.Name] = &bytes.Buffer{}
		opts = append(opts, conformance.WithSink(report.NewWriter(f, "-", outputs[f.Name], report.Options{Rerun: "sendspec run --seed 1"})))
	}
	r, err := conformance.New(target, opts...)
	require.NoError(t, err)
	found, err := r.Run(t.Context())
	require.NoError(t, err)
	require.True(t, found.Failed())
	return outputs
}
