package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReportWritesASavedReportAgain(t *testing.T) {
	t.Parallel()
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	in(t, "run", "--endpoint", wrong.URL, "-q", "*/TimeoutSeconds", "--json", file("report.json"), "--report", "csv="+file("first.csv"))
	code, out, people := in(t, "report", file("report.json"), "--report", "csv="+file("again.csv"), "--report", "html="+file("page.html"),
		"--report", "markdown=-")
	require.Zero(t, code, people)
	first, err := os.ReadFile(file("first.csv"))
	require.NoError(t, err)
	again, err := os.ReadFile(file("again.csv"))
	require.NoError(t, err)
	assert.Equal(t, string(first), string(again))
	assert.FileExists(t, file("page.html"))
	assert.Contains(t, out, "does not conform")

	code, out, people = in(t, "report", file("report.json"), "--badge", file("the badge.svg"))
	require.Zero(t, code, people)
	assert.Regexp(t, `\A\[!\[SendCommand: http.*, core: partial, \d+ of \d+ cases pass\]\(.*/the%20badge\.svg\)\]`+
		`\(https://github\.com/sendspec/sendspec\)\n\z`, out)
	assert.FileExists(t, file("the badge.svg"))
	code, out, people = in(t, "report", file("report.json"), "--badge", file("badge.json"))
	require.Zero(t, code, people)
	assert.Contains(t, out, "(https://img.shields.io/endpoint?url=ADDRESS-OF-badge.json)")

	for want, args := range map[string][]string{
		"want FILE.svg, or FILE.json":        {file("report.json"), "--badge", "badge.png"},
		"that is the report itself":          {file("report.json"), "--badge", file("report.json")},
		"want --report FORMAT=FILE":          {file("report.json")},
		"a JSON report has no whole answers": {file("report.json"), "--report", "har=x.har"},
		"no such file":                       {file("none.json"), "--report", "csv=-"},
		"; did you mean html?":               {file("report.json"), "--report", "htm=x"},
		"want sendspec report FILE.json":     {},
	} {
		code, out, people := in(t, append([]string{"report"}, args...)...)
		assert.Equal(t, exitUsage, code, args)
		assert.Empty(t, out)
		assert.Contains(t, people, want)
	}
}
