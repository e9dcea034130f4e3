package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/wire"
)

// bodyShown is how many bytes of a body a report quotes.
const bodyShown = 2000

// clean makes a text fit for a terminal and for one line: whatever would not print is escaped.
func clean(s string) string { return escape(s, unprintable) }

// cleanLines is clean for a text of several lines.
func cleanLines(s string) string {
	return escape(s, func(r rune) bool { return r != '\n' && r != '\t' && unprintable(r) })
}

func escape(s string, bad func(rune) bool) string {
	s = defuse(s)
	if utf8.ValidString(s) && !strings.ContainsFunc(s, bad) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !bad(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

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

// inJSON escapes, within a JSON text, every character that would not print: its strings keep their
// values. encoding/json leaves much of what a terminal obeys.
func inJSON(text []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		c := text[i]
		second := c == '#' && i > 0 && text[i-1] == '#' // as in defuse
		if c < utf8.RuneSelf && !second && (c == '\n' || !unprintable(rune(c))) {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if second || unprintable(r) {
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

func unprintable(r rune) bool {
	if r < utf8.RuneSelf { // nearly all there is
		return r < ' ' || r == 0x7f
	}
	return !unicode.IsPrint(r)
}

// excerpt is the beginning of a body, with its length where it is cut.
func excerpt(body []byte) string {
	if len(body) <= bodyShown {
		return string(body)
	}
	head := body[:bodyShown]
	for len(head) > 0 && !utf8.RuneStart(body[len(head)]) {
		head = head[:len(head)-1]
	}
	return string(head) + "… (cut)"
}

// requestLine is what was sent, in short: the method and path where they are unusual, then the body.
func requestLine(v reader, r *wire.Request) string {
	line := ""
	if r.Method != "POST" || r.Path != "/" {
		line = r.Method + " " + wire.RedactPath(r.Path) + " "
	}
	return line + v.excerpt(sentBody(r))
}
