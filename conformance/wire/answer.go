package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
)

// answers reads what comes back over a connection.
type answers struct {
	end      endReader
	bounded  io.LimitedReader
	buffered *bufio.Reader
	request  http.Request // what http.ReadResponse asks for its method
}

func newAnswers(conn net.Conn) *answers {
	a := &answers{end: endReader{Reader: conn}}
	a.bounded.R = &a.end
	a.buffered = bufio.NewReader(&a.bounded)
	return a
}

// ErrLongHeader says that the header of an answer is longer than is read of one.
var ErrLongHeader = errors.New("the header of the answer is longer than")

// next reads the header of one answer, or why there is none. All 1xx answers before it count as part of its
// header; they are passed over, but for one that upgrade names.
func (a *answers) next(method string, limits Limits, upgrade int) (*http.Response, *Error) {
	a.end.read, a.end.err = 0, nil
	a.bounded.N = limits.Header
	a.request.Method = method
	for {
		resp, err := http.ReadResponse(a.buffered, &a.request)
		switch {
		case err != nil && a.bounded.N <= 0:
			return nil, &Error{Malformed, fmt.Errorf("%w %d bytes", ErrLongHeader, limits.Header)}
		case err != nil && a.end.err != nil && !errors.Is(a.end.err, io.EOF):
			return nil, classify(a.end.err, true)
		case err != nil && a.end.err != nil:
			return nil, &Error{Closed, errors.New("the connection was closed without a whole answer")}
		case err != nil:
			return nil, classify(err, true)
		case resp.StatusCode >= 200, resp.StatusCode == upgrade:
			a.bounded.N = math.MaxInt64 // what is read of the body has a bound of its own
			return resp, nil
		}
	}
}

// endReader keeps how the reading ended, since a header cut short looks malformed to its parser, and how
// much was read.
type endReader struct {
	io.Reader
	read int64
	err  error
}

func (r *endReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += int64(n)
	if err != nil {
		r.err = err
	}
	return n, err
}
