package main

import (
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// lingerTime bounds the wait for a client to take the last answer and to close its end.
const lingerTime = 500 * time.Millisecond

// lingering is a listener whose connections do not reset a client that is still sending. net/http refuses a request that
// it cannot read, as one with a malformed Host, and closes at once: what it has not read of it then makes the system
// reset the connection, and the answer may be lost.
type lingering struct{ net.Listener }

// Accept waits for the next connection.
func (l lingering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &lingeringConn{TCPConn: tcp}, nil
	}
	return c, err
}

type lingeringConn struct {
	*net.TCPConn
	busy atomic.Bool // a request has begun, and the server does not wait for the next
}

func (c *lingeringConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if n > 0 {
		c.busy.Store(true)
	}
	return n, err
}

// Close closes the connection. During a request it ends the answer first and reads what the client still sends.
func (c *lingeringConn) Close() error {
	if c.busy.Load() && c.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.Copy(io.Discard, c.TCPConn)
	}
	return c.TCPConn.Close()
}

// noteIdle is the ConnState of a server whose connections linger.
func noteIdle(c net.Conn, state http.ConnState) {
	if l, ok := c.(*lingeringConn); ok && state == http.StateIdle {
		l.busy.Store(false)
	}
}
