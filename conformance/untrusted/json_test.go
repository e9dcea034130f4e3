package untrusted

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddTexts are texts with what is escaped, at every distance from the beginning of eight bytes.
func oddTexts() []string {
	var list []string
	for _, odd := range []string{"", "\"", "\\", "#", "##", "##[x]", "\x00", "\n", "\r\t\b\f",
		"\x1f", "\x7f", "\x80", "\xff", "é", "\u0085",
		"\u2028", "\u202e", "�", "𝄞", "\U000e0001", "<&>"} {
		for before := range 18 {
			list = append(list, fmt.Sprintf("%.*s%s%.*s", before, "abcdefghijklmnopqrs", odd, before%5, "vwxyz"))
		}
	}
	return list
}

func TestWhatIsPrintedIsTheValueAndPrints(t *testing.T) {
	t.Parallel()
	for _, s := range oddTexts() {
		for _, indent := range []string{"", "  "} {
			v := map[string]any{s: []any{s, map[string]any{}, []any{}, 1.5, nil, true, map[string]any{"a": s}}}
			got, err := printable(v, indent, false)
			require.NoError(t, err)
			var plain bytes.Buffer
			e := json.NewEncoder(&plain)
			e.SetEscapeHTML(false)
			e.SetIndent("", indent)
			require.NoError(t, e.Encode(v))
			var a, b any
			require.NoError(t, json.Unmarshal(got, &a))
			require.NoError(t, json.Unmarshal(plain.Bytes(), &b))
			assert.Equal(t, b, a)
			assert.False(t, bytes.ContainsFunc(got, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }), "%q", got)
			assert.NotContains(t, string(got), "##")
			if !bytes.ContainsFunc(plain.Bytes(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) &&
				!bytes.Contains(plain.Bytes(),
					[]byte("##")) {
				assert.Equal(t, plain.String(), string(got), "as encoding/json indents")
			}
		}
	}
}
