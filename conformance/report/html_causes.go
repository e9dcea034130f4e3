package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// causeRow is a cause as the page shows it.
type causeRow struct {
	CauseInfo
	Number   int // from 1: the page's fragment names the cause by it
	Open     bool
	Count    string
	Evidence *FactInfo // nil where the example rests on no fact
	Rerun    string
}

func (v view) causeRows(r *event.Report, causes []CauseInfo, o Options) (rows []causeRow, of string) {
	results := map[string]*judge.Result{}
	for i := range r.Results {
		results[r.Results[i].Case.ID] = &r.Results[i]
	}
	facts, failures := factsOf(r), 0
	for i, c := range causes {
		c.Title, c.Rule = v.line(c.Title), v.line(c.Rule)
		row := causeRow{CauseInfo: c, Number: i + 1, Open: i < causesShown, Count: Count(len(c.Cases), "case")}
		example := results[c.Example]
		if e := example.Case.Evidence; e.Kind() != "" {
			fact := facts[e[0]]
			row.Evidence = &fact
		}
		row.Rerun = v.line(rerun(o.Rerun, example))
		rows = append(rows, row)
		failures += len(c.Cases)
	}
	return rows, fmt.Sprintf("%s of %s", Count(len(causes), "cause"), Count(failures, "failure"))
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
