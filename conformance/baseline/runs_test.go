package baseline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/judge"
)

// What is not named passes in every run; everything is asked.
func TestWhatVariesFromRunToRunIsFlaky(t *testing.T) {
	t.Parallel()
	cases := corpus("area/A/x/n=1", "area/A/x/n=2", "area/A/y", "area/B/x", "area/B/y", "invariant/X/y")
	type found = map[string]string
	for name, test := range map[string]struct {
		before string
		runs   []found
		after  string
		fresh  []string // what each run saw first, with commas
	}{
		"nothing varies": {
			runs:  []found{{"area/A/y": "status=200"}, {"area/A/y": "status=200"}},
			after: "area/A/y status=200",
			fresh: []string{"", ""},
		},
		"a failure that passes": {
			runs:  []found{{"area/A/y": "status=200"}, {}, {}},
			after: "area/A/y flaky # seen to pass, to fail as status=200",
			fresh: []string{"", "area/A/y", ""},
		},
		"a case that fails later": {
			runs:  []found{{}, {}, {"area/A/y": "status=200"}},
			after: "area/A/y flaky # seen to pass, to fail as status=200",
			fresh: []string{"", "", "area/A/y"},
		},
		"a failure of two ways": {
			runs:  []found{{"area/A/y": "status=500"}, {"area/A/y": "/Command=nothing"}, {"area/A/y": "status=500"}},
			after: "area/A/y flaky # seen to fail as /Command=nothing, to fail as status=500",
			fresh: []string{"", "area/A/y", ""},
		},
		"a failure of many ways": {
			runs:  []found{{"area/A/y": "a=1"}, {"area/A/y": "b=1"}, {"area/A/y": "c=1"}, {"area/A/y": "d=1"}, {"area/A/y": "e=1"}},
			after: "area/A/y flaky # seen to fail as a=1, to fail as b=1, to fail as c=1, in 2 more ways",
			fresh: []string{"", "area/A/y", "", "", ""},
		},
		"one that is unsteady in a later run": {
			runs:  []found{{}, {"area/A/y": "flaky"}},
			after: "area/A/y flaky # seen to answer otherwise when it was asked again",
			fresh: []string{"", "area/A/y"},
		},
		"cases of which the same was seen share an entry": {
			runs:  []found{{"area/A/x/n=1": "status=200"}, {"area/A/x/n=2": "status=200"}},
			after: "area/A/x flaky # seen to pass, to fail as status=200",
			fresh: []string{"", "area/A/x/n=1,area/A/x/n=2"},
		},
		"an entry of which one case varies is narrowed, and keeps what a person wrote": {
			before: "area/A status=200 until=2027-01-01 ref=#1 # takes everything",
			runs: []found{
				{"area/A/x/n=1": "status=200", "area/A/x/n=2": "status=200", "area/A/y": "status=200"},
				{"area/A/x/n=1": "status=200", "area/A/x/n=2": "status=200"},
			},
			after: "area/A/y flaky until=2027-01-01 ref=#1 # takes everything; seen to pass, to fail as status=200\n" +
				"area/A/x status=200 until=2027-01-01 ref=#1 # takes everything",
			fresh: []string{"", "area/A/y"},
		},
		"two entries for two ways take both": {
			before: "area/A/y status=200\narea/A/y status=500",
			runs:   []found{{"area/A/y": "status=200"}, {"area/A/y": "status=500"}},
			after:  "area/A/y status=200\narea/A/y status=500",
			fresh:  []string{"", ""},
		},
		"two entries and a third way become one": {
			before: "area/A/y status=200\narea/A/y status=500",
			runs:   []found{{"area/A/y": "status=200"}, {"area/A/y": "status=500"}, {}},
			after:  "area/A/y flaky # seen to pass, to fail as status=200, to fail as status=500",
			fresh:  []string{"", "", "area/A/y"},
		},
		"what is known to vary is left as it is": {
			before: "area/A/y flaky # a race\narea/B/x flaky",
			runs:   []found{{"area/A/y": "status=200", "area/B/x": "flaky"}, {"area/B/x": "status=200"}},
			after:  "area/A/y flaky # a race\narea/B/x flaky",
			fresh:  []string{"", ""},
		},
		"what is known to vary and does not is left to a person": {
			before: "area/A/y flaky # a race",
			runs:   []found{{}, {}},
			after:  "area/A/y flaky # a race",
			fresh:  []string{"", ""},
		},
		"an entry past its date is left to a person": {
			before: "area/A/y status=200 until=2026-01-01",
			runs:   []found{{"area/A/y": "status=200"}, {}},
			after:  "area/A/y status=200 until=2026-01-01",
			fresh:  []string{"", "area/A/y"},
		},
		"what a later run did not ask": {
			runs:  []found{{"area/A/y": "status=200"}, {"area/A/y": "skip"}},
			after: "area/A/y status=200",
			fresh: []string{"", ""},
		},
		"an invariant fails in more places": {
			runs:  []found{{"invariant/X/y": "/a=string"}, {"invariant/X/y": "/b=string"}, {"invariant/X/y": "/a=string"}},
			after: "invariant/X/y /a=string,/b=string",
			fresh: []string{"", "invariant/X/y", ""},
		},
		"an invariant fails in more places than its entry has": {
			before: "invariant/X/y /a=string ref=#1 # ours",
			runs:   []found{{"invariant/X/y": "/a=string"}, {"invariant/X/y": "/b=string"}},
			after:  "invariant/X/y /a=string,/b=string ref=#1 # ours",
			fresh:  []string{"", "invariant/X/y"},
		},
		"an invariant fails in places of which its entry has all": {
			before: "invariant/X/y /a=string,/b=string",
			runs:   []found{{"invariant/X/y": "/a=string"}, {"invariant/X/y": "/b=string"}},
			after:  "invariant/X/y /a=string,/b=string",
			fresh:  []string{"", ""},
		},
		"an invariant fails in more places, and is kept in one run": {
			runs:  []found{{"invariant/X/y": "/a=string"}, {}, {"invariant/X/y": "/b=string"}},
			after: "invariant/X/y flaky # seen to pass, to fail as /a=string,/b=string",
			fresh: []string{"", "invariant/X/y", ""},
		},
		"an invariant that is kept in one run": {
			runs:  []found{{"invariant/X/y": "/a=string"}, {}},
			after: "invariant/X/y flaky # seen to pass, to fail as /a=string",
			fresh: []string{"", "invariant/X/y"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parsed(t, test.before, cases)
			var runs baseline.Runs
			var fresh []string
			for _, run := range test.runs {
				for _, c := range cases {
					if run[c.ID] == "" {
						run[c.ID] = "pass"
					}
				}
				fresh = append(fresh, strings.Join(runs.Add(outcomes(f, cases, run)), ","))
			}
			assert.Equal(t, test.fresh, fresh)
			assert.Equal(t, len(test.runs), runs.Count())
			f.Update(&runs)
			var entries []string
			for line := range strings.SplitSeq(text(t, f), "\n") {
				if line != "" {
					entries = append(entries, strings.Join(strings.Fields(line), " "))
				}
			}
			assert.Equal(t, test.after, strings.Join(entries, "\n"))

			written, err := baseline.Parse("known.baseline", []byte(text(t, f)), today)
			require.NoError(t, err)
			require.NoError(t, written.Check(cases))
			if strings.Contains(test.before, "2026-01-01") {
				return
			}
			for _, run := range test.runs {
				for _, r := range outcomes(written, cases, run) {
					assert.False(t, slices.Contains([]judge.Verdict{judge.Fail, judge.Flaky, judge.Fixed}, r.Verdict),
						"%s: %s", r.Case.ID, r.Verdict)
				}
			}
		})
	}
}
