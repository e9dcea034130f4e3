package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"
)

// Handler exchanges straight with an http.Handler in the same process: no socket, no HTTP parser.
type Handler struct {
	handler http.Handler
	limits  Limits
}

// NewHandler returns an exchanger for the handler.
func NewHandler(h http.Handler, limits Limits) *Handler {
	return &Handler{h, limits.WithDefaults()}
}

// Exchange calls the handler. A raw request is Unsupported: framing is the HTTP server's work, and
// here there is none. A handler that does not return in time is left behind, since a goroutine
// cannot be ended; its context is cancelled.
func (h *Handler) Exchange(ctx context.Context, r *Request) *Exchange {
	x := &Exchange{Request: r, Sent: time.Now()}
	if r.Raw != nil {
		x.Err = &Error{Unsupported, errors.New("an http.Handler has no connection whose framing could be at fault")}
		return x
	}
	limited, cancel := context.WithTimeout(ctx, h.limits.Timeout)
	defer cancel()
	req, err := received(r)
	if err != nil {
		x.Err = &Error{Unsupported, err}
		return x
	}
	req = req.WithContext(limited)
	rec := &recorder{header: http.Header{}, limit: h.limits.Body}
	done := make(chan *Error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- panicError(p)
				return
			}
			done <- nil
		}()
		h.handler.ServeHTTP(rec, req)
	}()
	select {
	case x.Err = <-done:
		if x.Err == nil {
			x.Response, x.Err = rec.response(r.Method == http.MethodHead)
		}
	case <-limited.Done():
		x.Err = &Error{TimedOut, fmt.Errorf("the handler did not return within %s", h.limits.Timeout)}
		if ctx.Err() != nil {
			x.Err = &Error{Interrupted, ctx.Err()}
		}
	}
	x.Elapsed = time.Since(x.Sent)
	return x
}

func panicError(p any) *Error {
	if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
		return &Error{Closed, http.ErrAbortHandler}
	}
	return &Error{HandlerPanic, fmt.Errorf("%v\n%s", p, debug.Stack())}
}

// received is the request as a server hands it to its handler.
func received(r *Request) (*http.Request, error) {
	message, err := r.message("localhost")
	if err != nil {
		return nil, err
	}
	req, err := http.ReadRequest(bufio.NewReaderSize(bytes.NewReader(message), 1<<10)) // it is all there: a large buffer is no use
	if err != nil {
		return nil, err
	}
	req.RemoteAddr = "127.0.0.1:0"
	return req, nil
}

type recorder struct {
	header, sent http.Header
	status       int
	length       int // of the body, as the header announces it; -1 where it does not
	written      int // bytes, those of a refused Write among them
	body         bytes.Buffer
	limit        int64
	truncated    bool
}

func (r *recorder) Header() http.Header { return r.header }

// WriteHeader panics, as net/http does, over what is no status.
func (r *recorder) WriteHeader(status int) {
	switch {
	case r.status != 0: // the first one counts
		return
	case status < 100 || status > 999:
		panic(fmt.Sprintf("invalid WriteHeader code %d", status))
	case status < 200:
		return
	}
	r.status, r.sent, r.length = status, r.header.Clone(), -1
	if n, err := strconv.Atoi(r.header.Get("Content-Length")); err == nil && r.mayHaveBody() && r.header.Get("Transfer-Encoding") == "" {
		r.length = n
	}
}

func (r *recorder) mayHaveBody() bool {
	return r.status != http.StatusNoContent && r.status != http.StatusNotModified
}

// Write takes what net/http would send.
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	if !r.mayHaveBody() {
		return 0, http.ErrBodyNotAllowed
	}
	r.written += len(b)
	if r.length >= 0 && r.written > r.length {
		return 0, http.ErrContentLength
	}
	if room := r.limit - int64(r.body.Len()); int64(len(b)) > room {
		r.truncated = true
		r.body.Write(b[:room])
		return len(b), nil
	}
	return r.body.Write(b)
}

// Flush is there for handlers that a server of net/http gives it to.
func (r *recorder) Flush() { r.WriteHeader(http.StatusOK) }

// response is what a client would read: not all of a body that is shorter than announced.
func (r *recorder) response(head bool) (*Response, *Error) {
	r.WriteHeader(http.StatusOK)
	var err *Error
	if r.body.Len() < r.length && !head && !r.truncated {
		err = readError(io.ErrUnexpectedEOF)
	}
	return &Response{Proto: "HTTP/1.1", Status: r.status, Header: r.sent, Body: r.body.Bytes(), Truncated: r.truncated}, err
}
