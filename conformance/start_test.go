package conformance_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/wire"
)

// unready are what a target does before it is up; each connection of it is one try.
var unready = map[string]func(*hostileConn){
	"closes":         says(""),
	"resets":         saysAndResets(""),
	"is silent":      saysAndHolds(""),
	"502":            says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
	"503":            says("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"),
	"504":            says("HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n"),
	"speaks no HTTP": says("starting\r\n"),
}

func TestATargetIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, behaviour := range unready {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/tls=%v", name, secure), func(t *testing.T) {
				t.Parallel()
				var s *hostileServer
				var tries atomic.Int64
				s = startHostile(t, secure, true, func(c *hostileConn) {
					if tries.Add(1) <= 3 {
						behaviour(c)
						return
					}
					s.saneAnswer(c)
				})
				if name == "is silent" { // it is up once an answer comes in time, however long a case's may take
					short := conformance.WithLimits(wire.Limits{Timeout: 200 * time.Millisecond})
					runner, err := conformance.New(s.target(), short)
					require.NoError(t, err)
					require.NoError(t, runner.Wait(t.Context(), time.Minute))
				}
				report, err := run(t.Context(), t, s.target(), conformance.WithCases(hostileCases(t, 3)),
					conformance.WithWait(20*time.Second))
				require.NoError(t, err)
				assert.True(t, report.Complete)
				assert.False(t, report.Failed())

				s = startHostile(t, secure, true, behaviour)
				_, err = run(t.Context(), t, s.target(), conformance.WithCases(hostileCases(t, 3)),
					conformance.WithWait(100*time.Millisecond))
				require.ErrorIs(t, err, conformance.ErrCannotJudge)
				require.ErrorContains(t, err, "not up after 100ms: "+s.url)
				assert.NotContains(t, err.Error(), "\n")
			})
		}
	}
}

// Nothing listens at first, then plain HTTP where TLS is wanted, and then the target.
func TestAPortThatOpensLateIsWaitedFor(t *testing.T) {
	t.Parallel()
	certificate, roots := selfSigned(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	runner, err := conformance.New(
		conformance.Target{URL: "https://" + address, TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}},
	)
	require.NoError(t, err)
	waited := make(chan error, 1)
	go func() { waited <- runner.Wait(t.Context(), 20*time.Second) }()

	var tries atomic.Int64
	early := make(chan struct{})
	plain := httptest.NewUnstartedServer(nil)
	plain.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew && tries.Add(1) == 2 {
			close(early)
		}
	}
	plain.Listener = listenAgain(t, address)
	plain.Start()
	select {
	case err := <-waited:
		t.Fatalf("not waited through: %v", err)
	case <-early:
	}
	plain.Close()
	ready := httptest.NewUnstartedServer(answering(always200))
	ready.Listener = listenAgain(t, address)
	ready.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	ready.StartTLS()
	defer ready.Close()
	require.NoError(t, <-waited)
}

func listenAgain(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	return l
}

// Where waiting cannot help, it ends at once.
func TestWaitingEndsAtOnceWhereItCannotHelp(t *testing.T) {
	t.Parallel()
	untrusted := startHostile(t, true, false, nil)
	http2 := startHostile(t, false, true, saysAndHolds(settingsFrame))
	for _, c := range []struct{ url, want string }{{untrusted.url, "--ca-file"}, {http2.url, "HTTP/2 only"}} {
		runner, err := conformance.New(conformance.Target{URL: c.url})
		require.NoError(t, err)
		began := time.Now()
		err = runner.Wait(t.Context(), time.Hour)
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
		require.ErrorContains(t, err, c.want)
		assert.Less(t, time.Since(began), 10*time.Minute)
	}
	ctx, cancel := context.WithCancel(t.Context())
	silent := startHostile(t, false, true, func(c *hostileConn) {
		cancel()
		<-c.server.ended
	})
	runner, err := conformance.New(conformance.Target{URL: silent.url})
	require.NoError(t, err)
	require.ErrorIs(t, runner.Wait(ctx, time.Minute), context.Canceled)
}

func TestANegativeWaitIsRefused(t *testing.T) {
	t.Parallel()
	_, err := conformance.New(conformance.Target{Handler: answering(always200)}, conformance.WithWait(-time.Second))
	require.ErrorContains(t, err, "wait -1s: want more than 0")
}
