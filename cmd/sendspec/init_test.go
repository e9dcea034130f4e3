package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInitWritesWhatRunFinds(t *testing.T) {
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	for ci, file := range ciFiles {
		t.Chdir(t.TempDir())
		code, _, people := in(t, "init", "--endpoint", wrong.URL, "--ci", ci)
		require.Zero(t, code, people)
		assert.Equal(t, "sendspec: wrote sendspec.yaml\nsendspec: wrote "+file[0]+
			"\nsendspec: next: sendspec run --update-baseline records what fails today; then commit the files\n", people)
		written, err := os.ReadFile(file[0])
		require.NoError(t, err)
		assert.Contains(t, string(written), "run --target sendspec.yaml --report junit=sendspec.xml")
		code, _, people = in(t, "run", "-q", "--seed", "1", "*/TimeoutSeconds")
		assert.Equal(t, exitUsage, code)
		assert.Equal(t, "sendspec: uses sendspec.yaml (--no-target-file leaves it out)\n"+
			"sendspec: baseline ssm.baseline does not exist: --update-baseline writes it, with what fails today\n", people)
		code, _, people = in(t, "run", "-q", "--update-baseline", "*/TimeoutSeconds")
		assert.Zero(t, code, people)
		code, _, people = in(t, "run", "-q", "*/TimeoutSeconds")
		assert.Zero(t, code, people)

		require.NoError(t, os.Remove("sendspec.yaml"))
		code, _, people = in(t, "init", "--ci", ci)
		assert.Equal(t, exitUsage, code)
		assert.Equal(t, "sendspec: "+file[0]+" is there already, and nothing was written: --force overwrites it\n", people)
		assert.NoFileExists(t, "sendspec.yaml")
		code, _, people = in(t, "init", "--exec", `x: "{port}" # y`, "--ci", ci, "--force")
		require.Zero(t, code, people)
		b, err := os.ReadFile("sendspec.yaml")
		require.NoError(t, err)
		var read targetFile
		require.NoError(t, decodeStrictly("sendspec.yaml", b, &read, append(worldFields, targetFields...), nil))
		assert.Equal(t, `x: "{port}" # y`, read.Exec)
	}
	_, _, people := in(t, "init", "--ci", "githab")
	assert.Contains(t, people, "; did you mean github?")
}
