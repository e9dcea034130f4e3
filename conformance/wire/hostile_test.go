package wire_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// smallLimits are so small that a hostile server cannot make a test fat. The time is one that nothing takes, however
// busy the machine is.
var smallLimits = wire.Limits{Timeout: time.Minute, Body: 64 << 10, Header: 16 << 10}

// shortLimits are for what ends with the time limit, and soon.
var shortLimits = wire.Limits{Timeout: 100 * time.Millisecond, Body: 64 << 10, Header: 16 << 10}

// endsWith wants an exchange to end so. One that is to run into the time limit is tried with longer limits where it ends
// otherwise: what comes before may take a busy machine longer than the first.
func endsWith(t *testing.T, want ending, exchange func(wire.Limits) *wire.Exchange) {
	t.Helper()
	limits := smallLimits
	if want.failure == wire.TimedOut {
		limits = shortLimits
	}
	x := exchange(limits)
	for limits.Timeout < smallLimits.Timeout && endingOf(x, want) != want {
		limits.Timeout *= 10
		x = exchange(limits)
	}
	assertEnding(t, want, x)
}

type ending struct {
	status    int // of the Response, 0 where there is none
	failure   wire.Failure
	truncated bool
	body      string // compared where it is not empty
}

var hostile = map[string]struct {
	serve func(client)
	want  ending
}{
	"silence":                   {serve: sayAndHold(""), want: ending{failure: wire.TimedOut}},
	"closing without a word":    {serve: say(""), want: ending{failure: wire.Closed}},
	"reset without a word":      {serve: sayAndReset(""), want: ending{failure: wire.Closed}},
	"reset inside the header":   {serve: sayAndReset("HTTP/1.1 200 OK\r\nContent-Ty"), want: ending{failure: wire.Malformed}},
	"closing inside the header": {serve: say("HTTP/1.1 200 OK\r\nContent-Ty"), want: ending{failure: wire.Malformed}},
	"closing inside the status": {serve: say("HTTP/1.1 2"), want: ending{failure: wire.Malformed}},
	"silence inside the header": {serve: sayAndHold("HTTP/1.1 200 OK\r\nContent-Ty"), want: ending{failure: wire.TimedOut}},
	"a header without end":      {serve: endless("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"), want: ending{failure: wire.Malformed}},
	"a header line without end": {serve: endless("HTTP/1.1 200 OK\r\nX-A: ", "b"), want: ending{failure: wire.Malformed}},
	"a body without end":        {serve: endless("HTTP/1.1 200 OK\r\n\r\n", "b"), want: ending{status: 200, truncated: true}},
	"a chunked body without end": {
		serve: endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nb\r\n"),
		want:  ending{status: 200, truncated: true},
	},
	"a chunk header without end": {
		serve: endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1"),
		want:  ending{status: 200, failure: wire.Malformed},
	},
	"trailers without end": {
		serve: endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: b\r\n"),
		want:  ending{status: 200, failure: wire.Malformed},
	},
	"a gigabyte promised, and held": {
		serve: sayAndHold("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nfew"),
		want:  ending{status: 200, failure: wire.TimedOut, body: "few"},
	},
	"a gigabyte promised, closed": {
		serve: say("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nfew"),
		want:  ending{status: 200, failure: wire.Closed, body: "few"},
	},
	"a gigabyte sent": {
		serve: endless("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", "b"),
		want:  ending{status: 200, truncated: true},
	},
	"a length that is none": {serve: say("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), want: ending{failure: wire.Malformed}},
	"two lengths": {
		serve: say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
		want:  ending{failure: wire.Malformed},
	},
	"a broken chunk length": {
		serve: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nb\r\n"),
		want:  ending{status: 200, failure: wire.Malformed},
	},
	"a chunk cut short": {
		serve: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
		want:  ending{status: 200, failure: wire.Closed, body: "ab"},
	},
	"chunks without the last": {
		serve: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
		want:  ending{status: 200, failure: wire.Closed, body: "ab"},
	},
	"reset inside the body": {
		serve: sayAndReset("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"),
		want:  ending{status: 200, failure: wire.Closed},
	},
	"another transfer encoding": {
		serve: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nab"),
		want:  ending{failure: wire.Malformed},
	},
	"a redirect": {
		serve: say("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
		want:  ending{status: 307},
	},
	"a flood of 1xx": {
		serve: endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
		want:  ending{failure: wire.Malformed},
	},
	"100 before the answer": {
		serve: say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
		want:  ending{status: 200, body: "{}"},
	},
	"switching protocols": {
		serve: sayAndHold("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
		want:  ending{status: 101},
	},
	"no HTTP":             {serve: say("SSH-2.0-OpenSSH_9.2\r\n"), want: ending{failure: wire.Malformed}},
	"an invalid status":   {serve: say("HTTP/1.1 abc OK\r\n\r\n"), want: ending{failure: wire.Malformed}},
	"an invalid header":   {serve: say("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), want: ending{failure: wire.Malformed}},
	"HTTP/1.0 to the end": {serve: say("HTTP/1.0 200 OK\r\n\r\n{}"), want: ending{status: 200, body: "{}"}},
	"an unknown status":   {serve: say("HTTP/1.1 799 \r\nContent-Length: 0\r\n\r\n"), want: ending{status: 799}},
	"gzip is not unfolded": {
		serve: say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"),
		want:  ending{status: 200, body: "\x1f\x8b\x08\x00"},
	},
	"one byte at a time": {
		serve: func(c client) {
			readRequest(c)
			for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") {
				_, _ = c.Write([]byte{b})
			}
		},
		want: ending{status: 200, body: "{}"},
	},
}

// afterASaneAnswer serves so from the second request on, and counts the connections.
func afterASaneAnswer(serve func(client)) (after func(client), connections *atomic.Int64) {
	connections = new(atomic.Int64)
	return func(c client) {
		if connections.Add(1) == 1 {
			say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(c)
		}
		serve(c)
	}, connections
}

func TestHostileServersAreBounded(t *testing.T) {
	t.Parallel()
	for name, c := range hostile {
		for _, over := range ways {
			t.Run(name+"/"+over.String(), func(t *testing.T) {
				t.Parallel()
				serve, connections := c.serve, new(atomic.Int64)
				endsWith(t, c.want, func(limits wire.Limits) *wire.Exchange {
					if over.used {
						serve, connections = afterASaneAnswer(c.serve)
					}
					x := exchangeOver(t, over, serve, limits)
					assert.Positive(t, x.Elapsed)
					return x
				})
				if over.used && c.want != (ending{failure: wire.Closed}) { // which is asked anew over a fresh one
					assert.EqualValues(t, 1, connections.Load(), "it was used")
				}
			})
		}
	}
}

// way is one in which a request goes to a server.
type way struct{ secure, used, raw bool }

var ways = []way{{}, {used: true}, {raw: true}, {secure: true}, {secure: true, used: true}, {secure: true, raw: true}}

func (w way) String() string { return fmt.Sprintf("TLS=%v used=%v raw=%v", w.secure, w.used, w.raw) }

// exchangeOver makes an exchange with a server in such a way.
func exchangeOver(t *testing.T, over way, serve func(client), limits wire.Limits, body ...byte) *wire.Exchange {
	t.Helper()
	h := exchangerFor(t, over.secure, serve, limits)
	defer h.Close()
	r := wire.NewRequest("SendCommand", []byte("{}"))
	if over.used {
		if x := h.Exchange(context.Background(), r); endingOf(x, ending{}) != (ending{status: 200}) {
			return &wire.Exchange{Elapsed: x.Elapsed} // the first answer came too late for the limit
		}
	}
	if over.raw {
		r.Frame("127.0.0.1", fixtures.Framing{})
	}
	r.Body = append(r.Body, body...)
	x := h.Exchange(context.Background(), r)
	assert.Same(t, r, x.Request)
	return x
}

// exchangerFor is an exchanger for a server that serves so.
func exchangerFor(t *testing.T, secure bool, serve func(client), limits wire.Limits) *wire.HTTP {
	t.Helper()
	scheme, server, trust := "http://", (*tls.Config)(nil), (*tls.Config)(nil)
	if secure {
		scheme, server, trust = "https://", trusted().server, trusted().client
	}
	h, err := wire.NewHTTP(scheme+listenWith(t, server, serve), limits, trust)
	require.NoError(t, err)
	t.Cleanup(h.Close)
	return h
}

// endingOf is how an exchange ended, with the body where one is wanted.
func endingOf(x *wire.Exchange, want ending) ending {
	var got ending
	if x.Err != nil {
		got.failure = x.Err.Failure
	}
	if x.Response != nil {
		got.status, got.truncated = x.Response.Status, x.Response.Truncated
		if want.body != "" {
			got.body = string(x.Response.Body)
		}
	}
	return got
}

func assertEnding(t *testing.T, want ending, x *wire.Exchange) {
	t.Helper()
	assert.Equal(t, want, endingOf(x, want), "err: %v", x.Err)
	if x.Response != nil {
		assert.LessOrEqual(t, int64(len(x.Response.Body)), smallLimits.Body)
	}
}

func TestAClosedPortIsUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	endpoint := "http://" + l.Addr().String()
	require.NoError(t, l.Close())
	for _, raw := range []bool{false, true} {
		h, err := wire.NewHTTP(endpoint, smallLimits, nil)
		require.NoError(t, err)
		r := wire.NewRequest("SendCommand", nil)
		if raw {
			r.Frame("h", fixtures.Framing{})
		}
		assertEnding(t, ending{failure: wire.Unreachable}, h.Exchange(context.Background(), r))
	}
}

func TestTLSAgainstAServerWithoutItIsUnreachable(t *testing.T) {
	t.Parallel()
	endpoint := strings.Replace(listen(t, say("HTTP/1.1 400 Bad Request\r\n\r\n")), "http:", "https:", 1)
	for _, raw := range []bool{false, true} {
		h, err := wire.NewHTTP(endpoint, smallLimits, nil)
		require.NoError(t, err)
		defer h.Close()
		r := wire.NewRequest("SendCommand", nil)
		if raw {
			r.Frame("h", fixtures.Framing{})
		}
		x := h.Exchange(context.Background(), r)
		require.NotNil(t, x.Err)
		assert.Equal(t, wire.Unreachable, x.Err.Failure, "%v", x.Err)
	}
}

func TestAnEndedContextInterruptsAtOnce(t *testing.T) {
	t.Parallel()
	for _, raw := range []bool{false, true} {
		t.Run(fmt.Sprintf("raw=%v", raw), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			serve, _ := afterASaneAnswer(func(c client) {
				readRequest(c)
				cancel()
				<-c.ended
			})
			h, err := wire.NewHTTP(listen(t, serve), wire.Limits{Timeout: time.Minute}, nil)
			require.NoError(t, err)
			defer h.Close()
			r := wire.NewRequest("SendCommand", []byte("{}"))
			assertEnding(t, ending{status: 200}, h.Exchange(ctx, r))
			if raw {
				r.Frame("h", fixtures.Framing{})
			}
			assertEnding(t, ending{failure: wire.Interrupted}, h.Exchange(ctx, r))
		})
	}
}

// A server that stops reading must not hold the writer of a large request.
func TestAServerThatNeverReadsIsBounded(t *testing.T) {
	t.Parallel()
	for _, over := range ways {
		neverReads := func(c client) {
			_ = c.tcp.SetReadBuffer(1 << 10)
			_, _ = c.Read(make([]byte, 1))
			<-c.ended
		}
		serve, connections := neverReads, new(atomic.Int64)
		endsWith(t, ending{failure: wire.TimedOut}, func(limits wire.Limits) *wire.Exchange {
			if over.used {
				serve, connections = afterASaneAnswer(neverReads)
			}
			return exchangeOver(t, over, serve, limits, bytes.Repeat([]byte("x"), 8<<20)...)
		})
		most := int64(1)
		if over.used {
			most = 2 // a kept connection on which something stirs gives way to a new one
		}
		assert.LessOrEqual(t, connections.Load(), most, over)
	}
}

// An answer that comes before the request is read is still an answer.
func TestAnAnswerBeforeTheRequestIsReadIsKept(t *testing.T) {
	t.Parallel()
	endpoint := listen(t, func(c client) {
		_, _ = c.Read(make([]byte, 1024))
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	h, err := wire.NewHTTP(endpoint, wire.Limits{}, nil)
	require.NoError(t, err)
	r := wire.NewRequest("SendCommand", bytes.Repeat([]byte("x"), 4<<20))
	r.Frame("h", fixtures.Framing{})
	assertEnding(t, ending{status: 413}, h.Exchange(context.Background(), r))
}

// The server counts each connection and closes it after the first answer without saying so. That the
// second request found no connection is not the target's answer to it.
func TestAConnectionClosedAfterAnAnswerIsNoAnswerToTheNextRequest(t *testing.T) {
	t.Parallel()
	endpoint := listen(t, func(c client) {
		b := bufio.NewReader(c)
		if req, err := http.ReadRequest(b); err == nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
			_, _ = http.ReadRequest(b) // the next request, which is dropped with the connection
		}
	})
	h, err := wire.NewHTTP(endpoint, smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	for range 3 {
		assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", []byte("{}"))))
	}
}
