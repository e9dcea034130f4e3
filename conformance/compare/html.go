package compare

import (
	_ "embed" // of the page
	"html/template"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
)

//go:embed page.html
var pageText string

// marks go with the word of a verdict, so that colour is never the only sign.
var marks = map[judge.Verdict]string{
	judge.Pass: "✓", judge.Fixed: "✓", judge.Warn: "!", judge.Fail: "✗", judge.Known: "✗", judge.Flaky: "~",
	judge.Skip: "–", judge.Error: "?", "": "·",
}

// says are the words of verdicts for those who hear or point at the marks. A failure is a failure here,
// whether a baseline knows it or not.
var says = map[judge.Verdict]string{
	judge.Pass: "conforms", judge.Fixed: "conforms", judge.Warn: "misses a should", judge.Fail: "fails", judge.Known: "fails",
	judge.Flaky: "varies", judge.Skip: "not asked", judge.Error: "could not be judged", "": "not in the report",
}

// colours are the classes of verdicts on the page.
var colours = map[judge.Verdict]string{
	judge.Pass: "good", judge.Fixed: "good", judge.Warn: "warn", judge.Fail: "bad", judge.Known: "bad",
	judge.Flaky: "warn", judge.Skip: "none", judge.Error: "none", "": "none",
}

// page is the template; the maps are looked up by it, so that every text goes through its escaping.
func page() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{
		"mark":   func(v judge.Verdict) string { return or(marks, v, "?") },
		"says":   func(v judge.Verdict) string { return or(says, v, "unknown") },
		"colour": func(v judge.Verdict) string { return or(colours, v, "none") },
		"clean":  clean,
		"lower":  strings.ToLower,
		"standing": func(s conformance.Standing) string {
			switch s {
			case conformance.Conformant:
				return "good"
			case conformance.Nonconformant:
				return "bad"
			case conformance.Partial:
				return "warn"
			case conformance.Untested:
			}
			return "none"
		},
	}).Parse(pageText)
}

func or(m map[judge.Verdict]string, v judge.Verdict, otherwise string) string {
	if s, ok := m[v]; ok {
		return s
	}
	return otherwise
}

// HTML writes the matrix as one page that needs no network.
func (m Matrix) HTML(w io.Writer) error {
	t, err := page()
	if err != nil {
		return err
	}
	return t.Execute(w, m)
}
