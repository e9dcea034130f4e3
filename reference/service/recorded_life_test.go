package service_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/service"
)

// leftOut are the recorded lines that are not replayed, and why.
var leftOut = map[string]string{
	"success-invocation-4": "the output of programs that the simulated agent does not have",
	"success-plugins":      "the output of programs that the simulated agent does not have",
}

// outside are the operations that are not a part of Run Command; some of them make the documents that the
// commands run (readRecorded, recordedWorld).
var outside = []string{"CreateDocument", "UpdateDocument", "DescribeInstanceInformation"}

// answerWindow is how long after a recorded call was started its answer may have been made.
const answerWindow = time.Second

// Every recorded call after a SendCommand is asked at the time it was recorded, in an account with the
// same documents, nodes and alarms, and gets the same answer up to IDs and times. The answer was made
// at an unknown moment between the start of the call and the next one, so one moment must do.
func TestEveryRecordedCallIsAnsweredAsByAWS(t *testing.T) {
	t.Parallel()
	calls := readRecorded(t)
	sessions := map[string]*recordedSession{}
	var last *recordedSession
	replayed := 0
	for i, call := range calls {
		if slices.Contains(outside, call.Operation) || leftOut[call.Label] != "" {
			continue
		}
		if call.Operation == "SendCommand" {
			if call.HTTPStatus == 200 {
				last = newRecordedSession(t, calls, i)
				sessions[last.recordedID] = last
			}
			continue
		}
		var in struct{ CommandId string }
		require.NoError(t, json.Unmarshal(call.Input, &in))
		session := sessions[in.CommandId]
		if session == nil {
			session = last // an unknown ID
		}
		replayed++
		session.replay(t, call)
	}
	assert.Equal(t, 150, replayed)
}

// recordedSession is an account in which one recorded command was sent.
type recordedSession struct {
	recordedID, id string
	clock          *service.ManualClock
	service        *service.Service
}

func newRecordedSession(t *testing.T, calls []evidence.Recording, send int) *recordedSession {
	t.Helper()
	command := commandOf(t, calls[send])
	s := &recordedSession{recordedID: command["CommandId"].(string),
		clock: service.NewManualClock(isoTime(t, command["RequestedDateTime"]))}
	opts := append(recordedWorld(t, calls, calls[send]), service.WithClock(s.clock))
	opts = append(opts, recordedPace(t, calls, command)...)
	if calls[send].Label == "active-and-pending-trigger" {
		// Seen between the polls 56.7 and 59.8 seconds after the command.
		opts = append(opts, service.WithAlarmSchedule("stackd-ssm-managed-55e734bc8f82-trigger", 58*time.Second, service.AlarmFiring))
	}
	s.service = service.New(opts...)
	got := post(t, s.service, string(calls[send].Input))
	require.Equal(t, 200, got.Status, got.Raw)
	s.id = got.Cmd["CommandId"].(string)
	return s
}

// recordedPace is what the recording tells of a command's invocations: when they came to be, when
// their nodes started, and the nodes' names.
func recordedPace(t *testing.T, calls []evidence.Recording, command map[string]any) []service.Option {
	t.Helper()
	pace := service.DefaultPace()
	var opts []service.Option
	for _, call := range calls {
		if call.Operation != "ListCommandInvocations" || !strings.Contains(string(call.Input), command["CommandId"].(string)) {
			continue
		}
		var out struct{ CommandInvocations []map[string]any }
		require.NoError(t, json.Unmarshal(call.Output, &out))
		opts = nil
		for i, invocation := range out.CommandInvocations {
			requested := isoTime(t, invocation["RequestedDateTime"])
			node := service.Node{ID: invocation["InstanceId"].(string), Name: invocation["InstanceName"].(string), Online: true}
			if i == len(out.CommandInvocations)-1 {
				pace.Invocation = requested.Sub(isoTime(t, command["RequestedDateTime"]))
				plugin := invocation["CommandPlugins"].([]any)[0].(map[string]any)
				if started, ok := plugin["ResponseStartDateTime"]; ok {
					if took := isoTime(t, started).Sub(requested); took < 10*time.Second {
						pace.Start = took
					} else {
						node.Late = took - pace.Start
					}
				}
			}
			opts = append(opts, service.WithNode(node))
		}
	}
	return append(opts, service.WithPace(pace))
}

func (s *recordedSession) replay(t *testing.T, call evidence.Recording) {
	t.Helper()
	want := string(call.Output)
	if call.HTTPStatus != 200 {
		name := "Message"
		if call.Code == "ValidationException" { // of the framework
			name = "message"
		}
		b, err := json.Marshal(map[string]string{"__type": call.Code, name: call.Message()})
		require.NoError(t, err)
		want = string(b)
	}
	want = strings.ReplaceAll(want, s.recordedID, s.id)
	input := strings.ReplaceAll(string(call.Input), s.recordedID, s.id)
	if at := call.StartedAt; at.After(s.clock.Now()) {
		s.clock.Set(at)
	}
	var got reply
	for waited := time.Duration(0); waited < answerWindow; waited += time.Millisecond {
		got = ask(t, s.service, call.Operation, input)
		if got.Status == call.HTTPStatus && assert.ObjectsAreEqual(withoutTimes(t, want), withoutTimes(t, got.Raw)) {
			return
		}
		if call.Operation == "CancelCommand" {
			break // asking twice would cancel twice
		}
		s.clock.Advance(time.Millisecond)
	}
	assert.Equal(t, withoutTimes(t, want), withoutTimes(t, got.Raw), "%s at %s", call.Label, call.StartedAt)
}

var stringTimes = map[string]*regexp.Regexp{
	"ExecutionStartDateTime": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
	"ExecutionEndDateTime":   regexp.MustCompile(`^$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
	"ExecutionElapsedTime":   regexp.MustCompile(`^PT(\d+M)?\d+(\.\d{1,3})?S$`),
}

var epochTimes = []string{"RequestedDateTime", "ExpiresAfter", "ResponseStartDateTime", "ResponseFinishDateTime"}

// withoutTimes is an answer in which every time is replaced by its form.
func withoutTimes(t *testing.T, body string) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal([]byte(body), &v), body)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for name, member := range v {
				if form := stringTimes[name]; form != nil {
					require.Regexp(t, form, member)
					v[name] = member != ""
				} else if slices.Contains(epochTimes, name) {
					v[name] = "a time"
				}
				walk(member)
			}
		}
	}
	walk(v)
	return v
}

func isoTime(t *testing.T, v any) time.Time {
	t.Helper()
	text, ok := v.(string)
	require.True(t, ok)
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}
