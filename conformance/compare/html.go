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

// look is how the page shows a verdict: by a mark, so that colour is never the only sign, by words for those who hear or point
// at the mark, and by the class of a verdict that the report has. A failure is a failure here, whether a baseline knows it or not.
type look struct{ Mark, Says, Class string }

var looks = map[judge.Verdict]look{
	judge.Pass:  {"✓", "conforms", "pass"},
	judge.Fixed: {"✓", "conforms", "pass"},
	judge.Warn:  {"!", "misses a should", "warn"},
	judge.Fail:  {"✗", "fails", "fail"},
	judge.Known: {"✗", "fails", "fail"},
	judge.Flaky: {"~", "varies", "flaky"},
	judge.Skip:  {"–", "not asked", "skip"},
	judge.Error: {"?", "could not be judged", "error"},
	"":          {"·", "not in the report", "skip"},
}

// functions are what the templates call. Every text goes through their escaping.
func functions() template.FuncMap {
	return template.FuncMap{
		"look":     func(v judge.Verdict) look { return cmp.Or(looks[v], look{"?", "unknown", "skip"}) },
		"clean":    clean,
		"lower":    strings.ToLower,
		"standing": func(s event.Standing) judge.Verdict { return report.StandingVerdict[s] },
	}
}

// fewColumns is how many targets have room side by side: their tables need no scrolling of their own, so that the heads
// of columns stay in sight while the page scrolls.
const fewColumns = 5

// HTML writes the matrix as one page that needs no network.
func (m Matrix) HTML(w io.Writer) error {
	page := htmlpage.New("How servers stand", pageStyle, htmlpage.Filter, matrixScript)
	return htmlpage.Template(matrixTemplate, functions()).Execute(w, struct {
		htmlpage.Page
		Matrix
		Fits bool
	}{page, m, len(m.Columns) <= fewColumns})
}

type side struct {
	Verdict             judge.Verdict
	Fingerprint, Reason string
}

// HTML writes a diff as one page that needs no network.
func (d Diff) HTML(w io.Writer, notes []string) error {
	titles, err := caseTitles()
	if err != nil {
		return err
	}
	known := functions()
	known["title"] = func(id string) string { return titles[id] }
	known["side"] = func(v judge.Verdict, fingerprint, reason string) side { return side{v, fingerprint, reason} }
	return htmlpage.Template(diffTemplate, known).Execute(w, struct {
		htmlpage.Page
		Diff    Diff
		Summary string
		Notes   []string
		Kinds   []group
	}{htmlpage.New("What changed between two runs", pageStyle), d, d.summary(), notes, d.groups()})
}
