package jsontree

import (
	"strconv"
	"strings"
)

// Equal reports whether a and b are the same JSON value: numbers by their value (1, 1.0 and 10e-1
// are equal), objects in any order of their members. Of a name that occurs several times
// the values are compared in their order. Offsets do not count.
func Equal(a, b *Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case Bool:
		return a.Bool == b.Bool
	case Number:
		return equalNumbers(a.Text, b.Text)
	case String:
		return a.Text == b.Text && a.LoneSurrogate == b.LoneSurrogate
	case Array:
		if len(a.Items) != len(b.Items) {
			return false
		}
		for i := range a.Items {
			if !Equal(&a.Items[i], &b.Items[i]) {
				return false
			}
		}
	case Object:
		return equalMembers(a.Members, b.Members)
	}
	return true
}

func equalMembers(a, b []Member) bool {
	if len(a) != len(b) {
		return false
	}
	inOrder := true
	for i := range a {
		inOrder = inOrder && a[i].Name == b[i].Name
	}
	if inOrder {
		for i := range a {
			if !Equal(&a[i].Value, &b[i].Value) {
				return false
			}
		}
		return true
	}
	left := make(map[string][]*Value, len(b))
	for i := range b {
		left[b[i].Name] = append(left[b[i].Name], &b[i].Value)
	}
	for i := range a {
		same := left[a[i].Name]
		if len(same) == 0 || !Equal(&a[i].Value, same[0]) {
			return false
		}
		left[a[i].Name] = same[1:]
	}
	return true
}

// decimal is a number in a normal form: digits without leading or trailing zeros, times ten to
// the exponent. Zero has no digits.
type decimal struct {
	negative bool
	digits   string
	exponent int64
	ok       bool
}

// maxExponentText keeps the arithmetic on exponents inside an int64: a literal with a longer
// exponent is compared as text. A text of the size that fits in memory cannot shift it by more.
const maxExponentText = 17

func normalize(literal string) decimal {
	d := decimal{ok: true}
	mantissa, exponent := literal, ""
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		mantissa, exponent = literal[:i], literal[i+1:]
	}
	mantissa, d.negative = strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.digits = strings.TrimLeft(whole+fraction, "0")
	if d.digits == "" {
		return decimal{ok: true}
	}
	if exponent != "" {
		sign := exponent[0] == '-'
		exponent = strings.TrimLeft(strings.TrimLeft(exponent, "+-"), "0")
		if len(exponent) > maxExponentText {
			return decimal{}
		}
		if exponent != "" {
			d.exponent, _ = strconv.ParseInt(exponent, 10, 64)
		}
		if sign {
			d.exponent = -d.exponent
		}
	}
	d.exponent -= int64(len(fraction))
	trimmed := strings.TrimRight(d.digits, "0")
	d.exponent += int64(len(d.digits) - len(trimmed))
	d.digits = trimmed
	return d
}

func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	x, y := normalize(a), normalize(b)
	return x.ok && y.ok && x == y
}

// Int64 returns the value of a Number that is an integer in the range of int64, however it is
// written (1e3 and 10.0 are integers). It is safe on nil.
func (v *Value) Int64() (int64, bool) {
	if v == nil || v.Kind != Number {
		return 0, false
	}
	if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
		return n, true
	}
	d := normalize(v.Text)
	if !d.ok || d.exponent < 0 || d.exponent > 18 {
		return 0, false
	}
	if d.digits == "" {
		return 0, true
	}
	digits := d.digits + strings.Repeat("0", int(d.exponent))
	if d.negative {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

// Float64 returns the value of a Number as the nearest float64; false where v is no Number or
// lies beyond the range of float64. It is safe on nil.
func (v *Value) Float64() (float64, bool) {
	if v == nil || v.Kind != Number {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	return f, err == nil
}
