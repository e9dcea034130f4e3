package fuzz

import (
	"math"
	"math/rand"
	"strings"
	"unicode/utf8"
)

// dice is what the generators draw from.
type dice interface {
	// Intn returns a number of [0,n).
	Intn(n int) int
	// Shuffle puts n elements in any order.
	Shuffle(n int, swap func(i, j int))
}

// inputDice are the dice of one input. They draw what rand.Rand draws.
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

// Intn is that of rand.Rand, which takes most of the time of an input where it goes through its layers.
func (d *inputDice) Intn(n int) int {
	if !d.seeded || n <= 0 || n > math.MaxInt32 {
		return d.Rand.Intn(n)
	}
	// Numbers beyond the last multiple of n are drawn again. They are fewer than n.
	const numbers = 1 << 31
	v := d.source.Uint64() >> 33
	for v >= numbers-uint64(n) && v >= numbers-numbers%uint64(n) {
		v = d.source.Uint64() >> 33
	}
	return int(uint32(v) % uint32(n))
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

func (s *splitMix) Int63() int64 { return int64(s.Uint64() >> 1) }

func (s *splitMix) Seed(seed int64) { s.state = uint64(seed) }

func chance(d dice, percent int) bool { return d.Intn(100) < percent }

func pick[T any](d dice, from []T) T { return from[d.Intn(len(from))] }

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"

// word draws n lower-case letters and digits.
func word(d dice, n int) string { return characters(d, letters, n) }

func hexadecimal(d dice, n int) string { return characters(d, "0123456789abcdef", n) }

// usualText is how many bytes most of the drawn texts do not exceed.
const usualText = 512

func characters(d dice, from string, n int) string {
	b := make([]byte, 0, usualText)
	for range n {
		b = append(b, from[d.Intn(len(from))])
	}
	return string(b)
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
func text(d dice, n int) string {
	from := pick(d, alphabets)
	mixed := chance(d, 20)
	b := make([]byte, 0, usualText)
	for range n {
		if mixed {
			from = pick(d, alphabets)
		}
		b = utf8.AppendRune(b, pick(d, from))
	}
	return strings.ReplaceAll(string(b), "{{", "{ ") // a document's own templates
}
