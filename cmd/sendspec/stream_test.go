package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPipeThatNobodyReadsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		defer in.Close()
		s := &stream{ctx: t.Context(), w: out, name: "report.json", limit: unreadReport}
		began := time.Now()
		_, err := io.WriteString(s, "{}")
		require.EqualError(t, err, "report.json: nobody reads it for 1m0s")
		assert.Equal(t, time.Minute, time.Since(began))
		_, err = io.WriteString(s, "{}")
		require.ErrorIs(t, err, errUnread)
		assert.Equal(t, time.Minute, time.Since(began), "it is not waited for again")
	})
}

func TestAPipeThatIsReadSlowlyIsNotGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		defer in.Close()
		text, read := strings.Repeat("x", 10*streamPiece), make(chan string)
		go func() {
			var got bytes.Buffer
			for got.Len() < len(text) {
				time.Sleep(unreadReport / 2)
				_, _ = io.CopyN(&got, in, streamPiece)
			}
			read <- got.String()
		}()
		_, err := io.WriteString(&stream{ctx: t.Context(), w: out, limit: unreadReport}, text)
		require.NoError(t, err)
		assert.Equal(t, text, <-read)
	})
}

func TestAnInterruptEndsABlockedWriteAndLeavesTimeForAReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		defer in.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := &stream{ctx: ctx, w: out, name: "standard error"}
		read := make(chan error)
		go func() {
			time.Sleep(unreadAtEnd / 2)
			_, err := io.CopyN(io.Discard, in, 2)
			read <- err
		}()
		_, err := io.WriteString(s, "{}")
		require.NoError(t, err)
		require.NoError(t, <-read)
		_, err = io.WriteString(s, "{}")
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errUnread)
	})
}

// A reader that has gone, as head does, is told once; the program ends then.
func TestAReaderThatHasGoneEndsTheRun(t *testing.T) {
	t.Parallel()
	gone := 0
	s := &stream{ctx: t.Context(), w: refusing{syscall.EPIPE}, gone: func() { gone++ }}
	_, err := io.WriteString(s, "x")
	require.ErrorIs(t, err, errGone)
	_, err = io.WriteString(s, "x")
	require.ErrorIs(t, err, errGone)
	assert.Equal(t, 1, gone)
}

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

func TestReadingStandardInputGivesWayToAnInterrupt(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"validate", "-"}, {"judge", "-"}, {"coverage", "--model", "-"}} {
		in, out := io.Pipe()
		defer out.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var people strings.Builder
		assert.Equal(t, exitInterrupted, Main(ctx, args, Streams{In: in, Out: io.Discard, Err: &people}), args)
		assert.Equal(t, "sendspec: interrupted\n", people.String())
	}
}

// A partial report that was not written is not said to be there.
func TestAReportThatNobodyReadsIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("report json=p was not written: %w (%w)", errUnread, context.Canceled)
	var exit *exitError
	require.ErrorAs(t, exitOf(nil, err), &exit)
	assert.Equal(t, exitInterrupted, exit.code)
	assert.EqualError(t, exit.err, "interrupted; report json=p was not written: nobody reads it (context canceled)")
}
