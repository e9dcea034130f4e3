// Package coverage computes the table of constraint coverage: which case asks what. It lists every constraint, request
// member, response member, status and exception that the sources name, and beside each the cases that a server with
// that one thing wrong would fail. An empty cell is a gap in the suite.
//
// It needs the corpus, the reference and the judge: what is sent and expected comes from the bound corpus, what there
// is to ask from the reference, and whether an answer would conform from the judge. It looks at no name of a case.
package coverage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// Version is that of the table's JSON. It changes when a field is renamed, removed or given another meaning.
const Version = 1

// Section is a part of the table. Each has cells of its own.
type Section string

// The sections.
const (
	// Constraints are bounds, which have no cell outside, and patterns, enums and required members, which have none below,
	// at and above.
	Constraints Section = "constraint"
	Requests    Section = "request"
	Responses   Section = "response"
	Statuses    Section = "status"
	Exceptions  Section = "exception"
)

// sections are in the order in which the table lists them, with the names of their cells.
var sections = []struct {
	Section
	title string
	cells []string
}{
	{Requests, "request members", []string{sent, absent, null, wrongType}},
	{Constraints, "constraints", []string{absent, null, wrongType, below, atMin, inside, atMax, above, outside}},
	{Responses, "response members", []string{present, ofType, ofValue}},
	{Statuses, "statuses", []string{demanded, allowed}},
	{Exceptions, "exceptions", []string{demanded, allowed}},
}

func (s Section) place() int {
	for i := range sections {
		if sections[i].Section == s {
			return i
		}
	}
	return len(sections)
}

// The names of the cells.
const (
	sent      = "sent"       // the member is there and must be taken
	absent    = "absent"     // the member is left out of a structure that is there
	null      = "null"       // the member is null
	wrongType = "wrong type" // the member has each of the other JSON types

	below   = "below"   // the nearest value under the minimum, which must be refused
	atMin   = "at min"  // the minimum, which must be taken
	inside  = "inside"  // a value between the bounds; of an enum every value; one that the pattern matches
	atMax   = "at max"  // the maximum, which must be taken
	above   = "above"   // the nearest value over the maximum, which must be refused
	outside = "outside" // a value that is none of the enum's, or that the pattern does not match

	present = "present" // an answer without the member fails
	ofType  = "type"    // an answer with another JSON type there fails
	ofValue = "value"   // an answer with another value there fails

	demanded = "demanded" // nothing else conforms
	allowed  = "allowed"  // it is one of several answers that conform, or a status on the way
)

// Table is what the corpus asks.
type Table struct {
	Version int     `json:"version"`
	Summary Summary `json:"summary"`
	Rows    []Row   `json:"rows"`

	undecided int // cells whose cases take any answer
}

// Summary counts cells. Cells = Covered + NotApplicable + Gaps.
type Summary struct {
	Cells         int `json:"cells"`
	Covered       int `json:"covered"`
	NotApplicable int `json:"notApplicable"`
	Gaps          int `json:"gaps"`
}

// Row is one thing that can be asked about: a member, a constraint on it, a status, an exception.
type Row struct {
	Operation string  `json:"operation"`
	Section   Section `json:"section"`
	// Member is the path of the member, as in reference.Constraint; of a status its subject, of an exception
	// its name.
	Member string `json:"member"`
	// Rule is the constraint in short (length 1..163), or the value of a status; "" elsewhere.
	Rule  string `json:"rule,omitempty"`
	Cells []Cell `json:"cells"`
}

// Cell is one question about a row.
type Cell struct {
	Name string `json:"name"`
	// Cases are the IDs of the cases that ask it, sorted; invariants among them.
	Cases []string `json:"cases"`
	// Missing is what no case asks although others of the cell are: an enum's values, a wrong type.
	Missing []string `json:"missing,omitempty"`
	// Undecided tells that the cases take any answer, so long as it is one: nobody knows what AWS does.
	Undecided bool `json:"undecided,omitempty"`
	// Reason says why there is nothing to ask, or nothing beyond what the cases ask.
	Reason string `json:"reason,omitempty"`
}

// State is what has become of a cell.
type State string

// The states.
const (
	Covered       State = "covered"
	NotApplicable State = "not applicable"
	Uncovered     State = "gap"
)

// State reports whether cases ask what the cell is about, whether there is nothing to ask, or whether
// something is left.
func (c *Cell) State() State {
	switch {
	case len(c.Missing) > 0, len(c.Cases) == 0 && c.Reason == "":
		return Uncovered
	case len(c.Cases) == 0:
		return NotApplicable
	}
	return Covered
}

// Gap names an empty cell.
type Gap struct {
	Row  *Row
	Cell *Cell
}

// Gaps returns the cells that no case asks, in the order of the rows.
func (t *Table) Gaps() []Gap {
	var gaps []Gap
	for i := range t.Rows {
		for j := range t.Rows[i].Cells {
			if c := &t.Rows[i].Cells[j]; c.State() == Uncovered {
				gaps = append(gaps, Gap{&t.Rows[i], c})
			}
		}
	}
	return gaps
}

// Build computes the table of a corpus. It fails where a case cannot be bound.
func Build(cases []*fixtures.Case) (*Table, error) {
	corpus, err := ask(cases)
	if err != nil {
		return nil, err
	}
	rows := corpus.rows()
	for i := range rows {
		rows[i].excuse()
	}
	return count(rows), nil
}

func (c *corpus) rows() []Row {
	var rows []Row
	for _, operation := range reference.Operations() {
		requests := c.requests(operation)
		rows = append(rows, requests.memberRows()...)
		rows = append(rows, requests.constraintRows()...)
		rows = append(rows, c.responseRows(operation)...)
		rows = append(rows, c.exceptionRows(operation)...)
	}
	return append(rows, c.statusRows()...)
}

// count is the table of some rows, sorted and counted.
func count(rows []Row) *Table {
	t := &Table{Version: Version, Rows: rows}
	slices.SortStableFunc(t.Rows, func(x, y Row) int {
		return cmp.Or(
			slices.Index(reference.Operations(), x.Operation)-slices.Index(reference.Operations(), y.Operation),
			x.Section.place()-y.Section.place(),
			cmp.Compare(x.Member, y.Member))
	})
	for i := range t.Rows {
		for j := range t.Rows[i].Cells {
			c := &t.Rows[i].Cells[j]
			c.Cases = append([]string{}, c.Cases...)
			slices.Sort(c.Cases)
			c.Cases = slices.Compact(c.Cases)
			t.Summary.Cells++
			if c.Undecided {
				t.undecided++
			}
			switch c.State() {
			case NotApplicable:
				t.Summary.NotApplicable++
			case Uncovered:
				t.Summary.Gaps++
			default:
				t.Summary.Covered++
			}
		}
	}
	return t
}

func (r *Row) cell(name string) *Cell {
	for i := range r.Cells {
		if r.Cells[i].Name == name {
			return &r.Cells[i]
		}
	}
	return nil
}

func newRow(operation string, section Section, member, rule string) Row {
	r := Row{Operation: operation, Section: section, Member: member, Rule: rule}
	for _, name := range sections[section.place()].cells {
		r.Cells = append(r.Cells, Cell{Name: name})
	}
	return r
}

// Only returns the rows about a name, counted anew: an operation, an exception, the value of a status, or a
// member by its path or a part of it. Targets finds Targets, Targets[].Key and Command.Targets; Targets.Key
// finds Targets[].Key. Where nothing has the name no row is left.
func (t *Table) Only(name string) *Table {
	var kept []Row
	for i := range t.Rows {
		if t.Rows[i].about(name) {
			row := t.Rows[i]
			row.Cells = slices.Clone(row.Cells)
			kept = append(kept, row)
		}
	}
	return count(kept)
}

func (r *Row) about(name string) bool {
	if name == "" {
		return false
	}
	plain := func(path string) string { return "." + strings.ReplaceAll(path, "[]", "") + "." }
	return r.Operation == name || r.Section == Statuses && r.Rule == name || strings.Contains(plain(r.Member), plain(name))
}
