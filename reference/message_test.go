package reference_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference"
)

func recordedCalls(t *testing.T) []evidence.Recording {
	t.Helper()
	calls, err := evidence.Recordings()
	require.NoError(t, err)
	return calls
}

func TestEveryRecordedRequestIsJudgedAsAWSDid(t *testing.T) {
	t.Parallel()
	judged, texts := 0, 0
	for _, call := range recordedCalls(t) {
		if reference.MemberNames(call.Operation) == nil || len(call.Input) == 0 {
			continue
		}
		judged++
		r := reference.ValidateOperation(call.Operation, call.Input)
		require.NoError(t, r.Malformed, call.Label)
		message := call.Message()
		if strings.Contains(message, "validation error") {
			texts++
			exception, got := r.Exception()
			assert.Equal(t, call.Code, exception, call.Label)
			assert.Equal(t, message, got, call.Label)
			continue
		}
		assert.Equal(t, reference.Valid, r.Validity(), "%s: %v", call.Label, r.Violations)
		assert.Empty(t, r.Unknown, call.Label)
	}
	assert.Greater(t, judged, 100)
	assert.GreaterOrEqual(t, texts, 12)
}

// The texts that no recorded line has (evidence: validation/Comment, validation/InstanceIds).
func TestMessagesReportedOfAWS(t *testing.T) {
	t.Parallel()
	long := "Pull Image " + strings.Repeat("x", 93)
	id := "01234567-89ab-cdef-0123-456789abcdef"
	for _, tc := range []struct{ name, operation, body, want string }{
		{
			"comment of 104 characters", reference.SendCommand, `{"DocumentName":"AWS-RunShellScript","Comment":"` + long + `"}`,
			"2 validation errors detected: Value '" + long +
				"' at 'comment' failed to satisfy constraint: Member must have length less than or equal to 100; Value '" + long +
				`' at 'comment' failed to satisfy constraint: Member must satisfy regular expression pattern: ^.{0,100}$`,
		},
		{
			"enums", reference.SendCommand, `{"DocumentName":"AWS-RunShellScript","NotificationConfig":{"NotificationType":"command",` +
				`"NotificationEvents":["all"]}}`,
			"2 validation errors detected: Value 'command' at 'notificationConfig.notificationType' failed to satisfy constraint: " +
				"Member must satisfy enum value set: [Command, Invocation]; Value '[all]' at 'notificationConfig.notificationEvents' " +
				"failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [All, Success, " +
				"Cancelled, InProgress, TimedOut, Failed]]",
		},
		{
			"a list holding one empty string", reference.SendCommand, `{"DocumentName":"AWS-RunShellScript","InstanceIds":[""]}`,
			`1 validation error detected: Value '[]' at 'instanceIds' failed to satisfy constraint: Member must satisfy constraint: ` +
				`[Member must satisfy regular expression pattern: (^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)]`,
		},
		{
			"several bad strings of a list count once", reference.SendCommand,
			`{"DocumentName":"AWS-RunShellScript","InstanceIds":["a","i-12345678","b"]}`,
			`1 validation error detected: Value '[a, i-12345678,` +
				` b]' at 'instanceIds' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy regular ` +
				`expression pattern: (^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)]`,
		},
		{
			"missing document", reference.SendCommand, `{}`,
			"1 validation error detected: Value null at 'documentName' failed to satisfy constraint: Member must not be null",
		},
		{
			"cancel of no command ID", reference.CancelCommand, `{"CommandId":"invalid"}`,
			"2 validation errors detected: Value 'invalid' at 'commandId' failed to satisfy constraint: Member must have length " +
				"greater than or equal to 36; Value 'invalid' at 'commandId' failed to satisfy constraint: Member must satisfy regular " +
				"expression pattern: ^[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$",
		},
		{
			"invocation of no node ID", reference.GetCommandInvocation, `{"CommandId":"` + id + `","InstanceId":"invalid"}`,
			`2 validation errors detected: Value 'invalid' at 'instanceId' failed to satisfy constraint: Member must have length ` +
				`greater than or equal to 10; Value 'invalid' at 'instanceId' failed to satisfy constraint: Member must satisfy ` +
				`regular expression pattern: (^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)`,
		},
		{
			"structures", reference.SendCommand, `{"DocumentName":"AWS-RunShellScript","AlarmConfiguration":{"Alarms":[{"Name":"A"},` +
				`{"Name":"B"}]}}`,
			"1 validation error detected: Value '[Alarm(name=A), Alarm(name=B)]' at 'alarmConfiguration.alarms' failed to satisfy " +
				"constraint: Member must have length less than or equal to 1",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := reference.ValidateOperation(tc.operation, []byte(tc.body))
			exception, message := r.Exception()
			assert.Equal(t, "ValidationException", exception)
			assert.Equal(t, tc.want, message)
		})
	}
}

func TestMessageTellsAtMostTenViolations(t *testing.T) {
	t.Parallel()
	r := reference.ValidateJSON([]byte(`{"DocumentVersion":"0","DocumentHashType":"x","TimeoutSeconds":1,"OutputS3Region":"",` +
		`"OutputS3BucketName":"","MaxConcurrency":"","MaxErrors":"","Targets":[{"Key":""},{"Key":""}],"InstanceIds":["x"]}`))
	assert.Greater(t, len(r.Violations), 10)
	message := reference.Message(r.Violations)
	assert.True(t, strings.HasPrefix(message, "10 validation errors detected: Value '[x]' at 'instanceIds'"), message)
	assert.Equal(t, 9, strings.Count(message, "; Value "))
	assert.Contains(t, message, "at 'targets.2.member.key'")
	assert.Empty(t, reference.Message(nil))
}
