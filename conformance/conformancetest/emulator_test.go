package conformancetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest"
)

// goTest runs the tests of the emulator below testdata, as its author would.
func goTest(t *testing.T, run string, env ...string) (output string, failed bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-run", run, "./testdata/emulator")
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", out)
		require.Equal(t, 1, exit.ExitCode(), "%s", out)
	}
	return string(out), err != nil
}

var ran = regexp.MustCompile(`(?m)^=== RUN +(\S+)$`)

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

	_, rest, _ := strings.Cut(out, "FAIL  constraint/Comment/above-max/n=101 (must)\n")
	failure, _, _ := strings.Cut(rest, "=== RUN")
	for _, part := range []string{
		`  rule    A Comment of 101 characters is refused`,
		`  source  API_SendCommand, `,
		`  want    status: `,
		`  got     200 OK`,
		`  sent    {"DocumentName":`,
		`  answer  200 {"Command":`,
		`  again   go test -run '^TestSSM/constraint/Comment/above-max/n=101$'`,
	} {
		assert.Contains(t, failure, part)
	}
}

// The command that a failure prints asks the same case again, and an invariant's asks the case that showed it too.
func TestTheCommandOfAFailureAsksAgain(t *testing.T) {
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

	_, failed = goTest(t, "TestKnown", env, conformancetest.UpdateVariable+"=1")
	require.True(t, failed)
	require.FileExists(t, name)

	out, failed := goTest(t, "TestKnown", env)
	require.False(t, failed, out)
	assert.Contains(t, out, "--- SKIP: TestKnown/constraint/Comment/above-max/n=101 ")
	assert.Contains(t, out, "known: "+name+":")

	require.NoError(t, os.WriteFile(name, []byte("constraint/Coment status=200\n"), 0o600))
	out, failed = goTest(t, "TestKnown", env)
	require.True(t, failed)
	assert.Contains(t, out, `known.baseline:1: selector "constraint/Coment" matches no case`)
}
