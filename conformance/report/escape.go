package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/wire"
)

// bodyShown is how many bytes of a body a report quotes.
const bodyShown = 2000

// clean makes a text fit for a terminal and for one line: whatever would not print is escaped.
func clean(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case unprintable(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unprintable(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

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
		line = r.Method + " " + r.Path + " "
	}
	if r.Raw != nil {
		_, body, _ := strings.Cut(string(r.Raw), "\r\n\r\n")
		return line + excerpt([]byte(body))
	}
	return line + excerpt(r.Body)
}
