package judge_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// exchange is a recorded call as it would have gone over the wire.
func exchange(t *testing.T, call *evidence.Recording, number int) *wire.Exchange {
	t.Helper()
	b, err := call.Answer()
	require.NoError(t, err)
	return &wire.Exchange{
		Request: wire.NewRequest(call.Operation, call.Input), Sent: time.Now(),
		Response: &wire.Response{Status: call.HTTPStatus, Body: b, Header: http.Header{
			"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {fmt.Sprintf("2d226bf9-efbd-461b-a381-%012d", number)},
		}},
	}
}

func recordedCalls(t *testing.T) []evidence.Recording {
	t.Helper()
	all, err := evidence.Recordings()
	require.NoError(t, err)
	var calls []evidence.Recording
	for _, c := range all {
		switch c.Operation {
		case "SendCommand", "ListCommands", "ListCommandInvocations", "GetCommandInvocation", "CancelCommand":
			calls = append(calls, c)
		}
	}
	return calls
}

// A suite that fails AWS cries wolf: no invariant may find fault with what AWS itself answered.
func TestNoInvariantFailsARecordedAnswer(t *testing.T) {
	t.Parallel()
	calls := recordedCalls(t)
	require.Greater(t, len(calls), 150)
	var all []judge.Exchanged
	for i, call := range calls {
		e := judge.Read(fixtures.BoundStep{Request: fixtures.Message{Operation: call.Operation}}, exchange(t, &call, i))
		for _, f := range judge.Inspect(&e) {
			t.Errorf("%s: %s: %s: want %s, got %s (%s)", call.Label, f.Check, f.Path, f.Want, f.Got, f.Level)
		}
		all = append(all, e)
	}
	assert.Empty(t, judge.InspectTogether(all))
}
