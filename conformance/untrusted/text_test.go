package untrusted

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
)

func TestWhatDoesNotPrintIsEscaped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain":                  "plain",
		"é 漢 𝄞":                  "é 漢 𝄞",
		"a\nb\tc":                `a\nb\x09c`,
		"\x1b[31mred":            `\x1b[31mred`,
		"\u009b31m":              `\x9b31m`,
		"\u202eabc\u2066":        `\u202eabc\u2066`,
		"\xff":                   `\xff`,
		"##vso[task.complete]":   `#\x23vso[task.complete]`,
		"\u2028":                 `\u2028`,
		"\U000e0001":             `\ue0001`,
		"a\u200db":               `a\u200db`,
		"::error::no line start": "::error::no line start",
	} {
		assert.Equal(t, want, Line(text))
	}
	assert.Equal(t, "a\n\tb\\x1b", Lines("a\n\tb\x1b"))
	for _, text := range oddTexts() {
		assert.Equal(t, -1, strings.IndexFunc(Line(text), func(r rune) bool { return !unicode.IsPrint(r) }), "%q", text)
	}
}

func TestATextIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "abc", Cut("abc", 3))
	assert.Equal(t, "ab…", Cut("abc", 2))
	assert.Equal(t, "a…", Cut("aéb", 2))
	assert.Equal(t, "…", Cut("\x80\x80", 1), "no character begins in it")
	assert.Equal(t, `"a\x1b\u202e"`, Quote("a\x1b\u202e"))
	assert.Less(t, len(Quote(strings.Repeat("\x1b", 1000))), 500)
}
