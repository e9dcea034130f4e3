package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/report"
)

// What was read from a JSON report is written as that again, and in every other format.
func TestASavedReportIsWrittenAgain(t *testing.T) {
	t.Parallel()
	want, err := report.Marshal(nastyReport(t))
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "report.json")
	d := read(t, name, want)
	r := d.Report()
	got, err := report.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
	for _, f := range report.Formats() {
		var b bytes.Buffer
		require.NoError(t, f.Write(&b, r, report.Options{}), f.Name)
		assert.NotZero(t, b.Len(), f.Name)
	}
}

// A summary has no evidence but its kind, by which every report of it counts the failures.
func TestReportsOfASummaryCountFailuresByEvidence(t *testing.T) {
	t.Parallel()
	want, err := report.Marshal(nastyReport(t))
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "report.json")
	var short bytes.Buffer
	require.NoError(t, read(t, name, want).Summary().Write(&short))
	summary := read(t, name, short.Bytes())
	for format, text := range map[string]string{
		"text": "failures by evidence: ", "markdown": "Failures by evidence: ", "github": "Failures by evidence: ",
		"html": "<dt>Failures by evidence</dt><dd>", "junit": `name="failures by evidence" value="`,
	} {
		assert.Contains(t, string(rendered(t, format, summary.Report())), text+"1 recorded, 1 documented, 12 model", format)
	}
	assert.Contains(t, string(rendered(t, "csv", summary.Report())), "area/Nasty/bidi,fail,must,core,model,")
}

// Reports show names as they are: one with a command for a terminal or a log in it is refused.
func TestAReportWhoseNamesDoNotPrintIsRefused(t *testing.T) {
	t.Parallel()
	whole, err := report.Marshal(nastyReport(t))
	require.NoError(t, err)
	for _, name := range []string{"area/Nasty/bidi", "us-east-1", "SendCommand", "core", "nonconformant", "must", "model"} {
		b := bytes.ReplaceAll(whole, []byte(`"`+name+`"`), []byte(`"\u001b[31m\n::error::`+name+`"`))
		require.NotEqual(t, whole, b, name)
		file := filepath.Join(t.TempDir(), "report.json")
		require.NoError(t, os.WriteFile(file, b, 0o600))
		_, err := report.ReadDocument(t.Context(), file)
		require.ErrorContains(t, err, `is no name that run writes: want characters that print, on one line`, name)
		assert.NotContains(t, err.Error(), "\x1b")
	}
}

func read(t *testing.T, name string, b []byte) *report.Document {
	t.Helper()
	require.NoError(t, os.WriteFile(name, b, 0o600))
	d, err := report.ReadDocument(t.Context(), name)
	require.NoError(t, err)
	return d
}
