package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// In this process: the table is built once for all of them.
func TestANameNarrowsTheCoverage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args       string
		code       int
		want, lack []string // as lines match, and as they do not
		complaint  string
	}{
		{"-v Comment", exitConforms, []string{`Comment length 0\.\.100 `, `(?m)^ +at max: constraint/Comment/`,
			"below: nothing is shorter than 0"}, nil, ""},
		{"InvalidOutputFolder", exitConforms, []string{`(?m)^ +InvalidOutputFolder +- +[0-9]+$`}, []string{"Comment", "error/"}, ""},
		{"--json Comment", exitConforms, []string{`"version": 1,`, `"gaps": 0`, `"member": "Comment",`}, nil, ""},
		{"Sendspec", exitUsage, nil, nil, `sendspec: coverage "Sendspec": nothing has that name; want `},
	} {
		var out, people bytes.Buffer
		code := Main(t.Context(), append([]string{"coverage"}, strings.Fields(c.args)...),
			Streams{In: strings.NewReader(""), Out: &out, Err: &people})
		assert.Equal(t, c.code, code, c.args)
		for _, want := range c.want {
			assert.Regexp(t, want, out.String(), c.args)
		}
		for _, lack := range c.lack {
			assert.NotContains(t, out.String(), lack, c.args)
		}
		if c.complaint == "" {
			assert.Empty(t, people.String(), c.args)
			continue
		}
		assert.Empty(t, out.String(), c.args)
		assert.True(t, strings.HasPrefix(people.String(), c.complaint), people.String())
		assert.Equal(t, 1, strings.Count(people.String(), "\n"), people.String())
	}
}
