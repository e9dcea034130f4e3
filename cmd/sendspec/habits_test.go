package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// in runs the program in this process.
func in(t *testing.T, args ...string) (code int, out, people string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, out, people := in(t, "version")
	assert.Zero(t, code, people)
	assert.Regexp(t, `\Asendspec .+\ncommit   .+\nbuilt    with go1.* for .+/.+\nsuite    \d+\.\d+\ncorpus   [0-9a-f]{16} \(\d+ cases\)\n`+
		`evidence [0-9a-f]{16} \(\d+ facts\)\n\z`, out)
	_, flag, _ := in(t, "--version")
	assert.Equal(t, out, flag)
	assert.Contains(t, buildText(&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "59cc713"}, {Key: "vcs.time", Value: "2026-11-27T07:00:00Z"}, {Key: "vcs.modified", Value: "true"},
	}}), "sendspec v1.2.3\ncommit   59cc713, 2026-11-27T07:00:00Z, and changes that are in no commit\n")
	assert.Contains(t, buildText(&debug.BuildInfo{}), "sendspec (devel)\ncommit   unknown\n")
}

// A name that does not exist is one line, which has the name that may have been meant.
func TestNearestNames(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"cmpare a b":                    `unknown command "cmpare"; did you mean compare? (see sendspec --help)`,
		"run --colour never":            `unknown flag: --colour; did you mean --color? (see sendspec run --help)`,
		"run --color allways":           `; did you mean always?`,
		"run --profile lifecylce":       `; did you mean lifecycle?`,
		"run --evidence recordd":        `; did you mean recorded?`,
		"run --report htlm=x":           `; did you mean html?`,
		"run --bind document.version=x": `; did you mean document.versions?`,
		"run constraint/Coment":         `; did you mean constraint/Comment? (sendspec list shows them)`,
		"list Comment":                  `; did you mean '*/Comment'? (sendspec list shows them)`,
		"explain acept/minimal/tag":     `; did you mean accept/minimal?`,
		"fuzz --strategy boundaty":      `; did you mean boundary?`,
		"serve --mutant auth/pressence": `; did you mean auth/presence?`,
	} {
		code, out, people := in(t, strings.Fields(command)...)
		assert.Equal(t, exitUsage, code, command)
		assert.Empty(t, out, command)
		assert.Contains(t, people, want, command)
		assert.Equal(t, 1, strings.Count(people, "\n"), command)
	}
	_, _, people := in(t, "jury")
	assert.Equal(t, "sendspec: unknown command \"jury\" (see sendspec --help)\n", people)
}

func TestColor(t *testing.T) {
	t.Parallel()
	for _, when := range colors {
		code, _, people := in(t, "run", "accept/minimal/tag-target", "--color", when)
		assert.Zero(t, code, people)
		assert.Equal(t, when == "always", strings.Contains(people, "\x1b["), when)
	}
}

func TestMaxFail(t *testing.T) {
	t.Parallel()
	wrong, err := wrongServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wrong.Close)
	code, out, people := in(t, "run", "--endpoint", wrong.URL, "--max-fail", "1", "--parallel", "1", "-q", "--json", "-",
		"*/TimeoutSeconds")
	assert.Equal(t, exitNonconforming, code)
	assert.Contains(t, people, "INCOMPLETE: ended at failure 1: ")
	assert.Contains(t, out, `"complete": false`)
	assert.Contains(t, out, `"error": 0`)
	code, _, people = in(t, "run", "--max-fail", "-1")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, fmt.Sprintln("sendspec: --max-fail -1: want 1 or more, or 0 for no bound"), people)
}

func TestLastFailed(t *testing.T) {
	t.Parallel()
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	cache := filepath.Join(t.TempDir(), "cache")
	run := func(args ...string) (int, string) {
		var people bytes.Buffer
		code := Main(t.Context(), append([]string{"run"}, args...), Streams{Out: io.Discard, Err: &people, Cache: cache})
		return code, people.String()
	}
	code, people := run("--endpoint", wrong.URL, "--last-failed")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, "sendspec: --last-failed: "+errNoLastRun.Error()+"\n", people)

	code, people = run("--endpoint", wrong.URL, "-q", "*/TimeoutSeconds")
	assert.Equal(t, exitNonconforming, code, people)
	_, people = run("-q", "accept/minimal")
	assert.NotContains(t, people, "last", "the embedded reference is not kept")
	code, people = run("--endpoint", wrong.URL, "--last-failed", "-q")
	assert.Equal(t, exitNonconforming, code)
	assert.Regexp(t, `\Asendspec: --last-failed: runs the (\d+) cases that failed when last judged, against http://.*\n`+
		`http://.* does not conform: (\d+) of (\d+) cases fail\n\z`, people)
	numbers := regexp.MustCompile(`runs the (\d+) |: (\d+) of (\d+) cases fail`).FindAllStringSubmatch(people, -1)
	assert.Equal(t, numbers[0][1], numbers[1][2])
	assert.Equal(t, numbers[1][2], numbers[1][3], "all that are asked fail again")

	code, people = run("--last-failed", "-q", "--max-fail", "1")
	assert.Zero(t, code, people)
	assert.Contains(t, people, "the embedded reference conforms")
	code, people = run("--last-failed", "accept/minimal")
	assert.Equal(t, exitUsage, code)
	assert.Regexp(t, `none of the \d+ failures of http://\S+ is among the selected cases`, people)

	one := `runs the (\d+) cases`
	_, people = run("--endpoint", wrong.URL, "--last-failed", "-q", "--max-fail", "1", "--parallel", "1")
	all := regexp.MustCompile(one).FindStringSubmatch(people)
	_, people = run("--endpoint", wrong.URL, "--last-failed", "-q")
	require.NotNil(t, all)
	assert.Equal(t, all[1], regexp.MustCompile(one).FindStringSubmatch(people)[1], "what was not asked is still to be run")
}
