package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/atomicfile"
)

func TestWhereNothingCanBeWrittenIsSaidAhead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.EqualError(t, atomicfile.Check(dir), "want a file, got a folder")
	none := filepath.Join(dir, "none", "report.html")
	require.EqualError(t, atomicfile.Check(none), "want an existing folder, got "+filepath.Dir(none))
	require.NoError(t, atomicfile.Check(os.DevNull), "a device is written in place")
	require.NoError(t, atomicfile.Check(filepath.Join(dir, "file")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries, "a check leaves nothing")
}

func TestAFileThatIsReplacedKeepsItsPermissions(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "known.baseline")
	for _, permissions := range []os.FileMode{0o600, 0o640, 0o644} {
		require.NoError(t, os.WriteFile(file, nil, permissions))
		require.NoError(t, os.Chmod(file, permissions))
		require.NoError(t, atomicfile.Write(file, atomicfile.Bytes([]byte("new"))))
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, permissions, info.Mode().Perm())
	}
}

func TestALinkToNothingStaysALink(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, os.Symlink(file, file+".link"))
	require.NoError(t, atomicfile.Write(file+".link", atomicfile.Bytes([]byte("{}"))))
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "{}", string(b))
	info, err := os.Lstat(file + ".link")
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
}
