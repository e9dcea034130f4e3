package wire_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

func TestAHandlerIsHeldToTheSameLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		want  ending
	}{
		"an answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "{}")
		}, ending{status: 400, body: "{}"}},
		"no answer": {func(http.ResponseWriter, *http.Request) {}, ending{status: 200}},
		"a panic":   {func(http.ResponseWriter, *http.Request) { panic("at the disco") }, ending{failure: wire.HandlerPanic}},
		"an abort":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ending{failure: wire.Closed}},
		"no return": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ending{failure: wire.TimedOut}},
		"1xx first": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusNotFound)
		}, ending{status: 404}},
		"a second status": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			w.WriteHeader(http.StatusOK)
		}, ending{status: 400}},
		"no status": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(0) }, ending{failure: wire.HandlerPanic}},
		"a length that is too high": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			_, _ = io.WriteString(w, "{}")
		}, ending{status: 200, body: "{}", failure: wire.Closed}},
		"a length that is too low": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			_, _ = io.WriteString(w, "{}")
			_, _ = io.WriteString(w, "\n")
		}, ending{status: 200, body: "{}"}},
		"a status that is none, after one": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			w.WriteHeader(0)
		}, ending{status: 400}},
		"a write after one that was refused": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			_, _ = io.WriteString(w, "{}}")
			_, _ = io.WriteString(w, "{}")
		}, ending{status: 200, failure: wire.Closed}},
		"a length without a body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			w.WriteHeader(http.StatusNoContent)
			_, _ = io.WriteString(w, "{}")
		}, ending{status: 204}},
		"a flush": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "}")
		}, ending{status: 200, body: "{}"}},
		"a body without end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1000 {
				_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<10))
			}
		}, ending{status: 200, truncated: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endsWith(t, c.want, func(limits wire.Limits) *wire.Exchange {
				return wire.NewHandler(c.serve, limits).Exchange(context.Background(), wire.NewRequest("SendCommand", []byte("{}")))
			})
		})
	}
}

func TestAHandlerSeesWhatAServerWouldHandIt(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	h := wire.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Early", "1")
		w.WriteHeader(http.StatusOK)
		w.Header().Set("X-Late", "1")
	}), wire.Limits{})
	r := wire.NewRequest("SendCommand", []byte("abc"))
	r.Path = "/a?b=c"
	r.Set("x-amz-target", "one", "two")
	r.Chunked = 2
	x := h.Exchange(context.Background(), r)
	require.Nil(t, x.Err)
	assert.Equal(t, "abc", string(body))
	assert.Equal(t, "/a?b=c", got.RequestURI)
	assert.Equal(t, "/a", got.URL.Path)
	assert.Equal(t, "c", got.URL.Query().Get("b"))
	assert.Equal(t, []string{"one", "two"}, got.Header.Values("X-Amz-Target"))
	assert.Equal(t, "localhost", got.Host)
	assert.NotEmpty(t, got.RemoteAddr)
	assert.Equal(t, "1", x.Response.Header.Get("X-Early"))
	assert.Empty(t, x.Response.Header.Get("X-Late"))

	r.Frame("h", fixtures.Framing{})
	assertEnding(t, ending{failure: wire.Unsupported}, h.Exchange(context.Background(), r))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	waits := wire.NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), wire.Limits{})
	x = waits.Exchange(ctx, wire.NewRequest("SendCommand", nil))
	require.NotNil(t, x.Err)
}

func TestWhatSignsAQueryIsNotWritten(t *testing.T) {
	t.Parallel()
	const path = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261101&X-Amz-Security-Token=abc%2B&X-Amz-Signature=0f0f"
	const shown = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=(redacted)&X-Amz-Security-Token=(redacted)" +
		"&X-Amz-Signature=(redacted)"
	r := &wire.Request{Method: "POST", Path: path, Fields: []wire.Field{{Name: "Authorization", Value: "secret"}}}
	r.Frame("h", fixtures.Framing{})
	raw := string(wire.NewRedactor().Request(r).Raw)
	assert.Contains(t, raw, "POST "+shown+" HTTP/1.1\r\n")
	assert.Contains(t, raw, "Authorization: (redacted)\r\n")
}
