package selector_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
)

func TestSelectors(t *testing.T) {
	t.Parallel()
	ids := []string{"accept/A/x", "accept/A/y/n=1", "accept/B/x", "constraint/A/x", "constraint/A/max-n/n=10"}
	files := map[string]string{"list": "\ufeff# cases\n\n accept/A \r\n!accept/A/x\n", "empty": "# nothing\n", "nested": "@list\n"}
	read := func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no such file")
	}
	cases := make([]*fixtures.Case, len(ids))
	for i, id := range ids {
		cases[i] = &fixtures.Case{ID: id}
	}
	for _, c := range []struct {
		patterns []string
		want     []int
		err      string
	}{
		{nil, []int{0, 1, 2, 3, 4}, ""},
		{[]string{"accept"}, []int{0, 1, 2}, ""},
		{[]string{"accept/"}, []int{0, 1, 2}, ""},
		{[]string{"accept/A"}, []int{0, 1}, ""},
		{[]string{"accept/A/y"}, []int{1}, ""},
		{[]string{"*/A"}, []int{0, 1, 3, 4}, ""},
		{[]string{"*/*/x"}, []int{0, 2, 3}, ""},
		{[]string{"**/x"}, []int{0, 2, 3}, ""},
		{[]string{"constraint/**/n=*"}, []int{4}, ""},
		{[]string{"accept/[AB]/x"}, []int{0, 2}, ""},
		{[]string{"accept/B", "constraint"}, []int{2, 3, 4}, ""},
		{[]string{"!accept"}, []int{3, 4}, ""},
		{[]string{"accept", "!accept/A/x"}, []int{1, 2}, ""},
		{[]string{"@list"}, []int{1}, ""},
		{[]string{"acc"}, nil, `selector "acc" matches no case; did you mean accept/A?`},
		{[]string{"acept/B"}, nil, `selector "acept/B" matches no case; did you mean accept/B?`},
		{[]string{"Constraint/A/xyz"}, nil, `selector "Constraint/A/xyz" matches no case; did you mean constraint/A?`},
		{[]string{"accept/B/xylophone"}, nil, `selector "accept/B/xylophone" matches no case; accept/B does`},
		{[]string{"a"}, nil, `selector "a" matches no case; did you mean '*/A'?`},
		{[]string{"accept", "!accept/C"}, nil, `selector "accept/C" matches no case`},
		{[]string{"accept/Comment/plain"}, nil, `selector "accept/Comment/plain" matches no case; it was merged into echo/Comment/plain (`},
		{[]string{"accept/TimeoutSeconds"}, nil, "within-range/n=172800, constraint/TimeoutSeconds/within-range/n=2592000, " +
			"constraint/TimeoutSeconds/within-range/n=30 and 3 more ("},
		{[]string{"accept", "!accept"}, nil, "leave no case"},
		{[]string{"!**"}, nil, "leave no case"},
		{[]string{""}, nil, "want a pattern"},
		{[]string{"!"}, nil, "want a pattern"},
		{[]string{"a[/"}, nil, "syntax error in pattern"},
		{[]string{"@none"}, nil, "selector @none: no such file"},
		{[]string{"@empty"}, nil, "selector @empty: want a file"},
		{[]string{"@nested"}, nil, "selector @nested: want a file"},
	} {
		s, err := selector.Parse(c.patterns, read)
		if err == nil {
			err = s.Check(cases)
		}
		if c.err != "" {
			assert.ErrorContains(t, err, c.err, "%q", c.patterns)
			continue
		}
		require.NoError(t, err, "%q", c.patterns)
		var got []int
		for i, id := range ids {
			if s.Match(id) {
				got = append(got, i)
			}
		}
		assert.Equal(t, c.want, got, "%q", c.patterns)
	}
}

// A pattern of many ** is matched part by part: to try each division of the ID among them has no end.
func TestManyWildcardsAreMatchedInOneGo(t *testing.T) {
	t.Parallel()
	id := "accept/A/" + strings.Repeat("p/", 40) + "x"
	many := strings.Repeat("**/", 60)
	for pattern, want := range map[string]bool{many + "none": false, many + "x": true, many + "p/**/x": true,
		many + "x/**/p": false, many + "p/p/p/x": true} {
		s, err := selector.Parse([]string{pattern}, nil)
		require.NoError(t, err)
		assert.Equal(t, want, s.Match(id), "%.40s", pattern)
	}
}

func TestAnIndexFindsWhatTheSelectorMatches(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	index := selector.NewIndex(cases)
	for _, pattern := range []string{"accept", "accept/minimal", cases[0].ID, "none", "constraint/Comment", "*/Comment",
		"**/n=1*", "accept/", "!echo", "a*/**", "wire//x"} {
		s, err := selector.Parse([]string{pattern}, nil)
		require.NoError(t, err)
		var want []int
		for i, c := range cases {
			if s.Match(c.ID) {
				want = append(want, i)
			}
		}
		assert.Equal(t, want, index.Picks(s), pattern)
	}
}

func TestAnErrorQuotesNoMoreThanTheBeginningOfAPattern(t *testing.T) {
	t.Parallel()
	for _, long := range []string{strings.Repeat("x", 1<<20), "[" + strings.Repeat("x", 1<<20), strings.Repeat("x/", 1<<19)} {
		s, err := selector.Parse([]string{long}, nil)
		if err == nil {
			err = s.Check(judge.InvariantCases())
		}
		require.Error(t, err)
		assert.Less(t, len(err.Error()), 300)
	}
}
