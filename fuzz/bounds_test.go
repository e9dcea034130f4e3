package fuzz_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fuzz"
)

// Whatever a target does from some request on, a campaign ends within the bound that its help names.
func TestACampaignEndsInTimeWhateverTheTargetDoes(t *testing.T) {
	t.Parallel()
	const timeout = 10 * time.Second // the default of a session
	hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	throttles := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }
	resets := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	slow := func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(9 * time.Second):
			w.WriteHeader(http.StatusBadRequest)
		case <-r.Context().Done():
		}
	}
	for name, c := range map[string]struct {
		options fuzz.Options
		does    http.HandlerFunc
		spares  bool // the plain request of the liveness check
	}{
		"it falls silent":                    {fuzz.Options{For: 5 * time.Second}, hangs, false},
		"it falls silent for longer":         {fuzz.Options{For: time.Minute}, hangs, false},
		"it resets":                          {fuzz.Options{For: 5 * time.Second}, resets, false},
		"it hangs but for the plain request": {fuzz.Options{For: 5 * time.Second}, hangs, true},
		"it throttles":                       {fuzz.Options{For: 5 * time.Second}, throttles, false},
		"it is slow":                         {fuzz.Options{For: 5 * time.Second}, slow, false},
		"a count, and it falls silent":       {fuzz.Options{Count: 2000}, hangs, false},
		"a count, and it hangs":              {fuzz.Options{Count: 2000}, hangs, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var n atomic.Int64
				n.Store(-1 << 30)
				target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
					time.Sleep(time.Millisecond)
					if n.Add(1) > 40 && (!c.spares || !strings.Contains(body, "sendspec-liveness")) {
						c.does(w, r)
						return
					}
					next.ServeHTTP(w, r)
				})
				s := session(t, target, 1)
				n.Store(0)
				began := time.Now()
				report, err := fuzz.Run(t.Context(), s, c.options)
				require.NoError(t, err)
				require.LessOrEqual(t, time.Since(began), c.options.Ends()+timeout)
				require.False(t, report.Complete && !report.Failed(false), "what does not answer is not passed: %s", report.Verdict())
			})
		})
	}
}
