package conformance

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"time"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// nonce is the random text of a case in a run: the same for the same seed, case and attempt.
func nonce(seed uint64, id string, attempt int) string {
	var head [16]byte
	binary.BigEndian.PutUint64(head[:8], seed)
	binary.BigEndian.PutUint64(head[8:], uint64(attempt))
	sum := sha256.Sum256(append(head[:], id...))
	return hex.EncodeToString(sum[:8])
}

// host is the name under which the target sees itself.
func (t Target) host() string {
	if u, err := url.Parse(t.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return "localhost"
}

// compose turns a bound request into the bytes to send, signed for the time.
func compose(t Target, signer *wire.Signer, m *fixtures.Message, now time.Time) (*wire.Request, error) {
	r := wire.NewRequest(m.Operation, m.Body)
	r.Method, r.Path = m.Method, m.Path
	for _, h := range m.Headers {
		r.Set(h.Name, h.Values...)
	}
	if m.Framing != nil {
		r.Chunked = m.Framing.Chunked
	}
	if err := signer.Sign(r, t.host(), now); err != nil {
		return nil, err
	}
	// Authentication is a header too: a case that removes or replaces one has the last word.
	for _, h := range m.Headers {
		r.Set(h.Name, h.Values...)
	}
	if rawFraming(m.Framing) {
		r.Frame(t.host(), wire.Framing{
			ContentLength: m.Framing.ContentLength, RawChunks: m.Framing.RawChunks,
			BothLengths: m.Framing.BothLengths, RepeatContentLength: m.Framing.RepeatContentLength,
		})
	}
	return r, nil
}

// rawFraming tells whether the request must be written by hand, since no HTTP client would send it.
func rawFraming(f *fixtures.Framing) bool {
	return f != nil && (f.ContentLength != 0 || f.RawChunks != nil || f.BothLengths || f.RepeatContentLength != nil)
}
