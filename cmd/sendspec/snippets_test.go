package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
)

var (
	goBlock    = regexp.MustCompile("(?s)```go\n(.*?)```")
	importDecl = regexp.MustCompile(`(?s)\Aimport (?:\(.*?\n\)|"[^"]*")\n`)
	newName    = regexp.MustCompile(`(?m)^(\w+) :=`)
)

// Each snippet of Go compiles as it is copied: with its imports, and with nothing of the reader's but myEmulator and body. An
// overlay puts them into a folder of this module, where nothing is written. The one of the fuzzer runs, too.
func TestTheSnippetsOfGoCompile(t *testing.T) {
	t.Parallel()
	longtest.Skip(t)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir, replace, count := t.TempDir(), map[string]string{}, 0
	put := func(name, text string) {
		file := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		replace[filepath.Join(root, "cmd", "sendspec", "testdata", name)] = file
	}
	for _, name := range []string{"README.md", "conformance/README.md", "fuzz/README.md"} {
		page, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for _, block := range goBlock.FindAllStringSubmatch(string(page), -1) {
			count++
			imports := importDecl.FindString(block[1])
			body := strings.TrimPrefix(block[1], imports)
			if !strings.Contains(body, "func ") {
				for _, m := range newName.FindAllStringSubmatch(body, -1) {
					body += "\n_ = " + m[1]
				}
				body = fmt.Sprintf("func _(body []byte) {\n%s\n}", body)
			}
			put(fmt.Sprintf("snippet%d_test.go", count), "package snippets\n\n"+imports+body)
		}
	}
	require.Equal(t, 3, count, "the snippets of the three pages")
	put("emulator_test.go", `package snippets

import "github.com/sendspec/sendspec/reference/service"

var myEmulator = service.New()
`)
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	c := exec.CommandContext(t.Context(), "go", "test", "-overlay", file, "-run", "FuzzSendCommand", "./cmd/sendspec/testdata")
	c.Dir = root
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
