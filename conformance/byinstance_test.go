package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/reference/service"
)

// withoutTargets refuses whatever is sent to the plain tag, in the same words.
func withoutTargets(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), `[{"Key":"tag:sendspec","Values":["`) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.Header().Set("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"InvalidInstanceId","message":"no instance"}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		next.ServeHTTP(w, r)
	})
}

const tooLong = "constraint/Comment/above-max/n=101"

// A target that knows no Targets is asked by InstanceIds about everything else: a right answer passes, a wrong one
// fails, and none is lost behind the refusal.
func TestATargetThatRefusesTargetsIsAskedByInstanceIDs(t *testing.T) {
	t.Parallel()
	cases := append(sampled(embeddedCases(t, "accept", "constraint", "echo", "error", "metamorphic", "type", "!"+tooLong), 5),
		embeddedCases(t, tooLong)...)
	ask := func(t *testing.T, server func(http.Handler) http.Handler, nodes bool) (report *event.Report) {
		t.Helper()
		now := time.Now()
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(now)) // a bubble begins in the year 2000
			world := service.Demo("", "")
			if !nodes {
				for name := range world.Bindings {
					if strings.HasPrefix(name, "node") {
						delete(world.Bindings, name)
					}
				}
			}
			var err error
			report, err = run(t.Context(), t, conformance.Target{Handler: server(service.New(world.Options...)), Bindings: world.Bindings},
				conformance.WithCases(cases), conformance.WithSeed(1), conformance.WithoutConfirmation())
			require.NoError(t, err)
		})
		return report
	}
	byNode := func(r *judge.Result) bool {
		return len(r.Exchanges) > 0 && !slices.ContainsFunc(r.Exchanges, func(e judge.Exchanged) bool {
			return !bytes.Contains(e.Request.Body, []byte(`"InstanceIds":["i-`)) || bytes.Contains(e.Request.Body, []byte(`"Targets"`))
		}) && !slices.Contains(r.Case.Needs(), "node")
	}
	right, wrong, hidden := ask(t, withoutTargets, true), ask(t, func(h http.Handler) http.Handler {
		return withoutTargets(takingAnyComment(h))
	}, true), ask(t, withoutTargets, false)
	require.True(t, right.Preflight.ByInstanceIDs)
	require.False(t, hidden.Preflight.ByInstanceIDs)
	asked, judged := 0, func(r *event.Report) int { return r.Totals.Judged() }
	for i := range right.Results {
		r := &right.Results[i]
		if byNode(r) {
			asked++
			assert.Equal(t, judge.Pass, r.Verdict, "%s: %+v", r.Case.ID, r.Findings)
		}
	}
	assert.Greater(t, asked, len(cases)/2)
	assert.Greater(t, judged(right), judged(hidden)+asked/2)
	assert.True(t, slices.ContainsFunc(wrong.Results, func(r judge.Result) bool {
		return r.Case.ID == tooLong && r.Verdict == judge.Fail
	}))
}

// takingAnyComment is a server that never looks at Comment.
func takingAnyComment(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if i := bytes.Index(b, []byte(`,"Comment":"`)); i > 0 {
			if n := bytes.IndexByte(b[i+12:], '"'); n > 0 {
				b = slices.Concat(b[:i], b[i+12+n+1:])
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		r.ContentLength = int64(len(b))
		next.ServeHTTP(w, r)
	})
}
