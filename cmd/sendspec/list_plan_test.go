package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListSaysWhatATargetWouldBeSpared(t *testing.T) {
	t.Parallel()
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	code, out, people := in(t, "list", "--endpoint", wrong.URL, "accept/minimal", "execution")
	require.Zero(t, code, people)
	assert.Regexp(t, `\Asendspec: a run would ask \d+ of \d+ cases, and skip \d+\n +\d+  needs `, people)
	assert.Regexp(t, `(?m)^execution/.*\n    skipped: needs `, out)
	assert.NotRegexp(t, `(?m)^accept/minimal/tag-target.*\n    skipped`, out)

	_, out, _ = in(t, "list", "--endpoint", wrong.URL, "--json", "execution")
	var rows []struct{ ID, Skip string }
	require.NoError(t, json.Unmarshal([]byte(out), &rows))
	require.NotEmpty(t, rows)
	assert.Contains(t, rows[0].Skip, "needs ")
	code, _, people = in(t, "list", "--endpoint", "http://127.0.0.1:1", "execution")
	assert.Equal(t, exitCannotJudge, code, people)
	_, out, people = in(t, "list", "execution")
	assert.NotContains(t, out+people, "skip")
}
