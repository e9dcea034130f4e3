package report

import (
	"bytes"
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
	if !bytes.ContainsFunc(text, hiddenInJSON) && !bytes.Contains(text, []byte("##")) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == '#' && i > 0 && text[i-1] == '#':
			out = append(out, `\u0023`...)
		case !hiddenInJSON(r):
			out = append(out, text[i:i+n]...)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
		i += n
	}
	return out
}

func hiddenInJSON(r rune) bool { return r != '\n' && unprintable(r) }

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

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

var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`), "<uuid>"},
	// Seconds and, as some servers send, milliseconds since 1970; and dates in RFC 3339 or as Go prints them.
	{regexp.MustCompile(`\b(1\.\d{3,}[Ee]\+?0?(9|12)|1\d{9}(\d{3})?(\.\d+)?)\b`), "<time>"},
	{regexp.MustCompile(`\b(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d( UTC)?)?`), "<time>"},
}

// stable replaces what a target makes anew each time, UUIDs and times of the day, so that the same
// behaviour gives the same report.
func stable(s string) string {
	for _, v := range volatile {
		s = v.pattern.ReplaceAllString(s, v.with)
	}
	return s
}

// requestLine is what was sent, in short: the method and path where they are unusual, then the body.
func requestLine(r *wire.Request) string {
	line := ""
	if r.Method != "POST" || r.Path != "/" {
		line = r.Method + " " + wire.RedactPath(r.Path) + " "
	}
	return line + excerpt(sentBody(r))
}
