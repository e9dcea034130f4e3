package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the environment names is asked, and said; what is empty there is a mistake.
func TestVariablesStandForFlags(t *testing.T) {
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	t.Chdir(t.TempDir())
	t.Setenv("AWS_ENDPOINT_URL", wrong.URL)
	code, _, people := in(t, "run", "-q", "*/TimeoutSeconds")
	assert.Equal(t, exitNonconforming, code)
	assert.Contains(t, people, "sendspec: uses AWS_ENDPOINT_URL of the environment\n"+wrong.URL)
	_, _, people = in(t, "fuzz", "--count", "1")
	assert.Contains(t, people, "sendspec: uses AWS_ENDPOINT_URL of the environment\n")

	t.Setenv("AWS_ENDPOINT_URL_SSM", "")
	code, _, people = in(t, "run", "accept/minimal")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, "sendspec: AWS_ENDPOINT_URL_SSM is empty: want a value, or leave it out\n", people)

	t.Setenv("SENDSPEC_ENDPOINT", wrong.URL)
	t.Setenv("SENDSPEC_QUIET", "true")
	t.Setenv("SENDSPEC_MAX_FAIL", "1")
	_, _, people = in(t, "run", "*/TimeoutSeconds", "--max-fail", "100")
	assert.Contains(t, people, "sendspec: uses SENDSPEC_ENDPOINT, SENDSPEC_QUIET of the environment\n")
	assert.Contains(t, people, "does not conform", "the flag goes before the variable")
	t.Setenv("SENDSPEC_MAX_FAIL", "many")
	code, _, people = in(t, "run", "*/TimeoutSeconds")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, people, "sendspec: SENDSPEC_MAX_FAIL: ")
	t.Setenv("SENDSPEC_MAX_FAIL", " ")
	_, _, people = in(t, "run", "*/TimeoutSeconds")
	assert.Equal(t, "sendspec: SENDSPEC_MAX_FAIL is empty: want a value, or leave it out\n", people)
}

// A variable that is always set, as in a job of CI, excludes no flag that is typed.
func TestATypedFlagGoesBeforeTheVariableOfOneThatItExcludes(t *testing.T) {
	t.Setenv("SENDSPEC_SHARD", "1/2")
	t.Setenv("SENDSPEC_RECORDED", "recorded.jsonl")
	for want, args := range map[string][]string{
		"sendspec: --update-baseline: want --baseline FILE with it": {"fuzz", "--count", "1", "--update-baseline"},
		"sendspec: --last-failed: " + errNoLastRun.Error():          {"run", "--no-target-file", "--last-failed"},
	} {
		code, _, people := in(t, args...)
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, people, want)
	}
}

func TestATargetFileIsFoundByItself(t *testing.T) {
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "sendspec.yaml"), []byte(text), 0o600))
	}
	write("name: ${OURS} and $${OURS}\nendpoint: ${URL_OF_SSM}\n")
	t.Setenv("OURS", "ours")
	code, _, people := in(t, "run", "-q", "*/TimeoutSeconds")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, "sendspec: uses sendspec.yaml (--no-target-file leaves it out)\n"+
		"sendspec: sendspec.yaml:2: ${URL_OF_SSM} is not set in the environment\n", people)
	t.Setenv("URL_OF_SSM", "")
	_, _, people = in(t, "run", "-q", "*/TimeoutSeconds")
	assert.Contains(t, people, "sendspec.yaml:2: ${URL_OF_SSM} is empty: want a value")
	t.Setenv("URL_OF_SSM", wrong.URL)
	code, _, people = in(t, "run", "-q", "*/TimeoutSeconds")
	assert.Equal(t, exitNonconforming, code)
	assert.Contains(t, people, "ours and ${OURS} does not conform")

	for _, leaves := range [][]string{{"--no-target-file"}, {"--endpoint", wrong.URL}} {
		_, _, people = in(t, append([]string{"run", "-q", "accept/minimal"}, leaves...)...)
		assert.NotContains(t, people, "sendspec.yaml", leaves)
	}

	write("exec: test ${SECRET_OF_OURS} = x\n")
	t.Setenv("SECRET_OF_OURS", "swordfish")
	code, _, people = in(t, "run", "-q", "accept/minimal")
	assert.NotZero(t, code)
	assert.NotContains(t, people, "swordfish")
}
