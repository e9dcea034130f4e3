package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

const nothing = `"Targets":[{"Key":"tag:nothing","Values":["nothing"]}]`

func TestAnswerHasEveryMemberInAlphabeticalOrder(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 12, 0, 0, 250_999_999, time.UTC)
	s, b := demo(t, service.WithClock(fixedClock{at}), service.WithRand(strings.NewReader(strings.Repeat("\x00\x11\x22\x33", 100))))
	got := post(t, s, bind(t, `{"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["true"]},"InstanceIds":["${node}"]}`, b))
	require.Equal(t, 200, got.Status)
	assert.Equal(t, `{"Command":{"AlarmConfiguration":{"Alarms":[],"IgnorePollAlarmFailure":false},`+
		`"CloudWatchOutputConfig":{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false},`+
		`"CommandId":"00112233-0011-4233-8011-223300112233",`+
		`"Comment":"","CompletedCount":0,"DeliveryTimedOutCount":0,"DocumentName":"AWS-RunShellScript","DocumentVersion":"$DEFAULT",`+
		`"ErrorCount":0,"ExpiresAfter":1.79544240025E9,"InstanceIds":["i-0123456789abcdef0"],"MaxConcurrency":"50","MaxErrors":"0",`+
		`"NotificationConfig":{"NotificationArn":"","NotificationEvents":[],"NotificationType":""},"OutputS3BucketName":"",`+
		`"OutputS3KeyPrefix":"",`+
		`"OutputS3Region":"us-east-1","Parameters":{"commands":["true"]},"RequestedDateTime":1.79543520025E9,"ServiceRole":"",`+
		`"Status":"Pending","StatusDetails":"Pending","TargetCount":1,"Targets":[],"TimeoutSeconds":3600,"TriggeredAlarms":[]}}`, got.Raw)
	assert.Equal(t, "application/x-amz-json-1.1", got.Header.Get("Content-Type"))
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, got.Header.Get("x-amzn-RequestId"))
}

func TestEverythingIsEchoedAsGiven(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	got := post(t, s, bind(t, `{"DocumentName":"${document.arn}","DocumentVersion":"1","DocumentHash":"${document.sha256}",
		"DocumentHashType":"Sha256",
		"Targets":[{"Key":"tag:${tag.key}","Values":["${tag.value}","other"]},{"Key":"instanceids","Values":["${node}"]}],
		"InstanceIds":[],"TimeoutSeconds":30,"Comment":"ü \" <&> 😀","OutputS3Region":"eu-west-1","OutputS3BucketName":"${bucket}",
		"OutputS3KeyPrefix":"p/q","MaxConcurrency":"1%","MaxErrors":"10","ServiceRoleArn":"${role}",
		"NotificationConfig":{"NotificationArn":"${topic}","NotificationEvents":["Failed"],"NotificationType":"Invocation"},
		"CloudWatchOutputConfig":{"CloudWatchLogGroupName":"g","CloudWatchOutputEnabled":true},
		"AlarmConfiguration":{"IgnorePollAlarmFailure":true,"Alarms":[{"Name":"${alarm.ok}"}]}}`, b))
	require.Equal(t, 200, got.Status, got.Raw)
	for name, want := range map[string]any{
		"DocumentName": b["document.arn"], "DocumentVersion": "1", "Comment": "ü \" <&> 😀",
		"OutputS3Region": "us-east-1", "OutputS3BucketName": b["bucket"],
		"OutputS3KeyPrefix": "p/q", "MaxConcurrency": "1%", "MaxErrors": "10", "ServiceRole": b["role"],
		"TimeoutSeconds": 30.0, "TargetCount": 0.0, "InstanceIds": []any{}, "Parameters": map[string]any{}, "TriggeredAlarms": []any{},
		"NotificationConfig": map[string]any{"NotificationArn": b["topic"], "NotificationEvents": []any{"Failed"},
			"NotificationType": "Invocation"},
		"CloudWatchOutputConfig": map[string]any{"CloudWatchLogGroupName": "g", "CloudWatchOutputEnabled": true},
		"AlarmConfiguration":     map[string]any{"IgnorePollAlarmFailure": true, "Alarms": []any{map[string]any{"Name": b["alarm.ok"]}}},
		"Targets": []any{
			map[string]any{"Key": "tag:" + b["tag.key"], "Values": []any{b["tag.value"], "other"}},
			map[string]any{"Key": "instanceids", "Values": []any{b["node"]}},
		},
	} {
		assert.Equal(t, want, got.Cmd[name], name)
	}
	assert.NotContains(t, got.Raw, "DocumentHash")
}

// The recorded sums, row by row (evidence: expiry/sum, expiry/execution-timeout).
func TestExpiresAfterAddsTheTimeouts(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	for _, tc := range []struct {
		name, members string
		want          float64
	}{
		{"nothing set", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"]}`, 7200},
		{"timeout 600", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"]},"TimeoutSeconds":600`, 4200},
		{"timeout 30, no execution timeout", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"]},"TimeoutSeconds":30`,
			3630},
		{"execution timeout 2", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"],"executionTimeout":["2"]},` +
			`"TimeoutSeconds":30`, 32},
		{"execution timeout 10", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"],"executionTimeout":["10"]},` +
			`"TimeoutSeconds":30`, 40},
		{"execution timeout 120", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"],"executionTimeout":["120"]},` +
			`"TimeoutSeconds":30`, 150},
		{"timeouts 60 and 300", `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"],"executionTimeout":["300"]},` +
			`"TimeoutSeconds":60`, 360},
		{"hard-coded step timeout", `"DocumentName":"${document.hardcoded}","TimeoutSeconds":30`, 35},
		{"two steps", `"DocumentName":"${document.two-steps}","TimeoutSeconds":30`, 42},
		{"parameter left out, its default not used", `"DocumentName":"${document.execution}","TimeoutSeconds":30`, 3630},
		{"any parameter name, left out", `"DocumentName":"${document.arbitrary}","TimeoutSeconds":30`, 3630},
		{"any parameter name, supplied", `"DocumentName":"${document.arbitrary}","Parameters":{"t":["7"]},"TimeoutSeconds":30`, 37},
		{"executionTimeout supplied", `"DocumentName":"${document.execution}","Parameters":{"executionTimeout":["7"]},"TimeoutSeconds":30`,
			37},
		{"only the first property", `"DocumentName":"${document.properties}","TimeoutSeconds":30`, 35},
		{"unparsable value", `"DocumentName":"${document.arbitrary}","Parameters":{"t":["soon"]},"TimeoutSeconds":30`, 3630},
		{"version 1", `"DocumentName":"${document.versions}","DocumentVersion":"1","TimeoutSeconds":30`, 41},
		{"default version", `"DocumentName":"${document.versions}","TimeoutSeconds":30`, 52},
		{"default version by name", `"DocumentName":"${document.versions}","DocumentVersion":"$DEFAULT","TimeoutSeconds":30`, 52},
		{"latest version", `"DocumentName":"${document.versions}","DocumentVersion":"$LATEST","TimeoutSeconds":30`, 63},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := post(t, s, "{"+bind(t, tc.members, b)+","+nothing+"}")
			require.Equal(t, 200, got.Status, got.Raw)
			assert.InDelta(t, tc.want, seconds(t, got.Cmd), 0.0005)
		})
	}
}

func TestNotificationDefaults(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	notified := func(kind string, events ...any) map[string]any {
		return map[string]any{"NotificationArn": b["topic"], "NotificationEvents": events, "NotificationType": kind}
	}
	none := map[string]any{"NotificationArn": "", "NotificationEvents": []any{}, "NotificationType": ""}
	const topic = `"ServiceRoleArn":"${role}","NotificationConfig":{"NotificationArn":"${topic}"`
	for members, want := range map[string]map[string]any{
		`"ServiceRoleArn":"${role}"`:                none,
		`"NotificationConfig":{}`:                   none,
		topic + `}`:                                 notified("Command", "All"),
		topic + `,"NotificationType":"Invocation"}`: notified("Invocation", "All"),
		topic + `,"NotificationEvents":["TimedOut","Failed","Success"]}`: notified("Command", "TimedOut", "Failed", "Success"),
	} {
		got := post(t, s, "{"+bind(t, members, b)+`,"DocumentName":"`+b["document"]+`",`+nothing+"}")
		require.Equal(t, 200, got.Status, got.Raw)
		assert.Equal(t, want, got.Cmd["NotificationConfig"], members)
	}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	for name, members := range map[string]string{
		"50 nodes at most, all forms": `"InstanceIds":["${node}","${node.2}","${node.3}","${node.short}","${node.hybrid}",` +
			`"${node.silent}"]`,
		"PowerShell on Windows": `"DocumentName":"AWS-RunPowerShellScript","Parameters":{"commands":["exit 0"]},` +
			`"InstanceIds":["${node.windows}","${node}"]`,
		"tag-key":       `"Targets":[{"Key":"tag-key","Values":["${tag.key}"]}]`,
		"group by name": `"Targets":[{"Key":"resource-groups:Name","Values":["${group}"]}]`,
		"group by ARN": `"Targets":[{"Key":"resource-groups:Name",` +
			`"Values":["arn:aws:resource-groups:us-east-1:123456789012:group/${group}"]}]`,
		"missing group": `"Targets":[{"Key":"resource-groups:Name","Values":["no-such-group"]}]`,
		"empty group, types": `"Targets":[{"Key":"resource-groups:Name","Values":["${group.empty}"]},` +
			`{"Key":"resource-groups:ResourceTypeFilters","Values":["AWS::S3::Bucket","AWS::EC2::Instance"]}]`,
		"InstanceIds as target": `"Targets":[{"Key":"InstanceIds","Values":["${node}"]}]`,
		"target without values": `"Targets":[{"Key":"tag:x"}]`,
		"built-in by ARN": `"DocumentName":"arn:aws:ssm:us-east-1::document/AWS-RunShellScript",` +
			`"Parameters":{"commands":["true"]}`,
		"sha1":                           `"DocumentHash":"${document.sha1}","DocumentHashType":"Sha1"`,
		"hash type alone":                `"DocumentHashType":"Sha1"`,
		"role alone":                     `"ServiceRoleArn":"anything"`,
		"insufficient alarm":             `"AlarmConfiguration":{"Alarms":[{"Name":"${alarm.insufficient}"}]}`,
		"missing alarm, failure ignored": `"AlarmConfiguration":{"Alarms":[{"Name":"no-such-alarm"}],"IgnorePollAlarmFailure":true}`,
		"typed parameters": `"DocumentName":"${document.typed}","Parameters":{"name":[""],"choice":["b"],"digits":["42"],` +
			`"list":["a","b"],"number":["7"],"flag":["true"],"map":["{\"a\":1}"],"maps":["[{}]"]}`,
		"defaults of typed parameters": `"DocumentName":"${document.typed}","Parameters":{"name":["x"]}`,
		"empty string list":            `"DocumentName":"${document.typed}","Parameters":{"name":["x"],"list":[]}`,
		"tags of Windows node":         `"DocumentName":"${document.powershell-only}"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := post(t, s, complete(bind(t, members, b), b))
			assert.Equal(t, 200, got.Status, got.Raw)
		})
	}
}

// complete adds a document and targets where the members have none.
func complete(members string, b map[string]string) string {
	if !strings.Contains(members, `"DocumentName"`) {
		members += `,"DocumentName":"` + b["document"] + `"`
	}
	if !strings.Contains(members, `"InstanceIds":`) && !strings.Contains(members, `"Targets"`) {
		members += "," + nothing
	}
	return "{" + members + "}"
}

func TestRefused(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	const (
		parameters = "Parameters provided in document are invalid or not supported."
		instances  = "Instances not in a valid state for account"
		none       = ""
	)
	for name, tc := range map[string]struct{ members, exception, message string }{
		"unknown document": {`"DocumentName":"no-such-document"`, "InvalidDocument", none},
		"document of other region": {`"DocumentName":"arn:aws:ssm:eu-west-1:123456789012:document/sendspec-plain"`,
			"InvalidDocument", none},
		"document of other account": {`"DocumentName":"arn:aws:ssm:us-east-1:999999999999:document/sendspec-plain"`,
			"InvalidDocument", none},
		"automation document": {`"DocumentName":"${document.automation}"`, "InvalidDocument", none},
		"wrong hash":          {`"DocumentHash":"cafe"`, "InvalidDocument", "document hash cafe does not match Sha256."},
		"wrong Sha1 hash": {
			`"DocumentHash":"${document.sha256}","DocumentHashType":"Sha1"`, "InvalidDocument",
			"document hash " + b["document.sha256"] + " does not match Sha1.",
		},
		"unknown version":    {`"DocumentVersion":"999999"`, "InvalidDocumentVersion", none},
		"unheard-of version": {`"DocumentVersion":"99999999999999999999999999"`, "InvalidDocumentVersion", none},
		"damaged document":   {`"DocumentName":"${document.broken}"`, "InternalServerError", "An internal error occurred."},
		"denied document": {`"DocumentName":"${document.denied}"`, "AccessDeniedException",
			"User: arn:aws:iam::123456789012:user/sendspec is not authorized to perform: ssm:SendCommand on resource: " +
				"arn:aws:ssm:us-east-1:123456789012:document/sendspec-denied because no identity-based policy allows the " +
				"ssm:SendCommand action"},
		"undeclared parameter": {`"Parameters":{"x":["y"]}`, "InvalidParameters", parameters},
		"missing parameter":    {`"DocumentName":"AWS-RunShellScript"`, "InvalidParameters", parameters},
		"no commands":          {`"DocumentName":"AWS-RunShellScript","Parameters":{"commands":[]}`, "InvalidParameters", parameters},
		"not an allowed value": {`"DocumentName":"${document.typed}","Parameters":{"name":["x"],"choice":["c"]}`,
			"InvalidParameters", parameters},
		"not the allowed pattern": {`"DocumentName":"${document.typed}","Parameters":{"name":["x"],"digits":["4x"]}`,
			"InvalidParameters", parameters},
		"several strings": {`"DocumentName":"${document.typed}","Parameters":{"name":["x","y"]}`, "InvalidParameters", parameters},
		"no integer": {`"DocumentName":"${document.typed}","Parameters":{"name":["x"],"number":["1.5"]}`,
			"InvalidParameters", parameters},
		"no boolean": {`"DocumentName":"${document.typed}","Parameters":{"name":["x"],"flag":["yes"]}`,
			"InvalidParameters", parameters},
		"no map": {`"DocumentName":"${document.typed}","Parameters":{"name":["x"],"map":["[]"]}`, "InvalidParameters", parameters},
		"no list of maps": {`"DocumentName":"${document.typed}","Parameters":{"name":["x"],"maps":["{}"]}`,
			"InvalidParameters", parameters},
		"execution timeout 172801": {`"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["x"],"executionTimeout":["172801"]}`,
			"InvalidParameters", parameters},
		"too large": {`"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["` + strings.Repeat("x", 100000) +
			`"]}`, "MaxDocumentSizeExceeded", "The total size of your parameter(s) and document exceeds the 97KB limit."},
		"too large when escaped": {`"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["` + strings.Repeat("<", 17000) + `"]}`,
			"MaxDocumentSizeExceeded", "The total size of your parameter(s) and document exceeds the 97KB limit."},
		"unknown node": {`"InstanceIds":["i-00000000000000000"]`, "InvalidInstanceId", instances},
		"stopped node": {`"InstanceIds":["${node}","${node.stopped}"]`, "InvalidInstanceId", instances},
		"unknown node as target": {`"Targets":[{"Key":"InstanceIds","Values":["${node}","i-00000000000000000"]}]`,
			"InvalidInstanceId", instances},
		"stopped node as target":  {`"Targets":[{"Key":"instanceids","Values":["${node.stopped}"]}]`, "InvalidInstanceId", instances},
		"no nodes and no targets": {`"InstanceIds":[],"Targets":[]`, "InvalidInstanceId", instances},
		"repeated node":           {`"InstanceIds":["${node}","${node}"]`, "DuplicateInstanceId", none},
		"denied node": {`"InstanceIds":["${node.denied}"]`, "AccessDeniedException",
			"User: arn:aws:iam::123456789012:user/sendspec is not authorized to perform: ssm:SendCommand on resource: " +
				"arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef6 because no identity-based policy allows the " +
				"ssm:SendCommand action"},
		"shell on Windows": {`"InstanceIds":["${node.windows}"]`, "UnsupportedPlatformType",
			"Cannot perform operation for instance id i-0123456789abcdef4 of platform type Windows"},
		"PowerShell-only on Linux": {`"DocumentName":"${document.powershell-only}","InstanceIds":["${node}"]`, "UnsupportedPlatformType",
			"Cannot perform operation for instance id i-0123456789abcdef0 of platform type Linux"},
		"notification without role": {`"NotificationConfig":{"NotificationArn":"${topic}"}`, "InvalidRole",
			"ServiceRoleArn is a required parameter to enable notification."},
		"notification, no topic": {`"ServiceRoleArn":"${role}","NotificationConfig":{"NotificationType":"Command"}`,
			"InvalidNotificationConfig", "NotificationArn is a required parameter to enable notification."},
		"unknown role": {`"ServiceRoleArn":"arn:aws:iam::123456789012:role/x",` +
			`"NotificationConfig":{"NotificationArn":"${topic}"}`, "InvalidRole",
			"The role arn:aws:iam::123456789012:role/x does not exist or cannot be used to send notifications."},
		"topic is no topic": {`"ServiceRoleArn":"${role}","NotificationConfig":{"NotificationArn":"x"}`, "InvalidNotificationConfig",
			"The topic x is not the ARN of an Amazon SNS topic."},
		"missing bucket": {`"OutputS3BucketName":"${bucket.missing}"`, "InvalidOutputFolder", none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := post(t, s, complete(bind(t, tc.members, b), b))
			status := 400
			if tc.exception == "InternalServerError" {
				status = 500
			}
			require.Equal(t, status, got.Status, got.Raw)
			assert.Equal(t, tc.exception, got.Type)
			assert.Nil(t, got.Lower)
			if tc.message == none {
				assert.Equal(t, `{"__type":"`+tc.exception+`"}`, got.Raw)
			} else if assert.NotNil(t, got.Upper, got.Raw) {
				assert.Equal(t, tc.message, *got.Upper)
			}
		})
	}
}

func TestValidationExceptionsBeyondTheModel(t *testing.T) {
	t.Parallel()
	s, b := demo(t)
	target := func(key string, values ...string) string {
		return `{"Key":"` + key + `","Values":["` + strings.Join(values, `","`) + `"]}`
	}
	group, tag, ids := target("resource-groups:Name", "${group}"), target("tag:a", "b"), target("InstanceIds", "${node}")
	const duplicate = "Duplicate values are not supported for Instance IDs, tag or resource group targets.Remove the duplicate value " +
		"from key, and try again."
	for name, tc := range map[string]struct{ members, message string }{
		"duplicate value": {`"Targets":[` + target("tag:a", "b", "b") + `]`, duplicate},
		"six equal types": {`"Targets":[` + target("resource-groups:ResourceTypeFilters", "a", "a", "a", "a", "a", "a") + `]`, duplicate},
		"duplicate key": {`"Targets":[` + tag + "," + tag + `]`,
			"Duplicate keys are not supported for targets. Remove the duplicate key, and try again."},
		"tag and group": {`"Targets":[` + tag + "," + group + `]`, "A tag-key name or tag key-value pair can’t be specified together " +
			"in the same command as a resource group target. Remove one target type, and try again."},
		"IDs and group": {`"Targets":[` + ids + "," + group + `]`, "Instance IDs and a target resource group can’t be specified " +
			"together in the same command. Remove one target type, and try again."},
		"two groups": {`"Targets":[` + target("resource-groups:Name", "a", "b") + `]`,
			"Multiple resource key values are not supported for resource group targets. Remove all but one value, and try again."},
		"wrong types": {
			`"Targets":[` + group + "," + target("resource-groups:ResourceTypeFilters", "AWS::S3::Bucket") + `]`,
			"Resource type filters must specify at least one of the valid send-command resource types: AWS::EC2::Instance or " +
				"AWS::SSM::ManagedInstance.Add one or all of these valid types, and try again.",
		},
		"IDs and targets": {`"InstanceIds":["${node}"],"Targets":[` + tag + `]`,
			"Instance IDs and targets can’t be specified together in the same command. Remove one target type, and try again."},
		"firing alarm": {
			`"AlarmConfiguration":{"Alarms":[{"Name":"${alarm.firing}"}],"IgnorePollAlarmFailure":true}`,
			"The following Cloudwatch alarm(s) were not in a compliant state: sendspec-alarm-firing in state: ALARM",
		},
		"missing alarm": {
			`"AlarmConfiguration":{"Alarms":[{"Name":"no-such-alarm"}]}`,
			"The following Cloudwatch alarm(s) were not in a compliant state: no-such-alarm in state: UNKNOWN",
		},
		"constraints": {`"TimeoutSeconds":1`, "1 validation error detected: Value '1' at 'timeoutSeconds' failed to satisfy " +
			"constraint: Member must have value greater than or equal to 30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := post(t, s, complete(bind(t, tc.members, b), b))
			require.Equal(t, 400, got.Status, got.Raw)
			assert.Equal(t, "ValidationException", got.Type)
			require.NotNil(t, got.Lower)
			assert.Equal(t, tc.message, *got.Lower)
		})
	}
}
