package untrusted

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes a text fit for a terminal and for one line: whatever would not print is escaped, and so is what the
// log readers of CI systems obey.
func Line(s string) string { return escape(s, false) }

// Lines is Line for a text of several lines: line breaks and tabs stay.
func Lines(s string) string { return escape(s, true) }

// Cut is the beginning of a text, of at most limit bytes and whole characters, with a mark where something is missing.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// quoted is how many bytes of a text a message quotes.
const quoted = 80

// Quote is a text as a message quotes it: in quotation marks, escaped, and cut.
func Quote(s string) string { return Line(fmt.Sprintf("%q", Cut(s, quoted))) }

func escape(s string, lines bool) string {
	if plainLength(s) == len(s) {
		return s
	}
	s = defuse(s)
	var b strings.Builder
	done := 0
	for i := plainLength(s); i < len(s); i += plainLength(s[i:]) {
		if s[i] == '#' || lines && (s[i] == '\n' || s[i] == '\t') {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		invalid := r == utf8.RuneError && n == 1
		if !invalid && !unprintable(r) {
			i += n
			continue
		}
		if done == 0 {
			b.Grow(len(s) + len(s)/8)
		}
		b.WriteString(s[done:i])
		switch {
		case invalid:
			writeByte(&b, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x100:
			writeByte(&b, byte(r))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func writeByte(b *strings.Builder, c byte) {
	b.WriteString(`\x`)
	b.WriteByte(hexDigits[c>>4])
	b.WriteByte(hexDigits[c&0xf])
}

const hexDigits = "0123456789abcdef"

// defuse breaks what the log readers of CI systems obey wherever it stands in a line: ##[command] of
// GitHub and Azure, ##vso[command] of Azure. Their :: commands stand at a line's beginning, where
// nothing of a target ever does.
func defuse(s string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	return logCommand.ReplaceAllString(s, `#\x23$1`)
}

var logCommand = regexp.MustCompile(`(?i)##((?:vso|teamcity)?\[)`)

func unprintable(r rune) bool {
	if r < utf8.RuneSelf { // nearly all there is
		return r < ' ' || r == 0x7f
	}
	return !unicode.IsPrint(r)
}
