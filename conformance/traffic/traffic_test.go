package traffic_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/traffic"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference"
)

var update = flag.Bool("update", false, "write the golden files anew")

var judged = map[string]bool{
	"SendCommand": true, "ListCommands": true, "ListCommandInvocations": true, "GetCommandInvocation": true, "CancelCommand": true,
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// entry is a call as an entry of a HAR file; a body in base64 where encode says so.
func entry(operation string, status int, sent, answer []byte, started time.Time, number int, encode bool) map[string]any {
	content := map[string]any{"size": len(answer), "mimeType": "application/x-amz-json-1.1", "text": string(answer)}
	post := map[string]any{"mimeType": "application/x-amz-json-1.1", "text": string(sent)}
	if encode {
		content["text"], content["encoding"] = base64.StdEncoding.EncodeToString(answer), "base64"
		post["text"], post[[]string{"_encoding", "encoding"}[number%2]] = base64.StdEncoding.EncodeToString(sent), "base64"
	}
	return map[string]any{
		"startedDateTime": started.Format(time.RFC3339Nano), "time": 1,
		"request": map[string]any{
			"method": "POST", "url": "https://ssm.us-east-1.amazonaws.com/", "httpVersion": "HTTP/1.1",
			"bodySize": len(sent), "postData": post,
			"headers": []pair{
				{"content-type", "application/x-amz-json-1.1"}, {"X-Amz-Target", "AmazonSSM." + operation},
				{"Authorization", "AWS4-HMAC-SHA256 Credential=AKIAVERYSECRETKEY"}, {"X-Amz-Security-Token", "VERYSECRETTOKEN"},
			},
		},
		"response": map[string]any{
			"status": status, "content": content,
			"headers": []pair{
				{"content-type", "application/x-amz-json-1.1"}, {"x-amzn-requestid", fmt.Sprintf("2d226bf9-efbd-461b-a381-%012d", number)},
			},
		},
	}
}

func harOf(t *testing.T, entries []map[string]any, comment string) []byte {
	t.Helper()
	b, err := json.MarshalIndent(map[string]any{"log": map[string]any{
		"version": "1.2", "creator": map[string]any{"name": "sendspec's tests", "version": "1"}, "comment": comment, "entries": entries,
	}}, "", " ")
	require.NoError(t, err)
	return append(b, '\n')
}

// recordings are all recorded calls as entries, and the labels of the judged ones among them.
func recordings(t *testing.T) (entries []map[string]any, labels []string) {
	t.Helper()
	calls, err := evidence.Recordings()
	require.NoError(t, err)
	for i := range calls {
		r := &calls[i]
		if r.HTTPStatus == 0 {
			continue
		}
		answer, err := r.Answer()
		require.NoError(t, err)
		entries = append(entries, entry(r.Operation, r.HTTPStatus, r.Input, answer, r.StartedAt, len(entries), len(entries)%2 == 1))
		if judged[r.Operation] {
			labels = append(labels, r.Label)
		}
	}
	return entries, labels
}

func judgeHAR(t *testing.T, har []byte) (*event.Report, traffic.Capture) {
	t.Helper()
	capture, err := traffic.Read(bytes.NewReader(har))
	require.NoError(t, err)
	report, err := conformance.JudgeRecorded(context.Background(), conformance.Target{Name: "recorded"}, capture.Calls)
	if err != nil {
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
	}
	return report, capture
}

// A judge that fails AWS cries wolf: nothing that AWS itself answered may fail, nor even warn.
func TestWhatAWSAnsweredConforms(t *testing.T) {
	t.Parallel()
	entries, labels := recordings(t)
	report, capture := judgeHAR(t, harOf(t, entries, ""))
	require.Len(t, capture.Calls, len(labels))
	assert.Greater(t, len(labels), 150)
	assert.Equal(t, len(entries)-len(labels), capture.Foreign)
	for i, r := range report.Results {
		if r.Verdict == judge.Pass || r.Case.Area() == judge.InvariantArea && r.Verdict == judge.Skip {
			continue
		}
		label := ""
		if i < len(labels) {
			label = labels[i]
		}
		t.Errorf("%s %s: %s: %s: %+v", label, r.Case.ID, r.Verdict, r.Case.Title, r.Findings)
	}
}

// excerpt names the recorded calls in testdata/aws.har.
var excerpt = map[string]bool{
	"missing-role": true, "role-only": true, "empty": true, "two": true, "OK-ignore-False": true, "missing-ignore-False": true,
}

func TestTheExcerptIsOfTheRecordings(t *testing.T) {
	t.Parallel()
	entries, labels := recordings(t)
	var chosen []map[string]any
	seen := map[string]bool{}
	i := 0
	for _, e := range entries {
		operation, _ := strings.CutPrefix(e["request"].(map[string]any)["headers"].([]pair)[1].Value, "AmazonSSM.")
		if !judged[operation] {
			continue
		}
		label := labels[i]
		i++
		if excerpt[label] && operation == "SendCommand" && !seen[label] {
			seen[label] = true
			chosen = append(chosen, e)
		}
	}
	require.Len(t, chosen, len(excerpt))
	for _, e := range chosen {
		request := e["request"].(map[string]any)
		request["headers"] = request["headers"].([]pair)[:2]
	}
	har := harOf(t, chosen, "Recorded from AWS, us-east-1, 2026-10-01: alarms.jsonl and notifications.jsonl of fixtures/evidence/recorded")
	name := filepath.Join("testdata", "aws.har")
	if *update {
		require.NoError(t, os.WriteFile(name, har, 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(har))
}

func TestWhatConformsOfACall(t *testing.T) {
	t.Parallel()
	const valid = `{"DocumentName":"AWS-RunShellScript","Targets":[{"Key":"tag:a","Values":["b"]}],"Parameters":{"commands":["true"]}}`
	const taken = `{"Command":{"CommandId":"2d226bf9-efbd-461b-a381-000000000001"}}`
	const echoed = `{"Command":{"CommandId":"2d226bf9-efbd-461b-a381-000000000001","DocumentName":"AWS-RunShellScript",
		"DocumentVersion":"$DEFAULT","Comment":"",
		"ExpiresAfter":7200,"Parameters":{"commands":["true"]},"InstanceIds":[],"Targets":[{"Key":"tag:a","Values":["b"]}],
		"RequestedDateTime":0,"Status":"Pending",
		"StatusDetails":"Pending","OutputS3Region":"eu-west-1","OutputS3BucketName":"","OutputS3KeyPrefix":"","MaxConcurrency":"50",
		"MaxErrors":"0","TargetCount":0,
		"CompletedCount":0,"ErrorCount":0,"DeliveryTimedOutCount":0,"ServiceRole":"",
		"NotificationConfig":{"NotificationArn":"","NotificationEvents":[],"NotificationType":""},
		"CloudWatchOutputConfig":{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false},"TimeoutSeconds":3600,
		"AlarmConfiguration":{"IgnorePollAlarmFailure":false,"Alarms":[]},"TriggeredAlarms":[]}}`
	with := func(members string) string { return strings.TrimSuffix(valid, "}") + "," + members + "}" }
	idOf := func(end string) string { return `{"CommandId":"2d226bf9-efbd-461b-a381-0000000000` + end + `"}` }
	now := time.Now()
	at := func(answer string) string {
		answer = strings.Replace(answer, `"RequestedDateTime":0`, fmt.Sprintf(`"RequestedDateTime":%d`, now.Unix()), 1)
		return strings.Replace(answer, `"ExpiresAfter":7200`, fmt.Sprintf(`"ExpiresAfter":%d`, now.Unix()+7200), 1)
	}
	tooLong := strings.Replace(valid, `}}`, `},"Comment":"`+strings.Repeat("x", 101)+`"}`, 1)
	result := reference.ValidateJSON([]byte(tooLong))
	_, message := result.Exception()
	refusedTooLong := fmt.Sprintf(`{"__type":"ValidationException","message":%q}`, message)
	for name, test := range map[string]struct {
		operation, sent string
		status          int
		answer          string
		want            judge.Verdict
	}{
		"valid, taken":                     {"SendCommand", valid, 200, at(echoed), judge.Pass},
		"valid, taken, nothing comes back": {"SendCommand", valid, 200, taken, judge.Fail},
		"an ignored region, taken":         {"SendCommand", with(`"OutputS3Region":"x"`), 200, taken, judge.Warn},
		"a text for a boolean, taken": {"SendCommand",
			with(`"AlarmConfiguration":{"IgnorePollAlarmFailure":"true","Alarms":[{"Name":"a"}]}`), 200, taken, judge.Warn},
		"an alarm, which may fire": {"SendCommand", with(`"AlarmConfiguration":{"IgnorePollAlarmFailure":true,` +
			`"Alarms":[{"Name":"sendspec-a"}]}`),
			400, `{"__type":"ValidationException","message":"Alarm is in ALARM state"}`, judge.Pass},
		"an alarm, which may not be there": {"SendCommand", with(`"AlarmConfiguration":{"Alarms":[{"Name":"sendspec-a"}]}`),
			400, `{"__type":"ValidationException","message":"Alarm is in UNKNOWN state"}`, judge.Pass},
		"two targets of a key, taken": {"SendCommand",
			strings.Replace(valid, `"Targets":[`, `"Targets":[{"Key":"tag:a","Values":["c"]},`, 1), 200, taken, judge.Fail},
		"a document that may be there": {"SendCommand", strings.Replace(valid, "AWS-RunShellScript", "sendspec-mine", 1),
			200, strings.Replace(at(echoed), "AWS-RunShellScript", "sendspec-mine", 1), judge.Pass},
		"valid, refused for what is not there": {"SendCommand", valid, 400, `{"__type":"InvalidDocument"}`, judge.Pass},
		"valid, refused for its meaning": {"SendCommand", valid,
			400, `{"__type":"ValidationException","message":"Duplicate values are not supported"}`, judge.Pass},
		"valid, throttled": {"SendCommand", valid,
			400, `{"__type":"ThrottlingException","message":"Rate exceeded"}`, judge.Pass},
		"valid, and AWS is down": {"SendCommand", valid, 503, `{"__type":"ServiceUnavailableException"}`, judge.Pass},
		"valid, refused for a constraint": {"SendCommand", valid,
			400, `{"__type":"ValidationException","message":"1 validation error detected: Value 'b' at 'x'"}`, judge.Warn},
		"valid, refused as no JSON":            {"SendCommand", valid, 400, `{"__type":"SerializationException"}`, judge.Fail},
		"valid, refused by another's error":    {"SendCommand", valid, 400, `{"__type":"InvalidPluginName"}`, judge.Fail},
		"valid, and a 500 without a name":      {"SendCommand", valid, 500, `<html>`, judge.Fail},
		"valid, taken without an ID":           {"SendCommand", valid, 200, `{"Command":{}}`, judge.Fail},
		"too long, refused":                    {"SendCommand", tooLong, 400, refusedTooLong, judge.Pass},
		"too long, refused without a word":     {"SendCommand", tooLong, 400, `{"__type":"ValidationException"}`, judge.Warn},
		"too long, taken":                      {"SendCommand", tooLong, 200, taken, judge.Fail},
		"too long, refused for another reason": {"SendCommand", tooLong, 400, `{"__type":"InvalidDocument"}`, judge.Fail},
		"too long, and nobody may ask":         {"SendCommand", tooLong, 400, `{"__type":"AccessDeniedException"}`, judge.Pass},
		"of a wrong type, refused": {"SendCommand", `{"DocumentName":7}`,
			400, `{"__type":"SerializationException"}`, judge.Pass},
		"of a wrong type, taken":             {"SendCommand", `{"DocumentName":7}`, 200, taken, judge.Fail},
		"no JSON, taken":                     {"SendCommand", `{`, 200, taken, judge.Fail},
		"a member twice, which nobody knows": {"SendCommand", `{"DocumentName":7,"DocumentName":"x"}`, 200, taken, judge.Pass},
		"a member twice, refused": {"SendCommand", `{"DocumentName":"x","DocumentName":"xyz"}`,
			400, `{"__type":"Whatever"}`, judge.Pass},
		"a list, taken":                  {"ListCommands", `{}`, 200, `{"Commands":[]}`, judge.Pass},
		"a list without the list":        {"ListCommands", `{}`, 200, `{}`, judge.Fail},
		"the command that was asked for": {"ListCommands", idOf("01"), 200, `{"Commands":[` + idOf("01") + `]}`, judge.Pass},
		"another command": {"ListCommands", idOf("01"),
			200, `{"Commands":[` + idOf("01") + `,` + idOf("02") + `]}`, judge.Fail},
		"a command asked for in capitals": {"ListCommands", `{"CommandId":"2D226BF9-EFBD-461B-A381-0000000000FF"}`,
			200, `{"Commands":[` + idOf("ff") + `]}`, judge.Pass},
		"a command asked for in capitals, without its ID": {"GetCommandInvocation",
			`{"CommandId":"2D226BF9-EFBD-461B-A381-0000000000FF","InstanceId":"i-0123456789abcdef0"}`,
			200, `{"InstanceId":"i-0123456789abcdef0"}`, judge.Fail},
		"another invocation": {"ListCommandInvocations", idOf("01"), 200, `{"CommandInvocations":[` + idOf("02") + `]}`, judge.Fail},
		"invocations of another node": {"ListCommandInvocations", `{"InstanceId":"i-0123456789abcdef0"}`,
			200, `{"CommandInvocations":[{"InstanceId":"i-0123456789abcdef1"}]}`, judge.Fail},
		"an invocation on another node": {"GetCommandInvocation", `{"InstanceId":"i-0123456789abcdef0",` + idOf("01")[1:],
			200, `{"InstanceId":"i-0123456789abcdef1",` + idOf("01")[1:], judge.Fail},
		"an invocation of another command": {"GetCommandInvocation", `{"InstanceId":"i-0123456789abcdef0",` + idOf("01")[1:],
			200, `{"InstanceId":"i-0123456789abcdef0",` + idOf("02")[1:], judge.Fail},
		"an invocation that does not exist": {"GetCommandInvocation",
			`{"CommandId":"2d226bf9-efbd-461b-a381-000000000001","InstanceId":"i-0123456789abcdef0"}`,
			400, `{"__type":"InvocationDoesNotExist"}`, judge.Pass},
		"a send that says so": {"SendCommand", valid, 400, `{"__type":"InvocationDoesNotExist"}`, judge.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := entry(test.operation, test.status, []byte(test.sent), []byte(test.answer), now, 1, false)
			report, _ := judgeHAR(t, harOf(t, []map[string]any{e}, ""))
			r := report.Results[0]
			assert.Equal(t, test.want, r.Verdict, "%s: %+v", r.Case.Title, r.Findings)
			assert.Equal(t, "traffic/"+test.operation+"/entry/n=1", r.Case.ID)
		})
	}
}

// Servers and proxies refuse by themselves what no client of AWS sends: AWS JSON 1.1 says nothing of it.
func TestWhatIsRefusedForItsHeaderConforms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field  pair
		status int
		want   judge.Verdict
	}{
		"an unknown expectation":    {pair{"Expect", "sendspec"}, 417, judge.Pass},
		"an expectation of clients": {pair{"Expect", "100-Continue"}, 417, judge.Fail},
		"a header of 9 KB":          {pair{"X-Long", strings.Repeat("x", 9<<10)}, 431, judge.Pass},
		"a header of 2 KB":          {pair{"X-Amz-Security-Token", strings.Repeat("x", 2<<10)}, 431, judge.Fail},
		"what AWS never answers":    {pair{"X-Long", strings.Repeat("x", 9<<10)}, 200, judge.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := entry("ListCommands", c.status, []byte("{}"), []byte("no"), time.Now(), 1, false)
			request, response := e["request"].(map[string]any), e["response"].(map[string]any)
			request["headers"] = append(request["headers"].([]pair), c.field)
			response["headers"] = []pair{{"content-type", "text/plain"}}
			report, _ := judgeHAR(t, harOf(t, []map[string]any{e}, ""))
			for _, r := range report.Results {
				if r.Verdict != judge.Skip && r.Verdict != judge.Pass {
					assert.Equal(t, c.want, r.Verdict, "%s: %+v", r.Case.ID, r.Findings)
				}
			}
			assert.Equal(t, c.want, report.Results[0].Verdict)
		})
	}
}

// Calls of a HAR bind one another within an endpoint, a region and an account, in the order of their times.
func TestCallsOfOneWorldAreHeldTogether(t *testing.T) {
	t.Parallel()
	const id = "2d226bf9-efbd-461b-a381-0000000000aa"
	shown := func(comment, status string) []byte {
		return fmt.Appendf(nil, `{"Commands":[{"CommandId":%q,"Comment":%q,"Status":%q,"StatusDetails":%q}]}`, id, comment, status, status)
	}
	start, number := time.Now().UTC(), 0
	list := func(second int, answer []byte, change ...func(map[string]any)) map[string]any {
		number++
		at := start.Add(time.Duration(second) * time.Second)
		e := entry("ListCommands", 200, []byte(`{}`), answer, at, number, false)
		for _, c := range change {
			c(e)
		}
		return e
	}
	request := func(e map[string]any) map[string]any { return e["request"].(map[string]any) }
	at := func(url string) func(map[string]any) { return func(e map[string]any) { request(e)["url"] = url } }
	by := func(key, region string) func(map[string]any) {
		return func(e map[string]any) {
			headers := slices.Clone(request(e)["headers"].([]pair))
			headers[2].Value = "AWS4-HMAC-SHA256 Credential=" + key + "/20261001/" + region +
				"/ssm/aws4_request, SignedHeaders=host, Signature=0"
			request(e)["headers"] = headers
		}
	}
	took := func(seconds int) func(map[string]any) { return func(e map[string]any) { e["time"] = seconds * 1000 } }
	untimed := func(e map[string]any) { delete(e, "startedDateTime") }
	unanswered := func(e map[string]any) { e["response"].(map[string]any)["content"] = map[string]any{"size": 7} }
	for name, c := range map[string]struct {
		entries []map[string]any
		fails   string // the case that does, "" where none
		want    string
	}{
		"one world": {[]map[string]any{list(1, shown("a", "Success")), list(2, shown("b", "Success"))}, "n=2", `"a", as in entry 1`},
		"another endpoint": {[]map[string]any{list(1, shown("a", "Success")), list(2, shown("b", "Failed"), at("http://127.0.0.1:5000/"))},
			"", ""},
		"another region": {[]map[string]any{list(1, shown("a", "Success"), by("AKIA1", "us-east-1")),
			list(2, shown("b", "Failed"), by("AKIA1", "eu-west-1"))}, "", ""},
		"another account": {[]map[string]any{list(1, shown("a", "Success"), by("AKIA1", "us-east-1")),
			list(2, shown("b", "Failed"), by("AKIA2", "us-east-1"))}, "", ""},
		"the same again": {[]map[string]any{list(1, shown("a", "Success"), by("AKIA1", "us-east-1")),
			list(2, shown("b", "Success"), by("AKIA1", "us-east-1"))}, "n=2", ""},
		"signed in the URL": {
			[]map[string]any{list(1, shown("a", "Success"), at("https://h/?X-Amz-Credential=A%2F1%2Fr%2Fssm%2Faws4_request")),
				list(2, shown("b", "Success"), at("https://h/?X-Amz-Credential=A%2F1%2Fs%2Fssm%2Faws4_request"))}, "", ""},
		"out of order": {[]map[string]any{list(2, shown("a", "Success")), list(1, shown("a", "InProgress"))}, "", ""},
		"in the wrong order": {[]map[string]any{list(2, shown("a", "InProgress")), list(1, shown("a", "Success"))}, "n=1",
			"Success, as in entry 2, where it had ended"},
		"without times": {[]map[string]any{list(1, shown("a", "Success"), untimed), list(1, shown("a", "InProgress"), untimed)},
			"n=2", ""},
		"under way together": {[]map[string]any{list(1, shown("a", "Success"), took(5)), list(2, shown("a", "InProgress"))}, "", ""},
		"a body was left out": {[]map[string]any{list(1, shown("a", "Success")), list(2, nil, unanswered), list(3, shown("a", "Success"))},
			"", ""},
		"a phase has no order": {[]map[string]any{list(1, shown("a", "InProgress")), list(2, shown("a", "Pending"))}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report, capture := judgeHAR(t, harOf(t, c.entries, ""))
			require.Len(t, capture.Calls, len(c.entries))
			fails := ""
			for _, r := range report.Results[:len(c.entries)] {
				if r.Verdict == judge.Fail {
					_, fails, _ = strings.Cut(r.Case.ID, "entry/")
					assert.Contains(t, r.Findings[0].Want.Words, c.want)
					assert.NotContains(t, r.Case.Title, "A valid request is accepted", "the rule is the one that is broken")
				}
			}
			assert.Equal(t, c.fails, fails)
		})
	}
}

func TestWhatIsNoCallIsNotJudged(t *testing.T) {
	t.Parallel()
	call := func(change func(request, response map[string]any)) map[string]any {
		e := entry("SendCommand", 200, []byte("{}"), []byte("{}"), time.Now(), 1, false)
		change(e["request"].(map[string]any), e["response"].(map[string]any))
		return e
	}
	entries := []map[string]any{
		call(func(q, _ map[string]any) { q["headers"] = []pair{} }),
		call(func(q, _ map[string]any) { q["headers"] = []pair{{"x-amz-target", "AmazonSSM.CreateDocument"}} }),
		call(func(q, _ map[string]any) { q["headers"] = []pair{{"x-amz-target", "DynamoDB_20120810.GetItem"}} }),
		call(func(q, _ map[string]any) { delete(q, "postData") }),
		call(func(_, r map[string]any) { r["status"] = 0 }),
		call(func(_, r map[string]any) { r["content"] = map[string]any{"size": 7} }),
		call(func(_, r map[string]any) { r["content"].(map[string]any)["_truncated"] = true }),
		call(func(q, _ map[string]any) { q["postData"] = map[string]any{"text": "***"} }),
		call(func(_, r map[string]any) { r["content"] = map[string]any{"text": "<REDACTED>"} }),
		call(func(q, _ map[string]any) { q["_raw"] = "UE9TVCAv" }),
		call(func(q, _ map[string]any) { q["method"] = "PUT" }),
	}
	report, capture := judgeHAR(t, harOf(t, entries, ""))
	assert.Equal(t, 3, capture.Foreign)
	require.Len(t, capture.Calls, 8)
	for i, reason := range []string{
		"the body of the request was not captured", "no answer was captured", "the body of the answer was not captured",
		"the body of the answer was not captured whole", "the body of the request is redacted", "the body of the answer is redacted",
		"the request was framed by hand: how much of it was read is not known", "",
	} {
		assert.Equal(t, reason, report.Results[i].Reason)
		assert.Equal(t, reason == "", report.Results[i].Verdict == judge.Pass)
	}
	for _, c := range capture.Calls {
		assert.NotContains(t, fmt.Sprint(c.Exchanges[0].Request.Fields), "VERYSECRET", "no credential is taken over")
	}

	for name, text := range map[string]string{
		"no JSON": "<html>", "no log": "{}", "no base64": `{"log":{"entries":[{"request":{
			"headers":[{"name":"X-Amz-Target","value":"AmazonSSM.SendCommand"}],"postData":{"text":"?","encoding":"base64"}}}]}}`,
	} {
		_, err := traffic.Read(strings.NewReader(text))
		require.Error(t, err, name)
	}
}
