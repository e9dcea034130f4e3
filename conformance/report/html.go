package report

import (
	_ "embed" // the page's files
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report/htmlpage"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

var (
	//go:embed html/page.tmpl
	pageTemplate string
	//go:embed html/style.css
	pageStyle []byte
	//go:embed html/text.js
	textScript []byte
	//go:embed html/page.js
	pageScript []byte
)

// writeHTML writes one page that needs nothing else. Verdict, causes and scores are HTML; the cases are data that the
// page's own script renders as text, one at a time. The policy in its head lets no other script run.
func writeHTML(w io.Writer, r *event.Report, o Options) error {
	page, err := newPage(r, o)
	if err != nil {
		return err
	}
	return htmlpage.Template(pageTemplate, template.FuncMap{"pieces": pieces}).Execute(w, page)
}

type page struct {
	htmlpage.Page
	Data     template.JS
	Mark     string
	Verdict  string
	Headline string // the verdict up to its colon
	Lede     string // and after it
	Class    string
	Complete bool
	Stopped  string
	Facts    []fact
	Causes   []causeRow
	CausesOf string // how many there are, of how many failures
	Profiles []profileRow
	Areas    []areaRow
	Columns  []verdictInfo // the verdicts that some case has
}

type fact struct{ Name, Value string }

func newPage(r *event.Report, o Options) (*page, error) {
	d := view{}.document(r)
	data, err := untrusted.PageJSON(newPageData(r, d, o))
	if err != nil {
		return nil, err
	}
	p := &page{Data: template.JS(data)} //nolint:gosec // encoding/json escapes what HTML would read
	p.headline(r, d)
	p.Causes, p.CausesOf = causeRows(r, d, o)
	p.Page = htmlpage.New(p.Mark+" "+p.Verdict, pageStyle, htmlpage.Filter, textScript, pageScript)
	return p, nil
}

func (p *page) headline(r *event.Report, d *Document) {
	p.Verdict, p.Complete, p.Stopped = d.Verdict, d.Complete, d.Stopped
	p.Headline, p.Lede, _ = strings.Cut(p.Verdict, ": ")
	p.Mark, p.Class = "✓", "pass"
	switch {
	case !r.Complete:
		p.Mark, p.Class = "?", "error"
	case r.Failed():
		p.Mark, p.Class = "✗", "fail"
	}
	p.Facts = []fact{{"Target", clean(r.Target.Name)}, {"Region", clean(r.Target.Region)}, {"Seed", fmt.Sprint(r.Seed)}}
	if !r.Began.IsZero() {
		p.Facts = append(p.Facts, fact{"Began", r.Began.UTC().Format("2 January 2006, 15:04 UTC")}, fact{"Took", took(r.Elapsed)})
	}
	if r.Strict {
		p.Facts = append(p.Facts, fact{"Strict", "a missed should fails"})
	}
	if r.Suite.Version != "" {
		p.Facts = append(p.Facts, fact{"Suite", clean(r.Suite.String())})
	}
	if n := r.Spared(); n > 0 {
		p.Facts = append(p.Facts, fact{"Provisional", event.Count(n, "failure") + " of new cases: warnings until the next version"})
	}
	if failures := d.Failures.String(); failures != "" {
		p.Facts = append(p.Facts, fact{"Failures by evidence", failures})
	}
	p.Columns = columns(r)
	p.Profiles, p.Areas = profileRows(r, d), areaRows(r, p.Columns)
}

type causeRow struct {
	CauseInfo
	Number   int // from 1: the page's fragment names the cause by it
	Open     bool
	Count    string
	Evidence *FactInfo // nil where the example rests on no fact
	Rerun    string
}

func causeRows(r *event.Report, d *Document, o Options) (rows []causeRow, of string) {
	results := map[string]*judge.Result{}
	for i := range r.Results {
		results[r.Results[i].Case.ID] = &r.Results[i]
	}
	failures := 0
	for i, c := range d.Causes {
		c.Title, c.Rule = clean(c.Title), clean(c.Rule)
		row := causeRow{CauseInfo: c, Number: i + 1, Open: i < causesShown, Count: event.Count(len(c.Cases), "case")}
		example := results[c.Example]
		if e := example.Case.Evidence; e.Kind() != "" {
			fact := d.Facts[e[0]]
			row.Evidence = &fact
		}
		row.Rerun = clean(rerun(o.Rerun, example))
		rows = append(rows, row)
		failures += len(c.Cases)
	}
	return rows, fmt.Sprintf("%s of %s", event.Count(len(d.Causes), "cause"), event.Count(failures, "failure"))
}

// pieceLength is the longest part of a text that no line ends in, where the page's style is not allowed.
const pieceLength = 80

// pieces are the parts of a text between which a line may end.
func pieces(text string) []string {
	var parts []string
	for part := range strings.SplitAfterSeq(text, ",") {
		for piece := range slices.Chunk([]rune(part), pieceLength) {
			parts = append(parts, string(piece))
		}
	}
	return parts
}
