package mutants

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// front is an HTTP/1.1 server of one request a connection, before a service. Its functions are where
// servers differ in what they read; as newFront makes them, they do what RFC 9112 says.
type front struct {
	// fields are what the lines of a header say.
	fields func(lines []string) (http.Header, error)
	// host takes or refuses the values of all Host lines.
	host func(values []string) error
	// length is what the values of all Content-Length lines say.
	length func(values []string) (int64, error)
	// both takes or refuses a request with Content-Length and Transfer-Encoding.
	both func() error
	// fixed reads a body of a length.
	fixed func(r *bufio.Reader, length int64) ([]byte, error)
	// chunked reads a body in chunks.
	chunked func(r *bufio.Reader) ([]byte, error)
	// refuse is the status of a request that could not be read.
	refuse func(err error) int
	// answered replaces the status of an answer, where that is to be; behind tells whether more bytes came.
	answered func(status int, behind bool) int
}

// The faults of a message.
var (
	errBrokenOff  = errors.New("the message is incomplete")
	errUnreadable = errors.New("the message cannot be read")
	errTooLarge   = errors.New("the message is too large")
	errFailed     = errors.New("the server failed")
)

func newFront() *front {
	return &front{
		fields: fieldsOf, host: oneHost, length: oneLength, both: func() error { return nil }, fixed: wholeBody, chunked: newChunks().read,
		refuse: func(err error) int {
			switch {
			case errors.Is(err, errFailed):
				return http.StatusInternalServerError
			case errors.Is(err, errTooLarge):
				return http.StatusRequestEntityTooLarge
			}
			return http.StatusBadRequest
		},
		answered: func(status int, _ bool) int { return status },
	}
}

// maxMessage bounds a request: a body, and chunks or a header around it.
const maxMessage = maxBody + 1<<20

// connectionTime is how long a connection may take.
const connectionTime = 30 * time.Second

// serve answers until the listener is closed, and returns when the last answer is out.
func (f *front) serve(l net.Listener, h http.Handler) error {
	var connections sync.WaitGroup
	defer connections.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		connections.Go(func() {
			defer conn.Close() //nolint:errcheck // the connection is over
			f.connection(conn, h)
		})
	}
}

func (f *front) connection(conn net.Conn, h http.Handler) {
	_ = conn.SetDeadline(time.Now().Add(connectionTime))
	r := bufio.NewReader(io.LimitReader(conn, maxMessage))
	answer := f.answer(r, h)
	answer.StatusCode = f.answered(answer.StatusCode, r.Buffered() > 0)
	if answer.Write(conn) != nil {
		return
	}
	// A socket that is closed with bytes unread takes the answer back.
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}

func (f *front) answer(r *bufio.Reader, h http.Handler) *http.Response {
	request, err := f.request(r)
	if err != nil {
		return &http.Response{
			StatusCode: f.refuse(err), ProtoMajor: 1, ProtoMinor: 1, Close: true,
			Body: io.NopCloser(strings.NewReader(err.Error())), ContentLength: int64(len(err.Error())),
		}
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	answer := recorder.Result()
	answer.ContentLength, answer.Close, answer.Request = int64(recorder.Body.Len()), true, request
	return answer
}

func (f *front) request(r *bufio.Reader) (*http.Request, error) {
	text := textproto.NewReader(r)
	line, err := text.ReadLine()
	if err != nil {
		return nil, errBrokenOff
	}
	method, target, _ := strings.Cut(line, " ")
	target, protocol, _ := strings.Cut(target, " ")
	address, err := url.ParseRequestURI(target)
	if err != nil || protocol != "HTTP/1.1" {
		return nil, errUnreadable
	}
	header, err := f.header(text)
	if err != nil {
		return nil, err
	}
	if err := f.host(header["Host"]); err != nil {
		return nil, err
	}
	body, err := f.body(r, header)
	if err != nil {
		return nil, err
	}
	request := &http.Request{
		Method: method, URL: address, RequestURI: target, Proto: protocol, ProtoMajor: 1, ProtoMinor: 1, Header: header, Host: header.Get("Host"),
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	for _, name := range []string{"Host", "Content-Length", "Transfer-Encoding"} {
		header.Del(name)
	}
	return request, nil
}

func (f *front) header(text *textproto.Reader) (http.Header, error) {
	var lines []string
	for {
		line, err := text.ReadLine()
		switch {
		case err != nil:
			return nil, errBrokenOff
		case line == "":
			return f.fields(lines)
		}
		lines = append(lines, line)
	}
}

func (f *front) body(r *bufio.Reader, header http.Header) ([]byte, error) {
	lengths, coding := header["Content-Length"], header.Get("Transfer-Encoding")
	switch {
	case coding != "":
		if !strings.EqualFold(coding, "chunked") {
			return nil, errUnreadable
		}
		if len(lengths) > 0 {
			if err := f.both(); err != nil {
				return nil, err
			}
		}
		return f.chunked(r)
	case len(lengths) > 0:
		n, err := f.length(lengths)
		if err != nil {
			return nil, err
		}
		return f.fixed(r, n)
	}
	return nil, nil
}

// fieldsOf refuses white space before the colon (RFC 9112 section 5.1), and joins folded lines.
func fieldsOf(lines []string) (http.Header, error) {
	text := strings.Join(append(slices.Clone(lines), "", ""), "\r\n")
	fields, err := textproto.NewReader(bufio.NewReader(strings.NewReader(text))).ReadMIMEHeader()
	if err != nil {
		return nil, errUnreadable
	}
	for name := range fields {
		if strings.ContainsAny(name, " \t") {
			return nil, errUnreadable
		}
	}
	return http.Header(fields), nil
}

func oneHost(values []string) error {
	if len(values) != 1 || strings.ContainsAny(values[0], " \t/@") {
		return fmt.Errorf("Host: %w", errUnreadable)
	}
	return nil
}

func oneLength(values []string) (int64, error) {
	if len(slices.Compact(slices.Clone(values))) != 1 {
		return 0, fmt.Errorf("Content-Length: %w", errUnreadable)
	}
	n, err := strconv.ParseUint(values[0], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("Content-Length: %w", errUnreadable)
	}
	return int64(n), nil
}

// wholeBody sets nothing aside for what has not come.
func wholeBody(r *bufio.Reader, length int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, min(length, maxBody+1)))
	switch {
	case len(body) > maxBody:
		return nil, errTooLarge
	case err != nil || int64(len(body)) < length:
		return body, errBrokenOff
	}
	return body, nil
}
