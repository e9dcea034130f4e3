package conformance_test

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
)

var writeReleased = flag.Bool("released", false, "write the cases of this version of the suite as released (make released)")

const (
	releasedFile  = "../fixtures/testdata/released.txt"
	changelogFile = "../.github/CHANGELOG.md"
)

// released are the cases of a version of the suite: its file has a line for each. No version is that of a suite of which
// none was released yet.
type released struct {
	suite fixtures.Version
	cases map[string]releasedCase // by ID
}

type releasedCase struct {
	since  fixtures.Version
	digest string
}

// releasedAs are the cases as a release has them. Words that change no verdict are not of the digest.
func releasedAs(t *testing.T, suite fixtures.Version, cases []*fixtures.Case) released {
	t.Helper()
	r := released{suite, map[string]releasedCase{}}
	for _, c := range cases {
		bare := *c
		bare.Since, bare.Title, bare.Note, bare.KeepReason, bare.Evidence = "", "", "", "", nil
		b, err := json.Marshal(bare)
		require.NoError(t, err, c.ID)
		r.cases[c.ID] = releasedCase{c.Since, fmt.Sprintf("%.6x", sha256.Sum256(b))}
	}
	return r
}

func (r released) text() string {
	ids := make([]string, 0, len(r.cases))
	for id := range r.cases {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var b strings.Builder
	fmt.Fprintf(&b, "# The cases of the suite that was released last: ID, since, and a digest of what it asks and expects.\n"+
		"# make released writes it (.github/CONTRIBUTING.md).\nsuite %s\n", r.suite)
	for _, id := range ids {
		fmt.Fprintf(&b, "%s %s %s\n", id, r.cases[id].since, r.cases[id].digest)
	}
	return b.String()
}

func readReleased(t *testing.T, text string) released {
	t.Helper()
	r := released{cases: map[string]releasedCase{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case len(words) == 2 && words[0] == "suite":
			r.suite = fixtures.Version(words[1])
		case len(words) == 3:
			r.cases[words[0]] = releasedCase{fixtures.Version(words[1]), words[2]}
		default:
			t.Fatalf("%s: %q is no line of it", releasedFile, line)
		}
	}
	return r
}

// unnamed says what is wrong with the corpus now after what was released, or with what the changelog says of it.
func (r released) unnamed(now released, changelog string) (problems []string) {
	section, found := sectionOf(changelog, now.suite)
	if !found {
		problems = append(problems, fmt.Sprintf("CHANGELOG.md has no section ## %s", now.suite))
	}
	if r.suite == "" {
		return problems // before the first release every case is new
	}
	changed := map[string]string{}
	for id, c := range now.cases {
		old, was := r.cases[id]
		switch {
		case !was && c.since != now.suite:
			problems = append(problems, fmt.Sprintf("%s is new, and says since %s: want %s", id, c.since, now.suite))
			fallthrough
		case !was:
			changed[id] = "added"
		case old.since != c.since:
			problems = append(problems, fmt.Sprintf("%s was released as since %s, and says %s", id, old.since, c.since))
			fallthrough
		case old.digest != c.digest:
			changed[id] = "changed"
		}
	}
	for id := range r.cases {
		if _, is := now.cases[id]; !is {
			changed[id] = "removed"
		}
	}
	if len(changed) > 0 && now.suite == r.suite {
		return append(problems, fmt.Sprintf("the corpus differs from suite %s, which was released: raise fixtures.Suite, begin a section "+
			"of it in CHANGELOG.md, and name there:\n%s", r.suite, toWrite(changed)))
	}
	var picks []selector.Selector
	for _, name := range section {
		picked, err := selector.Parse([]string{name}, nil)
		if err != nil {
			problems = append(problems, fmt.Sprintf("CHANGELOG.md, ## %s: %v", now.suite, err))
			continue
		}
		picks = append(picks, picked)
		if !slices.ContainsFunc(keys(changed), picked.Match) {
			problems = append(problems, fmt.Sprintf("CHANGELOG.md, ## %s: %s names no case that changed", now.suite, name))
		}
	}
	for id := range changed {
		if slices.ContainsFunc(picks, func(s selector.Selector) bool { return s.Match(id) }) {
			delete(changed, id)
		}
	}
	if len(changed) > 0 {
		problems = append(problems, fmt.Sprintf("the corpus differs from suite %s. Write below ## %s of CHANGELOG.md, each with its "+
			"reason (a glob may name several):\n%s", r.suite, now.suite, toWrite(changed)))
	}
	return problems
}

// toWrite are the lines of the changelog for these cases, one for all variants of a case.
func toWrite(changed map[string]string) string {
	lines := map[string]bool{}
	for id, how := range changed {
		parts := strings.Split(id, "/")
		lines[fmt.Sprintf("- `%s` %s: WHY\n", strings.Join(parts[:min(3, len(parts))], "/"), how)] = true
	}
	sorted := keys(lines)
	slices.Sort(sorted)
	return strings.Join(sorted, "")
}

func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}

var named = regexp.MustCompile("`([a-z*]+/[^`\\s]+)`")

// sectionOf returns the selectors in the list of a version's section.
func sectionOf(changelog string, suite fixtures.Version) (names []string, found bool) {
	in := false
	for line := range strings.Lines(changelog) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			in = strings.Fields(heading + " .")[0] == string(suite)
			found = found || in
		}
		if in && strings.HasPrefix(line, "- ") {
			for _, m := range named.FindAllStringSubmatch(line, -1) {
				names = append(names, m[1])
			}
		}
	}
	return names, found
}

// A gate learns from the changelog why it changed its colour: the corpus differs from the suite that was released last in
// what that says, and in nothing else.
func TestWhatChangedIsInTheChangelog(t *testing.T) {
	t.Parallel()
	cases, err := judge.AllCases()
	require.NoError(t, err)
	now := releasedAs(t, fixtures.Suite, cases)
	if *writeReleased {
		require.NoError(t, os.WriteFile(releasedFile, []byte(now.text()), 0o644))
	}
	last, err := os.ReadFile(releasedFile)
	require.NoError(t, err)
	changelog, err := os.ReadFile(changelogFile)
	require.NoError(t, err)
	for _, problem := range readReleased(t, string(last)).unnamed(now, string(changelog)) {
		t.Error(problem)
	}
}

func TestWhatTheChangelogMustName(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	cases = slices.Clone(cases[:30])
	first := releasedAs(t, "1.0", cases)
	assert.Equal(t, first, readReleased(t, first.text()), "what is written is read")

	with := func(suite, since fixtures.Version) released {
		now := slices.Clone(cases[1:])
		changed, added := *now[0], *now[1]
		changed.Level = fixtures.May
		added.ID, added.Since = "accept/Later/one", since
		now[0] = &changed
		return releasedAs(t, suite, append(now, &added))
	}
	removed, changed := cases[0].ID, cases[1].ID
	told := "# Changes\n\n## 1.1\n\n- `" + removed + "` removed: why\n- `" + changed + "` changed: why\n" +
		"- `accept/Later/*` added: why\n\n## 1.0\n"
	assert.Equal(t, "- `a/B/c` added: WHY\n- `a/B/c` changed: WHY\n- `a/B/d` removed: WHY\n",
		toWrite(map[string]string{"a/B/c/n=1": "added", "a/B/c/n=2": "added", "a/B/c/n=3": "changed", "a/B/d": "removed"}))
	for name, c := range map[string]struct {
		last, now released
		changelog string
		want      []string // how the problems begin, or what they contain
	}{
		"nothing changed":          {first, first, "## 1.0\n", nil},
		"before the first release": {released{}, with("1.0", "1.0"), "## 1.0\n", nil},
		"no section":               {released{}, with("1.0", "1.0"), "# Changes\n", []string{"CHANGELOG.md has no section ## 1.0"}},
		"all is told":              {first, with("1.1", "1.1"), told, nil},
		"after a release": {first, with("1.0", "1.0"), "## 1.0\n", []string{
			"the corpus differs from suite 1.0, which was released: raise fixtures.Suite"}},
		"nothing is told": {first, with("1.1", "1.1"), "## 1.1\n", []string{
			"the corpus differs from suite 1.0. Write below ## 1.1 of CHANGELOG.md, each with its reason (a glob may name several):\n- `",
		}},
		"told of another version": {first, with("1.1", "1.1"), strings.NewReplacer("1.1", "1.0", "1.0", "1.1").Replace(told), []string{
			"the corpus differs from suite 1.0. "}},
		"an old version for a new case": {first, with("1.1", "1.0"), told, []string{
			"accept/Later/one is new, and says since 1.0: want 1.1"}},
		"what did not change": {first, with("1.1", "1.1"), strings.Replace(told, "- `accept", "- `wire/**`: why\n- `accept", 1), []string{
			"CHANGELOG.md, ## 1.1: wire/** names no case that changed"}},
		"another version for an old case": {first, func() released {
			raised := *cases[0]
			raised.Since = "1.1"
			return releasedAs(t, "1.1", append([]*fixtures.Case{&raised}, cases[1:]...))
		}(), "## 1.1\n- `" + removed + "`\n", []string{removed + " was released as since 1.0, and says 1.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := c.last.unnamed(c.now, c.changelog)
			require.Len(t, problems, len(c.want), "%q", problems)
			for i, want := range c.want {
				assert.Contains(t, problems[i], want)
			}
		})
	}
}
