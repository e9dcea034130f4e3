//go:build unix

package wire

import (
	"errors"
	"net"
	"syscall"
)

// ifQuiet returns what writes over an idle connection and waits until something comes back: true, or false
// and nothing written where the connection is closed or something has come over it already. What comes without
// being asked for must not be read as the answer to the next request.
//
// To look, to write and to wait is one step, since the look is what the waiting needs: it spares a read that
// would only find that the answer is not there yet.
func ifQuiet(conn net.Conn, write func()) func() bool {
	raw := rawConnection(conn)
	if raw == nil {
		return func() bool { return false }
	}
	var one [1]byte
	var quiet bool
	step := func(fd uintptr) bool {
		if quiet {
			return true // something came
		}
		_, err := syscall.Read(int(fd), one[:]) // it does not wait
		if quiet = errors.Is(err, syscall.EAGAIN); quiet {
			write()
		}
		return !quiet
	}
	return func() bool {
		quiet = false
		_ = raw.Read(step) // an end of the time shows in the reading
		return quiet
	}
}
