package fuzz

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// inputsHash names what the inputs of a campaign send. It is the sum of a hash for each input, so that the sums of the
// shards of a campaign add up to that of the whole.
type inputsHash [sha256.Size / 8]uint64 // from the least word

// add counts an input, which sends what has this digest.
func (h *inputsHash) add(digest [sha256.Size]byte) { h.join(hashOf(digest)) }

// join adds the inputs of another.
func (h *inputsHash) join(other inputsHash) {
	var carry uint64
	for i := range h {
		h[i], carry = bits.Add64(h[i], other[i], carry)
	}
}

func hashOf(sum [sha256.Size]byte) (h inputsHash) {
	for i := range h {
		h[i] = binary.BigEndian.Uint64(sum[len(sum)-8*(i+1):])
	}
	return h
}

// String is the hash in hexadecimal.
func (h *inputsHash) String() string {
	var b []byte
	for i := range h {
		b = binary.BigEndian.AppendUint64(b, h[len(h)-1-i])
	}
	return hex.EncodeToString(b)
}
