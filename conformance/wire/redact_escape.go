package wire

import (
	"encoding/hex"
	"html"
	"strings"
	"unicode/utf8"
)

// unescape undoes one layer of the escapes of JSON, URLs and HTML. It returns "" where none is of a character that a
// secret has, and otherwise says for each byte of the new text, and for its end, where it comes from; at says so of the
// text given.
func unescape(text string, at []int) (string, []int) {
	if !hasEscape(text) {
		return "", nil
	}
	out, from := make([]byte, 0, len(text)), make([]int, 0, len(text)+1)
	place := func(i int) int {
		if at == nil {
			return i
		}
		return at[i]
	}
	undone := false
	for i := 0; i < len(text); {
		before, n := len(out), 0
		if strings.IndexByte(escapes, text[i]) >= 0 {
			out, n = appendUnescaped(out, text[i:])
		}
		if n == 0 {
			out, n = append(out, text[i]), 1
		} else {
			undone = true
		}
		for range len(out) - before {
			from = append(from, place(i))
		}
		i += n
	}
	if !undone {
		return "", nil
	}
	return string(out), append(from, place(len(text)))
}

// escapes begin an escape.
const escapes = `\%&`

// hasEscape reports whether there may be an escape of a character that a secret has. Those of quotes and of line ends,
// which are in most answers, are none.
func hasEscape(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		switch next := text[i+1]; {
		case text[i] == '\\' && strings.IndexByte(`u/x\`, next) >= 0:
			return true
		case (text[i] == '%' || text[i] == '&') && (next == '#' || isAlphanumeric(next)):
			return true
		}
	}
	return false
}

// appendUnescaped appends what the escape at the beginning of a text means, and returns its length: 0 for none.
func appendUnescaped(out []byte, text string) ([]byte, int) {
	switch {
	case text[0] == '%':
		if c := hexBytes(text, 1, 2); c != nil {
			return append(out, c...), 3
		}
	case text[0] == '&':
		return appendEntity(out, text)
	case len(text) == 1:
	case text[1] == 'u':
		if c := hexBytes(text, 2, 4); c != nil {
			return utf8.AppendRune(out, rune(c[0])<<8|rune(c[1])), 6
		}
	case text[1] == 'x': // as Python, Go and nginx write bytes
		if c := hexBytes(text, 2, 2); c != nil {
			return append(out, c...), 4
		}
	default:
		if i := strings.IndexByte(`"'\/bfnrt`, text[1]); i >= 0 {
			return append(out, "\"'\\/\b\f\n\r\t"[i]), 2
		}
	}
	return out, 0
}

// hexBytes reads so many hexadecimal digits, nil where there are others.
func hexBytes(text string, from, digits int) []byte {
	if from+digits > len(text) {
		return nil
	}
	read, err := hex.DecodeString(text[from : from+digits])
	if err != nil {
		return nil
	}
	return read
}

// longestEntity is more than any HTML entity has characters.
const longestEntity = 40

func appendEntity(out []byte, text string) ([]byte, int) {
	text = text[:min(len(text), longestEntity)]
	end := 1
	for end < len(text) && (text[end] == '#' || isAlphanumeric(text[end])) {
		end++
	}
	if end == len(text) {
		return out, 0 // cut, or no entity
	}
	if text[end] == ';' {
		end++
	}
	entity := text[:end]
	if plain := html.UnescapeString(entity); plain != entity {
		return append(out, plain...), end
	}
	return out, 0
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
