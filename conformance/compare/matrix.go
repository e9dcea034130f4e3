package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
)

// Matrix compares targets.
type Matrix struct {
	Notes    []string
	Columns  []string // the names of the targets
	Profiles []ProfileRow
	Areas    []AreaRow
	Total    []Score
}

// ProfileRow is the standing of each target in a profile.
type ProfileRow struct {
	Profile   fixtures.Profile
	Standings []event.Standing // untested where a report has none
}

// Score is what a target makes of an area.
type Score struct{ Conform, Judged int }

// Percent is how much of what was judged conforms.
func (c Score) Percent() int { return report.Percent(c.Conform, c.Judged) }

// String is what conforms of what was judged.
func (c Score) String() string {
	if c.Judged == 0 {
		return "untested"
	}
	return fmt.Sprintf("%d/%d (%d%%)", c.Conform, c.Judged, c.Percent())
}

// AreaRow is an area with those of its cases in which a target differs.
type AreaRow struct {
	Area  string
	Cells []Score
	Cases []CaseRow
	Rest  int // cases in which no target differs
}

// CaseRow is what each target makes of a case: "" where its report has no such case.
type CaseRow struct {
	ID       string
	Title    string
	Level    fixtures.Level
	Verdicts []judge.Verdict
}

// NewMatrix sets the reports side by side, a column each.
func NewMatrix(reports []report.Named, notes []string) (Matrix, error) {
	m := Matrix{Notes: notes, Total: make([]Score, len(reports))}
	for _, r := range reports {
		m.Columns = append(m.Columns, columnName(r, reports))
	}
	titles, err := caseTitles()
	if err != nil {
		return m, err
	}
	m.profiles(reports)
	row := map[string]int{}
	var rows []CaseRow
	for column, r := range reports {
		for _, c := range r.Cases {
			i, ok := row[c.ID]
			if !ok {
				i = len(rows)
				row[c.ID] = i
				rows = append(rows, CaseRow{c.ID, titles[c.ID], c.Level, make([]judge.Verdict, len(reports))})
			}
			rows[i].Verdicts[column] = c.Verdict
		}
	}
	for _, c := range rows {
		name, _, _ := strings.Cut(c.ID, "/")
		at := slices.IndexFunc(m.Areas, func(a AreaRow) bool { return a.Area == name })
		if at < 0 {
			at = len(m.Areas)
			m.Areas = append(m.Areas, AreaRow{Area: name, Cells: make([]Score, len(reports))})
		}
		a := &m.Areas[at]
		for column, v := range c.Verdicts {
			a.Cells[column].count(v)
			m.Total[column].count(v)
		}
		if slices.ContainsFunc(c.Verdicts, differs) {
			a.Cases = append(a.Cases, c)
		} else {
			a.Rest++
		}
	}
	return m, nil
}

func (c *Score) count(v judge.Verdict) {
	conforms := v == judge.Pass || v == judge.Warn || v == judge.Fixed
	if conforms {
		c.Conform++
	}
	if conforms || failing(v) {
		c.Judged++
	}
}

func differs(v judge.Verdict) bool { return failing(v) || v == judge.Error || v == judge.Warn }

// columnName is the target's name, with the file where several have the same.
func columnName(r report.Named, all []report.Named) string {
	same := 0
	for _, other := range all {
		if other.Target.Name == r.Target.Name {
			same++
		}
	}
	name := clean(r.Target.Name)
	if same > 1 {
		name += " (" + clean(r.File) + ")"
	}
	return name
}

func (m *Matrix) profiles(reports []report.Named) {
	for _, p := range fixtures.Profiles() {
		row := ProfileRow{p, make([]event.Standing, len(reports))}
		found := false
		for column, r := range reports {
			row.Standings[column] = event.Untested
			for _, info := range r.Profiles {
				if info.Profile == p {
					row.Standings[column], found = info.Standing, true
				}
			}
		}
		if found {
			m.Profiles = append(m.Profiles, row)
		}
	}
}

// caseTitles are the rules of the cases of this version, by ID.
func caseTitles() (map[string]string, error) {
	cases, err := judge.AllCases()
	titles := map[string]string{}
	for _, c := range cases {
		titles[c.ID] = c.Title
	}
	return titles, err
}
