package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

// pipes is a listener of connections in memory, whose time limits a bubble's clock keeps.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error {
	close(p)
	return nil
}

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial() net.Conn {
	client, server := net.Pipe()
	p <- server
	return client
}

const halfARequest = "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: AmazonSSM.SendCommand\r\nContent-Type: " +
	"application/x-amz-json-1.1\r\nContent-Length: 100\r\n\r\n{"

func TestASlowRequestAndAnIdleConnectionHaveABound(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		sent  string
		bound time.Duration
	}{
		"a body that stops": {halfARequest, requestTime}, "a header that stops": {"POST / HTTP/1.1\r\nHost", requestTime}, "nothing": {"",
			idleTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				listener, server, done := make(pipes), newServer(service.New()), make(chan error)
				go func() { done <- server.Serve(listener) }()
				conn, began := listener.dial(), time.Now()
				_, err := io.WriteString(conn, row.sent)
				require.NoError(t, err)
				answer, err := io.ReadAll(conn)
				require.NoError(t, err)
				if strings.Contains(row.sent, "\r\n\r\n") {
					assert.True(t, strings.HasPrefix(string(answer), "HTTP/1.1 400 "), "%s", answer)
				}
				assert.LessOrEqual(t, time.Since(began), row.bound+time.Second)
				require.NoError(t, server.Close())
				<-done //nolint:errcheck // it is always that the server is closed
			})
		})
	}
}

func TestShutdownAnswersWhatIsUnderWayForABoundedTime(t *testing.T) {
	t.Parallel()
	for name, takes := range map[string]time.Duration{"a request that ends in time": shutdownTime / 2, "one that does not": answerTime} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				listener := make(pipes)
				s := &served{done: make(chan error, 1), server: newServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					select {
					case <-time.After(takes):
					case <-r.Context().Done():
					}
				}))}
				go func() { s.done <- s.server.Serve(listener) }()
				conn := listener.dial()
				_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				require.NoError(t, err)
				synctest.Wait()
				began, ended := time.Now(), make(chan struct{})
				go func() {
					s.shutdown()
					close(ended)
				}()
				answer, _ := io.ReadAll(conn) // of a pipe that was closed
				<-ended
				assert.Equal(t, takes < shutdownTime, strings.HasPrefix(string(answer), "HTTP/1.1 200 "), "%s", answer)
				assert.LessOrEqual(t, time.Since(began), shutdownTime+time.Second)
			})
		})
	}
}

// A signal closes the context.
func TestServeAnswersARequestThatIsUnderWayAtASignal(t *testing.T) {
	t.Parallel()
	ctx, signal := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, []string{"serve", "--addr", "127.0.0.1:0"}, Streams{In: strings.NewReader(""), Out: io.Discard, Err: writer})
		_ = writer.Close()
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	require.NoError(t, err)
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	address := regexp.MustCompile(`http://(\S+);`).FindStringSubmatch(line)
	require.Len(t, address, 2, line)
	conn, err := net.Dial("tcp", address[1])
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, strings.Replace(strings.TrimSuffix(halfARequest, "{"), "\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n", 1))
	require.NoError(t, err)
	answer := bufio.NewReader(conn)
	response, err := http.ReadResponse(answer, nil)
	require.NoError(t, err)
	require.Equal(t, 100, response.StatusCode, "the request is under way")
	signal()
	for refused := error(nil); refused == nil; { // until serve has seen the signal
		var other net.Conn
		if other, refused = net.Dial("tcp", address[1]); refused == nil {
			_ = other.Close()
		}
	}
	_, err = io.WriteString(conn, "{"+strings.Repeat(" ", 98)+"}")
	require.NoError(t, err)
	response, err = http.ReadResponse(answer, nil)
	require.NoError(t, err, "the answer to what was under way")
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Contains(t, string(body), "ValidationException")
	assert.Equal(t, exitConforms, <-ended)
}

// A client that sends its body while the server refuses the header gets the refusal, and no reset.
func TestServeDoesNotResetAClientThatItRefuses(t *testing.T) {
	t.Parallel()
	s, err := serve(serveSettings{address: "127.0.0.1:0", scale: 1})
	require.NoError(t, err)
	defer s.close()
	for range 200 {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: a b/c\r\nContent-Length: 9000\r\n\r\n"+strings.Repeat(" ", 9000))
		require.NoError(t, err)
		answer, err := io.ReadAll(c)
		require.NoError(t, err)
		require.Contains(t, string(answer), " 400 Bad Request")
		require.NoError(t, c.Close())
	}
}
