// Package untrusted holds what every other package needs for what comes from outside, files that a user names
// and texts that a target or a file brought: a file is read up to a limit, and a text is escaped, and cut, before
// people see it. It comes before all stages of the pipeline and knows none of them.
package untrusted

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes a text fit for a terminal and for one line: what would not print is escaped, and so is what the
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
	for i, n := 0, 0; i < len(s); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r), lines && (r == '\n' || r == '\t'):
			b.WriteString(s[i : i+n])
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// defuse breaks what the log readers of CI systems obey wherever it is in a line: ##[command] of GitHub and Azure,
// ##vso[command] of Azure. They obey :: commands only at the beginning of a line, where no text of a target is written.
func defuse(s string) string { return logCommand.ReplaceAllString(s, `#\x23$1`) }

var logCommand = regexp.MustCompile(`(?i)##((?:vso|teamcity)?\[)`)

// FirstLine is the text before the first line feed.
func FirstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
