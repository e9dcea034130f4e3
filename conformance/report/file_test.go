package report_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/report"
)

var interrupted = event.Ended{Report: &event.Report{Totals: event.Tally{}, Stopped: "interrupted"}}

func TestAReportIsWrittenAsAWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "report.json")
	require.NoError(t, os.WriteFile(name, []byte("the one before"), 0o600))
	sink := report.NewFile(formatNamed(t, "json"), name, report.Options{})
	require.NoError(t, sink.Event(event.Started{}))
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "the one before", string(b), "a run that did not end writes nothing")

	require.NoError(t, sink.Event(interrupted))
	var d report.Document
	b, err = os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &d))
	assert.Equal(t, report.DocumentFormat, d.Format)
	assert.False(t, d.Complete)
	assert.Contains(t, d.Verdict, "INCOMPLETE: interrupted")
	assertOnly(t, dir, "report.json")
}

func assertOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	assert.Equal(t, names, found, "nothing is left beside it")
}

func TestAReportThatBreaksOffLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "report.txt")
	require.NoError(t, os.WriteFile(name, []byte("the one before"), 0o600))
	broken := report.Format{Name: "text", Write: func(w io.Writer, _ *event.Report, _ report.Options) error {
		_, _ = io.WriteString(w, "half of it")
		return errors.New("no more")
	}}
	err := report.NewFile(broken, name, report.Options{}).Event(interrupted)
	require.ErrorContains(t, err, "was not written: no more")
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "the one before", string(b))
	assertOnly(t, dir, "report.txt")
}

func TestALinkStaysALinkAndADeviceADevice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.Symlink(file, link))
	require.NoError(t, report.NewFile(formatNamed(t, "json"), link, report.Options{}).Event(interrupted))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotEmpty(t, b)

	require.NoError(t, report.NewFile(formatNamed(t, "json"), os.DevNull, report.Options{}).Event(interrupted))
	info, err = os.Stat(os.DevNull)
	require.NoError(t, err)
	assert.False(t, info.Mode().IsRegular())
}

func TestAStepSummaryIsAppendedTo(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "summary.md")
	require.NoError(t, os.WriteFile(name, []byte("of another step\n"), 0o600))
	require.NoError(t, report.NewAppended(formatNamed(t, "markdown"), name, report.Options{}).Event(interrupted))
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Contains(t, string(b), "of another step\n## sendspec: INCOMPLETE")
}

func TestASinkPassesTheErrorOfItsWriterOn(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for _, f := range report.Formats() {
		require.ErrorIs(t, report.NewWriter(f, "-", failing{full}, report.Options{}).Event(interrupted), full,
			"%s loses the error, or writes nothing of a run that judged no case", f.Name)
	}
	text := report.NewText(failing{full}, report.TextOptions{})
	require.ErrorIs(t, text.Event(event.Started{}), full)
	require.ErrorIs(t, text.Event(interrupted), full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
