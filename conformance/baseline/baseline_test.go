package baseline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

var today = time.Date(2026, 11, 24, 23, 59, 0, 0, time.UTC)

func corpus(ids ...string) []*fixtures.Case {
	var cases []*fixtures.Case
	for _, id := range ids {
		cases = append(cases, &fixtures.Case{ID: id})
	}
	return cases
}

func parsed(t *testing.T, text string, cases []*fixtures.Case) *baseline.File {
	t.Helper()
	f, err := baseline.Parse("known.baseline", []byte(text), today)
	require.NoError(t, err)
	require.NoError(t, f.Check(cases))
	return f
}

// Editors of Windows write one.
func TestAByteOrderMarkIsNoPartOfTheFirstLine(t *testing.T) {
	t.Parallel()
	f := parsed(t, "\ufeff# known\r\narea/Topic/a status=200\r\n", corpus("area/Topic/a"))
	assert.Equal(t, "# known\narea/Topic/a status=200\n", f.Text())
}

func TestALineThatIsNoEntryIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no fingerprint":       {"# a comment\n\narea/Topic/a\n", `known.baseline:3: "area/Topic/a" has no fingerprint: want SELECTOR`},
		"no fingerprint, why":  {"area/Topic/a # why", `known.baseline:1: "area/Topic/a # why" has no fingerprint`},
		"date for fingerprint": {"area/Topic/a until=2027-01-01", `known.baseline:1: "until=2027-01-01" in place of the fingerprint`},
		"no day":               {"area/Topic/a status=200 until=2027-02-30", `until=2027-02-30: want a day such as`},
		"two days":             {"area/Topic/a status=200 until=2027-02-01 until=2027-02-02", `"until=2027-02-02": want`},
		"another word":         {"area/Topic/a status=200 soon", `"soon": want until=YYYY-MM-DD, ref=WHERE or # reason`},
		"a negation":           {"!area/Topic/a status=200", `selector "!area/Topic/a": want one that picks cases`},
		"no pattern":           {"area/[ status=200", `known.baseline:1: selector "area/["`},
		"no version":           {"suite=1", `known.baseline:1: suite="1": want a version of the suite, MAJOR.MINOR`},
		"a later version":      {"suite=99.0", `known.baseline:1: suite=99.0: this sendspec has suite`},
		"a late pin":           {"a/B/c x\nsuite=1.0", `known.baseline:2: want one line suite=VERSION, before the entries`},
		"two pins":             {"suite=1.0\nsuite=1.0", `known.baseline:2: want one line suite=VERSION, before the entries`},
		"no text":              {"area/Topic/a \xff", `known.baseline: want text in UTF-8`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := baseline.Parse("known.baseline", []byte(test.text), today)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestALongLineIsQuotedCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	for _, text := range []string{long, "area/[" + long + " p", "!" + long + " p", "a p until=" + long, "a p " + long, "a until=" + long,
		"a/" + long + " p"} {
		f, err := baseline.Parse("known.baseline", []byte(text), today)
		if err == nil {
			err = f.Check(corpus("area/Topic/a"))
		}
		require.Error(t, err)
		assert.Less(t, len(err.Error()), 300)
	}
}

func TestTheEntriesOfAFileAreBounded(t *testing.T) {
	t.Parallel()
	_, err := baseline.Parse("known.baseline", []byte(strings.Repeat("area/Topic/a status=200\n", 10_001)), today)
	require.ErrorContains(t, err, "known.baseline:10001: more than 10000 entries")
	name := filepath.Join(t.TempDir(), "known.baseline")
	require.NoError(t, os.WriteFile(name, []byte(strings.Repeat("#", 4<<20+1)), 0o600))
	_, err = baseline.Read(t.Context(), name, today)
	require.EqualError(t, err, "baseline: "+name+": larger than the limit of 4 MiB")
}

func TestTheFirstEntryThatPicksACaseCounts(t *testing.T) {
	t.Parallel()
	cases := corpus("area/Topic/a", "area/Topic/b")
	for _, text := range []string{"*/Topic/a status=1\narea status=2\narea/Topic/a status=3\n", "area status=1\n*/Topic status=2\n",
		"area/Topic status=1\narea/Topic/[a] status=2\n"} {
		f := parsed(t, text, cases)
		r := judge.Result{Case: cases[0], Verdict: judge.Fail, Fingerprint: "status=9"}
		f.Apply(&r, true)
		require.NotNil(t, r.Baseline)
		assert.Equal(t, "known.baseline:1", r.Baseline.Entry, text)
	}
}

func TestAnEntryThatPicksNoCaseIsAnError(t *testing.T) {
	t.Parallel()
	f, err := baseline.Parse("known.baseline", []byte("area/Topic/a status=200\n# gone\narea/Topic/z status=200\n"), today)
	require.NoError(t, err)
	cases := corpus("area/Topic/a")
	require.ErrorContains(t, f.Check(cases), `known.baseline:3: selector "area/Topic/z" matches no case`)
	assert.Equal(t, []string{"known.baseline:3 area/Topic/z"}, f.Prune(cases))
	require.NoError(t, f.Check(cases))

	f, err = baseline.Parse("known.baseline", []byte("area/Topic/a status=200\narea/Topic/a status=200 # again\n"), today)
	require.NoError(t, err)
	require.ErrorContains(t, f.Check(cases), "known.baseline:2: the same entry as line 1")
}

// A case that went into another takes its entry along: it holds until an update finds that the other has one of its own.
func TestAnEntryOfAMergedCaseHoldsForTheCaseItWentInto(t *testing.T) {
	t.Parallel()
	cases := corpus("echo/Comment/plain")
	f := parsed(t, "accept/Comment/plain status=200 # as it was called\n", cases)
	r := judge.Result{Case: cases[0], Verdict: judge.Fail, Fingerprint: "status=200"}
	f.Apply(&r, true)
	assert.Equal(t, judge.Known, r.Verdict)
	assert.Empty(t, f.Prune(cases), "it is the only entry of the case")

	f = parsed(t, "accept/Comment/plain status=200\necho status=200\n", cases)
	assert.Equal(t, []string{"known.baseline:1 accept/Comment/plain"}, f.Prune(cases))
}

func TestAResultIsHeldAgainstItsEntry(t *testing.T) {
	t.Parallel()
	const text = `
area/Topic/a    status=200                # accepts all
area/Topic/n/*  status=200  until=2026-11-24 ref=#7
area/Topic/old  status=200  until=2026-11-23
area/Topic/two  status=200
area/Topic/two  status=500
area/Topic/f    flaky
invariant/X/y   /a=string,/b=string,/c=nothing
`
	const other = "/Command/Status=string"
	cases := corpus("area/Topic/a", "area/Topic/n/n=6", "area/Topic/n/n=50", "area/Topic/old", "area/Topic/two", "area/Topic/f",
		"area/Topic/none", "invariant/X/y")
	type v = judge.Verdict
	for name, test := range map[string]struct {
		id, fingerprint string
		verdict         v
		part            bool // not everything was asked
		want            v
		state           judge.BaselineState
	}{
		"fails as known":                  {"area/Topic/a", "status=200", judge.Fail, false, judge.Known, judge.BaselineKnown},
		"fails in another way":            {"area/Topic/a", other, judge.Fail, false, judge.Fail, judge.BaselineChanged},
		"passes":                          {"area/Topic/a", "", judge.Pass, false, judge.Fixed, judge.BaselineStale},
		"warns only":                      {"area/Topic/a", "should:/x=nothing", judge.Warn, false, judge.Fixed, judge.BaselineStale},
		"is flaky, and not known for it":  {"area/Topic/a", "status=200", judge.Flaky, false, judge.Flaky, ""},
		"was skipped":                     {"area/Topic/a", "", judge.Skip, false, judge.Skip, judge.BaselineUnjudged},
		"varies, and was skipped":         {"area/Topic/f", "", judge.Skip, false, judge.Skip, ""},
		"is not named, and was skipped":   {"area/Topic/none", "", judge.Skip, false, judge.Skip, ""},
		"an invariant of a part, skipped": {"invariant/X/y", "", judge.Skip, true, judge.Skip, ""},
		"could not be judged":             {"area/Topic/a", "", judge.Error, false, judge.Error, ""},
		"is not named":                    {"area/Topic/none", "status=200", judge.Fail, false, judge.Fail, ""},
		"a variant, on the last day":      {"area/Topic/n/n=50", "status=200", judge.Fail, false, judge.Known, judge.BaselineKnown},
		"a variant that passes":           {"area/Topic/n/n=6", "", judge.Pass, false, judge.Fixed, judge.BaselineStale},
		"past its date":                   {"area/Topic/old", "status=200", judge.Fail, false, judge.Fail, judge.BaselineExpired},
		"past its date, and passes":       {"area/Topic/old", "", judge.Pass, false, judge.Fixed, judge.BaselineStale},
		"one of two ways":                 {"area/Topic/two", "status=500", judge.Fail, false, judge.Known, judge.BaselineKnown},
		"known to vary, and varies":       {"area/Topic/f", other, judge.Flaky, false, judge.Known, judge.BaselineFlaky},
		"known to vary, and fails":        {"area/Topic/f", other, judge.Fail, false, judge.Known, judge.BaselineFlaky},
		"known to vary, and passes":       {"area/Topic/f", "", judge.Pass, false, judge.Pass, judge.BaselineFlaky},
		"an invariant, as known": {"invariant/X/y", "/a=string,/b=string,/c=nothing", judge.Fail, false, judge.Known,
			judge.BaselineKnown},
		"an invariant, in fewer places": {"invariant/X/y", "/a=string,/c=nothing", judge.Fail,
			false, judge.Known, judge.BaselineKnown},
		"an invariant, of another type": {"invariant/X/y", "/a=list,/c=null", judge.Fail, false, judge.Known, judge.BaselineKnown},
		"an invariant, in another place": {"invariant/X/y", "/a=string,/d=string", judge.Fail,
			false, judge.Fail, judge.BaselineChanged},
		"an invariant, kept":                 {"invariant/X/y", "", judge.Pass, false, judge.Fixed, judge.BaselineStale},
		"an invariant, kept by what it sent": {"invariant/X/y", "", judge.Pass, true, judge.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parsed(t, text, cases)
			r := judge.Result{Case: &fixtures.Case{ID: test.id}, Verdict: test.verdict, Fingerprint: test.fingerprint}
			f.Apply(&r, !test.part)
			assert.Equal(t, test.want, r.Verdict)
			if test.state == "" {
				assert.Nil(t, r.Baseline)
				return
			}
			require.NotNil(t, r.Baseline)
			assert.Equal(t, test.state, r.Baseline.State)
		})
	}
}

// outcomes are what a run found, by case: a fingerprint, "pass", "skip" or "flaky".
func outcomes(f *baseline.File, cases []*fixtures.Case, found map[string]string) []judge.Result {
	var results []judge.Result
	for _, c := range cases {
		r := judge.Result{Case: c, Verdict: judge.Fail, Fingerprint: found[c.ID]}
		switch r.Fingerprint {
		case "":
			continue // not selected
		case "pass", "skip":
			r.Verdict, r.Fingerprint = judge.Verdict(r.Fingerprint), ""
		case "flaky":
			r.Verdict, r.Fingerprint = judge.Flaky, "status=200"
		}
		f.Apply(&r, true)
		results = append(results, r)
	}
	return results
}

func oneRun(f *baseline.File, cases []*fixtures.Case, found map[string]string) *baseline.Runs {
	var runs baseline.Runs
	runs.Add(outcomes(f, cases, found))
	return &runs
}

func text(t *testing.T, f *baseline.File) string {
	t.Helper()
	return f.Text()
}

var updatedCorpus = corpus("area/A/x/n=1", "area/A/x/n=2", "area/A/y", "area/B/x", "area/B/y", "area/B/z", "area/C/x", "area/C/y",
	"other/A/a", "other/A/b", "invariant/X/y", "invariant/X/z")

func TestANewBaselineIsShortAndPicksNothingElse(t *testing.T) {
	t.Parallel()
	f, err := baseline.Read(t.Context(), filepath.Join(t.TempDir(), "none"), today)
	require.NoError(t, err)
	require.True(t, f.Missing())
	require.NoError(t, f.Check(updatedCorpus))
	changes := f.Update(oneRun(f, updatedCorpus, map[string]string{
		"area/A/x/n=1": "status=200", "area/A/x/n=2": "status=200", "area/A/y": "pass", "area/B/x": "status=200", "area/B/y": "status=500",
		"area/B/z": "flaky",
		"area/C/x": "status=200", "area/C/y": "status=500", "other/A/a": "status=200",
		"other/A/b": "status=200", "invariant/X/y": "/a=string", "invariant/X/z": "/a=string",
	}))
	assert.Equal(t, baseline.Changes{Added: 9, Entries: 9, Cases: 11}, changes)
	var entries []string
	for line := range strings.SplitSeq(text(t, f), "\n") {
		if line != "" && line[0] != '#' {
			entries = append(entries, strings.Join(strings.Fields(line), " "))
		}
	}
	assert.Equal(t, []string{
		"area/A/x status=200", "area/B/x status=200", "area/B/y status=500",
		"area/B/z flaky # seen to answer otherwise when it was asked again",
		"area/C/x status=200", "area/C/y status=500", "other status=200", "invariant/X/y /a=string", "invariant/X/z /a=string",
	}, entries)
}

func TestAnUpdateKeepsWhatStillHolds(t *testing.T) {
	t.Parallel()
	const before = `# ours
area/*/x    status=200 until=2027-01-01 ref=#1   # takes everything

area/B/y  status=500 # crashes
area/B/z  flaky # a race
# the second part
area/C/y  status=500 ref=#2 # crashes
area/A/y  status=200 until=2026-01-01 # long ago
other/A/a status=200 # not asked here
`
	f := parsed(t, before, updatedCorpus)
	same := map[string]string{
		"area/A/x/n=1": "status=200", "area/A/x/n=2": "status=200", "area/B/x": "status=200", "area/C/x": "status=200",
		"area/B/y": "status=500", "area/B/z": "pass", "area/C/y": "status=500", "area/A/y": "status=200",
	}
	assert.Equal(t, baseline.Changes{Entries: 6, Cases: 9}, f.Update(oneRun(f, updatedCorpus, same)))
	assert.Equal(t, before, text(t, f), "nothing to bring in line")

	changed := map[string]string{
		"area/A/x/n=1": "pass", "area/A/x/n=2": "status=200", "area/B/x": "status=200", "area/C/x": "/Command=nothing",
		"area/B/y": "pass", "area/C/y": "status=400/InvalidDocument", "area/A/y": "status=200", "other/A/b": "status=200",
	}
	assert.Equal(t, baseline.Changes{Added: 1, Removed: 1, Changed: 2, Entries: 8, Cases: 8}, f.Update(oneRun(f, updatedCorpus, changed)))
	assert.Equal(t, `# ours
area/C/x                                         /Command=nothing until=2027-01-01 ref=#1 # takes everything
area/A/x/n=2                                     status=200 until=2027-01-01 ref=#1 # takes everything
area/B/x                                         status=200 until=2027-01-01 ref=#1 # takes everything

area/B/z  flaky # a race
# the second part
area/C/y                                         status=400/InvalidDocument ref=#2 # crashes
area/A/y  status=200 until=2026-01-01 # long ago
other/A/a status=200 # not asked here

other/A/b                                        status=200
`, text(t, f))
	again, err := baseline.Parse("known.baseline", []byte(text(t, f)), today)
	require.NoError(t, err)
	require.NoError(t, again.Check(updatedCorpus), "what is written can be read")
	for _, r := range outcomes(again, updatedCorpus, changed) {
		if r.Case.ID != "area/A/y" {
			assert.NotContains(t, []judge.Verdict{judge.Fail, judge.Fixed}, r.Verdict, r.Case.ID)
		}
	}
}

// A skipped case would keep the gate stale for ever: the update takes it out, but for what a person promised until a day.
func TestAnUpdateTakesOutWhatIsSkipped(t *testing.T) {
	t.Parallel()
	f := parsed(t, "area/A/x status=200 # both\narea/A/y status=200 until=2026-01-01\narea/B/z flaky\n", updatedCorpus)
	now := map[string]string{"area/A/x/n=1": "skip", "area/A/x/n=2": "status=200", "area/A/y": "skip", "area/B/z": "skip"}
	f.Update(oneRun(f, updatedCorpus, now))
	assert.Equal(t, "area/A/x/n=2                                     status=200 # both\narea/A/y status=200 "+
		"until=2026-01-01\narea/B/z flaky\n", text(t, f))
}

// What an invariant says hangs on what was asked, so a part of the corpus adds to its entry only.
func TestAPartOfTheCorpusAddsToAnInvariant(t *testing.T) {
	t.Parallel()
	f := parsed(t, "invariant/X/y /a=string,/b=string\n", updatedCorpus)
	f.Update(oneRun(f, updatedCorpus, map[string]string{"invariant/X/y": "/c=string"}))
	assert.Equal(t, "/a=string,/b=string,/c=string", strings.Fields(text(t, f))[1])

	whole := map[string]string{"invariant/X/y": "/a=string,/d=string"}
	for _, c := range updatedCorpus {
		if whole[c.ID] == "" {
			whole[c.ID] = "pass"
		}
	}
	f.Update(oneRun(f, updatedCorpus, whole))
	assert.Equal(t, "/a=string,/d=string", strings.Fields(text(t, f))[1])
}

func TestABaselineIsWrittenAsAWhole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "known.baseline")
	f, err := baseline.Read(t.Context(), name, today)
	require.NoError(t, err)
	require.NoError(t, f.Check(updatedCorpus))
	f.Update(oneRun(f, updatedCorpus, map[string]string{"area/A/y": "status=200"}))
	require.NoError(t, f.Save())
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, text(t, f), string(b))
	files, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing is left beside it")

	_, err = baseline.Read(t.Context(), filepath.Dir(name), today)
	require.Error(t, err, "a folder is no baseline")
}

// A pin is a line before the entries. An update keeps it, in a file or in a new one, and raising it changes nothing else.
func TestAFilePinsTheVersionOfTheSuite(t *testing.T) {
	t.Parallel()
	const pinned = "# Known.\n\nsuite=1.0 # until the team has time\narea/Topic/a status=200\n"
	cases := corpus("area/Topic/a", "area/Topic/b")
	f := parsed(t, pinned, cases)
	assert.Equal(t, fixtures.Version("1.0"), f.Suite())
	assert.Empty(t, parsed(t, "area/Topic/a status=200\n", cases).Suite())

	update := func(f *baseline.File) string {
		r := judge.Result{Case: cases[0], Verdict: judge.Fail, Fingerprint: "status=200"}
		f.Apply(&r, true)
		var runs baseline.Runs
		runs.Add([]judge.Result{r})
		f.Update(&runs)
		return f.Text()
	}
	assert.Equal(t, pinned, update(f))
	f.Pin("1.7")
	assert.Equal(t, fixtures.Version("1.7"), f.Suite())
	assert.Equal(t, strings.Replace(pinned, "1.0", "1.7", 1), update(f))
	for name, text := range map[string]string{
		"below the comment that opens it": "# Known.\n# Form.\n\narea/Topic/a status=200\n", "first": "area/Topic/a status=200\n",
		"alone": "", "after a comment alone": "# Known.\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parsed(t, text, cases)
			f.Pin("1.0")
			written := update(f)
			again := parsed(t, written, cases)
			assert.Equal(t, fixtures.Version("1.0"), again.Suite())
			assert.True(t, strings.HasPrefix(written, "#") == strings.HasPrefix(text, "#"), written)
			assert.Equal(t, 1, strings.Count(written, "area/Topic/a"), written)
		})
	}
	missing, err := baseline.Read(t.Context(), filepath.Join(t.TempDir(), "none"), today)
	require.NoError(t, err)
	require.NoError(t, missing.Check(cases))
	missing.Pin("1.0")
	written := update(missing)
	assert.True(t, strings.HasPrefix(written, "# Known divergences"), written)
	assert.Equal(t, fixtures.Version("1.0"), parsed(t, written, cases).Suite())
}
