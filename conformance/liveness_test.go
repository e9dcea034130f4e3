package conformance_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
)

// A target that is started anew in the middle of a run costs no case its verdict.
func TestATargetThatIsStartedAnewIsWaitedFor(t *testing.T) {
	t.Parallel()
	var cases atomic.Int64
	var server *httptest.Server
	handler := answering(always200)
	again := make(chan *httptest.Server, 1)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.HasPrefix(string(b), `{"Comment"`) && cases.Add(1) == 10 {
			w.Header().Set("Connection", "close")
			address := server.Listener.Addr().String()
			_ = server.Listener.Close()
			time.AfterFunc(300*time.Millisecond, func() {
				s := httptest.NewUnstartedServer(handler)
				s.Listener = listenAgain(t, address)
				s.Start()
				again <- s
			})
		}
		handler.ServeHTTP(w, r)
	}))
	found, err := run(t.Context(), t, conformance.Target{URL: server.URL}, conformance.WithCases(plainCases(t, 60)),
		conformance.WithParallel(1))
	server.Close()
	(<-again).Close()
	require.NoError(t, err)
	assert.True(t, found.Complete, found.Stopped)
	assert.Equal(t, 60, found.Totals[judge.Pass]-passingInvariants(found))
}

// Where something in front of it takes the connections meanwhile, a case that failed for that is judged by what it is
// answered when the target is back.
func TestAConnectionThatIsClosedWhileTheTargetIsGoneIsNoAnswer(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	s := startHostile(t, false, false, nil)
	s.hostile = func(c *hostileConn) {
		if n.Add(1) <= 6 {
			c.reset()
			return
		}
		s.saneAnswer(c)
	}
	found, err := run(t.Context(), t, s.target(), conformance.WithCases(hostileCases(t, 40)), conformance.WithParallel(1))
	require.NoError(t, err)
	assert.Equal(t, 40, found.Totals[judge.Pass]-passingInvariants(found))
}

// Behind a gateway a target that is gone is a 502 of nobody's words.
func TestATargetThatIsGoneBehindAGatewayIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, comesBack := range map[string]bool{"for a moment": true, "for good": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cases, left atomic.Int64
			sane := answering(always200)
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				if strings.HasPrefix(string(b), `{"Comment"`) && cases.Add(1) == 10 {
					left.Store(4)
				}
				if left.Load() > 0 {
					if comesBack {
						left.Add(-1)
					}
					http.Error(w, "<html>no upstream", http.StatusBadGateway)
					return
				}
				sane.ServeHTTP(w, r)
			})
			found, err := run(t.Context(), t, conformance.Target{Handler: handler}, conformance.WithCases(plainCases(t, 60)),
				conformance.WithParallel(1), conformance.WithRevival(time.Second))
			if !comesBack {
				require.ErrorIs(t, err, conformance.ErrCannotJudge)
				require.ErrorContains(t, err, "stopped answering, last at area/Topic/c009")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, 60, found.Totals[judge.Pass]-passingInvariants(found))
		})
	}
}
