package fuzz_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// TestTheInputThatKillsAServerIsNamed: the server dies of one value, and stays dead. In fake time, since it is waited for.
func TestTheInputThatKillsAServerIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var dead atomic.Bool
		target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
			if dead.Load() || strings.Contains(body, `"DocumentHashType":"sha256"`) {
				dead.Store(true)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
		report := campaign(t, target, 1, fuzz.Options{Count: 5000, Parallel: 1, Strategies: []generate.Strategy{generate.Boundary}})
		require.False(t, report.Complete)
		require.Contains(t, report.Stopped, "stopped answering")
		require.NotEmpty(t, report.Divergences)
		require.True(t, report.Divergences[0].Killed)
		require.Contains(t, report.Divergences[0].What, "DocumentHashType enum")
		require.True(t, report.Failed(false))
	})
}

// TestAServerThatIsStartedAnewTellsItsKiller: a supervisor brings it back, and the campaign goes on.
func TestAServerThatIsStartedAnewTellsItsKiller(t *testing.T) {
	t.Parallel()
	var left atomic.Int64 // requests that the dead server loses before it is back
	inner := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if strings.Contains(body, `"DocumentHashType":"sha256"`) {
			left.Store(4)
		}
		if left.Add(-1) >= 0 {
			panic(http.ErrAbortHandler)
		}
		left.Store(0)
		next.ServeHTTP(w, r)
	})
	server := httptest.NewServer(inner.Handler)
	t.Cleanup(server.Close)
	report := campaign(
		t, conformance.Target{URL: server.URL, Bindings: inner.Bindings}, 1,
		fuzz.Options{Count: 400, Parallel: 1, Strategies: []generate.Strategy{generate.Boundary}},
	)
	require.True(t, report.Complete, report.Stopped)
	require.NotEmpty(t, report.Divergences)
	causes := map[string]bool{}
	for _, f := range report.Divergences {
		for _, c := range f.Fingerprint.Causes {
			causes[c] = true
		}
	}
	require.Contains(t, causes, "/DocumentHashType")
}
