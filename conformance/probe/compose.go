package probe

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Nonce is the random text of a case in a run: the same for the same seed, case and attempt.
func Nonce(seed uint64, id string, attempt int) string {
	var head [16]byte
	binary.BigEndian.PutUint64(head[:8], seed)
	binary.BigEndian.PutUint64(head[8:], uint64(attempt))
	sum := sha256.Sum256(append(head[:], id...))
	return hex.EncodeToString(sum[:8])
}

// host is the name under which the target sees itself: of a URL that was checked there is nothing after it.
func (c *Client) host() string {
	if _, host, found := strings.Cut(c.URL, "://"); found {
		return host
	}
	return "localhost"
}

// Compose turns a bound request into the bytes to send, signed for the time.
func (c *Client) Compose(m *fixtures.Message, now time.Time) (*wire.Request, error) {
	r := wire.NewRequest(m.Operation, m.Body)
	r.Method, r.Path = m.Method, m.Path
	for _, h := range m.Headers {
		r.Set(h.Name, h.Values...)
	}
	if m.Framing != nil {
		r.Chunked = m.Framing.Chunked
	}
	if err := c.sign(r, m.Auth, now); err != nil {
		return nil, err
	}
	// Authentication is a header too: a case that removes or replaces one has the last word.
	for _, h := range m.Headers {
		r.Set(h.Name, h.Values...)
	}
	r.OddlySigned = m.Auth != nil || slices.ContainsFunc(m.Headers, func(h fixtures.HeaderField) bool {
		return strings.EqualFold(h.Name, "Authorization") || strings.EqualFold(h.Name, "X-Amz-Date")
	})
	if RawFraming(m.Framing) {
		r.Frame(c.host(), *m.Framing)
	}
	return r, nil
}

// scope is the region that a signature is for.
func (c *Client) scope(region string) string {
	switch {
	case region != fixtures.OtherRegion:
		return region
	case c.Region == "us-west-2":
		return "us-east-1"
	}
	return "us-west-2"
}

// sign signs the request, rightly or in the way that the case asks for; without a signer it does not.
func (c *Client) sign(r *wire.Request, auth *fixtures.Signature, now time.Time) error {
	if c.Signer == nil {
		return nil
	}
	if auth == nil {
		return c.Signer.Sign(r, c.host(), now)
	}
	if auth.Unsigned {
		return nil
	}
	own := c.Signer.With(auth.AccessKey, auth.Secret, c.scope(auth.Region), auth.Service)
	if auth.Caller == fixtures.Denied {
		own.Credentials = c.Denied
	}
	if auth.Skew != "" {
		skew, err := time.ParseDuration(auth.Skew)
		if err != nil {
			return fmt.Errorf("auth: skew %q: want a duration such as -20m", auth.Skew)
		}
		now = now.Add(skew)
	}
	body := r.Body
	if auth.TamperBody {
		r.Body = append(slices.Clone(body), ' ')
	}
	held := r.Remove(auth.UnsignedHeaders...)
	var err error
	if auth.Presigned {
		err = own.Presign(r, c.host(), now)
	} else {
		err = own.Sign(r, c.host(), now)
	}
	r.Body = body
	r.Fields = append(r.Fields, held...)
	return err
}

// RawFraming reports whether the request must be written by hand, since no HTTP client would send it.
func RawFraming(f *fixtures.Framing) bool {
	return f != nil && (f.ContentLength != 0 || f.RawChunks != nil || f.BothLengths || f.RepeatContentLength != nil)
}
