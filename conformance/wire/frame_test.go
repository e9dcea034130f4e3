package wire_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

func framed(f fixtures.Framing) *wire.Request {
	r := wire.NewRequest("SendCommand", []byte("{}"))
	r.Frame("h:1", f)
	return r
}

func TestAFramingSaysWhetherAServerWouldWait(t *testing.T) {
	t.Parallel()
	number := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		framing fixtures.Framing
		want    wire.Ending
	}{
		"honest":                         {fixtures.Framing{}, wire.Whole},
		"a length too low":               {fixtures.Framing{ContentLength: -1}, wire.Whole},
		"a length too high":              {fixtures.Framing{ContentLength: 1}, wire.CutShort},
		"a length below 0":               {fixtures.Framing{ContentLength: -3}, wire.Ambiguous},
		"the same length twice":          {fixtures.Framing{RepeatContentLength: number(0)}, wire.Whole},
		"a second length that is lower":  {fixtures.Framing{RepeatContentLength: number(-1)}, wire.Whole},
		"a second length that is higher": {fixtures.Framing{RepeatContentLength: number(1)}, wire.Ambiguous},
		"a length beside chunks":         {fixtures.Framing{BothLengths: true}, wire.Whole},
		"a lie beside chunks":            {fixtures.Framing{BothLengths: true, ContentLength: 20}, wire.Ambiguous},
	} {
		assert.Equal(t, c.want, framed(c.framing).Ending, name)
	}
	for chunks, want := range map[string]wire.Ending{
		"2\r\n{}\r\n0\r\n\r\n":              wire.Whole,
		"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n":     wire.Whole,
		"2;a=\"b\"\r\n{}\r\n00\r\n\r\n":     wire.Whole,
		"2\r\n{}\r\n0\r\nA: b\r\n\r\n":      wire.Whole,
		"2\r\n{}\r\n0\r\n\r\nmore":          wire.Whole,
		"0\r\n\r\n":                         wire.Whole,
		"zz\r\n{}\r\n0\r\n\r\n":             wire.Whole, // refused at the first line, or read to the last
		"1\r\n{}\r\n0\r\n\r\n":              wire.Whole,
		"2\n{}\n0\n\n":                      wire.Ambiguous,
		"":                                  wire.CutShort,
		"2":                                 wire.CutShort,
		"2\r\n{":                            wire.CutShort,
		"2\r\n{}":                           wire.CutShort,
		"2\r\n{}\r\n":                       wire.CutShort,
		"2\r\n{}\r\n0\r\n":                  wire.CutShort,
		"2\r\n{}\r\n0\r\nA: b\r\n":          wire.CutShort,
		"9\r\n{}\r\n0\r\n\r\n":              wire.CutShort,
		"ffffffffffffffffff\r\n{}\r\n0\r\n": wire.CutShort,
	} {
		assert.Equal(t, want, framed(fixtures.Framing{RawChunks: &chunks}).Ending, "%q", chunks)
	}
}

// A server that gives a request up when its client is gone takes the end of the sending for that.
func TestAWholeRequestIsAnsweredHoweverLongThatTakes(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-time.After(2 * wire.Quiet):
			w.WriteHeader(http.StatusAccepted)
		}
	}))
	defer server.Close()
	h, err := wire.NewHTTP(server.URL, wire.Limits{Timeout: time.Minute}, nil)
	require.NoError(t, err)
	defer h.Close()
	for _, f := range []fixtures.Framing{{}, {ContentLength: -1}} {
		assertEnding(t, ending{status: http.StatusAccepted}, h.Exchange(context.Background(), framed(f)))
	}
}

// A server that waits for more is told that nothing comes: at once where every server would wait, and where only
// some would, when the others have had the time to answer.
func TestTheEndOfTheSendingIsToldToWhoWaits(t *testing.T) {
	t.Parallel()
	endpoint := listen(t, func(c client) {
		_, err := io.Copy(io.Discard, c)
		assert.NoError(t, err)
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
	})
	h, err := wire.NewHTTP(endpoint, wire.Limits{Timeout: time.Minute}, nil)
	require.NoError(t, err)
	defer h.Close()
	assertEnding(t, ending{status: 400}, h.Exchange(context.Background(), framed(fixtures.Framing{ContentLength: 1})))
	one := 1
	x := h.Exchange(context.Background(), framed(fixtures.Framing{RepeatContentLength: &one}))
	assertEnding(t, ending{status: 400}, x)
	assert.GreaterOrEqual(t, x.Elapsed, wire.Quiet)
}

// The close of a server that only waits to be hung up on is none of its own: it is not told of a whole request.
func TestAServerThatWaitsForMoreOfAWholeRequestIsSilent(t *testing.T) {
	t.Parallel()
	endpoint := listen(t, func(c client) { _, _ = io.Copy(io.Discard, net.Conn(c)) })
	h, err := wire.NewHTTP(endpoint, wire.Limits{Timeout: 2 * wire.Quiet}, nil)
	require.NoError(t, err)
	defer h.Close()
	assertEnding(t, ending{failure: wire.TimedOut}, h.Exchange(context.Background(), framed(fixtures.Framing{})))
}
