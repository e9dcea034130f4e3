package wire

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape undoes one layer of the escapes of JSON, URLs and HTML. It returns nil where there is none to undo, and
// otherwise says for each byte of the new text, and for its end, where it comes from; at says so of the text given.
func unescape(text []byte, at []int) ([]byte, []int) {
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
		if folds[text[i]]&escaped != 0 {
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
		return nil, nil
	}
	return out, append(from, place(len(text)))
}

// appendUnescaped appends what the escape at the beginning of a text stands for, and returns its length: 0 for none.
func appendUnescaped(out, text []byte) ([]byte, int) {
	switch {
	case text[0] == '%':
		if c, ok := hexNumber(text, 1, 2); ok {
			return append(out, byte(c)), 3
		}
	case text[0] == '&':
		return appendEntity(out, text)
	case len(text) == 1:
	case text[1] == 'u':
		if c, ok := hexNumber(text, 2, 4); ok {
			return utf8.AppendRune(out, rune(c)), 6
		}
	case text[1] == 'x': // as Python, Go and nginx write bytes
		if c, ok := hexNumber(text, 2, 2); ok {
			return append(out, byte(c)), 4
		}
	default:
		if i := strings.IndexByte(`"'\/bfnrt`, text[1]); i >= 0 {
			return append(out, "\"'\\/\b\f\n\r\t"[i]), 2
		}
	}
	return out, 0
}

func hexNumber(text []byte, from, digits int) (uint64, bool) {
	if from+digits > len(text) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[from:from+digits]), 16, 32)
	return n, err == nil
}

// longestEntity is more than any HTML entity has characters.
const longestEntity = 40

func appendEntity(out, text []byte) ([]byte, int) {
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
	entity := string(text[:end])
	if plain := html.UnescapeString(entity); plain != entity {
		return append(out, plain...), end
	}
	return out, 0
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
