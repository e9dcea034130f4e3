package judge_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// recordedCall is a line of the recordings in fixtures/evidence/recorded: parsed by boto3, so
// that times are texts where the wire has seconds.
type recordedCall struct {
	Label      string          `json:"label"`
	Operation  string          `json:"operation"`
	Input      json.RawMessage `json:"input"`
	HTTPStatus int             `json:"http_status"`
	Code       string          `json:"code"`
	Output     map[string]any  `json:"output"`
	Error      struct {
		Error   struct{ Message, Code string }
		Message *string
	} `json:"error"`
}

// wireTimes are the members that the wire writes as seconds since 1970.
var wireTimes = map[string]bool{"RequestedDateTime": true, "ExpiresAfter": true, "ResponseStartDateTime": true,
	"ResponseFinishDateTime": true}

func toWire(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if text, ok := member.(string); ok && wireTimes[name] {
				if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
					v[name] = float64(at.UnixMilli()) / 1000
				}
				continue
			}
			v[name] = toWire(member)
		}
	case []any:
		for i := range v {
			v[i] = toWire(v[i])
		}
	}
	return v
}

// exchange is the recorded answer as it would have come over the wire.
func (c *recordedCall) exchange(t *testing.T, number int) *wire.Exchange {
	t.Helper()
	body := map[string]any{}
	if c.HTTPStatus == http.StatusOK {
		if c.Output != nil {
			body, _ = toWire(c.Output).(map[string]any)
		}
	} else {
		body["__type"] = c.Code
		if c.Error.Error.Message != "" {
			body["message"] = c.Error.Error.Message
		}
	}
	b, err := json.Marshal(body)
	require.NoError(t, err)
	return &wire.Exchange{
		Request: wire.NewRequest(c.Operation, c.Input), Sent: time.Now(),
		Response: &wire.Response{Status: c.HTTPStatus, Body: b, Header: http.Header{
			"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {fmt.Sprintf("2d226bf9-efbd-461b-a381-%012d", number)},
		}},
	}
}

func recordedCalls(t *testing.T) []recordedCall {
	t.Helper()
	files, err := filepath.Glob("../../fixtures/evidence/recorded/*.jsonl")
	require.NoError(t, err)
	require.Len(t, files, 4)
	var calls []recordedCall
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		lines := bufio.NewScanner(bytes.NewReader(b))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var c recordedCall
			require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
			switch c.Operation {
			case "SendCommand", "ListCommands", "ListCommandInvocations", "GetCommandInvocation", "CancelCommand":
				calls = append(calls, c)
			}
		}
		require.NoError(t, lines.Err())
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
		e := judge.Read(fixtures.BoundStep{Request: fixtures.Message{Operation: call.Operation}}, call.exchange(t, i))
		for _, check := range judge.Checks() {
			for _, f := range check.Inspect(&e) {
				t.Errorf("%s: %s: %s: want %s, got %s (%s)", call.Label, check.Rule().ID, f.Path, f.Want, f.Got, f.Level)
			}
		}
		all = append(all, e)
	}
	assert.Empty(t, judge.InspectTogether(all))
}
