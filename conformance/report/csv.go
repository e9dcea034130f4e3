package report

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// writeCSV writes a line for each case, for spreadsheets and databases, with what differs first. A run that did not
// get to its end has a last line whose ID is INCOMPLETE. The same seed and the same behaviour give the same bytes.
func writeCSV(w io.Writer, r *event.Report, _ Options) error {
	v, c := view{stable: true}, csv.NewWriter(w)
	lines := [][]string{{"id", "verdict", "level", "profile", "evidence", "finding"}}
	for i := range r.Results {
		res := &r.Results[i]
		lines = append(lines, []string{res.Case.ID, string(res.Verdict), string(res.Case.Level),
			string(res.Case.Profile), string(kindOf(res)), v.summary(res)})
	}
	if !r.Complete {
		lines = append(lines, []string{"INCOMPLETE", string(judge.Error), "", "", "", v.line(r.Stopped)})
	}
	for _, line := range lines {
		for i := range line {
			line[i] = cell(line[i])
		}
	}
	return c.WriteAll(lines)
}

// cell is a text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe (OWASP, CSV injection).
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
