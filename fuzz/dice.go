package fuzz

import (
	"math"
	"math/rand"
	"slices"
	"unicode/utf8"
)

// dice is what the generators draw from.
type dice interface {
	// Intn returns a number of [0,n).
	Intn(n int) int
	// Shuffle puts n elements in any order.
	Shuffle(n int, swap func(i, j int))
}

// inputDice are the dice of one input: those of rand.Rand. Where they are seeded, most draws go straight to
// the source, and give the same.
type inputDice struct {
	rand.Rand
	seeded bool
	source splitMix // of Rand, if seeded
}

// seededDice are the dice that a seed stands for.
func seededDice(seed uint64) *inputDice {
	d := &inputDice{seeded: true, source: splitMix{state: seed}}
	d.Rand = *rand.New(&d.source)
	return d
}

// Intn is that of rand.Rand without its layers, which would take a third of the time of an input.
func (d *inputDice) Intn(n int) int {
	if !d.seeded || n <= 0 || n > math.MaxInt32 {
		return d.Rand.Intn(n)
	}
	return int(d.source.below(uint32(n)))
}

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

// below draws a number of [0,n) as rand.Rand does: of 31 bits, and again if beyond the last multiple of n.
func (s *splitMix) below(n uint32) uint32 {
	for {
		// Numbers beyond the last multiple are fewer than n, so that most need no second division.
		if v := uint32(s.Uint64() >> 33); v <= 1<<31-n || v < 1<<31-1<<31%n {
			return v % n
		}
	}
}

func (s *splitMix) Int63() int64 { return int64(s.Uint64() >> 1) }

func (s *splitMix) Seed(seed int64) { s.state = uint64(seed) }

func chance(d dice, percent int) bool { return d.Intn(100) < percent }

func pick[T any](d dice, from []T) T { return from[d.Intn(len(from))] }

// pickOr picks one of the texts; the empty one stands for the drawn one, which most often is not picked.
func pickOr(d dice, drawn []byte, from ...string) string {
	if s := pick(d, from); s != "" {
		return s
	}
	return string(drawn)
}

// usualText is how many bytes most of the drawn texts do not exceed.
const usualText = 512

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"

// word draws n lower-case letters and digits.
func word(d dice, n int) string { return string(appendWord(make([]byte, 0, usualText), d, n)) }

func appendWord(b []byte, d dice, n int) []byte { return appendCharacters(b, d, letters, n) }

func hexadecimal(d dice, n int) string {
	return string(appendCharacters(make([]byte, 0, usualText), d, "0123456789abcdef", n))
}

func appendCharacters(b []byte, d dice, from string, n int) []byte {
	b = slices.Grow(b, n)[:len(b)+n]
	drawn := b[len(b)-n:]
	rolls(d, len(from), drawn)
	for i := range drawn {
		drawn[i] = from[drawn[i]]
	}
	return b
}

// rolls draws as many numbers of [0,n) as there is room for; n is at most 256.
func rolls(d dice, n int, into []byte) {
	if own, is := d.(*inputDice); is && own.seeded {
		for i := range into {
			into[i] = byte(own.source.below(uint32(n)))
		}
		return
	}
	for i := range into {
		into[i] = byte(d.Intn(n))
	}
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

// text draws n code points of one class, or of all.
func text(d dice, n int) string { return string(appendText(make([]byte, 0, usualText), d, n)) }

func appendText(b []byte, d dice, n int) []byte {
	start := len(b)
	from := pick(d, alphabets)
	if chance(d, 20) {
		for range n {
			b = utf8.AppendRune(b, pick(d, pick(d, alphabets)))
		}
	} else {
		drawn := slices.Grow(make([]byte, 0, usualText), n)[:n]
		rolls(d, len(from), drawn)
		for _, k := range drawn {
			b = utf8.AppendRune(b, from[k])
		}
	}
	for i := start + 1; i < len(b); i++ {
		if b[i-1] == '{' && b[i] == '{' {
			b[i] = ' ' // a document's own templates
		}
	}
	return b
}
