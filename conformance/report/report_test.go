package report_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
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
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

func casesOf(t *testing.T, text ...string) []*fixtures.Case {
	t.Helper()
	topic := `{"defaults": {"level": "must", "profile": "core", "safety": "inert", "evidence": "shape/InvalidOutputFolder"}, "cases": [` +
		strings.Join(text, ",") + `]}`
	cases, err := fixtures.Load(fstest.MapFS{"area/Topic.json": {Data: []byte(topic)}})
	require.NoError(t, err)
	return cases
}

const refusedCase = `{"id": "area/Topic/refused", "title": "It is refused", "note": "A note",
	"request": {"body": {"json": {"Comment": "${nonce}"}}},
	"expect": [{"name": "refused", "status": 400, "error": {"type": "ValidationException", "message": "m"}}]}`

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// hostileText holds what must not reach a terminal.
const hostileText = "\x1b[2J\x1b]0;owned\x07 \x00 \xff\xfe \u202e \u0085 \r\n\t next line"

func answering(body func(r *http.Request) (int, string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, text := body(r)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("x-amzn-RequestId", uuid())
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
}

// written runs the cases and returns all that is written: the text, verbosely, and the JSON document.
func written(t *testing.T, target conformance.Target, cases []*fixtures.Case) (string, string) {
	t.Helper()
	var b strings.Builder
	var d strings.Builder
	text := report.TextOptions{Options: report.Options{Rerun: "sendspec run --seed 1"}, Verbose: true}
	r, err := conformance.New(target, conformance.WithCases(cases), conformance.WithSeed(1), conformance.WithSink(report.NewText(&b, text)),
		conformance.WithSink(report.NewWriter(formatNamed(t, "json"), "-", &d, report.Options{})))
	require.NoError(t, err)
	_, err = r.Run(context.Background())
	if err != nil {
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
	}
	return b.String(), d.String()
}

func formatNamed(t *testing.T, name string) report.Format {
	t.Helper()
	f, err := report.FormatNamed(name)
	require.NoError(t, err)
	return f
}

func assertPrintable(t *testing.T, text string) {
	t.Helper()
	assert.True(t, utf8.ValidString(text))
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("raw %U in %q", r, text)
			return
		}
	}
}

func TestWhatATargetSendsCannotReachTheTerminal(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(hostileText)
	require.NoError(t, err)
	for name, answer := range map[string]string{
		"no JSON":      hostileText,
		"in a message": `{"__type":"ValidationException","message":` + string(quoted) + `}`,
		"in a type":    `{"__type":` + string(quoted) + `}`,
		"in a member":  `{"__type":"E",` + string(quoted) + `:` + string(quoted) + `}`,
		"raw in JSON":  `{"__type":"ValidationException","message":"` + hostileText + `"}`,
		"long":         `{"__type":"E","message":"` + strings.Repeat("😀", 1000) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answering(func(r *http.Request) (int, string) {
				b, _ := io.ReadAll(r.Body)
				if strings.HasPrefix(string(b), `{"Comment"`) {
					return 400, answer
				}
				return 200, "{}"
			}))
			defer server.Close()
			text, document := written(t, conformance.Target{URL: server.URL}, casesOf(t, refusedCase))
			assert.Contains(t, text, "FAIL  area/Topic/refused (must)\n")
			assertPrintable(t, text)
			assertPrintable(t, document)
			assert.Less(t, len(text), 40_000, "what is quoted is bounded")
		})
	}
}

func TestTheTextOfAFailingCase(t *testing.T) {
	t.Parallel()
	cases := casesOf(t, refusedCase)
	steps, err := cases[0].Bind(fixtures.Bindings{"nonce": "N"})
	require.NoError(t, err)
	x := &wire.Exchange{
		Request: wire.NewRequest("SendCommand", steps[0].Request.Body),
		Response: &wire.Response{Status: 400, Header: http.Header{},
			Body: []byte("{\"__type\":\"ValidationException\",\"message\":\"\x1b[31m\\u0000\"}\n")},
	}
	r := judge.Judge(cases[0], steps, []*wire.Exchange{x}, false)
	text := report.Failure(event.Target{URL: "http://h:1", Region: "us-east-1"}, &r, "sendspec run area/Topic/refused")
	for _, line := range []string{
		"FAIL  area/Topic/refused (must)\n",
		"  rule     It is refused\n",
		"  evidence shape/InvalidOutputFolder (model, 2026-11): InvalidOutputFolder is declared for SendCommand\n",
		"  source   https://github.com/aws/api-models-aws/tree/56c8953 (operations.SendCommand.errors)\n",
		"  note     A note\n",
		"  want     ",
		"  got      ",
		`  sent     {"Comment":"N"}` + "\n",
		`  answer   400 {"__type":"ValidationException","message":"\x1b[31m`,
		"  rerun    sendspec run area/Topic/refused\n",
		"  curl     curl -sS -i",
	} {
		assert.Contains(t, text, line)
	}
	assertPrintable(t, text)
	assert.LessOrEqual(t, strings.Count(text, "\n"), 12, "about ten lines")
}

func TestNoCredentialIsWrittenAnywhere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(answering(func(*http.Request) (int, string) { return 200, "{}" }))
	defer server.Close()
	target := conformance.Target{URL: server.URL, Credentials: aws.Credentials{
		AccessKeyID: "AKIADISTINCTIVE", SecretAccessKey: "distinctive-secret", SessionToken: "distinctive-token",
	}}
	text, document := written(t, target, casesOf(t, refusedCase,
		strings.Replace(strings.Replace(refusedCase, "refused", "raw", 1), `}}},`, `}}, "framing": {"contentLength": 1}},`, 1)))
	require.Contains(t, text, "FAIL  area/Topic/refused")
	for _, secret := range []string{"AKIADISTINCTIVE", "distinctive-secret", "distinctive-token", "Signature="} {
		assert.NotContains(t, text, secret)
		assert.NotContains(t, document, secret)
	}
}

// The same behaviour gives the same report although every answer has new identifiers and times.
func TestTheJSONReportIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	for name, stamp := range map[string]func(now time.Time) string{
		"seconds":      func(now time.Time) string { return fmt.Sprintf("%.3f", float64(now.UnixMilli())/1000) },
		"milliseconds": func(now time.Time) string { return fmt.Sprint(now.UnixMilli()) },
		"an exponent":  func(now time.Time) string { return fmt.Sprintf("%.12E", float64(now.UnixMilli())/1000) },
		"a date":       func(now time.Time) string { return `"` + now.UTC().Format("2006-01-02T15:04:05.000Z") + `"` },
		"a fixed time": func(time.Time) string { return "1500000000" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var documents [2]string
			for i := range documents {
				now := time.Unix(1_790_000_000, 123_000_000).Add(time.Duration(i) * 98_765 * time.Millisecond)
				h := answering(func(*http.Request) (int, string) {
					return 200, `{"Command":{"CommandId":"` + uuid() + `","RequestedDateTime":` + stamp(now) + `,"ExpiresAfter":` +
						stamp(now) + `,"Status":"` + uuid() + `"}}`
				})
				_, documents[i] = written(t, conformance.Target{Handler: h}, casesOf(t, refusedCase,
					`{"id": "area/Topic/taken", "title": "t", "request": {}, "expect": [{"name": "n", "status": 200, "body": {"Command": `+
						`{"CommandId": "x", "RequestedDateTime": {"$epochSeconds": {"within": "5m"}},`+
						` "ExpiresAfter": {"$type": "null"}}}}]}`))
			}
			assert.Equal(t, documents[0], documents[1])
			assert.Contains(t, documents[0], "<uuid>")
		})
	}
}

func TestTheTextShowsEveryOutcomeThatWouldConform(t *testing.T) {
	t.Parallel()
	cases := casesOf(t, strings.Replace(refusedCase, `"expect": [`, `"expect": [{"name": "taken", "status": 200}, {"name": "denied",`+
		` "status": 400, "error": {"type": "Denied"}}, `, 1))
	steps, err := cases[0].Bind(fixtures.Bindings{"nonce": "N"})
	require.NoError(t, err)
	x := &wire.Exchange{
		Request:  wire.NewRequest("SendCommand", steps[0].Request.Body),
		Response: &wire.Response{Status: 404, Header: http.Header{}, Body: []byte(`{"__type":"NotFound"}`)},
	}
	r := judge.Judge(cases[0], steps, []*wire.Exchange{x}, false)
	text := report.Failure(event.Target{}, &r, "")
	assert.Contains(t, text, "  want     taken: status: 200 OK, not 404 Not Found NotFound\n  or       denied: status: 400 Bad "+
		"Request Denied, not 404 Not Found NotFound\n  or       ")
	assert.NotContains(t, text, "  got ", "the nearest is not the rule")
}

func TestTheTextCountsTheCasesThatShowNothing(t *testing.T) {
	t.Parallel()
	about := func(name string) string {
		return `{"id": "area/Topic/` + name + `", "title": "t", "request": {"body": {"json": {"Comment": "${nonce}"}}},
			"precondition": "refused", "expect": [{"name": "refused", "status": 400}]}`
	}
	taking := answering(func(*http.Request) (int, string) { return 200, "{}" })
	text, _ := written(t, conformance.Target{Handler: taking}, casesOf(t, about("one"), about("two"), refusedCase))
	assert.Contains(t, text, "\n2 not judged: the target accepts a request that this case needs refused\n")
	assert.Contains(t, text, "FAIL  area/Topic/refused (must)\n")
}
