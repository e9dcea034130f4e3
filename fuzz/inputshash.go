package fuzz

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

// inputsHash names what the inputs of a campaign send. It is the sum of a hash for each input, modulo 2^256, so that the
// sums of the shards of a campaign add up to that of the whole.
type inputsHash struct{ sum big.Int }

var hashModulus = new(big.Int).Lsh(big.NewInt(1), 8*sha256.Size)

// add counts an input, which sends what has this digest, or the inputs of another hash.
func (h *inputsHash) add(digest []byte) { h.sum.Add(&h.sum, new(big.Int).SetBytes(digest)) }

// String is the hash in hexadecimal.
func (h *inputsHash) String() string {
	return fmt.Sprintf("%0*x", 2*sha256.Size, new(big.Int).Mod(&h.sum, hashModulus))
}

func parseHash(text string) ([]byte, error) {
	sum, err := hex.DecodeString(text)
	if err != nil || len(sum) != sha256.Size {
		return nil, fmt.Errorf("hash %s: want %d hexadecimal digits", untrusted.Quote(text), 2*sha256.Size)
	}
	return sum, nil
}

// digest is over what a case sends, but for host, date and signature.
func digest(c *fixtures.Case) [sha256.Size]byte {
	r := &c.Steps[0].Request
	plain := r.Method == "" && r.Path == "" && r.Headers == nil && r.Framing == nil
	if len(c.Steps) == 1 && plain && r.Body.Base64 != nil {
		return sha256.Sum256(r.Body.Base64)
	}
	requests := make([]fixtures.Request, len(c.Steps))
	for i := range c.Steps {
		requests[i] = c.Steps[i].Request
	}
	b, err := json.Marshal(requests) // maps are sorted
	if err != nil {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(b)
}
