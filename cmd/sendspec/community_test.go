package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var (
	formLink     = regexp.MustCompile(`issues/new\?template=([\w.-]+)`)
	commandNamed = regexp.MustCompile("`sendspec ([a-z]+)")
)

// The issue forms are what GitHub takes for forms, and the pages for contributors name forms, files and commands that exist.
func TestThePagesForContributorsNameWhatExists(t *testing.T) {
	t.Parallel()
	const folder = "../../.github"
	forms, err := filepath.Glob(folder + "/ISSUE_TEMPLATE/*.yaml")
	require.NoError(t, err)
	require.Len(t, forms, 3)
	texts := map[string]string{}
	for _, name := range forms {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		texts[filepath.Base(name)] = string(text)
		var form struct {
			Name, Description, Title string
			Labels                   []string
			Body                     []struct {
				Type, ID   string
				Attributes struct {
					Label, Description, Placeholder, Render string
					Options                                 []any
				}
				Validations map[string]bool
			}
		}
		decoder := yaml.NewDecoder(strings.NewReader(string(text)))
		decoder.KnownFields(true)
		require.NoError(t, decoder.Decode(&form), name)
		assert.NotEmpty(t, form.Name)
		assert.NotEmpty(t, form.Description)
		ids := map[string]bool{}
		for _, field := range form.Body {
			assert.Contains(t, []string{"input", "textarea", "dropdown", "checkboxes"}, field.Type, name)
			assert.NotEmpty(t, field.Attributes.Label, name)
			assert.False(t, ids[field.ID], "%s: the ID %s appears twice", name, field.ID)
			ids[field.ID] = true
			choice := field.Type == "dropdown" || field.Type == "checkboxes"
			assert.Equal(t, choice, len(field.Attributes.Options) > 0, "%s: %s", name, field.ID)
		}
	}
	for _, name := range []string{"CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		texts[name] = string(text)
	}
	commands := map[string]bool{}
	for _, c := range newRoot(Streams{}).Commands() {
		commands[c.Name()] = true
	}
	for name, text := range texts {
		for _, m := range formLink.FindAllStringSubmatch(text, -1) {
			assert.Contains(t, texts, m[1], name)
		}
		for _, m := range commandNamed.FindAllStringSubmatch(text, -1) {
			assert.True(t, commands[m[1]], "%s names the command %s", name, m[1])
		}
	}
	for _, path := range regexp.MustCompile("`([a-z./_]+/[a-z./_]+)`").FindAllStringSubmatch(texts["CONTRIBUTING.md"], -1) {
		assert.FileExists(t, filepath.Join("../..", path[1]))
	}
}

// An action of others is what it was when somebody looked at it: a tag can be moved.
func TestActionsOfOthersArePinned(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../.github/workflows/*.yaml")
	require.NoError(t, err)
	actions, err := filepath.Glob("../../.github/actions/*/action.y*ml")
	require.NoError(t, err)
	uses := regexp.MustCompile(`(?m)^[^#\n]*\buses: (\S+)(.*)$`)
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d`)
	found := 0
	for _, name := range append(files, actions...) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], "./") || strings.HasPrefix(m[1], "sendspec/sendspec/") {
				continue
			}
			found++
			assert.Regexp(t, pinned, m[1]+m[2], "%s: want the commit, and its version as a comment", name)
		}
	}
	assert.Positive(t, found)
}

// A release that is published moves the tag of its major version, and latest, unless there is a higher one.
func TestWhatMovesWithARelease(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("../../.ci/moving")
	require.NoError(t, err)
	dir := t.TempDir()
	in := func(command string, args ...string) string {
		c := exec.CommandContext(t.Context(), command, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	in("git", "init", "-q")
	in("git", "-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "-q", "--allow-empty", "-m", "m")
	for _, tag := range []string{"v1", "v1.9.0", "v1.10.0", "v1.10.1-rc1", "v2.0.0", "v3.0.0-rc1"} {
		in("git", "tag", tag)
	}
	for tag, want := range map[string]string{
		"v1.9.0": "", "v1.10.0": "v1\n", "v2.0.0": "v2\nlatest\n", "v1.10.1-rc1": "", "v3.0.0-rc1": "",
	} {
		assert.Equal(t, want, in("bash", script, tag), tag)
	}
}
