package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
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

// Before the first case there is no report that could be partial.
func TestAnInterruptBeforeTheFirstCaseNamesNoReport(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"list"}, {"observe", "--out", filepath.Join(t.TempDir(), "observed.jsonl")}} {
		ctx, interrupt := context.WithCancel(t.Context())
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { interrupt() }))
		var out, people bytes.Buffer
		code := Main(ctx, append(args, "--endpoint", server.URL), Streams{In: &out, Out: &out, Err: &people})
		assert.Equal(t, exitInterrupted, code, args)
		assert.Equal(t, "sendspec: interrupted\n", people.String(), args)
		server.Close()
	}
}
