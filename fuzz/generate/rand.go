package generate

import (
	"cmp"
	"math/rand"
	"strings"
)

// splitMix is the SplitMix64 generator (Steele, Lea, Flood 2014): it is ready at once, where the
// generator of math/rand takes longer to be seeded than an input to be made.
type splitMix struct{ state uint64 }

func (s *splitMix) Uint64() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (s *splitMix) Int63() int64 { return int64(s.Uint64() >> 1) }

func (s *splitMix) Seed(seed int64) { s.state = uint64(seed) }

// seededRand draws the same for the same seed.
func seededRand(seed uint64) *rand.Rand {
	return rand.New(&splitMix{state: seed})
}

func chance(r *rand.Rand, percent int) bool { return r.Intn(100) < percent }

func pick[T any](r *rand.Rand, from []T) T { return from[r.Intn(len(from))] }

// pickOr picks one of the texts; the empty one means the drawn one, which most often is not picked.
func pickOr(r *rand.Rand, drawn string, from ...string) string {
	return cmp.Or(pick(r, from), drawn)
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"

// word draws n lower-case letters and digits.
func word(r *rand.Rand, n int) string { return fill(r, []rune(letters), n) }

func hexadecimal(r *rand.Rand, n int) string { return fill(r, []rune("0123456789abcdef"), n) }

// fill draws n characters of an alphabet.
func fill(r *rand.Rand, alphabet []rune, n int) string {
	drawn := make([]rune, n)
	for i := range drawn {
		drawn[i] = pick(r, alphabet)
	}
	return string(drawn)
}

// alphabets are the classes of characters that go wrong in ways of their own.
var alphabets = [][]rune{
	[]rune(letters),
	[]rune(letters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,:;"),
	[]rune(`"\/'<>&%$#{}[]()` + "`"),
	[]rune("äöüßéñ§±"),
	[]rune("語環境ノード"),
	[]rune("средаΩλשלום"),
	{'e', '\u0301', 'o', '\u0308'},
	{'😀', '𝒳', '🇩'},
	[]rune(" \t"),
	[]rune("0123456789+-.eE"),
}

// text draws n code points of one alphabet, or of all. It has no {{ in it, which would be a document's template.
func text(r *rand.Rand, n int) string {
	alphabet := pick(r, alphabets)
	if !chance(r, 20) {
		return withoutTemplates(fill(r, alphabet, n))
	}
	drawn := make([]rune, n)
	for i := range drawn {
		drawn[i] = pick(r, pick(r, alphabets))
	}
	return withoutTemplates(string(drawn))
}

func withoutTemplates(s string) string { return strings.ReplaceAll(s, "{{", "{ ") }
