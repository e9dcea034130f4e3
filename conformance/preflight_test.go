package conformance_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// saysOnly is a handler that gives this answer to requests of an operation, and sane ones to all others.
func saysOnly(operation string, status int, contentType, body string) http.Handler {
	return only(operation, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func only(operation string, answer http.HandlerFunc) http.Handler {
	sane := answering(always200)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSSM."+operation {
			answer(w, r)
			return
		}
		sane.ServeHTTP(w, r)
	})
}

const awsJSON = "application/x-amz-json-1.1"

func listCase(t *testing.T) []*fixtures.Case {
	t.Helper()
	return casesOf(
		t,
		`{"id": "area/Topic/list", "title": "t", "profile": "lifecycle", "request": {"operation": "ListCommands"},`+
			` "expect": [{"name": "listed", "status": 200}]}`,
		`{"id": "area/Topic/send", "title": "t", "request": {"body": {"json": {"Comment": "${nonce}"}}}, "expect": [{"name": "taken",`+
			` "status": 200}]}`,
	)
}

// An operation that fails is there: its cases are judged, and the run says that it failed from the start.
func TestAnOperationThatFailsIsJudged(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.Handler{
		"500":             saysOnly("ListCommands", 500, awsJSON, `{"__type":"InternalServerError","message":"boom"}`),
		"500 with a page": saysOnly("ListCommands", 500, "text/html", "<p>The server encountered an internal error"),
		"503":             saysOnly("ListCommands", 503, "text/html", ""),
		"a panic":         only("ListCommands", func(http.ResponseWriter, *http.Request) { panic("boom") }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := run(t.Context(), t, conformance.Target{Handler: handler, Name: "it"}, conformance.WithCases(listCase(t)))
			require.NoError(t, err)
			assert.Equal(t, judge.Fail, found.Results[0].Verdict)
			assert.Equal(t, judge.Pass, found.Results[1].Verdict)
			assert.Contains(t, found.Preflight.Operations, "ListCommands")
			require.Len(t, found.Preflight.Broken, 1)
			assert.Contains(t, report.Verdict(found), "; ListCommands failed before the first case (")
			assert.Contains(t, report.Verdict(found), "start it anew")
		})
	}
	for name, behaviour := range map[string]func(*http.Request){
		"closes": func(*http.Request) { panic(http.ErrAbortHandler) },
		"hangs":  func(r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				handler := only("ListCommands", func(_ http.ResponseWriter, r *http.Request) { behaviour(r) })
				found, err := run(t.Context(), t, conformance.Target{Handler: handler}, conformance.WithCases(listCase(t)))
				require.NoError(t, err)
				assert.Equal(t, judge.Fail, found.Results[0].Verdict)
				assert.Equal(t, judge.Pass, found.Results[1].Verdict)
				assert.Contains(t, report.Verdict(found), "; ListCommands failed before the first case (no answer")
			})
		})
	}
}

// What an earlier run left behind may be why an operation fails, but not where nobody has sent the target a command.
func TestOnlyATargetThatWasAskedBeforeIsToBeStartedAnew(t *testing.T) {
	t.Parallel()
	target := conformance.Target{Name: "it", Handler: broken("CancelCommand", service.New())}
	for i, anew := range []bool{false, true} {
		found, err := run(t.Context(), t, target, conformance.WithCases(casesOf(
			t, `{"id": "area/Topic/cancel", "title": "t", "profile": "lifecycle", "request": {"operation": "CancelCommand"},`+
				` "expect": [{"name": "refused", "status": 400}]}`)), conformance.WithWait(time.Minute), conformance.WithSeed(1))
		require.NoError(t, err)
		assert.Equal(t, !anew, found.Preflight.Fresh)
		assert.Contains(t, report.Verdict(found), "; CancelCommand failed before the first case (500 Internal Server Error")
		assert.Equal(t, anew, strings.HasSuffix(report.Verdict(found), ": if the server was asked before, start it anew"), "run %d", i+1)
	}
}

// Of a list that goes on, the rest is not known.
func TestATargetWhoseListGoesOnMayHaveBeenAskedBefore(t *testing.T) {
	t.Parallel()
	asked := service.New()
	goesOn := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") != "AmazonSSM.ListCommands" {
			asked.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		asked.ServeHTTP(answer, r)
		w.Header().Set("Content-Type", awsJSON)
		_, _ = io.WriteString(w, strings.TrimSuffix(answer.Body.String(), "}")+`,"NextToken":"more"}`)
	})
	found, err := run(t.Context(), t, conformance.Target{Name: "it", Handler: goesOn}, conformance.WithCases(plainCases(t, 1)))
	require.NoError(t, err)
	assert.False(t, found.Preflight.Fresh)
}

// broken answers an operation with 500, and the others as the handler does.
func broken(operation string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSSM."+operation {
			http.Error(w, "boom", http.StatusInternalServerError)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Only a clear word makes a part untested.
func TestAnOperationThatIsNotThereIsUntested(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.Handler{
		"UnknownOperationException":     saysOnly("ListCommands", 400, awsJSON, `{"__type":"UnknownOperationException"}`),
		"UnsupportedOperation":          saysOnly("ListCommands", 400, awsJSON, `{"__type":"UnsupportedOperation","message":"no"}`),
		"UnsupportedOperationException": saysOnly("ListCommands", 400, awsJSON, `{"__type":"com.amazonaws#UnsupportedOperationException"}`),
		"a 500 that names it":           saysOnly("ListCommands", 500, awsJSON, `{"__type":"NotImplemented"}`),
		"501": saysOnly("ListCommands", 501, awsJSON,
			`{"__type":"InternalFailure","message":"not yet implemented"}`),
		"404": saysOnly("ListCommands", 404, "text/plain", "404 page not found"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := run(t.Context(), t, conformance.Target{Handler: handler}, conformance.WithCases(listCase(t)))
			require.NoError(t, err)
			assert.Equal(t, judge.Skip, found.Results[0].Verdict)
			assert.Equal(t, "the target does not know ListCommands", found.Results[0].Reason)
			assert.Equal(t, judge.Pass, found.Results[1].Verdict)
			assert.Empty(t, found.Preflight.Broken)
			assert.NotContains(t, report.Verdict(found), "before the first case")
		})
	}
}

// What the preflight alone saw of an invariant is judged, and asked again without a case.
func TestTheInvariantsSeeThePreflight(t *testing.T) {
	t.Parallel()
	handler := saysOnly("ListCommands", 500, awsJSON, `{"__type":"InternalServerError"}`)
	never5xx := func(options ...conformance.Option) *judge.Result {
		found, err := run(t.Context(), t, conformance.Target{Handler: handler}, append(options, conformance.WithCases(plainCases(t, 2)))...)
		require.NoError(t, err)
		for i := range found.Results {
			if found.Results[i].Case.ID == "invariant/HTTP/never-5xx" {
				return &found.Results[i]
			}
		}
		t.Fatal("no such invariant")
		return nil
	}
	r := never5xx()
	assert.Equal(t, judge.Fail, r.Verdict)
	assert.Equal(t, "first seen in the preflight", r.Reason)
	assert.Empty(t, r.FirstSeen())
	assert.Equal(t, judge.Pass, never5xx(conformance.WithProfiles(fixtures.Core)).Verdict, "the operation is of another profile")
}

// A target that fails at everything has not been judged; one that only begins so has.
func TestATargetThatFailsAtThePlainRequestCannotBeJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.Handler
		want    string
	}{
		"SSM": {saysOnly("SendCommand", 500, awsJSON, `{"__type":"InternalServerError","message":"boom"}`),
			`500 Internal Server Error: {"__type":"InternalServerError","message":"boom"}`},
		"a gateway": {saysOnly("SendCommand", 503, "application/json", `{"message":"no healthy upstream"}`),
			`503 Service Unavailable: {"message":"no healthy upstream"}`},
		"empty":      {saysOnly("SendCommand", 502, "", ""), "502 Bad Gateway: an empty body"},
		"an escape":  {saysOnly("SendCommand", 500, "text/html", "\x1b[31m\n<html>"), `\x1b[31m\n<html>`},
		"no such":    {saysOnly("SendCommand", 400, awsJSON, `{"__type":"UnsupportedOperationException"}`), "does not know SendCommand"},
		"no such, 5": {saysOnly("SendCommand", 501, awsJSON, `{"__type":"InternalFailure"}`), "does not know SendCommand"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, err := run(t.Context(), t, conformance.Target{Handler: c.handler}, conformance.WithCases(plainCases(t, 2)))
				require.ErrorIs(t, err, conformance.ErrCannotJudge)
				require.ErrorContains(t, err, c.want)
				assert.NotContains(t, err.Error(), "\n")
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		sane := answering(always200)
		starting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) < 3 {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			sane.ServeHTTP(w, r)
		})
		found, err := run(t.Context(), t, conformance.Target{Handler: starting}, conformance.WithCases(plainCases(t, 2)))
		require.NoError(t, err)
		assert.Equal(t, judge.Pass, found.Results[0].Verdict)
	})
}

// An answer of the right type is one of an SSM endpoint: what is wrong with its body, an invariant says.
func TestABodyThatIsNoJSONIsAFindingWhereItsTypeIsRight(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"trailing bytes": `{"Command":{}}}`, "a byte order mark": "\ufeff{\"Command\":{}}",
		"an empty body": "", "a list": "[]", "half": `{"Command":`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := run(t.Context(), t, conformance.Target{Handler: saysOnly("SendCommand", 200, awsJSON, body)},
				conformance.WithCases(plainCases(t, 2)))
			require.NoError(t, err)
			failed := ""
			for _, r := range found.Results {
				if r.Verdict == judge.Fail {
					failed += r.Case.ID + " "
				}
			}
			assert.Contains(t, failed, "invariant/JSON/one-value")
			_, err = run(t.Context(), t, conformance.Target{Handler: saysOnly("SendCommand", 200, "text/plain", body)},
				conformance.WithCases(plainCases(t, 2)))
			require.ErrorContains(t, err, "is this an SSM endpoint?")
		})
	}
}
