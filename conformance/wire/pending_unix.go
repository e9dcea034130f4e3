//go:build unix

package wire

import (
	"errors"
	"net"
	"syscall"
)

// pending reports whether a connection is closed by the other side, or something has come over it that nobody read.
func pending(conn net.Conn) bool {
	for {
		secure, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = secure.NetConn()
	}
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	found := true
	err = raw.Read(func(fd uintptr) bool {
		_, err := syscall.Read(int(fd), make([]byte, 1)) // it does not wait
		found = !errors.Is(err, syscall.EAGAIN)
		return true
	})
	return found || err != nil
}
