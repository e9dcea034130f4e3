package report

import (
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
)

// bodyShown is how many bytes of a body a report quotes.
const bodyShown = 2000

// clean makes a text fit for a terminal and for one line: what would not print is escaped.
func clean(s string) string { return untrusted.Line(s) }

// cleanLines is clean for a text of several lines.
func cleanLines(s string) string { return untrusted.Lines(s) }

// excerpt is the beginning of a body, with its length where it is cut.
func excerpt(body string) string {
	if len(body) <= bodyShown {
		return body
	}
	return untrusted.Cut(body, bodyShown) + " (cut)"
}

// requestLine is what was sent, in short: the method and path where they are unusual, then the body.
func requestLine(v view, r *wire.Request) string {
	line := ""
	if r.Method != "POST" || r.Path != "/" {
		line = r.Method + " " + r.Path + " "
	}
	return line + v.excerpt(sentBody(r))
}
