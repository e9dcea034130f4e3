package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

// impatient gives a request up when its client is gone, as handlers do that pass the request's context on. A raw
// request asks for the connection to be closed; there the end of the client has the time to arrive.
func impatient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if r.Close {
			select {
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			case <-time.After(20 * time.Millisecond):
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

func TestAServerThatGivesUpWithItsClientIsJudgedAsAnyOther(t *testing.T) {
	t.Parallel()
	found, err := run(t.Context(), t, embedded(t, 60, impatient), conformance.WithCases(sampled(embeddedCases(t, "wire", "auth"), 2)))
	require.NoError(t, err)
	for _, r := range found.Results {
		assert.Equal(t, judge.Pass, r.Verdict, "%s: %v", r.Case.ID, r.Findings)
	}
}

// A server waits for more only of these, and may close the connection when it hears that nothing comes. The close
// that conforms in the others is the server's own.
func TestWhichCasesAreCutShort(t *testing.T) {
	t.Parallel()
	endings := map[wire.Ending][]string{}
	for c, steps := range boundCorpus(t) {
		for _, s := range steps {
			if f := s.Request.Framing; f != nil {
				r := &wire.Request{Body: s.Request.Body}
				r.Frame("h", *f)
				endings[r.Ending] = append(endings[r.Ending], c.ID)
			}
		}
	}
	assert.ElementsMatch(t, []string{
		"wire/Chunked/doubtful/chunks=no-line-end-at-the-end",
		"wire/Chunked/malformed/chunks=cut-in-the-chunk",
		"wire/Chunked/malformed/chunks=cut-in-the-size",
		"wire/Chunked/malformed/chunks=no-chunks-at-all",
		"wire/Chunked/malformed/chunks=no-last-chunk",
		"wire/Chunked/malformed/chunks=nothing",
		"wire/Chunked/malformed/chunks=size-beyond-the-body",
		"wire/Content-Length/enormous/more=gigabytes",
		"wire/Content-Length/enormous/more=near-2-to-63",
		"wire/Content-Length/too-long/more=1",
		"wire/Content-Length/too-long/more=1000",
		"wire/Content-Length/too-long/more=100000",
	}, endings[wire.CutShort])
	assert.ElementsMatch(t, []string{
		"wire/Chunked/doubtful/chunks=line-feeds-alone",
		"wire/Content-Length/lie-beside-chunked/difference=20",
		"wire/Content-Length/negative",
		"wire/Content-Length/twice-different/difference=1",
		"wire/Content-Length/twice-different/difference=100",
	}, endings[wire.Ambiguous])
}
