package untrusted

import (
	"bytes"
	"encoding/json"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Printer writes JSON in which every character prints, in text or for a page: encoding/json leaves much of
// what a terminal obeys. Its strings keep their values.
type Printer struct {
	buf    bytes.Buffer
	encode *json.Encoder
	indent bool // by two spaces a level, as encoding/json does
}

// NewPrinter returns a printer: indented for people or not, and fit to stand within a page or not.
func NewPrinter(indent, forHTML bool) *Printer {
	p := &Printer{indent: indent}
	p.encode = json.NewEncoder(&p.buf)
	p.encode.SetEscapeHTML(forHTML)
	return p
}

// Append appends v to dst, as a value that stands so many levels deep.
func (p *Printer) Append(dst []byte, v any, depth int) ([]byte, error) {
	p.buf.Reset()
	if err := p.encode.Encode(v); err != nil {
		return dst, err
	}
	return appendPrinted(dst, bytes.TrimRight(p.buf.Bytes(), "\n"), depth, p.indent), nil
}

// JSON is a value as indented JSON, with a line end behind it.
func JSON(v any) ([]byte, error) {
	b, err := NewPrinter(true, false).Append(nil, v, 0)
	return append(b, '\n'), err
}

// appendPrinted appends a JSON text that encoding/json wrote without white space.
func appendPrinted(dst, text []byte, depth int, indent bool) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			end := i + 1
			for text[end] != '"' {
				if end += plainLength(text[end:]); text[end] == '\\' {
					end += 2
				} else if text[end] != '"' {
					end++
				}
			}
			dst = appendPrintedString(dst, text[i:end+1])
			i = end
		case !indent:
			dst = append(dst, c)
		case (c == '{' || c == '[') && text[i+1] == c+2: // } and ] are two behind { and [ (ASCII)
			dst = append(dst, c, c+2)
			i++
		case c == '{' || c == '[':
			depth++
			dst = appendLine(append(dst, c), depth)
		case c == '}' || c == ']':
			depth--
			dst = append(appendLine(dst, depth), c)
		case c == ',':
			dst = appendLine(append(dst, c), depth)
		case c == ':':
			dst = append(dst, ':', ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func appendLine(dst []byte, depth int) []byte {
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, "  "...)
	}
	return dst
}

// appendPrintedString appends a string as it stands in a JSON text, or a piece of one.
func appendPrintedString(dst, text []byte) []byte {
	done := 0
	for i := plainLength(text); i < len(text); i += plainLength(text[i:]) {
		second := text[i] == '#' && i > 0 && text[i-1] == '#' // as in defuse
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text[i:])
		}
		if second || unprintable(r) {
			dst = append(dst, text[done:i]...)
			dst = appendUnicode(dst, r)
			done = i + n
		}
		i += n
	}
	return append(dst, text[done:]...)
}

func appendUnicode(dst []byte, r rune) []byte {
	for _, unit := range utf16.Encode([]rune{r}) {
		dst = append(dst, '\\', 'u', hexDigits[unit>>12], hexDigits[unit>>8&0xf], hexDigits[unit>>4&0xf], hexDigits[unit&0xf])
	}
	return dst
}

// plainLength is how many bytes at the beginning of a text are ASCII that stands for itself: no control
// character, none of # " \. Eight are looked at together, as bodies are megabytes of them.
func plainLength[T string | []byte](s T) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if odd := oddBytes(word(s[i : i+8])); odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '#' || c == '"' || c == '\\' {
			return i
		}
	}
	return i
}

func word[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// oddBytes has the high bit set of the first byte that is not plain, and perhaps of some behind it.
func oddBytes(w uint64) uint64 {
	zero := func(v uint64) uint64 { return (v - lows) &^ v }
	return (w | (w - lows*' ') | zero(w^lows*0x7f) | zero(w^lows*'#') | zero(w^lows*'"') | zero(w^lows*'\\')) & highs
}
