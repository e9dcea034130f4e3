package untrusted

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON is a value as JSON, indented by two spaces a level, with a line end. Every character in it prints, where
// encoding/json leaves much of what a terminal obeys. Strings keep their values.
func JSON(v any) ([]byte, error) { return printable(v, "  ", false) }

// WriteJSON writes a value as JSON does.
func WriteJSON(w io.Writer, v any) error {
	b, err := JSON(v)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// CompactJSON is JSON without white space.
func CompactJSON(v any) ([]byte, error) {
	b, err := printable(v, "", false)
	return bytes.TrimRight(b, "\n"), err
}

// PageJSON is CompactJSON that is safe in an HTML page.
func PageJSON(v any) ([]byte, error) {
	b, err := printable(v, "", true)
	return bytes.TrimRight(b, "\n"), err
}

func printable(v any, indent string, forHTML bool) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(forHTML)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return escapeJSON(b.Bytes()), nil
}

// escapeJSON writes what does not print, and the second of two number signs (as defuse does), as \u escapes. Outside
// of strings encoding/json writes nothing of the kind but line ends.
func escapeJSON(text []byte) []byte {
	var out []byte
	done := 0
	for i := plainLength(text); i < len(text); i += plainLength(text[i:]) {
		r, n := utf8.DecodeRune(text[i:])
		second := r == '#' && i > 0 && text[i-1] == '#'
		if second || r != '\n' && !unicode.IsPrint(r) {
			out = append(out, text[done:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			done = i + n
		}
		i += n
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// plainLength is how many bytes at the beginning of a text are printable ASCII and no number sign.
func plainLength[T string | []byte](s T) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '#' {
			return i
		}
	}
	return len(s)
}
