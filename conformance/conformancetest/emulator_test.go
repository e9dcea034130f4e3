package conformancetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest"
)

// TestMain is the tests of the emulator where the environment says so, each of which runs a part of the suite.
func TestMain(m *testing.M) {
	if os.Getenv("EMULATOR") != "1" {
		m.Run()
		return
	}
	testing.Main(regexp.MatchString, []testing.InternalTest{
		{Name: "TestSSM", F: emulatorSSM}, {Name: "TestKnown", F: emulatorKnown},
		{Name: "TestTogether", F: emulatorTogether}, {Name: "TestSlow", F: emulatorSlow},
	}, nil, nil)
}

// goTest runs the tests of the emulator in a process of their own, as its author would.
func goTest(t *testing.T, run string, env ...string) (output string, failed bool) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), program, "-test.v", "-test.run", run)
	c.Env = append(os.Environ(), append(env, "EMULATOR=1")...)
	out, err := c.CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", out)
		require.Equal(t, 1, exit.ExitCode(), "%s", out)
	}
	return string(out), err != nil
}

var ran = regexp.MustCompile(`(?m)^=== RUN +(\S+)$`)

var heading = regexp.MustCompile(`^=== (?:RUN|NAME|CONT|PAUSE) +(\S+)`)

// outputOf is what one test wrote: go test -v mixes the lines of tests that run at once, below headings with their names.
func outputOf(out, name string) string {
	var lines strings.Builder
	current := ""
	for line := range strings.Lines(out) {
		if m := heading.FindStringSubmatch(line); m != nil {
			current = m[1]
		} else if current == name {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

func TestAnEmulatorSeesWhichCaseFailsAndWhy(t *testing.T) {
	t.Parallel()
	out, failed := goTest(t, "TestSSM/constraint/Comment")
	require.True(t, failed, "the emulator checks nothing, and must fail")
	asked := 0
	for _, m := range ran.FindAllStringSubmatch(out, -1) {
		switch name := m[1]; {
		case strings.HasPrefix(name, "TestSSM/"):
			assert.Regexp(t, `^TestSSM/constraint/Comment`, name, "only the cases named run")
			asked++
		default:
			assert.Equal(t, "TestSSM", name)
		}
	}
	assert.Positive(t, asked)
	require.Contains(t, out, "--- FAIL: TestSSM/constraint/Comment/above-max/n=101 ")
	assert.Contains(t, out, "--- PASS: TestSSM/constraint/Comment/within-max/n=100 ")

	failure := outputOf(out, "TestSSM/constraint/Comment/above-max/n=101")
	for _, part := range []string{
		`FAIL  constraint/Comment/above-max/n=101 (must)`,
		`  rule     A Comment of 101 characters is refused`,
		`  evidence validation/Comment (reported, `,
		`  want     status: `,
		`  got      200 OK`,
		`  sent     {"DocumentName":`,
		`  answer   200 {"Command":`,
		`  rerun    go test -run '^TestSSM/constraint/Comment/above-max/n=101$'`,
		`  fixture  fixtures/constraint/Comment.json:`,
	} {
		assert.Contains(t, failure, part)
	}
	assert.Contains(t, out, "What to fix first: ", "the test ends with a summary")
	assert.Regexp(t, `(?m)^ *constraint +\d+ `, out)
}

// The command that a failure prints runs the same case, and an invariant's runs the case that broke it, too.
func TestTheCommandOfAFailureRunsItAgain(t *testing.T) {
	t.Parallel()
	out, failed := goTest(t, `^TestSSM/constraint/Comment/above-max/n=101$`)
	require.True(t, failed)
	assert.Contains(t, out, "--- FAIL: TestSSM/constraint/Comment/above-max/n=101 ")
	assert.NotContains(t, out, "n=104")

	// Of the invariant's command both halves are taken: the case that showed it, and the invariant on that.
	out, failed = goTest(t, `^TestSSM/constraint/Comment/above-max/n=101$|^TestSSM/invariant/HTTP/content-type$`)
	require.True(t, failed)
	assert.Contains(t, out, "--- PASS: TestSSM/invariant/HTTP/content-type ")
}

// A baseline takes what is known out of the way, and is brought in line on demand only.
func TestAnEmulatorKeepsABaseline(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "known.baseline")
	env := "EMULATOR_BASELINE=" + name
	_, failed := goTest(t, "TestKnown", env)
	require.True(t, failed)
	require.NoFileExists(t, name, "nothing is written unasked")

	out, failed := goTest(t, "TestKnown", env, conformancetest.UpdateVariable+"=1")
	require.True(t, failed)
	require.FileExists(t, name)
	assert.Contains(t, out, "wrote "+name)

	out, failed = goTest(t, "TestKnown", env)
	require.False(t, failed, out)
	assert.Contains(t, out, "--- SKIP: TestKnown/constraint/Comment/above-max/n=101 ")
	assert.Contains(t, out, "known: "+name+":")

	require.NoError(t, os.WriteFile(name, []byte("constraint/Coment status=200\n"), 0o600))
	out, failed = goTest(t, "TestKnown", env)
	require.True(t, failed)
	assert.Contains(t, out, `known.baseline:1: selector "constraint/Coment" matches no case`)
}

// Several cases are asked at once.
func TestCasesAreAskedTogether(t *testing.T) {
	t.Parallel()
	out, failed := goTest(t, "TestTogether")
	require.False(t, failed, out)
	assert.Contains(t, out, "--- PASS: TestTogether/constraint/Comment/within-max/n=100 ")
}

// When the time is up, what was found is told, and of the rest that it was not asked.
func TestWhatWasFoundIsToldWhenTimeIsUp(t *testing.T) {
	t.Parallel()
	const answered = "--- PASS: TestSlow/constraint/Comment/within-max/n=100 "
	var out string
	for within := 500 * time.Millisecond; within < time.Minute && !strings.Contains(out, answered); within *= 4 {
		var failed bool
		out, failed = goTest(t, "TestSlow", "EMULATOR_TIME="+within.String())
		require.True(t, failed)
	}
	assert.Contains(t, out, answered)
	assert.Contains(t, out, "--- FAIL: TestSlow/constraint/Comment/above-max/n=101 ")
	assert.Contains(t, out, "--- SKIP: TestSlow/constraint/DocumentVersion/")
	assert.Regexp(t, `\d+ of \d+ cases were not asked: the time of the run, [0-9.m]+s, is over; go test -timeout gives more`, out)
	assert.NotContains(t, out, "could not be judged")
	assert.NotContains(t, out, "panic")
}
