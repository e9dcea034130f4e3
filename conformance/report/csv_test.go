package report_test

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

func readCSV(t *testing.T, document []byte) [][]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(document)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"id", "verdict", "level", "profile", "evidence", "finding"}, lines[0])
	return lines[1:]
}

func TestTheCSVReportHasALineForEachCase(t *testing.T) {
	t.Parallel()
	r := nastyReport(t)
	lines := readCSV(t, rendered(t, "csv", r))
	require.Len(t, lines, len(r.Results))
	for i, line := range lines {
		assert.Equal(t, []string{r.Results[i].Case.ID, string(r.Results[i].Verdict)}, line[:2])
	}
	lines = readCSV(t, rendered(t, "csv", unjudged()))
	assert.Equal(t, [][]string{{"INCOMPLETE", "error", "", "", "", "cannot judge: a target cannot be reached"}}, lines)
}

// What a spreadsheet takes for a formula may be where a finding has no path.
func TestNoCellOfTheCSVReportIsAFormula(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{`=HYPERLINK("http://evil.example")`, "+1", "-1", "@SUM(1)"} {
		document := rendered(t, "csv", &event.Report{Complete: true, Totals: event.Tally{},
			Results: []judge.Result{{Case: &fixtures.Case{ID: "area/Topic/name"}, Verdict: judge.Skip, Reason: reason}}})
		assert.Equal(t, [][]string{{"area/Topic/name", "skip", "", "", "", "'" + reason}}, readCSV(t, document))
	}
}
