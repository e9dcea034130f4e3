package conformance_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
)

// What is done is counted as it is done, and the count ends where the totals do.
func TestARunCountsWhatIsDone(t *testing.T) {
	t.Parallel()
	const cases = 20
	sink := &recording{}
	refuses := func(_ int64, body string) int {
		if strings.HasPrefix(body, `{"Comment"`) {
			return 400
		}
		return 200
	}
	report, err := run(context.Background(), t, conformance.Target{Handler: answering(refuses)},
		conformance.WithCases(plainCases(t, cases)), conformance.WithSink(sink))
	require.NoError(t, err)
	assert.False(t, report.Began.IsZero())
	assert.Positive(t, report.Elapsed)
	last := event.Progress{}
	for _, e := range sink.events {
		if a, ok := e.(event.Progress); ok {
			assert.Equal(t, last.Done+1, a.Done)
			last = a
		}
	}
	assert.Equal(t, event.Progress{Done: cases, Failed: cases, Total: cases}, last)
}

// A run that finds nothing to ask tells its end, so that every report says that it is none.
func TestARunThatCannotBeginEndsAllTheSame(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	interrupted, cancel := context.WithCancel(context.Background())
	cancel()
	for why, ctx := range map[string]context.Context{"cannot be reached": context.Background(), "interrupted": interrupted} {
		sink := &recording{}
		_, err := run(ctx, t, conformance.Target{URL: server.URL}, conformance.WithCases(plainCases(t, 1)), conformance.WithSink(sink))
		require.Error(t, err)
		require.Len(t, sink.events, 1, why)
		end, ok := sink.events[0].(event.Ended)
		require.True(t, ok)
		assert.False(t, end.Report.Complete)
		assert.Contains(t, end.Report.Stopped, why)
		assert.Empty(t, end.Report.Results)
	}
}
