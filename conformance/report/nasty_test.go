package report_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// secrets are the credentials of the run, which the nasty target sends back.
var secrets = aws.Credentials{AccessKeyID: "AKIADISTINCTIVE", SecretAccessKey: "distinctive/secret+of=it",
	SessionToken: "distinctive-token<&>"}

// nasty is what a target may answer to the case of this name.
var nasty = map[string]string{
	"bidi":     `{"__type":"ValidationException","message":"\u202etxet \u2066hidden\u2069 ` + "\u202e raw \u2028 \u200b \ufeff" + `"}`,
	"controls": "\x1b[2J\x1b]0;owned\x07\x1b]8;;file:///etc/passwd\x1b\\ \x00 \x7f \u0085 \x9b31m \r\n\t next line",
	"html": `{"__type":"</script><script>alert(1)</script>",` +
		`"message":"<img src=x onerror=alert(1)> &lt; <!-- --> </style> </title> javascript:alert(1) ' \" ` + "`" + `"}`,
	"invalid": "\xff\xfe\xc3\x28\xed\xa0\x80 no UTF-8 \xf0\x9f",
	"log": "\n::error title=owned::from the target\n##[error]owned ##vso[task.setvariable " +
		"variable=x]y\n::stop-commands::x\n::add-mask::a\n%0A::error::again",
	"markdown": "| a | b |\n|---|---|\n```\n``````\n</details></summary><b> [x](javascript:alert(1)) ![y](http://127.0.0.1/z) " +
		"@everyone #1 **x** ~~~ <!--",
	"megabytes": strings.Repeat("\U0001F600<]]>", 250_000),
	"nested":    strings.Repeat("[", 900) + strings.Repeat("]", 900),
	"secrets":   `{"__type":"ValidationException","message":"AKIADISTINCTIVE distinctive/secret+of=it distinctive-token<&> "}`,
	"xml":       `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "z">]><failure>]]>]]&gt;&y;</failure><![CDATA[ </testsuite>`,
}

func nastyHandler(t *testing.T) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("Date", "Sun, 01 Nov 2026 10:00:00 GMT")
		w.Header().Set("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
		_, name, _ := strings.Cut(string(b), `"Comment":"`)
		name, _, _ = strings.Cut(name, `"`)
		switch name {
		case "closed":
			panic(http.ErrAbortHandler)
		case "pass":
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"__type":"ValidationException","message":"m"}`)
		case "":
			_, _ = io.WriteString(w, "{}")
		default:
			w.Header().Set("X-Nasty", "\"><script>alert(1)</script> \xff ::error::x")
			w.WriteHeader(400)
			_, _ = io.WriteString(w, nasty[name])
		}
	})
}

// nastyReport is the report of the run against the nasty target. Its results may be replaced, and counted anew.
func nastyReport(t *testing.T) *event.Report {
	t.Helper()
	nastyOnce.Do(func() { nastyKept = *nastyRun(t) })
	r := nastyKept
	r.Results, r.Totals = slices.Clone(r.Results), maps.Clone(r.Totals)
	return &r
}

var (
	nastyOnce sync.Once
	nastyKept event.Report
)

// nastyRun runs against the nasty target once for all tests: its answers are megabytes. Times and addresses are fixed.
func nastyRun(t *testing.T) *event.Report {
	t.Helper()
	server := httptest.NewServer(nastyHandler(t))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = nil
	var cases []string
	for _, name := range append(slices.Sorted(maps.Keys(nasty)), "closed", "pass", "framed", "skipped", "warned") {
		c := `{"id": "area/Nasty/` + name + `", "title": "It is refused <b>&amp; \"so\"</b> | ` + "`x`" + `",
			"request": {"body": {"json": {"Comment": "` + name + `"}}},
			"expect": [{"name": "refused", "status": 400, "error": {"type": "ValidationException", "message": "m"}}]}`
		switch name {
		case "framed":
			c = strings.Replace(c, `}}},`, `}}, "framing": {"contentLength": -1}},`, 1)
		case "skipped":
			c = strings.Replace(c, `"Comment": "skipped"`, `"Comment": "${document.versions}"`, 1)
		case "warned":
			c = strings.Replace(c, `{"id"`, `{"level": "should", "id"`, 1)
		}
		cases = append(cases, c)
	}
	sink := &keeper{}
	target := conformance.Target{URL: server.URL, Name: "the nasty <target>", Credentials: secrets}
	// Few invariants by name, so that a new one changes no golden file.
	picks, err := selector.Parse([]string{"area", "invariant/Command/id-unique", "invariant/Error/bare-type",
		"invariant/HTTP/request-id-unique", "invariant/JSON/one-value"}, nil)
	require.NoError(t, err)
	r, err := conformance.New(target, conformance.WithCases(casesOf(t, cases...)),
		conformance.WithSelector(picks), conformance.WithSeed(1), conformance.WithParallel(1), conformance.WithSink(sink))
	require.NoError(t, err)
	_, err = r.Run(context.Background())
	require.NoError(t, err)
	normalize(sink.report, strings.TrimPrefix(server.URL, "http://"))
	return sink.report
}

type keeper struct{ report *event.Report }

func (k *keeper) Event(e event.Event) error {
	if end, ok := e.(event.Ended); ok {
		k.report = end.Report
	}
	return nil
}

// normalize replaces what differs from run to run: times, the address, the signature.
func normalize(r *event.Report, host string) {
	began := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	r.Target.URL = "http://target.example:80"
	r.Began, r.Elapsed = began, 1234*time.Millisecond
	for i := range r.Results {
		for j := range r.Results[i].Exchanges {
			x := r.Results[i].Exchanges[j].Exchange
			x.Sent, x.Elapsed = began, 5*time.Millisecond
			for k, f := range x.Request.Fields {
				if f.Name == "X-Amz-Date" {
					x.Request.Raw = bytes.ReplaceAll(x.Request.Raw, []byte(f.Value), []byte("20261101T100000Z"))
					x.Request.Fields[k].Value = "20261101T100000Z"
				}
			}
			x.Request.Raw = bytes.ReplaceAll(x.Request.Raw, []byte(host), []byte("target.example:80"))
			if x.Err != nil {
				x.Err = &wire.Error{Failure: x.Err.Failure, Err: context.DeadlineExceeded}
			}
		}
	}
}

// Every format is held to a golden file, and has no byte in it that a terminal, a browser or a log reader
// would obey.
func TestEveryFormatSurvivesTheNastiestTarget(t *testing.T) {
	t.Parallel()
	run := nastyReport(t)
	for _, f := range report.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			require.NoError(t, f.Write(&b, run, report.Options{Rerun: "sendspec run --seed 1"}))
			assertHarmless(t, b.String())
			assert.Less(t, b.Len(), 400_000, "what is quoted is bounded")
			golden(t, filepath.Join("testdata", "nasty", f.Name+".golden"), b.Bytes())
		})
	}
}

// assertHarmless holds a report to what every format owes: it prints, it names no credential, and no
// line of it or part of a line is a command of a CI system that the target chose.
func assertHarmless(t *testing.T, text string) {
	t.Helper()
	assert.True(t, utf8.ValidString(text))
	for i, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			t.Fatalf("raw %U at %q", r, text[max(0, i-40):min(len(text), i+40)])
		}
	}
	for _, secret := range []string{secrets.AccessKeyID, secrets.SecretAccessKey, secrets.SessionToken, "distinctive", "Signature="} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%q in %q", secret, around([]byte(text), at))
		}
	}
	for _, command := range []string{"##[", "##vso[", "\n::stop-commands", "\n::add-mask", "\n::error title=owned"} {
		if at := strings.Index(text, command); at >= 0 {
			t.Errorf("%q in %q", command, around([]byte(text), at))
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o750))
		require.NoError(t, os.WriteFile(name, got, 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err, "go test ./conformance/report -update writes it: look at what it wrote")
	if !bytes.Equal(want, got) {
		at := 0
		for at < min(len(want), len(got)) && want[at] == got[at] {
			at++
		}
		t.Errorf("%s differs at byte %d (go test ./conformance/report -update writes it anew)\nwant %q\ngot  %q",
			name, at, around(want, at), around(got, at))
	}
}

func around(b []byte, at int) []byte { return b[max(0, at-60):min(len(b), at+100)] }

// A credential that the end of a quote would cut in two is redacted before the cut.
func TestNoHalfOfACredentialIsWritten(t *testing.T) {
	t.Parallel()
	sink := &keeper{}
	target := conformance.Target{Credentials: secrets, Handler: answering(func(*http.Request) (int, string) {
		return 400, `{"message":"` + strings.Repeat("x", 1975) + secrets.SessionToken + strings.Repeat("y", 100) + `"}`
	})}
	r, err := conformance.New(target, conformance.WithCases(casesOf(t, refusedCase)), conformance.WithSink(sink))
	require.NoError(t, err)
	_, err = r.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, judge.Fail, sink.report.Results[0].Verdict)
	for _, f := range report.Formats() {
		assert.NotContains(t, string(rendered(t, f.Name, sink.report)), secrets.SessionToken[:8], f.Name)
	}
	var b strings.Builder
	text := report.NewText(&b, report.TextOptions{Width: 2010})
	require.NoError(t, text.Event(event.Started{Target: sink.report.Target}))
	for i := range sink.report.Results {
		require.NoError(t, text.Event(event.Judged{Result: sink.report.Results[i]}))
	}
	assert.NotContains(t, b.String(), secrets.SessionToken[:8])
}
