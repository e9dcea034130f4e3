package report

import (
	_ "embed" // the page's files
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report/htmlpage"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
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
	functions := template.FuncMap{"pieces": pieces, "clean": clean, "bar": barOf, "score": scoreOf,
		"about": func(p fixtures.Profile) string { return profileAbout[p] },
		"class": func(s event.Standing) judge.Verdict { return StandingVerdict[s] },
	}
	return htmlpage.Template(pageTemplate, functions).Execute(w, page)
}

type page struct {
	htmlpage.Page
	Run      *event.Report
	Data     template.JS
	Mark     string
	Verdict  string
	Headline string // the verdict up to its colon
	Lede     string // and after it
	Class    string
	Facts    []fact
	Causes   []causeRow
	CausesOf string // how many there are, of how many failures
	Verdicts []verdictInfo
}

type fact struct{ Name, Value string }

func newPage(r *event.Report, o Options) (*page, error) {
	d := view{}.document(r)
	p := &page{Run: r, Verdict: d.Verdict, Facts: factsOn(r, d), Verdicts: verdictInfos(r)}
	data, err := untrusted.PageJSON(newPageData(r, d, o, p.Verdicts))
	if err != nil {
		return nil, err
	}
	p.Data = template.JS(data) //nolint:gosec // encoding/json escapes what HTML would read
	p.Headline, p.Lede, _ = strings.Cut(p.Verdict, ": ")
	p.Mark, p.Class = "✓", "pass"
	switch {
	case !r.Complete:
		p.Mark, p.Class = "?", "error"
	case r.Failed():
		p.Mark, p.Class = "✗", "fail"
	}
	p.causes(d, o)
	p.Page = htmlpage.New(p.Mark+" "+p.Verdict, pageStyle, htmlpage.Filter, textScript, pageScript)
	return p, nil
}

func factsOn(r *event.Report, d *Document) []fact {
	facts := []fact{{"Target", clean(r.Target.Name)}, {"Region", clean(r.Target.Region)}, {"Seed", fmt.Sprint(r.Seed)}}
	if !r.Began.IsZero() {
		facts = append(facts, fact{"Began", r.Began.UTC().Format("2 January 2006, 15:04 UTC")}, fact{"Took", took(r.Elapsed)})
	}
	if r.Strict {
		facts = append(facts, fact{"Strict", "a missed should fails"})
	}
	if r.Suite.Version != "" {
		facts = append(facts, fact{"Suite", clean(r.Suite.String())})
	}
	if n := r.Spared(); n > 0 {
		facts = append(facts, fact{"Provisional", event.Count(n, "failure") + " of new cases: warnings until the next version"})
	}
	if failures := d.Failures.String(); failures != "" {
		facts = append(facts, fact{"Failures by evidence", failures})
	}
	return facts
}

func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

type causeRow struct {
	CauseInfo
	Number   int // from 1: the page's fragment names the cause by it
	Open     bool
	Count    string
	Evidence *FactInfo // nil where the example rests on no fact
	Rerun    string
}

func (p *page) causes(d *Document, o Options) {
	failures := 0
	for i, c := range d.Causes {
		c.Title, c.Rule = clean(c.Title), clean(c.Rule)
		row := causeRow{CauseInfo: c, Number: i + 1, Open: i < causesShown, Count: event.Count(len(c.Cases), "case"),
			Rerun: clean(c.example.rerun(o.Rerun))}
		if e := fixtures.Evidence(c.example.Evidence); e.Kind() != "" {
			fact := d.Facts[e[0]]
			row.Evidence = &fact
		}
		p.Causes = append(p.Causes, row)
		failures += len(c.Cases)
	}
	p.CausesOf = fmt.Sprintf("%s of %s", event.Count(len(d.Causes), "cause"), event.Count(failures, "failure"))
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

// segment is one verdict's part of a bar that is barLength long.
type segment struct {
	Verdict  judge.Verdict
	At, Long float64
}

const barLength = 100

func barOf(t event.Tally) (bar []segment) {
	total, at := float64(t.Total()), 0.0
	for _, v := range judge.Verdicts() {
		if n := t[v]; n > 0 {
			long := barLength * float64(n) / total
			bar = append(bar, segment{v, at, long})
			at += long
		}
	}
	return bar
}

var profileAbout = map[fixtures.Profile]string{
	fixtures.Core:      "SendCommand alone",
	fixtures.Lifecycle: "List, Get and Cancel",
	fixtures.Execution: "An agent runs documents",
	fixtures.Auth:      "Signatures are verified",
}

// scoreOf is how many of the judged cases pass.
func scoreOf(t event.Tally) string {
	if t.Judged() == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%%", Percent(t.Passed(), t.Judged()))
}

// Percent rounds down: 100 means all of it. Of what is there, it is 1 at least.
func Percent(n, of int) int {
	if of == 0 || n == 0 {
		return 0
	}
	return max(1, 100*n/of)
}

// pageData is what the script of the page works on.
type pageData struct {
	Verdicts []verdictInfo       `json:"verdicts"`
	Levels   []fixtures.Level    `json:"levels"`
	Areas    []string            `json:"areas"`
	Kinds    []kindInfo          `json:"kinds"`
	Causes   []causeName         `json:"causes"`
	Facts    map[string]FactInfo `json:"facts"`
	Cases    []pageCase          `json:"cases"`
}

// kindInfo is how the page names a kind of evidence, and how many cases of that kind fail.
type kindInfo struct {
	Kind  evidence.Kind `json:"kind"`
	Words string        `json:"words"`
	Count int           `json:"count"`
}

// causeName is how the page names a cause, by which the cases can be filtered.
type causeName struct {
	Title string `json:"title"`
	Count int    `json:"count"`
}

// kindsIn are the kinds of evidence that the cases of a run have, surest first.
func kindsIn(r *event.Report) []kindInfo {
	has, failures, kinds := map[evidence.Kind]bool{}, failuresIn(r), []kindInfo{}
	for i := range r.Results {
		has[kindOf(&r.Results[i])] = true
	}
	for _, k := range evidence.Kinds() {
		if has[k] {
			kinds = append(kinds, kindInfo{k, k.Words(), failures[k]})
		}
	}
	return kinds
}

// pageCase is a case as the page shows it. A case that has nothing to show is its line alone.
type pageCase struct {
	CaseInfo
	Rule      string         `json:"rule"` // the ID without its variant
	Area      string         `json:"area"`
	Rerun     string         `json:"rerun,omitempty"`
	Cause     int            `json:"cause,omitempty"`     // its number from 1
	Symptoms  any            `json:"symptoms,omitempty"`  // hides those of CaseInfo: the page has their cause
	Exchanges []pageExchange `json:"exchanges,omitempty"` // hides that of CaseInfo
}

type pageExchange struct {
	ExchangeInfo
	Operation    string  `json:"operation,omitempty"`
	Raw          bool    `json:"raw,omitempty"` // framed by hand
	Milliseconds float64 `json:"ms"`
	Curl         string  `json:"curl,omitempty"`
	Decisive     bool    `json:"decisive,omitempty"` // the one that the first finding is about
}

type verdictInfo struct {
	Verdict judge.Verdict `json:"verdict"`
	Mark    string        `json:"mark"`
	Count   int           `json:"count"`
	Shown   bool          `json:"shown"` // without being asked for
}

func verdictInfos(r *event.Report) (list []verdictInfo) {
	shown := map[judge.Verdict]bool{}
	for i := range r.Results {
		shown[r.Results[i].Verdict] = shown[r.Results[i].Verdict] || differs(&r.Results[i])
	}
	for _, v := range judge.Verdicts() {
		list = append(list, verdictInfo{v, presentationOf(v).mark, r.Totals[v], shown[v]})
	}
	return list
}

func newPageData(r *event.Report, d *Document, o Options, verdicts []verdictInfo) pageData {
	p := pageData{
		Verdicts: verdicts, Levels: []fixtures.Level{fixtures.Must, fixtures.Should, fixtures.May},
		Areas: []string{}, Kinds: kindsIn(r), Causes: []causeName{}, Facts: d.Facts, Cases: make([]pageCase, len(d.Cases)),
	}
	causeOf := map[string]int{}
	for i, c := range d.Causes {
		p.Causes = append(p.Causes, causeName{clean(c.Title), len(c.Cases)})
		for _, id := range c.Cases {
			causeOf[id] = i + 1
		}
	}
	for i := range r.Results {
		p.Cases[i] = newPageCase(r, &r.Results[i], d.Cases[i], o)
		p.Cases[i].Cause = causeOf[d.Cases[i].ID]
	}
	for _, a := range r.Areas {
		p.Areas = append(p.Areas, a.Area)
	}
	return p
}

func newPageCase(r *event.Report, res *judge.Result, info CaseInfo, o Options) pageCase {
	c := pageCase{CaseInfo: info, Rule: ruleOf(res.Case.ID), Area: res.Case.Area()}
	c.CaseInfo.Exchanges = nil
	if !differs(res) {
		return c
	}
	c.Rerun = clean(rerun(o.Rerun, res))
	shown := decisive(res)
	for i := range res.Exchanges {
		x := &res.Exchanges[i]
		c.Exchanges = append(c.Exchanges, pageExchange{
			ExchangeInfo: view{}.exchange(*x), Operation: x.Request.Operation, Raw: x.Request.Raw != nil,
			Milliseconds: float64(x.Elapsed.Microseconds()) / 1000, Curl: clean(curlLine(r.Target, x.Request)), Decisive: x == shown,
		})
	}
	return c
}
