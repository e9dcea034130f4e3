//go:build unix

package wire

import (
	"errors"
	"net"
	"syscall"
)

// quietness tells of an idle connection whether it is still open and nothing has come over it: what comes
// without being asked for must not be read as the answer to the next request.
func quietness(conn net.Conn) func() bool {
	raw := rawConnection(conn)
	if raw == nil {
		return func() bool { return false }
	}
	var one [1]byte
	var err error
	look := func(fd uintptr) bool {
		_, err = syscall.Read(int(fd), one[:]) // it does not wait
		return true
	}
	return func() bool {
		return raw.Read(look) == nil && (errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR))
	}
}
