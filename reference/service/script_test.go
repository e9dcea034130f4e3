package service

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScriptsAreInterpreted(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]struct {
		stdout, stderr string
		code           int
		elapsed        time.Duration
	}{
		"":                                {},
		"true":                            {},
		"false":                           {code: 1},
		"false; true":                     {},
		":\nexit 3\necho never":           {code: 3},
		"false; exit":                     {code: 1},
		"exit 256; true":                  {},
		"exit x":                          {code: 2},
		"echo a  b\necho 'c  d'":          {stdout: "a b\nc  d\n"},
		"echo -n a; echo":                 {stdout: "a\n"},
		`echo "a;b" \; c`:                 {stdout: "a;b ; c\n"},
		`echo '>&2' # comment`:            {stdout: ">&2\n"},
		"echo x >&2; echo y>&2":           {stderr: "x\ny\n"},
		"echo x 1>&2":                     {stderr: "x\n"},
		"echo 'two\nlines'":               {stdout: "two\nlines\n"},
		`printf 'a\tb\n'`:                 {stdout: "a\tb\n"},
		`printf '%s-%d%%\n' x 7`:          {stdout: "x-7%\n"},
		"sleep 1.5; sleep 2s":             {elapsed: 3500 * time.Millisecond},
		"sleep x":                         {stderr: "sleep: invalid time interval\n", code: 1},
		"sleep 99999999999":               {elapsed: maxSleep},
		"true\nrm -rf /":                  {stderr: "sh: line 2: rm: command not found\n", code: 127},
		"ls; true":                        {stderr: "sh: line 1: ls: command not found\n"},
		"true && echo a; false && echo b": {stdout: "a\n", code: 1},
		"mkdir /d && exit 194\necho again": {stdout: "again\n",
			stderr: "mkdir: cannot create directory '/d': File exists\n", elapsed: rebootTime},
		"echo x; exit 194":                 {stdout: "x\n", code: 194, elapsed: maxSleep},
		"echo 'open":                       {stdout: "open\n"},
		"printf 'o\\n'; sleep 2; exit 300": {stdout: "o\n", code: 44, elapsed: 2 * time.Second},
	} {
		got := runScript(script)
		stdout, stderr := streams(got.output, 0)
		assert.Equal(t, want.stdout, stdout, script)
		assert.Equal(t, want.stderr, stderr, script)
		assert.Equal(t, want.code, got.code, script)
		assert.Equal(t, want.elapsed, got.elapsed, script)
	}
}

func TestOutputIsCutAtTheBoundsOfTheAPI(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 30000)
	stdout, stderr := streams([]chunk{{text: long}, {text: long, stderr: true}}, 0)
	assert.Len(t, []rune(stdout), 24000)
	assert.Len(t, []rune(stderr), 8000)
	both := []rune(pluginOutput(stdout, stderr))
	assert.LessOrEqual(t, len(both), 2400)
	assert.Greater(t, len(both), 2397)
	assert.Contains(t, string(both), "ü\n---Output truncated---\n----------ERROR-------\nü")
	assert.True(t, strings.HasSuffix(string(both), "ü\n---Error truncated----"))
	for _, one := range []string{pluginOutput(long, ""), pluginOutput("", long), pluginOutput(long, "short"), pluginOutput("short", long)} {
		assert.Len(t, []rune(one), 2400)
	}
	assert.Equal(t, strings.Repeat("x", 2399), pluginOutput(strings.Repeat("x", 2399), ""))
	exact := strings.Repeat("ü", 24000)
	stdout, _ = streams([]chunk{{text: exact}}, 0)
	assert.Equal(t, exact, stdout)
}

func TestParametersAreFilledIn(t *testing.T) {
	t.Parallel()
	v := parseContent(`{"schemaVersion":"2.2","parameters":{"lines":{"type":"StringList","default":["echo a","echo b"]},
		"n":{"type":"Integer","default":7},"b":{"type":"Boolean","default":true},"m":{"type":"StringMap","default":{"k":1}}},
		"mainSteps":[{"action":"aws:runShellScript","name":"s","inputs":{
			"runCommand":["{{ lines }}","echo {{ n }} {{b}} {{ gone }} {{ open","exit {{n}}"]}},
		{"action":"aws:runShellScript","name":"t","inputs":{"runCommand":"{{ lines }}"}},
		{"action":"aws:configurePackage","name":"u","inputs":{}}]}`)
	runs := runDocument(v, map[string][]string{"n": {"3"}})
	require.Len(t, runs, 3)
	stdout, stderr := streams(runs[0].output, runs[0].code)
	assert.Equal(t, "a\nb\n3 true {{ gone }} {{ open\n", stdout)
	assert.Equal(t, "failed to run commands: exit status 3", stderr)
	stdout, _ = streams(runs[1].output, 0)
	assert.Equal(t, "a\nb\n", stdout)
	assert.Empty(t, runs[2].output)
	assert.Equal(t, []string{`{"k":1}`}, v.values(nil)["m"])
}

func TestElapsedTimesAreWrittenAsJavaDoes(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "PT0S", 3 * time.Millisecond: "PT0.003S", 1370 * time.Millisecond: "PT1.37S",
		20048 * time.Millisecond: "PT20.048S", 20 * time.Second: "PT20S",
		90 * time.Second: "PT1M30S", time.Hour: "PT1H", time.Hour + 2*time.Minute + 1500*time.Millisecond: "PT1H2M1.5S",
		1999 * time.Microsecond: "PT0.001S",
	} {
		assert.Equal(t, want, isoDuration(d))
	}
}
