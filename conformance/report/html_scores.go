package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

type verdictInfo struct {
	Verdict judge.Verdict `json:"verdict"`
	Mark    string        `json:"mark"`
	Count   int           `json:"count"`
	Shown   bool          `json:"shown"` // without being asked for
}

func verdictInfos(r *event.Report) []verdictInfo {
	var list []verdictInfo
	shown := map[judge.Verdict]bool{}
	for i := range r.Results {
		shown[r.Results[i].Verdict] = shown[r.Results[i].Verdict] || differs(&r.Results[i])
	}
	for _, v := range judge.Verdicts() {
		list = append(list, verdictInfo{v, presentationOf(v).mark, r.Totals[v], shown[v]})
	}
	return list
}

// columns are the verdicts that some case has: a column of nothing says nothing.
func columns(r *event.Report) []verdictInfo {
	return slices.DeleteFunc(verdictInfos(r), func(v verdictInfo) bool { return v.Count == 0 })
}

// segment is one verdict's part of a bar that is barLength long.
type segment struct {
	Verdict  judge.Verdict
	At, Long float64
}

const barLength = 100

func barOf(t event.Tally) []segment {
	var bar []segment
	total, at := float64(t.Total()), 0.0
	if total == 0 {
		return nil
	}
	for _, v := range judge.Verdicts() {
		if n := t[v]; n > 0 {
			long := barLength * float64(n) / total
			bar = append(bar, segment{v, at, long})
			at += long
		}
	}
	return bar
}

type profileRow struct {
	ProfileInfo
	About string
	Class judge.Verdict
	Bar   []segment
}

var profileAbout = map[fixtures.Profile]string{
	fixtures.Core:      "SendCommand alone",
	fixtures.Lifecycle: "List, Get and Cancel",
	fixtures.Execution: "An agent runs documents",
	fixtures.Auth:      "Signatures are verified",
}

func profileRows(r *event.Report, d *Document) []profileRow {
	tallies := map[fixtures.Profile]event.Tally{}
	for i := range r.Results {
		p := r.Results[i].Case.Profile
		if tallies[p] == nil {
			tallies[p] = event.Tally{}
		}
		tallies[p][r.Results[i].Verdict]++
	}
	var rows []profileRow
	for _, p := range d.Profiles {
		rows = append(rows, profileRow{p, profileAbout[p.Profile], StandingVerdict[p.Standing], barOf(tallies[p.Profile])})
	}
	return rows
}

type areaRow struct {
	Area   string
	Bar    []segment
	Counts []verdictInfo
	Total  int
	Score  string // of those judged, how many pass
}

func areaRows(r *event.Report, columns []verdictInfo) []areaRow {
	var rows []areaRow
	for _, a := range r.Areas {
		row := areaRow{Area: a.Area, Bar: barOf(a.Tally), Total: a.Total(), Score: "–"}
		for _, c := range columns {
			row.Counts = append(row.Counts, verdictInfo{Verdict: c.Verdict, Count: a.Tally[c.Verdict]})
		}
		if judged := a.Judged(); judged > 0 {
			row.Score = fmt.Sprintf("%d%%", Percent(a.Passed(), judged))
		}
		rows = append(rows, row)
	}
	return rows
}

// Percent rounds down: 100 means all of it. Of what is there, it is 1 at least.
func Percent(n, of int) int {
	if of == 0 || n == 0 {
		return 0
	}
	return max(1, 100*n/of)
}

func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
