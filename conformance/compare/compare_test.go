package compare_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/compare"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
)

var update = flag.Bool("update", false, "write the golden files anew")

// named is a report of cases given as ID, verdict and fingerprint.
func named(file string, cases ...[3]string) report.Named {
	d := report.Document{Format: report.DocumentFormat, Target: event.Target{Name: file}, Complete: true, Corpus: "c",
		Verdict: file + " verdict"}
	for _, c := range cases {
		d.Cases = append(d.Cases, report.CaseInfo{
			ID: c[0], Verdict: judge.Verdict(c[1]), Fingerprint: c[2], Level: fixtures.Must, Profile: fixtures.Core,
		})
	}
	return report.Named{File: file, Document: d}
}

// worse are the names below of what no gate may let pass, worseInPart of what it may not even where a report is partial.
var (
	worseInPart = []string{"fails now", "failed to be asked", "is flaky now", "is skipped now"}
	worse       = append([]string{"could not be judged", "is gone", "is new and fails"}, worseInPart...)
)

func TestCasesThatBothJudgedAreCounted(t *testing.T) {
	t.Parallel()
	before := named("before", [3]string{"a/T/a", "pass"}, [3]string{"a/T/b", "pass"}, [3]string{"a/T/c", "skip"}, [3]string{"a/T/gone",
		"skip"})
	after := named("after", [3]string{"a/T/a", "fail"}, [3]string{"a/T/b", "skip"}, [3]string{"a/T/c", "pass"}, [3]string{"a/T/d", "pass"})
	assert.Equal(t, 1, compare.Two(before, after).Common)
	assert.Zero(t, compare.Two(before, named("nothing")).Common)
	assert.Empty(t, compare.Two(named("skipped", [3]string{"a/T/c", "skip"}), named("nothing")).Of(compare.Lost), "nobody judged it")
}

func TestWhatBecameOfACase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after [2]string // verdict and fingerprint; none where the report lacks the case
		want          compare.ChangeKind
	}{
		"passes still":             {[2]string{"pass"}, [2]string{"pass"}, ""},
		"warns now":                {[2]string{"pass"}, [2]string{"warn", "should:/a=string"}, ""},
		"fails now":                {[2]string{"pass"}, [2]string{"fail", "status=200"}, compare.Regressed},
		"failed to be asked":       {[2]string{"skip"}, [2]string{"fail", "status=200"}, compare.Regressed},
		"is flaky now":             {[2]string{"warn"}, [2]string{"flaky", "status=200"}, compare.Regressed},
		"fails still":              {[2]string{"fail", "status=200"}, [2]string{"fail", "status=200"}, ""},
		"fails and is known":       {[2]string{"fail", "status=200"}, [2]string{"known", "status=200"}, ""},
		"fails in another way":     {[2]string{"known", "status=200"}, [2]string{"fail", "status=500"}, compare.Changed},
		"is fixed":                 {[2]string{"known", "status=200"}, [2]string{"fixed"}, compare.Mended},
		"is skipped now":           {[2]string{"pass"}, [2]string{"skip"}, compare.Lost},
		"could not be judged":      {[2]string{"fail", "status=200"}, [2]string{"error"}, compare.Lost},
		"is gone":                  {[2]string{"pass"}, [2]string{}, compare.Lost},
		"is new and passes":        {[2]string{}, [2]string{"pass"}, compare.Appeared},
		"is new and fails":         {[2]string{}, [2]string{"fail", "status=200"}, compare.Appeared},
		"was not and is not asked": {[2]string{"skip"}, [2]string{"skip"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := named("before"), named("after")
			if test.before[0] != "" {
				before = named("before", [3]string{"area/T/c", test.before[0], test.before[1]})
			}
			if test.after[0] != "" {
				after = named("after", [3]string{"area/T/c", test.after[0], test.after[1]})
			}
			d := compare.Two(before, after)
			if test.want == "" {
				assert.Empty(t, d.Changes)
				assert.Equal(t, 1, d.Same)
				return
			}
			require.Len(t, d.Changes, 1)
			assert.Equal(t, test.want, d.Changes[0].Kind)
			assert.Equal(t, slices.Contains(worse, name), d.Worse(false))
			assert.Equal(t, slices.Contains(worseInPart, name), d.Worse(true))
		})
	}
}

func TestWhatCannotBeSetSideBySide(t *testing.T) {
	t.Parallel()
	whole, cut, shard, other := named("whole"), named("cut"), named("shard"), named("other")
	cut.Complete, cut.Stopped, shard.Shard, other.Corpus = false, "interrupted", "1/2", "d"
	for _, r := range []report.Named{cut, shard} {
		_, err := compare.Check([]report.Named{whole, r}, false)
		require.ErrorContains(t, err, "--partial")
		notes, err := compare.Check([]report.Named{whole, r}, true)
		require.NoError(t, err)
		assert.Len(t, notes, 1)
	}
	notes, err := compare.Check([]report.Named{whole, other}, false)
	require.NoError(t, err)
	require.Len(t, notes, 1)
	assert.Contains(t, notes[0], "different cases or expectations")
}

// hostile is what a name or an ID may hold that was written into a report by hand or by a target.
const hostile = "</title><script>alert(1)</script><img src=x onerror=alert(2)>|\x1b[31m`[a](javascript:b)`\"'\u202e &amp; " +
	"{{.}} @team http://evil.test www.evil.test"

func hostileMatrix(t *testing.T) compare.Matrix {
	t.Helper()
	a := named(hostile, [3]string{"area\x1b\u202e\u009b/a/b", "fail", ""}, [3]string{"constraint/Comment/above-max/n=101", "fail",
		"status=200"}, [3]string{hostile, "fail", hostile}, [3]string{"echo/a/b", "pass", ""})
	b := named("plain", [3]string{"constraint/Comment/above-max/n=101", "pass", ""}, [3]string{"echo/a/b", "skip", ""})
	a.Profiles = []event.ProfileVerdict{{Profile: fixtures.Core, Standing: event.Standing(hostile)}}
	m, err := compare.NewMatrix([]report.Named{a, b}, []string{hostile})
	require.NoError(t, err)
	return m
}

func TestNothingInAReportReachesAPageAsMarkup(t *testing.T) {
	t.Parallel()
	m := hostileMatrix(t)
	var html, md, text strings.Builder
	require.NoError(t, m.HTML(&html))
	require.NoError(t, m.Markdown(&md))
	require.NoError(t, m.Text(&text))
	assert.Equal(t, 2, strings.Count(html.String(), "<script>"), "the page's own")
	assert.NotContains(t, html.String(), "<img")
	for _, raw := range []string{"<script>", "<img", "[a](", "@team", "http://evil", "www.evil"} {
		assert.NotContains(t, md.String(), raw)
	}
	for _, s := range []string{html.String(), md.String(), text.String()} {
		assert.False(t, strings.ContainsAny(s, "\x1b\u202e\u009b"))
	}
	for line := range strings.SplitSeq(strings.TrimSpace(md.String()), "\n") {
		if strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "|---") {
			assert.Equal(t, 4, strings.Count(line, "|"), "three cells: %s", line)
		}
	}
	d := compare.Two(named("a", [3]string{hostile, "pass", ""}), named("b", [3]string{hostile, "fail", hostile}))
	md.Reset()
	require.NoError(t, d.Markdown(&md, []string{hostile}))
	assert.NotContains(t, md.String(), "<script>")
	text.Reset()
	require.NoError(t, d.Text(&text, []string{hostile}))
	assert.False(t, strings.ContainsAny(text.String(), "\x1b\u202e\u009b"))
}

func TestTheMatrix(t *testing.T) {
	t.Parallel()
	a := named("moto", [3]string{"constraint/Comment/above-max/n=101", "known", "status=200"},
		[3]string{"constraint/Comment/within-max/n=100", "pass", ""}, [3]string{"auth/Signature/wrong", "skip", ""})
	b := named("ours", [3]string{"constraint/Comment/above-max/n=101", "warn", "should:error-message=string"},
		[3]string{"constraint/Comment/within-max/n=100", "pass", ""}, [3]string{"auth/Signature/wrong", "pass", ""})
	a.Profiles = []event.ProfileVerdict{{Profile: fixtures.Core, Standing: event.Nonconformant}}
	b.Profiles = []event.ProfileVerdict{{Profile: fixtures.Core, Standing: event.Conformant}, {Profile: fixtures.Auth,
		Standing: event.Conformant}}
	m, err := compare.NewMatrix([]report.Named{a, b}, nil)
	require.NoError(t, err)
	for name, render := range map[string]func(*strings.Builder) error{
		"matrix.txt":  func(w *strings.Builder) error { return m.Text(w) },
		"matrix.md":   func(w *strings.Builder) error { return m.Markdown(w) },
		"matrix.html": func(w *strings.Builder) error { return m.HTML(w) },
		"diff.html":   func(w *strings.Builder) error { return compare.Two(a, b).HTML(w, []string{"a note"}) },
	} {
		var got strings.Builder
		require.NoError(t, render(&got))
		golden := filepath.Join("testdata", name)
		page := embedded.ReplaceAllString(got.String(), "")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(page), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), page)
	}
}

// embedded are style, scripts and their hashes, which are files of their own.
var embedded = regexp.MustCompile(`(?s)<(?:style|script)>.*?</(?:style|script)>| ?&#39;sha256-.*?&#39;`)
