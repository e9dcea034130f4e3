package service_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/service"
)

func readRecorded(t *testing.T) []evidence.Recording {
	t.Helper()
	calls, err := evidence.Recordings()
	require.NoError(t, err)
	return calls
}

// absentNode is the node of the recordings that does not exist.
const absentNode = "i-00000000000000000"

// recordedWorld is the account a call was recorded in: the documents made before it, the nodes it
// names, and the alarm in the state its label tells.
func recordedWorld(t *testing.T, calls []evidence.Recording, call evidence.Recording) []service.Option {
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
				if want := call.Message(); want == "" {
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
func commandOf(t *testing.T, call evidence.Recording) map[string]any {
	t.Helper()
	var output struct{ Command map[string]any }
	require.NoError(t, json.Unmarshal(call.Output, &output))
	return output.Command
}
