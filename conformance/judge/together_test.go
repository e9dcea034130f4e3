package judge_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

const (
	aCommand = "2d226bf9-efbd-461b-a381-0000000000aa"
	aNode    = "i-0123456789abcdef0"
	bNode    = "i-0123456789abcdef1"
)

type members map[string]any

// with is m with other members; nil takes one out.
func (m members) with(pairs ...any) members {
	c := members{}
	for k, v := range m {
		c[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		if name := pairs[i].(string); pairs[i+1] == nil {
			delete(c, name)
		} else {
			c[name] = pairs[i+1]
		}
	}
	return c
}

var (
	sentOfA  = members{"DocumentName": "mine", "Comment": "a", "InstanceIds": []string{aNode, bNode}, "OutputS3BucketName": "bucket"}
	commandA = members{
		"CommandId": aCommand, "DocumentName": "mine", "DocumentVersion": "$DEFAULT", "Comment": "a", "Parameters": members{},
		"RequestedDateTime": 1790847445.5, "ExpiresAfter": 1790854645.5, "InstanceIds": []string{aNode, bNode}, "Targets": []any{},
		"OutputS3BucketName": "bucket", "OutputS3KeyPrefix": "", "MaxConcurrency": "50", "MaxErrors": "0", "TimeoutSeconds": 3600,
		"ServiceRole": "", "NotificationConfig": members{"NotificationArn": "", "NotificationEvents": []any{}, "NotificationType": ""},
		"Status": "Pending", "StatusDetails": "Pending", "TargetCount": 2, "CompletedCount": 0, "ErrorCount": 0, "DeliveryTimedOutCount": 0,
	}
	successA    = commandA.with("Status", "Success", "StatusDetails", "Success", "CompletedCount", 2)
	invocationA = members{
		"CommandId": aCommand, "InstanceId": aNode, "DocumentName": "mine", "DocumentVersion": "$DEFAULT", "Comment": "a",
		"RequestedDateTime": 1790847445.6, "Status": "Success", "StatusDetails": "Success",
		"StandardOutputUrl": "https://s3/bucket/" + aCommand + "/" + aNode + "/stdout",
	}
	gotA = members{
		"CommandId": aCommand, "InstanceId": aNode, "DocumentName": "mine", "DocumentVersion": "$DEFAULT", "Comment": "a",
		"PluginName": "p", "ResponseCode": 0, "StandardOutputContent": "out", "Status": "Success", "StatusDetails": "Success",
	}
)

// called is an exchange of an operation; list puts its members into the list of the operation's answer.
func called(t *testing.T, operation string, sent any, answer ...members) judge.Exchanged {
	t.Helper()
	var body any
	switch operation {
	case "SendCommand":
		body = members{"Command": answer[0]}
	case "ListCommands":
		body = members{"Commands": answer}
	case "ListCommandInvocations":
		body = members{"CommandInvocations": answer}
	default:
		body = answer[0]
	}
	request, err := json.Marshal(sent)
	require.NoError(t, err)
	b, err := json.Marshal(body)
	require.NoError(t, err)
	x := answered(200, string(b))
	x.Request = wire.NewRequest(operation, request)
	return judge.Read(fixtures.BoundStep{Request: fixtures.Message{Operation: operation}}, x)
}

// What one call shows of a command binds the next, of any operation.
func TestCallsAreHeldAgainstThoseBefore(t *testing.T) {
	t.Parallel()
	send := func(sent, command members) judge.Exchanged { return called(t, "SendCommand", sent, command) }
	list := func(commands ...members) judge.Exchanged { return called(t, "ListCommands", members{}, commands...) }
	invocations := func(all ...members) judge.Exchanged { return called(t, "ListCommandInvocations", members{}, all...) }
	get := func(m members) judge.Exchanged { return called(t, "GetCommandInvocation", members{}, m) }
	sent := send(sentOfA, commandA)
	failedB := invocationA.with("InstanceId", bNode, "Status", "Failed", "StatusDetails", "Failed", "StandardOutputUrl", nil)
	wrongAnswer := send(sentOfA, commandA.with("Comment", "b"))
	plugin := func(output string) members {
		return invocationA.with("CommandPlugins", []members{{"Name": "p", "Output": output, "ResponseCode": 0}})
	}
	for name, c := range map[string]struct {
		exchanges []judge.Exchanged
		path      string // "" where nothing is found
		want      string
		level     fixtures.Level
	}{
		"as it should be": {[]judge.Exchanged{sent, list(commandA), invocations(invocationA), get(gotA), list(successA)}, "", "", ""},
		"another Comment": {[]judge.Exchanged{sent, list(commandA.with("Comment", "b"))},
			"/Commands/0/Comment", `"a", as sent in step 1`, "must"},
		"no Comment": {[]judge.Exchanged{sent, list(commandA.with("Comment", nil))},
			"/Commands/0/Comment", `"a", as sent in step 1`, "must"},
		"nothing left out":          {[]judge.Exchanged{sent, list(commandA.with("OutputS3KeyPrefix", nil))}, "", "", ""},
		"only the answer was wrong": {[]judge.Exchanged{wrongAnswer, list(commandA)}, "", "", ""},
		"as wrong as the answer":    {[]judge.Exchanged{wrongAnswer, list(commandA.with("Comment", "b"))}, "", "", ""},
		"another default": {[]judge.Exchanged{sent, list(commandA.with("MaxErrors", "1"))},
			"/Commands/0/MaxErrors", `"0", as in step 1`, "must"},
		"another expiry": {[]judge.Exchanged{sent, list(commandA.with("ExpiresAfter", 1790854646))}, "/Commands/0/ExpiresAfter",
			"1790854645.5, as in step 1", "must"},
		"the same time":     {[]judge.Exchanged{sent, list(commandA.with("ExpiresAfter", json.Number("1.7908546455E9")))}, "", "", ""},
		"a time of its own": {[]judge.Exchanged{sent, invocations(invocationA)}, "", "", ""},
		"another time of its own": {[]judge.Exchanged{invocations(invocationA),
			invocations(invocationA.with("RequestedDateTime", 1790847446))}, "/CommandInvocations/0/RequestedDateTime", "", "must"},
		"another order of members": {[]judge.Exchanged{sent,
			list(commandA.with("NotificationConfig", json.RawMessage(`{"NotificationType":"","NotificationEvents":[],`+
				`"NotificationArn":""}`)))}, "", "", ""},
		"another topic": {[]judge.Exchanged{sent, list(commandA.with("NotificationConfig", members{}))},
			"/Commands/0/NotificationConfig", "", "must"},
		"another order of nodes": {[]judge.Exchanged{sent, list(commandA.with("InstanceIds", []string{bNode, aNode}))},
			"/Commands/0/InstanceIds", "as sent in step 1", "should"},
		"another document": {[]judge.Exchanged{sent, get(gotA.with("DocumentName", "yours"))},
			"/DocumentName", `"mine", as sent in step 1`, "must"},
		"one list against another": {[]judge.Exchanged{list(commandA), list(commandA.with("Parameters", members{"a": []string{"b"}}))},
			"/Commands/0/Parameters", "{}, as in step 1", "must"},
		"an invocation against one": {[]judge.Exchanged{get(gotA), invocations(invocationA.with("Comment", "b"))},
			"/CommandInvocations/0/Comment", `"a", as in step 1`, "must"},
		"redacted":        {[]judge.Exchanged{sent, list(commandA.with("Comment", "(redacted)"))}, "", "", ""},
		"another command": {[]judge.Exchanged{sent, list(commandA.with("CommandId", "another", "Comment", "b"))}, "", "", ""},
		"another node": {[]judge.Exchanged{sent, invocations(invocationA.with("InstanceId", "i-1", "StandardOutputUrl", nil))},
			"/CommandInvocations/0/InstanceId", "", "must"},
		"a node twice": {[]judge.Exchanged{invocations(invocationA, invocationA)}, "/CommandInvocations/1/InstanceId", "", "must"},
		"another bucket": {[]judge.Exchanged{sent, get(gotA.with("StandardOutputUrl", "https://s3/other"))},
			"/StandardOutputUrl", `a URL with "bucket" in it, by step 1`, "should"},
		"an output without a bucket": {[]judge.Exchanged{list(commandA.with("OutputS3BucketName", "")),
			get(gotA.with("StandardErrorUrl", "https://s3/a"))}, "/StandardErrorUrl", `"", without a bucket in step 1`, "must"},

		"counts fall": {[]judge.Exchanged{sent, list(commandA.with("TargetCount", 1))}, "/Commands/0/TargetCount",
			"no less than 2, as in step 1", "should"},
		"counts fall at the end": {[]judge.Exchanged{list(successA), list(successA.with("CompletedCount", 1))},
			"/Commands/0/CompletedCount", "2, as in step 1, where it had ended", "must"},
		"counts rise at the end": {[]judge.Exchanged{list(successA), list(successA.with("ErrorCount", 1))}, "/Commands/0/ErrorCount",
			"0, as in step 1, where it had ended", "must"},
		"an error is not counted": {[]judge.Exchanged{invocations(invocationA, failedB), list(successA)}, "/Commands/0/ErrorCount",
			"ErrorCount 1, by its invocations: step 1", "must"},
		"an error comes later": {[]judge.Exchanged{list(successA), invocations(invocationA, failedB)},
			"/CommandInvocations/1/StatusDetails", "ErrorCount 1, by its invocations: step 1", "must"},
		"an error is no success": {[]judge.Exchanged{invocations(invocationA, failedB), list(successA.with("ErrorCount", 1))},
			"/Commands/0/StatusDetails", "", "must"},
		"not all are known": {[]judge.Exchanged{invocations(failedB), list(successA)}, "", "", ""},
		"not all have ended": {[]judge.Exchanged{invocations(failedB, invocationA.with("StatusDetails", "InProgress")), list(successA)},
			"", "", ""},
		"two ends": {[]judge.Exchanged{get(gotA),
			invocations(invocationA.with("StatusDetails", "Failed", "Status", "Failed"))}, "/CommandInvocations/0/StatusDetails",
			"Success, as in step 1, where it had ended", "must"},
		"another output": {[]judge.Exchanged{get(gotA), get(gotA.with("StandardOutputContent", "other"))},
			"/StandardOutputContent", `"out", as in step 1, where it had ended`, "must"},
		"another code": {[]judge.Exchanged{get(gotA), get(gotA.with("ResponseCode", 1))}, "/ResponseCode",
			"0, as in step 1, where it had ended", "must"},
		"an output that comes": {[]judge.Exchanged{get(gotA.with("StandardOutputContent", "", "ResponseCode", -1)), get(gotA)}, "", "", ""},
		"an output before it": {[]judge.Exchanged{get(gotA.with("StatusDetails", "InProgress")),
			get(gotA.with("StandardOutputContent", "other"))}, "", "", ""},
		"of another step": {[]judge.Exchanged{get(gotA), get(gotA.with("PluginName", "q", "StandardOutputContent", "other"))}, "", "", ""},
		"another plugin's output": {[]judge.Exchanged{invocations(plugin("a")), invocations(plugin("b"))},
			"/CommandInvocations/0/CommandPlugins/0/Output", "", "must"},
		"two commands of an ID": {[]judge.Exchanged{sent, send(sentOfA.with("Comment", "b"), commandA.with("Comment", "b"))}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range c.exchanges {
				c.exchanges[i].Step.Number = i + 1
			}
			found := judge.InspectTogether(c.exchanges)
			if c.path == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, c.path, found[0].Path)
			assert.Contains(t, found[0].Want.Words, c.want)
			assert.Equal(t, c.level, found[0].Level)
		})
	}
}

// Of two calls that were under way together nobody knows which saw the later state.
func TestCallsUnderWayTogetherHaveNoOrder(t *testing.T) {
	t.Parallel()
	at := time.Now()
	first := called(t, "ListCommands", members{}, successA)
	second := called(t, "ListCommands", members{}, commandA)
	for pause, want := range map[time.Duration]int{time.Millisecond: 0, time.Second: 2} {
		first.Sent, first.Elapsed, second.Sent = at, 10*time.Millisecond, at.Add(pause)
		assert.Len(t, judge.InspectTogether([]judge.Exchanged{first, second}), want, pause)
	}
}

// However many commands there are, and however much they show, what is remembered of them is bounded: the rest is judged
// by itself.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	var exchanges []judge.Exchanged
	for i := range 16 {
		var page []members
		for j := range 3000 {
			page = append(page, members{"CommandId": fmt.Sprint(i, "-", j), "Comment": "a", "StatusDetails": "Success"})
		}
		exchanges = append(exchanges, called(t, "ListCommands", members{}, page...))
	}
	another := func(id string) judge.Exchanged {
		return called(t, "ListCommands", members{}, members{"CommandId": id, "Comment": "b", "StatusDetails": "Failed"})
	}
	assert.Len(t, judge.InspectTogether(append(exchanges, another("0-0"), another("15-2999"))), 2, "the last were too many to remember")
}
