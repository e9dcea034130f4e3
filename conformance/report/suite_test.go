package report_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

// Each report says which failures are provisional, and how many cases a pin leaves out.
func TestReportsSayWhatIsProvisionalAndWhatAPinLeavesOut(t *testing.T) {
	t.Parallel()
	r := nastyReport(t)
	for i := range r.Results {
		if res := &r.Results[i]; res.Verdict == judge.Fail && res.Case.Area() != judge.InvariantArea {
			res.Verdict, res.Provisional = judge.Warn, true
			r.Totals[judge.Fail]--
			r.Totals[judge.Warn]++
			break
		}
	}
	require.Equal(t, 1, r.Spared())
	r.Suite = event.Suite{Version: "1.7", Pin: "1.6", LeftOut: 12}
	words := []string{"1 failure of provisional cases, new in suite 1.7: warnings until the next version, failures with --strict",
		"suite 1.6: 12 later cases left out"}
	for name, want := range map[string][]string{
		"text":     append([]string{"(must, provisional)"}, words...),
		"markdown": words,
		"github":   {words[0] + "%0A" + words[1]},
		"junit": {`name="suite" value="1.6: 12 later cases left out"`, `name="provisional failures" value="1"`,
			"(must, provisional)"},
		"html":  {"1.6: 12 later cases left out", "1 failure of new cases: warnings until the next version", `"provisional":true`},
		"json":  {`"version": "1.7"`, `"pin": "1.6"`, `"leftOut": 12`, `"provisional": true`},
		"sarif": {`"leftOut": 12`},
		"har":   {`"suite":{"version":"1.7","pin":"1.6","leftOut":12}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := string(rendered(t, name, r))
			for _, words := range want {
				assert.Contains(t, text, words)
			}
		})
	}
	written := rendered(t, "json", r)
	validates(t, compiled(t, "report.json", map[string][]byte{"report.json": documentSchema(t)}), written)
	read := read(t, filepath.Join(t.TempDir(), "report.json"), written).Report()
	assert.Equal(t, r.Suite, read.Suite)
	assert.Equal(t, 1, read.Spared())

	other := report.Named{File: "b.json", Document: report.Document{Shard: "2/2", Complete: true}}
	_, err := report.Merge([]report.Named{{File: "a.json", Document: report.Document{Shard: "1/2", Complete: true, Suite: r.Suite}}, other})
	require.ErrorContains(t, err, "merge: a.json and b.json differ in --suite")
}
