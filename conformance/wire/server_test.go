package wire_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// client is a connection from the exchanger; ended is closed when the test is over.
type client struct {
	net.Conn
	tcp   *net.TCPConn // below TLS, where there is TLS
	ended <-chan struct{}
}

// listen serves each connection with the function, over real loopback sockets, until the test ends.
func listen(t *testing.T, serve func(client)) string {
	t.Helper()
	return "http://" + listenWith(t, nil, serve)
}

// listenWith is listen with TLS, where it is configured. It returns the address.
func listenWith(t *testing.T, config *tls.Config, serve func(client)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var mu sync.Mutex
	var open []net.Conn
	var group sync.WaitGroup
	ended := make(chan struct{})
	group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			group.Go(func() {
				conn := c
				if config != nil {
					conn = tls.Server(c, config)
				}
				defer conn.Close()
				serve(client{conn, c.(*net.TCPConn), ended})
			})
		}
	})
	t.Cleanup(func() {
		close(ended)
		assert.NoError(t, l.Close())
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		group.Wait()
	})
	return l.Addr().String()
}

// readRequest reads one request, so that closing the connection does not reset it.
func readRequest(c net.Conn) {
	if req, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
}

func say(text string) func(client) {
	return func(c client) {
		readRequest(c)
		_, _ = io.WriteString(c, text)
	}
}

// sayAndHold leaves the connection open after what it says.
func sayAndHold(text string) func(client) {
	return func(c client) {
		readRequest(c)
		_, _ = io.WriteString(c, text)
		<-c.ended
	}
}

func sayAndReset(text string) func(client) {
	return func(c client) {
		readRequest(c)
		_, _ = io.WriteString(c, text)
		_ = c.tcp.SetLinger(0)
	}
}

// endless writes the head and then the unit for as long as the client reads.
func endless(head, unit string) func(client) {
	return func(c client) {
		readRequest(c)
		_, err := io.WriteString(c, head)
		block := bytes.Repeat([]byte(unit), 1+4096/len(unit))
		for err == nil {
			_, err = c.Write(block)
		}
	}
}
