package service_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

type recordedCall struct {
	Label, Operation, Code, Name, Content string
	HTTPStatus                            int `json:"http_status"`
	Input                                 json.RawMessage
	Output                                json.RawMessage
	Error                                 struct{ Error struct{ Message string } }
	StartedAt                             time.Time `json:"started_at"`
}

func readRecorded(t *testing.T) []recordedCall {
	t.Helper()
	files, err := filepath.Glob("../../fixtures/evidence/recorded/*.jsonl")
	require.NoError(t, err)
	var calls []recordedCall
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		lines := bufio.NewScanner(strings.NewReader(string(data)))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var call recordedCall
			require.NoError(t, json.Unmarshal(lines.Bytes(), &call))
			calls = append(calls, call)
		}
		require.NoError(t, lines.Err())
	}
	require.NotEmpty(t, calls)
	return calls
}

// absentNode is the node of the recordings that does not exist.
const absentNode = "i-00000000000000000"

// recordedWorld is the account a call was recorded in: the documents made before it, the nodes it
// names, and the alarm in the state its label tells.
func recordedWorld(t *testing.T, calls []recordedCall, call recordedCall) []service.Option {
	t.Helper()
	opts := []service.Option{service.WithAccount("000000000000")}
	for _, c := range calls {
		if c.Operation == "CreateDocument" && c.Content != "" {
			opts = append(opts, service.WithDocument(service.SSMDocument{Name: c.Name, Contents: []string{c.Content}}))
		}
	}
	var in struct {
		InstanceIds        []string
		AlarmConfiguration struct{ Alarms []struct{ Name string } }
	}
	require.NoError(t, json.Unmarshal(call.Input, &in))
	for _, id := range in.InstanceIds {
		if id != absentNode {
			opts = append(opts, service.WithNode(service.Node{ID: id, Online: true}))
		}
	}
	state := service.AlarmOK
	for _, s := range []service.AlarmState{service.AlarmInsufficientData, service.AlarmFiring} {
		if strings.HasPrefix(call.Label, string(s)+"-") {
			state = s
		}
	}
	for _, alarm := range in.AlarmConfiguration.Alarms {
		if alarm.Name != "" && !strings.HasSuffix(alarm.Name, "-absent") {
			opts = append(opts, service.WithAlarm(alarm.Name, state))
		}
	}
	return opts
}

func TestEveryRecordedSendCommandIsAnsweredAsByAWS(t *testing.T) {
	t.Parallel()
	calls := readRecorded(t)
	replayed := 0
	for _, call := range calls {
		if call.Operation != "SendCommand" {
			continue
		}
		replayed++
		t.Run(call.Label, func(t *testing.T) {
			t.Parallel()
			got := post(t, service.New(recordedWorld(t, calls, call)...), string(call.Input))
			require.Equal(t, call.HTTPStatus, got.Status, got.Raw)
			if call.HTTPStatus != 200 {
				assert.Equal(t, call.Code, got.Type)
				message := got.Upper
				if message == nil {
					message = got.Lower
				}
				if want := call.Error.Error.Message; want == "" {
					assert.Nil(t, message)
				} else if assert.NotNil(t, message) {
					assert.Equal(t, want, *message)
				}
				return
			}
			want := commandOf(t, call)
			assert.InDelta(t, recordedSeconds(t, want), seconds(t, got.Cmd), 0.0005)
			for _, own := range []string{"CommandId", "ExpiresAfter", "RequestedDateTime"} {
				delete(want, own)
				delete(got.Cmd, own)
			}
			assert.Equal(t, want, got.Cmd)
		})
	}
	assert.Greater(t, replayed, 40)
}

// recordedSeconds is ExpiresAfter minus RequestedDateTime of a recording, which has ISO times.
func recordedSeconds(t *testing.T, command map[string]any) float64 {
	t.Helper()
	at := func(name string) time.Time {
		text, ok := command[name].(string)
		require.True(t, ok)
		parsed, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return parsed
	}
	return at("ExpiresAfter").Sub(at("RequestedDateTime")).Seconds()
}

// commandOf is the Command that a recorded SendCommand answered.
func commandOf(t *testing.T, call recordedCall) map[string]any {
	t.Helper()
	var output struct{ Command map[string]any }
	require.NoError(t, json.Unmarshal(call.Output, &output))
	return output.Command
}
