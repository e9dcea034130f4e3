package compare

import (
	"cmp"
	_ "embed" // files of the pages
	"html/template"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/report/htmlpage"
)

var (
	//go:embed page.html
	matrixTemplate string
	//go:embed diff.html
	diffTemplate string
	//go:embed page.css
	pageStyle []byte
	//go:embed page.js
	matrixScript []byte
)

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

// classes of verdicts on the page, as the report has them.
var classes = map[judge.Verdict]string{
	judge.Pass: "pass", judge.Fixed: "pass", judge.Warn: "warn", judge.Fail: "fail", judge.Known: "fail",
	judge.Flaky: "flaky", judge.Error: "error",
}

// functions look up the maps for the template, so that every text goes through its escaping.
func functions() template.FuncMap {
	return template.FuncMap{
		"mark":     func(v judge.Verdict) string { return cmp.Or(marks[v], "?") },
		"says":     func(v judge.Verdict) string { return cmp.Or(says[v], "unknown") },
		"class":    func(v judge.Verdict) string { return cmp.Or(classes[v], "skip") },
		"clean":    clean,
		"lower":    strings.ToLower,
		"standing": func(s event.Standing) string { return report.StandingClass[s] },
	}
}

// fewColumns is how many targets have room side by side: their tables need no scrolling of their own, so that the heads
// of columns stay in sight while the page scrolls.
const fewColumns = 5

// HTML writes the matrix as one page that needs no network.
func (m Matrix) HTML(w io.Writer) error {
	page := htmlpage.New("How servers stand", pageStyle, matrixScript)
	return htmlpage.Template(matrixTemplate, functions()).Execute(w, struct {
		htmlpage.Page
		Matrix
		Fits bool
	}{page, m, len(m.Columns) <= fewColumns})
}
