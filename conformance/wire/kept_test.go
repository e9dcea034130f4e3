package wire_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
)

// answersInTurn gives the requests of each connection the answers one after the other, and then closes it.
func answersInTurn(connections *atomic.Int64, answers ...string) func(client) {
	return func(c client) {
		connections.Add(1)
		b := bufio.NewReader(c)
		for _, answer := range answers {
			req, err := http.ReadRequest(b)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = io.WriteString(c, answer)
		}
	}
}

func TestAConnectionIsKeptWhereAnotherRequestMayFollow(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
	for name, c := range map[string]struct {
		answer      string
		change      func(*wire.Request)
		connections int64 // of three exchanges
	}{
		"a length": {answer: ok, connections: 1},
		"chunks":   {answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", connections: 1},
		"chunks with a trailer": {answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
			connections: 1},
		"100 first":           {answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok, connections: 1},
		"HTTP/1.0 kept":       {answer: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}", connections: 1},
		"chunks of a request": {answer: ok, change: func(r *wire.Request) { r.Chunked = 1 }, connections: 1},
		"an answer to HEAD": {
			answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
			change: func(r *wire.Request) { r.Method = "HEAD" }, connections: 1,
		},
		"a body after HEAD":      {answer: ok, change: func(r *wire.Request) { r.Method = "HEAD" }, connections: 3},
		"HTTP/1.0":               {answer: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", connections: 3},
		"an announced close":     {answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", connections: 3},
		"a close that was asked": {answer: ok, change: func(r *wire.Request) { r.Set("Connection", "close") }, connections: 3},
		"bytes after an answer":  {answer: ok + "HTTP/1.1 500 Rubbish\r\nContent-Length: 0\r\n\r\n", connections: 3},
	} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/TLS=%v", name, secure), func(t *testing.T) {
				t.Parallel()
				var connections atomic.Int64
				h := exchangerFor(t, secure, answersInTurn(&connections, c.answer, c.answer, c.answer, c.answer), smallLimits)
				for range 3 {
					r := wire.NewRequest("SendCommand", []byte("{}"))
					if c.change != nil {
						c.change(r)
					}
					assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), r))
				}
				assert.Equal(t, c.connections, connections.Load())
			})
		}
	}
}

// A second answer that comes while nothing is asked is none to the next request.
func TestWhatComesOverAnIdleConnectionIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("TLS=%v", secure), func(t *testing.T) {
			t.Parallel()
			testIdleConnection(t, secure)
		})
	}
}

func testIdleConnection(t *testing.T, secure bool) {
	t.Helper()
	idle, sent, more := make(chan struct{}), make(chan struct{}), make(chan int, 1)
	var connections atomic.Int64
	h := exchangerFor(t, secure, func(c client) {
		if connections.Add(1) > 1 {
			say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")(c)
			return
		}
		readRequest(c)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		<-idle
		_, _ = io.WriteString(c, "HTTP/1.1 500 Rubbish\r\nContent-Length: 0\r\n\r\n")
		close(sent)
		n, _ := c.Read(make([]byte, 1))
		more <- n
	}, smallLimits)
	assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	close(idle)
	<-sent
	assertEnding(t, ending{status: 201}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	assert.Zero(t, <-more, "the next request is not sent where nobody would hear its answer")
}

// A connection that was closed while it was idle is of no use, and that is no answer.
func TestAConnectionClosedWhileIdleIsNotUsed(t *testing.T) {
	t.Parallel()
	idle, closed := make(chan struct{}), make(chan struct{})
	var connections atomic.Int64
	h, err := wire.NewHTTP(listen(t, func(c client) {
		if connections.Add(1) > 1 {
			say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")(c)
			return
		}
		say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(c)
		<-idle
		_ = c.Close()
		close(closed)
	}), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	close(idle)
	<-closed
	assertEnding(t, ending{status: 201}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	assert.EqualValues(t, 2, connections.Load())
}

// Whether a body follows a header is told by the method of its own request, not of one before.
func TestTheMethodsOfAConnectionMayDiffer(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
	var connections atomic.Int64
	h, err := wire.NewHTTP(listen(t, answersInTurn(&connections, head+"{}", head, head+"[]")), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	for _, c := range []struct{ method, body string }{{"POST", "{}"}, {"HEAD", ""}, {"POST", "[]"}} {
		r := wire.NewRequest("SendCommand", nil)
		r.Method = c.method
		x := h.Exchange(context.Background(), r)
		require.Nil(t, x.Err)
		assert.Equal(t, c.body, string(x.Response.Body))
	}
	assert.EqualValues(t, 1, connections.Load())
}

// An exchange is kept while others go over the same connection.
func TestAnAnswerHasMemoryOfItsOwn(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	answer := func(b string) string { return "HTTP/1.1 200 OK\r\nX-A: " + b + "\r\nContent-Length: 2\r\n\r\n" + b }
	h, err := wire.NewHTTP(listen(t, answersInTurn(&connections, answer("11"), answer("22"), answer("33"))), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	var kept []*wire.Exchange
	for range 3 {
		kept = append(kept, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	}
	for i, want := range []string{"11", "22", "33"} {
		require.Nil(t, kept[i].Err)
		assert.Equal(t, want, string(kept[i].Response.Body))
		assert.Equal(t, want, kept[i].Response.Header.Get("X-A"))
	}
	assert.EqualValues(t, 1, connections.Load())
}

// What the target does to a request on a fresh connection is its answer, and is judged: the request is sent
// no second time.
func TestAFreshConnectionThatIsClosedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	h, err := wire.NewHTTP(listen(t, answersInTurn(&connections, "")), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	assertEnding(t, ending{failure: wire.Closed}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	assert.EqualValues(t, 1, connections.Load())
}

// An answer that begins on a kept connection and breaks off is the target's doing.
func TestAnAnswerThatBreaksOffIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
	h, err := wire.NewHTTP(listen(t, answersInTurn(&connections, head+"{}", head+"{")), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	x := h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil))
	assertEnding(t, ending{status: 200, failure: wire.Closed, body: "{"}, x)
	assert.EqualValues(t, 1, connections.Load())
}

func TestTheHeaderIsBoundedOnEachAnswerOfAConnection(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
	many := "HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", int(smallLimits.Header)-100) + "\r\nContent-Length: 2\r\n\r\n{}"
	bomb := "HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 2*int(smallLimits.Header)) + "\r\nContent-Length: 2\r\n\r\n{}"
	var connections atomic.Int64
	h, err := wire.NewHTTP(listen(t, answersInTurn(&connections, ok, many, many, bomb)), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	for range 3 {
		assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	}
	assertEnding(t, ending{failure: wire.Malformed}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	assert.EqualValues(t, 1, connections.Load())
}

// A server that answers a large request before it has read it, and reads no more of it, is heard.
func TestAnEarlyAnswerToALargeRequestIsKept(t *testing.T) {
	t.Parallel()
	h, err := wire.NewHTTP(listen(t, func(c client) {
		_, _ = c.Read(make([]byte, 1024))
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
		<-c.ended
	}), wire.Limits{Timeout: time.Minute}, nil)
	require.NoError(t, err)
	defer h.Close()
	assertEnding(t, ending{status: 413}, h.Exchange(context.Background(),
		wire.NewRequest("SendCommand", []byte(strings.Repeat("x", 8<<20)))))
}

func TestCloseEndsIdleConnections(t *testing.T) {
	t.Parallel()
	gone := make(chan error, 1)
	h, err := wire.NewHTTP(listen(t, func(c client) {
		readRequest(c)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		_, err := c.Read(make([]byte, 1))
		gone <- err
	}), smallLimits, nil)
	require.NoError(t, err)
	assertEnding(t, ending{status: 200}, h.Exchange(context.Background(), wire.NewRequest("SendCommand", nil)))
	h.Close()
	require.ErrorIs(t, <-gone, io.EOF)
}

// What net/http refuses to send is refused still: a line end inside of a field would be another field.
func TestAFieldWithALineEndIsNotSent(t *testing.T) {
	t.Parallel()
	h, err := wire.NewHTTP(listen(t, say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), smallLimits, nil)
	require.NoError(t, err)
	defer h.Close()
	r := wire.NewRequest("SendCommand", nil)
	r.Set("X-A", "a\r\nX-B: b")
	x := h.Exchange(context.Background(), r)
	require.NotNil(t, x.Err)
	assert.Nil(t, x.Response)
}
