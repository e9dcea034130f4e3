package report

import (
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

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
	told := decisive(res)
	for i := range res.Exchanges {
		x := &res.Exchanges[i]
		c.Exchanges = append(c.Exchanges, pageExchange{
			ExchangeInfo: view{}.exchange(*x), Operation: x.Request.Operation, Raw: x.Request.Raw != nil,
			Milliseconds: float64(x.Elapsed.Microseconds()) / 1000, Curl: clean(curlLine(r.Target, x.Request)), Decisive: x == told,
		})
	}
	return c
}
