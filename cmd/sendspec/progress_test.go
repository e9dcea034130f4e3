package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
)

func TestTheProgressLineStaysBelowWhatIsWritten(t *testing.T) {
	t.Parallel()
	var screen strings.Builder
	now := time.Unix(0, 0)
	p := newProgress(&screen, terminal{color: true, progress: true, width: 80}, func() time.Time { return now })
	require.NoError(t, p.Event(event.Started{Plan: make([]event.Planned, 10)}))
	require.NoError(t, p.Event(event.Progress{Done: 1, Total: 10}))
	now = now.Add(refreshed / 2)
	require.NoError(t, p.Event(event.Progress{Done: 9, Total: 10}))
	now = now.Add(refreshed)
	require.NoError(t, p.Event(event.Progress{Done: 2, Failed: 1, Total: 10}))
	assert.NotContains(t, screen.String(), "9/10", "it is not drawn for every case")
	_, err := io.WriteString(p, "FAIL something\n")
	require.NoError(t, err)
	assert.Contains(t, screen.String(), "2/10")
	assert.Contains(t, screen.String(), "1 failed")
	before, after, _ := strings.Cut(screen.String(), "FAIL something\n")
	assert.True(t, strings.HasSuffix(before, "\r") || strings.HasSuffix(before, "\x1b[2K\r"), "the line is wiped first: %q", before)
	assert.Contains(t, after, "2/10", "and drawn again below")

	require.NoError(t, p.Event(event.Ended{}))
	screen.Reset()
	_, err = io.WriteString(p, "the verdict\n")
	require.NoError(t, err)
	assert.Equal(t, "the verdict\n", screen.String(), "nothing is left of it when the run has ended")
}

// A slow target shows how long it may yet take: what is skipped takes no time.
func TestTheProgressLineEstimatesTheTimeThatIsLeft(t *testing.T) {
	t.Parallel()
	var screen strings.Builder
	now := time.Unix(0, 0)
	p := newProgress(&screen, terminal{progress: true, width: 80}, func() time.Time { return now })
	plan := make([]event.Planned, 300)
	for i := range 100 {
		plan[i].Skip = "no node"
	}
	require.NoError(t, p.Event(event.Started{Plan: plan}))
	now = now.Add(time.Second)
	require.NoError(t, p.Event(event.Progress{Done: 110, Skipped: 100, Total: 300}))
	assert.NotContains(t, screen.String(), "left", "it is too early")
	now = now.Add(19 * time.Second)
	require.NoError(t, p.Event(event.Progress{Done: 150, Skipped: 100, Failed: 7, Total: 300}))
	assert.Contains(t, screen.String(), "7 failed, about 1m0s left")
}

func TestOnlyATerminalHasColoursAndProgress(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer file.Close()
	for _, w := range []io.Writer{&strings.Builder{}, file} {
		assert.Equal(t, terminal{}, terminalOf(w, func(string) string { return "" }, colorAuto))
		assert.Equal(t, terminal{color: true}, terminalOf(w, func(string) string { return "1" }, colorAlways), "whatever NO_COLOR says")
	}
}
