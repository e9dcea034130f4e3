package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var (
	yamlBlock     = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	programLine   = regexp.MustCompile(`go run github\.com/sendspec/sendspec/cmd/sendspec@latest (.+)$`)
	workflowValue = regexp.MustCompile(`\$\{\{ (?:matrix\.shard|github\.run_id) \}\}`)
)

// The snippets of the README are YAML, and what they call does what they want of it: each command line of
// sendspec runs against the embedded reference, with the target file above it, and a few cases.
func TestTheSnippetsOfTheReadmeRun(t *testing.T) {
	readme := chapters(t)
	server, err := serve(serveSettings{address: "127.0.0.1:0", scale: embeddedScale, step: embeddedStep})
	require.NoError(t, err)
	defer server.close()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "ci"), 0o700))
	var lines []string
	targets := 0
	for _, block := range yamlBlock.FindAllSubmatch(readme, -1) {
		var parsed map[string]any
		require.NoError(t, yaml.Unmarshal(block[1], &parsed), "%s", block[1])
		if parsed["exec"] != nil {
			targets++
			for _, key := range []string{"exec", "baseline"} { // the server, and what it has, are the user's
				assert.Contains(t, parsed, key)
				delete(parsed, key)
			}
			parsed["endpoint"] = server.URL
			b, err := yaml.Marshal(parsed)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "ci", "sendspec.yaml"), b, 0o600))
			continue
		}
		lines = append(lines, programLines(parsed)...)
	}
	require.Equal(t, 1, targets)
	require.Len(t, lines, 2, "one for GitHub Actions, one for GitLab")
	t.Chdir(dir)
	for _, line := range lines {
		var out, errs bytes.Buffer
		args := append(strings.Fields(workflowValue.ReplaceAllString(line, "1")), "constraint/Comment")
		code := Main(context.Background(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		assert.Equal(t, exitConforms, code, "%s\n%.2000s", line, errs.String())
	}
	assert.FileExists(t, "shard-1.json")
	assert.FileExists(t, "report.json")
	assert.Equal(t, exitUsage, Main(context.Background(), append(strings.Fields(lines[1]), "--no-such-flag"),
		Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}))
}

// programLines are the arguments of every call of sendspec in a document.
func programLines(node any) (lines []string) {
	switch node := node.(type) {
	case map[string]any:
		for _, child := range node {
			lines = append(lines, programLines(child)...)
		}
	case []any:
		for _, child := range node {
			lines = append(lines, programLines(child)...)
		}
	case string:
		if m := programLine.FindStringSubmatch(node); m != nil {
			lines = append(lines, m[1])
		}
	}
	return lines
}

// chapters are the README and the one beside the package that runs the cases.
func chapters(t *testing.T) []byte {
	t.Helper()
	var all []byte
	for _, name := range []string{"../../README.md", "../../conformance/README.md"} {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all = append(all, b...)
	}
	return all
}

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	shellWord  = regexp.MustCompile(`'([^']*)'|(\S+)`)
)

// isCase reports whether an argument picks cases.
func isCase(arg string) bool { return strings.HasPrefix(arg, "constraint/") }

// Each command of the README runs, against the embedded reference where it names a server.
func TestTheCommandsOfTheReadmeRun(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	server, err := serve(serveSettings{address: "127.0.0.1:0", scale: embeddedScale, step: embeddedStep})
	require.NoError(t, err)
	defer server.close()
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("ci", 0o700))
	target := regexp.MustCompile(`exec: .*`).ReplaceAllString(string(yamlBlock.FindSubmatch(readme)[1]), "endpoint: "+server.URL)
	require.NoError(t, os.WriteFile(filepath.Join("ci", "sendspec.yaml"), []byte(target), 0o600))
	here := strings.NewReplacer("go run ./cmd/sendspec", "sendspec", "http://127.0.0.1:5000", server.URL, "--count 2000", "--count 200")
	asked := 0
	for _, block := range shellBlock.FindAllSubmatch(readme, -1) {
		for _, line := range strings.Split(string(block[1]), "\n") {
			line, _, _ = strings.Cut(line, " #")
			line = here.Replace(line)
			if !strings.HasPrefix(line, "sendspec ") {
				continue
			}
			var args []string
			for _, word := range shellWord.FindAllStringSubmatch(line, -1)[1:] {
				args = append(args, word[1]+word[2])
			}
			if args[0] == "run" && asked > 0 && !slices.ContainsFunc(args, isCase) {
				args = append(args, "constraint/Comment") // the first is of the whole suite
			}
			var out, errs bytes.Buffer
			code := Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
			assert.Equal(t, exitConforms, code, "%s\n%.2000s", line, errs.String())
			asked++
		}
	}
	assert.Greater(t, asked, 8)
}
