package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
)

// A report cut short never looks complete, in any format.
func TestEveryFormatSaysThatItIsPartial(t *testing.T) {
	t.Parallel()
	marks := map[string]string{
		"text": "INCOMPLETE: ", "json": `"complete": false`, "junit": `<error message="`, "sarif": `"executionSuccessful": false`,
		"har": `"complete":false`, "markdown": "**This report is partial**", "github": "::error title=sendspec::INCOMPLETE",
		"html": "This report is partial.", "csv": "\nINCOMPLETE,error,",
	}
	whole, half := nastyReport(t), halfway(t)
	for _, f := range report.Formats() {
		require.Contains(t, marks, f.Name, "add to marks the text by which a reader of this format sees that a report is partial")
		assert.NotContains(t, string(rendered(t, f.Name, whole)), marks[f.Name], f.Name)
		assert.Contains(t, string(rendered(t, f.Name, half)), marks[f.Name], f.Name)
		nothing := string(rendered(t, f.Name, unjudged()))
		assert.Contains(t, nothing, marks[f.Name], f.Name)
		assert.Contains(t, nothing, "cannot be reached", f.Name)
		assertHarmless(t, nothing)
	}
}

func TestAnUnknownFormatIsAnsweredWithThoseThereAre(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	_, err := report.FormatNamed("pdf")
	require.EqualError(t, err, `report format "pdf": want one of `+strings.Join(names, ", "))
}

// Each cause is an annotation. Ten of a kind is what GitHub shows; a line for each command, and none of the target's.
func TestGitHubAnnotationsAreCappedAndOurs(t *testing.T) {
	t.Parallel()
	annotations := func(r *event.Report) map[string]int {
		counts := map[string]int{}
		for _, line := range strings.Split(strings.TrimRight(string(rendered(t, "github", r)), "\n"), "\n") {
			command, _, _ := strings.Cut(strings.TrimPrefix(line, "::"), " ")
			require.Contains(t, []string{"error", "warning", "notice"}, command, line)
			counts[command]++
		}
		return counts
	}
	nasty := nastyReport(t)
	assert.Equal(t, map[string]int{"error": len(report.Causes(nasty)) + 1, "warning": 1}, annotations(nasty))
	assert.Equal(t, map[string]int{"error": 10, "notice": 1}, annotations(withCauses(12)))
}

// withCauses is a report of failures with a cause each.
func withCauses(n int) *event.Report {
	var results []judge.Result
	for i := range n {
		results = append(results, judge.Result{
			Case:     &fixtures.Case{ID: fmt.Sprintf("echo/Topic/%d", i), Title: "t", Level: fixtures.Must, Profile: fixtures.Core},
			Verdict:  judge.Fail,
			Findings: []judge.Finding{{Path: fmt.Sprintf("/Command/Member%d", i), Level: fixtures.Must}},
		})
	}
	r := event.SumUp(results)
	r.Target.Name = "a target"
	return r
}

// A comment on GitHub has 65,536 characters at most.
func TestMarkdownFitsAComment(t *testing.T) {
	t.Parallel()
	text := string(rendered(t, "markdown", withCauses(2000)))
	assert.Less(t, utf8.RuneCountInString(text), 65_536)
	assert.Contains(t, text, "### What to fix first")
	assert.Regexp(t, `\nand \d+ more, which the other reports show\.\n$`, text)
}

func TestMarkdownFencesWhatTheTargetSent(t *testing.T) {
	t.Parallel()
	fence := ""
	for _, line := range strings.Split(string(rendered(t, "markdown", nastyReport(t))), "\n") {
		marks := len(line) - len(strings.TrimLeft(line, "`"))
		switch {
		case fence == "" && marks >= 3:
			fence = line[:marks]
		case fence != "" && strings.TrimRight(line, " ") == fence:
			fence = ""
		case fence == "":
			assert.NotContains(t, line, "javascript:", "nothing of the target is outside of the fences")
			assert.NotContains(t, line, "<img")
			assert.NotContains(t, line, "<script")
		}
	}
	assert.Empty(t, fence)
}

func TestAStyledTextIsThePlainOneInColours(t *testing.T) {
	t.Parallel()
	run := nastyReport(t)
	write := func(o report.TextOptions) string {
		var b strings.Builder
		text := report.NewText(&b, o)
		require.NoError(t, text.Event(event.Started{Target: run.Target}))
		for i := range run.Results {
			require.NoError(t, text.Event(event.Judged{Result: run.Results[i]}))
		}
		require.NoError(t, text.Event(event.Ended{Report: run}))
		return b.String()
	}
	styled := write(report.TextOptions{Color: true, Verbose: true})
	assert.Contains(t, styled, "\x1b[31mFAIL \x1b[0m \x1b[1marea/Nasty/bidi\x1b[0m")
	plain := styled
	for _, code := range []string{"0", "1", "2", "31", "32", "33", "35"} {
		plain = strings.ReplaceAll(plain, "\x1b["+code+"m", "")
	}
	assert.Equal(t, write(report.TextOptions{Verbose: true}), plain)
	assertHarmless(t, plain)

	causes, _, _ := strings.Cut(write(report.TextOptions{Width: 60}), "\narea ")
	assert.Contains(t, causes, "What to fix first: ")
	for _, line := range strings.Split(causes, "\n")[1:] {
		assert.LessOrEqual(t, len([]rune(line)), 61, line)
	}
	assert.Equal(t, "the nasty <target> does not conform: 14 of 17 cases fail\n", write(report.TextOptions{Quiet: true}))
}

// The table of areas has no column for a verdict that no case has where there is no room for all.
func TestTheTableOfAreasFitsATerminal(t *testing.T) {
	t.Parallel()
	results := slices.DeleteFunc(slices.Clone(nastyReport(t).Results), func(r judge.Result) bool {
		return r.Verdict != judge.Fail && r.Verdict != judge.Skip
	})
	header := func(width int) string {
		var b strings.Builder
		text := report.NewText(&b, report.TextOptions{Width: width})
		require.NoError(t, text.Event(event.Started{}))
		ended := event.SumUp(results)
		ended.Complete = true
		require.NoError(t, text.Event(event.Ended{Report: ended}))
		_, table, _ := strings.Cut("\n"+b.String(), "\narea ")
		line, _, _ := strings.Cut(table, "\n")
		return strings.Join(strings.Fields(line), " ")
	}
	assert.Equal(t, "fail skip", header(60))
	for _, width := range []int{0, 68, 80} {
		assert.Equal(t, "pass warn fail flaky known fixed skip error", header(width), width)
	}
}

// That a run was ended is said once, and not for each of the thousands of cases that it did not come to.
func TestACaseThatWasNotAskedIsOnlyCounted(t *testing.T) {
	t.Parallel()
	half := halfway(t)
	for _, name := range []string{"sarif", "markdown", "github"} {
		assert.NotContains(t, string(rendered(t, name, half)), "not asked", name)
	}
	assert.Contains(t, string(rendered(t, "sarif", half)), "cannot be signed")
	var b strings.Builder
	text := report.NewText(&b, report.TextOptions{})
	require.NoError(t, text.Event(event.Started{}))
	require.NoError(t, text.Event(event.Ended{Report: half}))
	assert.Contains(t, b.String(), "ERROR invariant/JSON/one-value\n  cannot be signed: <b>\n")
	assert.NotContains(t, b.String(), "not asked: ")
}

// One of a kind is told in the singular.
func TestWhatIsOneIsToldAsOne(t *testing.T) {
	t.Parallel()
	one := func(v judge.Verdict) judge.Result {
		return judge.Result{Case: &fixtures.Case{ID: "accept/a/" + string(v), Profile: fixtures.Core, Level: fixtures.Must}, Verdict: v}
	}
	stale := one(judge.Fixed)
	stale.Baseline = &judge.BaselineNote{State: judge.BaselineStale}
	for want, results := range map[string][]judge.Result{
		"\n1 warning: -v shows it, --strict makes it fail\n":           {one(judge.Warn)},
		"core       conformant: 1 case judged\n":                       {one(judge.Pass)},
		"core       partial: 1 case judged, 1 must case not\n":         {one(judge.Pass), one(judge.Skip)},
		"\na target conforms in the one case asked; 1 was skipped\n":   {one(judge.Pass), one(judge.Skip)},
		"\nbaseline: 1 no longer fails\n":                              {stale},
		"asked; the baseline is stale: 1 case in it no longer fails\n": {stale},
		"\na target could not be judged: 1 case has no verdict\n":      {one(judge.Error)},
	} {
		r := event.SumUp(results)
		r.Target.Name = "a target"
		var b strings.Builder
		text := report.NewText(&b, report.TextOptions{})
		require.NoError(t, text.Event(event.Started{}))
		require.NoError(t, text.Event(event.Ended{Report: r}))
		assert.Contains(t, b.String(), want)
	}
}
