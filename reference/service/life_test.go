package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type commandShown struct {
	CommandId, Status, StatusDetails                               string
	RequestedDateTime, ExpiresAfter                                float64
	TargetCount, CompletedCount, ErrorCount, DeliveryTimedOutCount int
	TriggeredAlarms                                                []struct{ Name, State string }
}

type invocationShown struct {
	CommandId, InstanceId, InstanceName, Status, StatusDetails, StandardOutputUrl string
	CommandPlugins                                                                []pluginShown
}

type pluginShown struct {
	Name, Status, StatusDetails, Output, OutputS3KeyPrefix, StandardOutputUrl string
	ResponseCode                                                              int
	ResponseStartDateTime                                                     *float64
}

type resultShown struct {
	PluginName, Status, StatusDetails, StandardOutputContent, StandardErrorContent, ExecutionEndDateTime string
	StandardOutputUrl                                                                                    string
	ExecutionElapsedTime                                                                                 *string
	ResponseCode                                                                                         int
}

// account is the demo world with a manual clock.
type account struct {
	t     *testing.T
	clock *service.ManualClock
	*service.Service
	bindings map[string]string
}

func newAccount(t *testing.T, opts ...service.Option) *account {
	t.Helper()
	a := &account{t: t, clock: service.NewManualClock(noon)}
	a.Service, a.bindings = demo(t, append([]service.Option{service.WithClock(a.clock)}, opts...)...)
	return a
}

// send sends a command and returns its ID.
func (a *account) send(members string) string {
	a.t.Helper()
	got := post(a.t, a, "{"+bind(a.t, members, a.bindings)+"}")
	require.Equal(a.t, 200, got.Status, got.Raw)
	return got.Cmd["CommandId"].(string)
}

func (a *account) after(d time.Duration) *account {
	a.clock.Advance(d)
	return a
}

func (a *account) command(id string) commandShown {
	a.t.Helper()
	got := decode[struct{ Commands []commandShown }](a.t, ask(a.t, a, "ListCommands", `{"CommandId":"`+id+`"}`))
	require.Len(a.t, got.Commands, 1)
	return got.Commands[0]
}

func (a *account) invocations(id string) []invocationShown {
	a.t.Helper()
	return decode[struct{ CommandInvocations []invocationShown }](a.t,
		ask(a.t, a, "ListCommandInvocations", `{"CommandId":"`+id+`","Details":true}`)).CommandInvocations
}

// details are the StatusDetails of the invocations, oldest first.
func (a *account) details(id string) string {
	a.t.Helper()
	var all []string
	for _, i := range a.invocations(id) {
		all = append([]string{i.StatusDetails}, all...)
	}
	return strings.Join(all, " ")
}

func (a *account) result(id, node, plugin string) resultShown {
	a.t.Helper()
	return decode[resultShown](a.t, ask(a.t, a, "GetCommandInvocation",
		`{"CommandId":"`+id+`","InstanceId":"`+a.bindings[node]+`","PluginName":`+plugin+`}`))
}

func (a *account) cancel(id, members string) {
	a.t.Helper()
	got := ask(a.t, a, "CancelCommand", `{"CommandId":"`+id+`"`+bind(a.t, members, a.bindings)+`}`)
	require.Equal(a.t, "{}", got.Raw)
}

// shell is a request for AWS-RunShellScript.
func shell(command, members string) string {
	return `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["` + command + `"]},` + members
}

func shellFor(executionTimeout, command, members string) string {
	return `"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["` + command +
		`"],"executionTimeout":["` + executionTimeout + `"]},` + members
}

func by(id string) string { return `"Targets":[{"Key":"InstanceIds","Values":["${` + id + `}"]}]` }

const (
	two    = `"InstanceIds":["${node}","${node.2}"]`
	one    = `"InstanceIds":["${node}"]`
	tagged = `"Targets":[{"Key":"tag:${tag.key}","Values":["${tag.value}"]}]`
)

// Every way that a command can go in the demo world: what is asked, how long after it, and what is
// then seen of the command, of its counts (target, completed, error, delivery timed out) and of its
// invocations.
var ways = []struct {
	name, members string
	after         time.Duration
	cancel        string // "" does not, "all", or the members that CancelCommand has besides
	command       reference.Details
	counts        string
	invocations   string
}{
	{"nothing sent yet", shell("true", one), 0, "", reference.Pending, "1 0 0 0", ""},
	{"targets not resolved yet", shell("true", tagged), 0, "", reference.Pending, "0 0 0 0", ""},
	{"targets resolved", shell("sleep 9", tagged), time.Second, "", reference.InProgress, "2 0 0 0", "InProgress InProgress"},
	{"success", shell("true", tagged), 5 * time.Second, "", reference.Success, "2 2 0 0", "Success Success"},
	{"no node", shell("true", nothing), 3 * time.Second, "", reference.NoInstancesInTag, "0 0 0 0", ""},
	{"empty group", shell("true", `"Targets":[{"Key":"resource-groups:Name","Values":["${group.empty}"]}]`), 3 * time.Second,
		"", reference.NoInstancesInTag, "0 0 0 0", ""},
	{"denied group", shell("true", `"Targets":[{"Key":"resource-groups:Name","Values":["${group.denied}"]}]`), 3 * time.Second,
		"", reference.AccessDenied, "0 0 0 0", ""},
	{"too many", shell("true", `"Targets":[{"Key":"tag:${rate.tag.key}","Values":["${rate.tag.value}"]}]`), 3 * time.Second,
		"", reference.RateExceeded, "21 0 0 0", ""},
	{"exit code", shell("exit 7", one), 3 * time.Second, "", reference.Failed, "1 1 1 0", "Failed"},
	{"held back", shell("sleep 9", two+`,"MaxConcurrency":"1"`), 3 * time.Second, "",
		reference.InProgress, "2 0 0 0", "InProgress Pending"},
	{"errors stop", shell("exit 1", two+`,"MaxConcurrency":"1"`), 3 * time.Second, "", reference.Failed, "2 2 1 0", "Failed Terminated"},
	{"errors in percent", shell("exit 1", two+`,"MaxConcurrency":"50%","MaxErrors":"50%"`), 9 * time.Second, "",
		reference.Failed, "2 2 2 0", "Failed Failed"},
	{"incomplete", shell("exit 1", one+`,"MaxErrors":"1"`), 3 * time.Second, "", reference.Incomplete, "1 1 1 0", "Failed"},
	{"execution timeout", shellFor("5", "sleep 20", one), 9 * time.Second, "", reference.Failed, "1 1 1 0", "ExecutionTimedOut"},
	{"execution timeouts at the limit", shellFor("5", "sleep 20", one+`,"MaxErrors":"1"`), 9 * time.Second, "",
		reference.ExecutionTimedOut, "1 1 1 0", "ExecutionTimedOut"},
	{"execution timeout too short", shellFor("2", "sleep 20", one), 25 * time.Second, "", reference.Success, "1 1 0 0", "Success"},
	{"still running when it expires", shellFor("2", "sleep 60", one+`,"TimeoutSeconds":30`), 33 * time.Second, "",
		reference.DeliveryTimedOut, "1 1 0 1", "DeliveryTimedOut"},
	{"not online", shell("true", `"Targets":[{"Key":"tag:stopped","Values":["yes"]}]`), time.Minute,
		"", reference.Delayed, "1 0 0 0", "Delayed"},
	{"delayed", shell("true", `"InstanceIds":["${node.offline}"]`), time.Minute, "", reference.Delayed, "1 0 0 0", "Delayed"},
	{"offline to the end", shellFor("5", "true", by("node.offline")+`,"TimeoutSeconds":30`), 36 * time.Second, "",
		reference.DeliveryTimedOut, "1 1 0 1", "DeliveryTimedOut"},
	{"away", shell("true", `"InstanceIds":["${node.returning}"]`), time.Second, "", reference.InProgress, "1 0 0 0", "InProgress"},
	{"away and missed", shell("true", `"InstanceIds":["${node.returning}"]`), 4 * time.Second, "", reference.Delayed, "1 0 0 0", "Delayed"},
	{"back again", shell("true", `"InstanceIds":["${node.returning}"]`), 47 * time.Second, "", reference.Success, "1 1 0 0", "Success"},
	{"away to the end", shellFor("5", "sleep 60", `"InstanceIds":["i-0aaaaaaaaaaaaaaaa"],"TimeoutSeconds":30`), time.Minute, "",
		reference.DeliveryTimedOut, "1 1 0 1", "DeliveryTimedOut"},
	{"silent", shell("true", `"InstanceIds":["${node.silent}"]`), time.Hour, "", reference.InProgress, "1 0 0 0", "InProgress"},
	{"silent to the end", shell("true", `"InstanceIds":["${node.silent}"]`), 2 * time.Hour, "",
		reference.DeliveryTimedOut, "1 1 0 1", "DeliveryTimedOut"},
	{"failed beside unreached", shellFor("5", "exit 7", `"InstanceIds":["${node}","${node.offline}"],"TimeoutSeconds":30`),
		36 * time.Second, "", reference.Failed, "2 2 1 1", "Failed DeliveryTimedOut"},
	{"mixed ends", shell("true", `"InstanceIds":["${node}","${node.silent}"],"MaxErrors":"1"`), 2 * time.Hour, "", reference.Incomplete,
		"2 2 0 1", "Success DeliveryTimedOut"},
	{"other platform", shell("true", by("node.windows")), 3 * time.Second, "", reference.Failed, "1 1 0 0", "InvalidPlatform"},
	{"denied node", shell("true", by("node.denied")), 3 * time.Second, "", reference.Failed, "1 1 0 0", "AccessDenied"},
	{"undeliverable", shell("true", by("node.lost")), 3 * time.Second, "", reference.Failed, "1 1 0 0", "Undeliverable"},
	{"success beside undeliverable", shell("true", `"Targets":[{"Key":"InstanceIds","Values":["${node.windows}","${node}",`+
		`"${node.lost}"]}]`), 3 * time.Second, "", reference.Success, "3 3 0 0", "Success InvalidPlatform Undeliverable"},
	{"alarm", shell("sleep 90", two+`,"MaxConcurrency":"1","AlarmConfiguration":{"Alarms":[{"Name":"${alarm.trigger}"}]}`), 6 * time.Second,
		"", reference.FailedDueToAlarm, "2 2 0 0", "Terminated Terminated"},
	{"alarm after the end", shell("true", one+`,"AlarmConfiguration":{"Alarms":[{"Name":"${alarm.trigger}"}]}`), 6 * time.Second,
		"", reference.Success, "1 1 0 0", "Success"},
	{"alarm vanishes", shell("sleep 90", one+`,"AlarmConfiguration":{"Alarms":[{"Name":"${alarm.vanish}"}]}`), 6 * time.Second, "",
		reference.FailedDueToUnknownAlarmState, "1 1 0 0", "Terminated"},
	{"alarm vanishes, ignored", shell("sleep 90", one+`,"AlarmConfiguration":{"Alarms":[{"Name":"${alarm.vanish}"}],`+
		`"IgnorePollAlarmFailure":true}`), 91 * time.Second, "", reference.Success, "1 1 0 0", "Success"},
	{"cancelled running", shell("sleep 90", one), time.Second, "all", reference.Cancelled, "1 1 0 0", "Cancelled"},
	{"cancelled pending", shell("sleep 90", two+`,"MaxConcurrency":"1"`), time.Second, "all",
		reference.Cancelled, "2 2 0 0", "Cancelled Cancelled"},
	{"cancelled delayed", shell("true", by("node.offline")), time.Second, "all", reference.Cancelled, "1 1 0 0", "Cancelled"},
	{"cancelled before its targets are known", shell("true", tagged), 0, "all", reference.Cancelled, "0 0 0 0", ""},
	{"cancelled and silent", shell("true", `"InstanceIds":["${node.silent}"]`), time.Second, "all",
		reference.Cancelling, "1 0 0 0", "Cancelling"},
	{"some cancelled", shell("sleep 9", two), time.Second, `,"InstanceIds":["${node.2}"]`,
		reference.InProgress, "2 0 0 0", "InProgress Cancelled"},
	{"cancelled after the end", shell("exit 3", one), time.Minute, "all", reference.Failed, "1 1 1 0", "Failed"},
}

func TestEveryWayOfACommand(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, service.WithNode(service.Node{ID: "i-0bbbbbbbbbbbbbbbb", Tags: map[string]string{"stopped": "yes"}}),
				service.WithNode(service.Node{ID: "i-0aaaaaaaaaaaaaaaa", Online: true, Away: time.Hour}))
			id := a.send(way.members)
			sent := a.command(id)
			a.after(way.after)
			if way.cancel != "" {
				a.cancel(id, strings.TrimPrefix(way.cancel, "all"))
				a.after(time.Second)
			}
			got := a.command(id)
			assert.Equal(t, string(way.command), got.StatusDetails)
			assert.Equal(t, string(reference.StatusOf(way.command)), got.Status)
			assert.Equal(t, way.counts, fmt.Sprint(got.TargetCount, got.CompletedCount, got.ErrorCount, got.DeliveryTimedOutCount))
			assert.Equal(t, way.invocations, a.details(id))
			assert.Equal(t, sent.RequestedDateTime, got.RequestedDateTime)
			assert.Equal(t, sent.ExpiresAfter, got.ExpiresAfter)
			if reference.Terminal(way.command) {
				assert.Equal(t, got, a.after(100*time.Hour).command(id), "a terminal command stays as it is")
			}
		})
	}
}

func TestEveryStatusDetailsIsReached(t *testing.T) {
	t.Parallel()
	commands, invocations := map[string]bool{}, map[string]bool{}
	for _, way := range ways {
		commands[string(way.command)] = true
		for _, d := range strings.Fields(way.invocations) {
			invocations[d] = true
		}
	}
	for _, d := range reference.OfCommand.Details() {
		assert.True(t, commands[string(d)], "no command that is %s", d)
	}
	for _, d := range reference.OfInvocation.Details() {
		assert.True(t, invocations[string(d)] || d == reference.Cancelling, "no invocation that is %s", d)
	}
}

func TestTheInvocationAppearsShortlyAfterTheCommand(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	id := a.send(shell("printf 'out\\n'; printf 'err\\n' >&2; exit 7", one))
	get := func() reply {
		return ask(t, a, "GetCommandInvocation", `{"CommandId":"`+id+`","InstanceId":"`+a.bindings["node"]+`"}`)
	}
	assert.Equal(t, `{"__type":"InvocationDoesNotExist","Message":"Invocation not found for `+id+", "+a.bindings["node"]+`"}`, get().Raw)
	assert.Equal(t, `{"CommandInvocations":[]}`, ask(t, a, "ListCommandInvocations", `{"CommandId":"`+id+`"}`).Raw)
	a.after(100 * time.Millisecond)
	assert.Equal(t, `{"CloudWatchOutputConfig":{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false},`+
		`"CommandId":"`+id+`","Comment":"",`+
		`"DocumentName":"AWS-RunShellScript","DocumentVersion":"$DEFAULT","ExecutionEndDateTime":"","InstanceId":"`+a.bindings["node"]+`",`+
		`"PluginName":"aws:runShellScript","ResponseCode":-1,"StandardErrorContent":"","StandardErrorUrl":"",`+
		`"StandardOutputContent":"","StandardOutputUrl":"",`+
		`"Status":"InProgress","StatusDetails":"InProgress"}`, get().Raw)
	a.after(time.Second)
	assert.Equal(t, `{"CloudWatchOutputConfig":{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false},`+
		`"CommandId":"`+id+`","Comment":"",`+
		`"DocumentName":"AWS-RunShellScript","DocumentVersion":"$DEFAULT","ExecutionElapsedTime":"PT0.003S",`+
		`"ExecutionEndDateTime":"2026-11-23T12:00:00.240Z",`+
		`"ExecutionStartDateTime":"2026-11-23T12:00:00.240Z","InstanceId":"`+a.bindings["node"]+`",`+
		`"PluginName":"aws:runShellScript","ResponseCode":7,"StandardErrorContent":"err\nfailed to run commands: exit status 7",`+
		`"StandardErrorUrl":"",`+
		`"StandardOutputContent":"out\n","StandardOutputUrl":"","Status":"Failed","StatusDetails":"Failed"}`, get().Raw)
	assert.Equal(t, "out\n\n----------ERROR-------\nerr\nfailed to run commands: exit status 7",
		a.invocations(id)[0].CommandPlugins[0].Output)
}

func TestACancelledRunKeepsItsOutput(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	id := a.send(shell("echo before; sleep 90; echo after", one))
	a.after(time.Second)
	a.cancel(id, "")
	assert.Equal(t, "InProgress", a.details(id), "recorded: nothing is seen of it at first")
	assert.Equal(t, "Cancelling", a.after(200*time.Millisecond).details(id))
	assert.Equal(t, "Cancelling", a.command(id).Status)
	assert.Equal(t, "InProgress", a.invocations(id)[0].CommandPlugins[0].Status, "plugins have no Cancelling")
	got := a.after(time.Second).result(id, "node", "null")
	assert.Equal(t, "Cancelled", got.StatusDetails)
	assert.Equal(t, 137, got.ResponseCode)
	assert.Equal(t, "before\n", got.StandardOutputContent)
	assert.Empty(t, got.StandardErrorContent)
	assert.Equal(t, "PT1.01S", *got.ExecutionElapsedTime)
}

func TestAnExecutionTimeoutKillsTheRun(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	id := a.send(shellFor("5", "echo before; sleep 20; echo after", one))
	got := a.after(10*time.Second).result(id, "node", `"aws:runShellScript"`)
	assert.Equal(t, "TimedOut", got.Status)
	assert.Equal(t, 137, got.ResponseCode)
	assert.Equal(t, "before\n", got.StandardOutputContent)
	assert.Equal(t, "PT5S", *got.ExecutionElapsedTime)
}

func TestStepsOfADocumentAreItsPlugins(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	id := a.send(`"DocumentName":"${document.step}","OutputS3BucketName":"${bucket}","OutputS3KeyPrefix":"p",` +
		`"Parameters":{"commands":["echo a","sleep 10","false"]},` + one)
	a.after(5 * time.Second)
	assert.Equal(t, "InProgress", a.result(id, "node", `"first"`).Status)
	assert.Equal(t, "Pending", a.result(id, "node", `"second"`).Status)
	a.after(10 * time.Second)
	first := a.result(id, "node", `"first"`)
	assert.Equal(t, "Failed", first.Status)
	assert.Equal(t, 1, first.ResponseCode)
	assert.Equal(t, "https://s3.us-east-1.amazonaws.com/sendspec-output/p/"+id+"/"+a.bindings["node"]+"/awsrunShellScript/first/stdout",
		first.StandardOutputUrl)
	assert.Equal(t, "InProgress", a.result(id, "node", `"second"`).Status)
	whole := a.result(id, "node", "null")
	assert.Equal(t, []any{"InProgress", -1}, []any{whole.Status, whole.ResponseCode}, "without a name, of the invocation")
	a.after(10 * time.Second)
	whole = a.result(id, "node", "null")
	assert.Equal(t, []any{"Failed", 1, "", ""}, []any{whole.Status, whole.ResponseCode, whole.StandardOutputContent, whole.PluginName})
	plugins := a.invocations(id)[0].CommandPlugins
	require.Len(t, plugins, 2)
	assert.Equal(t, "first second", plugins[0].Name+" "+plugins[1].Name)
	assert.Equal(t, "p/"+id+"/"+a.bindings["node"]+"/awsrunShellScript", plugins[1].OutputS3KeyPrefix)
	got := ask(t, a, "GetCommandInvocation", `{"CommandId":"`+id+`","InstanceId":"`+a.bindings["node"]+`","PluginName":"third"}`)
	assert.Equal(t, `{"__type":"InvalidPluginName","Message":"Plugin third not found for invocation with command id `+id+
		" and instance id "+a.bindings["node"]+`"}`, got.Raw)
}

// Of a command that succeeded there is no ResponseCode of -1, which is what has not ended (evidence: output/no-PluginName).
func TestStepsThatSucceedHaveTheCodeOfSuccessTogether(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	id := a.send(`"DocumentName":"${document.step}","Parameters":{"commands":["echo a","sleep 2"]},` + one)
	a.after(10 * time.Second)
	whole := a.result(id, "node", "null")
	assert.Equal(t, []any{"Success", 0, ""}, []any{whole.Status, whole.ResponseCode, whole.StandardOutputContent})
}

func TestALateNodeIsDelayedFirst(t *testing.T) {
	t.Parallel()
	a := newAccount(t, service.WithNode(service.Node{ID: "i-0aaaaaaaaaaaaaaaa", Online: true, Late: 15 * time.Second}))
	id := a.send(shell("sleep 2", `"InstanceIds":["i-0aaaaaaaaaaaaaaaa"]`))
	assert.Equal(t, "Delayed", a.after(3*time.Second).details(id))
	assert.Equal(t, "Pending", a.command(id).Status)
	assert.Equal(t, "InProgress", a.after(13*time.Second).details(id))
	assert.Equal(t, "Success", a.after(3*time.Second).details(id))
}

func TestHeldInvocationsFollowOneAnother(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	id := a.send(shell("sleep 10", `"InstanceIds":["${node}","${node.2}","${node.3}"],"MaxConcurrency":"34%"`))
	for i, want := range []string{"InProgress Pending Pending", "Success InProgress Pending",
		"Success Success InProgress", "Success Success Success"} {
		a.clock.Set(noon.Add(time.Duration(i)*10500*time.Millisecond + 2*time.Second))
		assert.Equal(t, want, a.details(id))
	}
	assert.Equal(t, "Success", a.command(id).Status)
}

func TestAScaledClockSpeedsEachCommandUpFromItsRequest(t *testing.T) {
	t.Parallel()
	a := newAccount(t, service.WithClockScale(3600))
	for range 2 {
		id := a.send(shell("true", `"InstanceIds":["${node.silent}"]`))
		sent := a.command(id)
		assert.InDelta(t, float64(a.clock.Now().UnixMilli())/1000, sent.RequestedDateTime, 0.001)
		assert.Equal(t, "InProgress", a.after(1900*time.Millisecond).command(id).Status)
		assert.Equal(t, "TimedOut", a.after(200*time.Millisecond).command(id).Status)
	}
}

func TestNoLongStepPassesAStatus(t *testing.T) {
	t.Parallel()
	a := newAccount(t, service.WithClockScale(3600), service.WithLongestStep(10*time.Second))
	id := a.send(shell("sleep 15", one))
	var seen []string
	for range 3 {
		seen = append(seen, a.after(time.Hour).details(id)) // on a machine that pauses between two looks
	}
	assert.Equal(t, []string{"InProgress", "Success", "Success"}, seen)
	began := a.clock.Now()
	id = a.send(shell("sleep 15", one))
	assert.Equal(t, "InProgress", a.after(time.Millisecond).details(id), "3.6 s: a short step is not cut")
	assert.Equal(t, "InProgress", a.after(2*time.Millisecond).details(id), "10.8 s")
	assert.Equal(t, "Success", a.after(2*time.Millisecond).details(id), "18 s")
	assert.Equal(t, 5*time.Millisecond, a.clock.Now().Sub(began))
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	const unknown = "00000000-0000-4000-8000-999000999000"
	id := a.send(shell("true", one))
	a.after(time.Minute)
	for _, tc := range []struct{ operation, request, want string }{
		{"ListCommands", `{"CommandId":"` + unknown + `"}`, `{"Commands":[]}`},
		{"ListCommands", `{"InstanceId":"i-00000000000000000"}`, `{"Commands":[]}`},
		{"ListCommandInvocations", `{"CommandId":"` + unknown + `","Details":true}`, `{"CommandInvocations":[]}`},
		{"ListCommandInvocations", `{"CommandId":"` + id + `","InstanceId":"${node.2}"}`, `{"CommandInvocations":[]}`},
		{"CancelCommand", `{"CommandId":"` + unknown + `"}`,
			`{"__type":"InvalidCommandId","Message":"Command id ` + unknown + ` does not exist."}`},
		{"CancelCommand", `{"CommandId":"` + id + `","InstanceIds":["${node}","${node}"]}`, `{"__type":"DuplicateInstanceId"}`},
		{"CancelCommand", `{"CommandId":"` + id + `","InstanceIds":["${node.2}"]}`,
			`{"__type":"InvalidInstanceId","Message":"Instances not in a valid state for account"}`},
		{"GetCommandInvocation", `{"CommandId":"` + id + `","InstanceId":"${node.2}"}`,
			`{"__type":"InvocationDoesNotExist","Message":"Invocation not found for ` + id + `, ${node.2}"}`},
		{"GetCommandInvocation", `{"CommandId":"` + unknown + `","InstanceId":"${node}"}`,
			`{"__type":"InvocationDoesNotExist","Message":"Invocation not found for ` + unknown + `, ${node}"}`},
		{"ListCommands", `{"NextToken":"x"}`, `{"__type":"InvalidNextToken"}`},
		{"ListCommandInvocations", `{"Filters":[{"key":"ExecutionStage","value":"Complete"}]}`, `{"__type":"InvalidFilterKey"}`},
	} {
		got := ask(t, a, tc.operation, bind(t, tc.request, a.bindings))
		assert.Equal(t, bind(t, tc.want, a.bindings), got.Raw, tc.request)
	}
	got := ask(t, a, "ListCommands", `{"Filters":[{"key":"Nonsense","value":"x"}]}`)
	assert.Equal(t, "ValidationException", got.Type, "the model's enum comes first")
}
