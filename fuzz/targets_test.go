package fuzz_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// helpers are fuzz functions that a test runs against servers of its own.
var helpers = []string{"fuzz/fuzztest FuzzWrong"}

// Every fuzz target of the repository is among those that make fuzz and ClusterFuzzLite run, and none that is gone. Its file
// needs no other test file: .clusterfuzzlite/build.sh makes a package of it alone.
func TestEveryFuzzTargetIsListed(t *testing.T) {
	t.Parallel()
	const root = ".."
	text, err := os.ReadFile(filepath.Join(root, ".clusterfuzzlite", "targets"))
	require.NoError(t, err)
	listed := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(line string) bool { return line[0] == '#' })
	var found []string
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case strings.HasSuffix(name, "_test.go"):
			found = append(found, targetsOf(t, root, name)...)
		}
		return nil
	}))
	require.Greater(t, len(found), 5)
	require.ElementsMatch(t, found, listed)
}

func targetsOf(t *testing.T, root, name string) (targets []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	require.NoError(t, err)
	folder, err := filepath.Rel(root, filepath.Dir(name))
	require.NoError(t, err)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
			if target := filepath.ToSlash(folder) + " " + f.Name.Name; !slices.Contains(helpers, target) {
				targets = append(targets, target)
			}
		}
	}
	if targets == nil {
		return nil
	}
	require.Equal(t, "fuzz_test.go", filepath.Base(name), "%s: want the file of fuzz targets to be fuzz_test.go", targets)
	require.True(t, strings.HasSuffix(file.Name.Name, "_test"), name)
	known := map[string]bool{}
	for _, i := range file.Imports {
		known[filepath.Base(strings.Trim(i.Path.Value, `"`))] = true
	}
	for _, unresolved := range file.Unresolved {
		name := unresolved.Name
		require.True(t, known[name] || types.Universe.Lookup(name) != nil, "%s: %s is not in the file", targets, name)
	}
	return targets
}
