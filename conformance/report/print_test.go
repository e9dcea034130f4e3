package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddTexts are texts with what is escaped, at every distance from the beginning of eight bytes.
func oddTexts() []string {
	var list []string
	for _, odd := range []string{"", "\"", "\\", "#", "##", "##[x]", "\x00", "\n", "\r\t\b\f", "\x1f", "\x7f", "\x80", "\xff", "é", "\u0085", "\u2028", "\u202e", "�", "𝄞", "\U000e0001", "<&>"} {
		for before := range 18 {
			list = append(list, fmt.Sprintf("%.*s%s%.*s", before, "abcdefghijklmnopqrs", odd, before%5, "vwxyz"))
		}
	}
	return list
}

func TestWhatIsPrintedIsTheValueAndPrints(t *testing.T) {
	t.Parallel()
	for _, s := range oddTexts() {
		for _, indent := range []bool{false, true} {
			v := map[string]any{s: []any{s, map[string]any{}, []any{}, 1.5, nil, true, map[string]any{"a": s}}}
			got, err := newPrinted(indent, false).append(nil, v, 0)
			require.NoError(t, err)
			var plain bytes.Buffer
			e := json.NewEncoder(&plain)
			e.SetEscapeHTML(false)
			if indent {
				e.SetIndent("", "  ")
			}
			require.NoError(t, e.Encode(v))
			var a, b any
			require.NoError(t, json.Unmarshal(got, &a))
			require.NoError(t, json.Unmarshal(plain.Bytes(), &b))
			assert.Equal(t, b, a)
			assert.False(t, bytes.ContainsFunc(got, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }), "%q", got)
			assert.NotContains(t, string(got), "##")
			if !bytes.ContainsFunc(plain.Bytes(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) && !bytes.Contains(plain.Bytes(), []byte("##")) {
				assert.Equal(t, plain.String(), string(got)+"\n", "as encoding/json indents")
			}
		}
	}
}

func TestPiecesAreWrittenInOrderAndStopAtAnError(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	for _, n := range []int{0, 1, pieceCases, 7*pieceCases + 3, 1000} {
		var got, want bytes.Buffer
		for i := range n {
			fmt.Fprintf(&want, "%d,", i)
		}
		render := func(dst []byte, i int) ([]byte, error) { return fmt.Appendf(dst, "%d,", i), nil }
		require.NoError(t, writePieces(&got, n, render))
		assert.Equal(t, want.String(), got.String())
		if n > 0 {
			require.ErrorIs(t, writePieces(refusing{failure}, n, render), failure)
			require.ErrorIs(t, writePieces(io.Discard, n, func(dst []byte, i int) ([]byte, error) {
				if i == n/2 {
					return dst, failure
				}
				return dst, nil
			}), failure)
		}
	}
}

type refusing struct{ err error }

func (w refusing) Write([]byte) (int, error) { return 0, w.err }
