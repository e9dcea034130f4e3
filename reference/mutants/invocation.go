package mutants

import (
	"time"

	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	shownSource   = "evidence: calls/GetCommandInvocation-members"
	runningSource = "evidence: status/running; ResponseCode -1, ExecutionEndDateTime \"\", no start nor elapsed time while it runs"
	exitSource    = "evidence: status/failed; exit 7"
	runShell      = "evidence: output/schema-1.2-plugin; one invocation plugin, named aws:runShellScript"
)

// invocationMutants are the ways in which the members of an invocation go wrong.
func invocationMutants() []Mutant {
	const (
		members = "lifecycle/ListCommandInvocations/members lifecycle/GetCommandInvocation/members"
		code    = "execution/Failed/response-code"
		times   = "execution/Success/times"
		stopped = "execution/Cancelled/response-code execution/ExecutionTimedOut/response-code"
		start   = "ExecutionStartDateTime"
		elapsed = "ExecutionElapsedTime"
		end     = "ExecutionEndDateTime"

		timesInvariant = "execution/Success execution/DeliveryTimedOut invariant/Invocation/times"
		addr           = "StandardOutputUrl"
		addrErrs       = "StandardErrorUrl"
	)
	unprefixed := func(s string) string { return strings.TrimPrefix(s, "aws:") }
	fixed := func(s string) func(string) string { return func(string) string { return s } }
	return []Mutant{
		{"invocation/empty-left-out", "Invocations leave out what is empty", shownSource, Must,
			"lifecycle/ListCommandInvocations/members lifecycle/GetCommandInvocation/no-urls execution/InProgress", shown(withoutEmpty)},
		{"invocation/false-left-out", "Invocations leave out CloudWatchOutputEnabled where it is false", shownSource, Must, members,
			shown(each(withoutFalse, "CloudWatchOutputConfig"))},
		{"invocation/comment-lost", "Invocations show no Comment", shownSource, Must, members, shown(put("Comment", `""`))},
		{"invocation/name-as-arn", "Invocations show the ARN of the document in the place of its name", shownSource, Must, members,
			shown(documentARN)},
		{"invocation/version-resolved", "Invocations show the number of the version in the place of $DEFAULT", asSubmitted, Must,
			members, shown(resolved("$DEFAULT"))},
		{"invocation/id-in-capitals", "Invocations write CommandId in capitals", shownSource, Must,
			"lifecycle/ListCommandInvocations/members lifecycle/GetCommandInvocation", shown(texts(strings.ToUpper, "CommandId"))},
		{"invocation/requested-as-text", "RequestedDateTime of an invocation is a text", "evidence: shape/timestamps",
			Must, "lifecycle/ListCommandInvocations/requested-date-time",
			shown(each(func(v *jsontree.Value) { *v = text("2026-11-24T00:00:00Z") }, "RequestedDateTime"))},
		{"invocation/sent-as-status", "An invocation has the Status Sent before its node has taken it", "model: CommandInvocationStatus",
			Must,
			"lifecycle/ListCommandInvocations/status lifecycle/GetCommandInvocation/right-after-send execution/MaxConcurrency/one-waits",
			shown(when(has("Status", "Pending"), put("Status", `"Sent"`)))},
		{"invocation/plugin-name-short", "PluginName of AWS-RunShellScript is runShellScript", runShell, Must,
			"lifecycle/GetCommandInvocation/plugin-and-node", got(texts(unprefixed, "PluginName"))},
		{"invocation/urls-without-bucket", "An invocation has URLs of output without a bucket", shownSource, Must,
			"lifecycle/GetCommandInvocation/no-urls", shown(func(_ *call, i *jsontree.Value) {
				each(func(v *jsontree.Value) {
					if v.Text == "" {
						v.Text = "https://s3.us-east-1.amazonaws.com//" + member(i, "CommandId")
					}
				}, addr, addrErrs)(nil, i)
			})},
		{"invocation/urls-without-command", "The URLs of output name neither command nor node",
			"evidence: output/plugin", Should, "execution/Output/s3-urls",
			shown(func(_ *call, i *jsontree.Value) {
				texts(func(s string) string {
					before, _, _ := strings.Cut(s, "/"+member(i, "CommandId"))
					return before
				}, addr, addrErrs)(nil, i)
			})},
		{"invocation/zero-while-running", "ResponseCode is 0 while a script runs", runningSource, Must,
			"execution/InProgress execution/DeliveryTimedOut", coded(codes(func(n int64) int64 { return max(0, n) }))},
		{"invocation/zero-for-failure", "ResponseCode is 0 for every exit code", exitSource, Must, code,
			coded(codes(func(n int64) int64 { return min(0, n) }))},
		{"invocation/one-for-failure", "ResponseCode is 1 for every failure", exitSource, Must, code + " execution/Steps",
			coded(when(has("Status", "Failed"), codes(func(n int64) int64 { return min(1, n) })))},
		{"invocation/signed-code", "ResponseCode of 128 and above is negative, as of a signed byte",
			"evidence: status/execution-timeout, status/cancelled; ResponseCode 137", Must, code + " " + stopped,
			coded(codes(func(n int64) int64 { return int64(int8(n)) }))},
		{"invocation/minus-one-at-the-end", "ResponseCode stays -1 after a success", shownSource, Must,
			"execution/Success/response-code", coded(when(has("Status", "Success"), put("ResponseCode", "-1")))},
		{"invocation/killed-as-minus-one", "ResponseCode of a script that was stopped is -1", timeoutSource, Must, stopped,
			coded(when(some("ResponseCode", number64(137)), put("ResponseCode", "-1")))},
		{"invocation/terminated-as-one", "ResponseCode of a node that was Terminated is 1",
			"evidence: alarms/fires-later; Terminated, ResponseCode -1, no output", Should,
			"execution/MaxErrors/terminated-response-code", plugins(when(has("StatusDetails", "Terminated"), put("ResponseCode", "1")))},
		{"invocation/times-lost", "An invocation that has ended has no Execution times", shownSource, Must, times,
			got(drop(start, elapsed), put(end, `""`))},
		{"invocation/end-exact", "ExecutionEndDateTime is the start and all that elapsed, with its milliseconds",
			"evidence: output/end-time", Should, timesInvariant, got(when(ended, endAfter(500*time.Millisecond)))},
		{"invocation/end-late", "ExecutionEndDateTime is when the answer came, two seconds later", "evidence: output/end-time", Must,
			timesInvariant, got(when(ended, endAfter(2*time.Second)))},
		{"invocation/pending-began", "An invocation that waits for its node has an ExecutionStartDateTime", runningSource, Must,
			timesInvariant,
			got(when(has("Status", "Pending"), put("ExecutionStartDateTime", `"2026-11-24T00:00:00.000Z"`)))},
		{"invocation/pending-elapsed", "An invocation that waits for its node has taken PT0S", runningSource, Must,
			timesInvariant, got(when(has("Status", "Pending"), put("ExecutionElapsedTime", `"PT0S"`)))},
		{"invocation/details-lost", "GetCommandInvocation has no StatusDetails", shownSource, Must,
			"execution/Success invariant/Invocation/status",
			got(drop("StatusDetails"))},
		{"invocation/times-without-zone", "The Execution times have no Z", shownSource, Must, times,
			got(texts(func(s string) string { return strings.TrimSuffix(s, "Z") }, start, end))},
		{"invocation/elapsed-in-clock", "ExecutionElapsedTime is written 0:00:05", shownSource, Must, times,
			got(texts(fixed("0:00:05"), elapsed))},
		{"invocation/elapsed-fixed", "ExecutionElapsedTime is always PT5M", shownSource, Should, "execution/ExecutionTimedOut/elapsed",
			got(texts(fixed("PT5M"), elapsed))},
		{"invocation/started-while-running", "An invocation that runs has a start and a length, and its end is the time of the call",
			runningSource, Must, "execution/InProgress/no-times", got(when(has("Status", "InProgress"),
				put(start, `"2026-11-24T00:00:00.000Z"`, elapsed, `"PT1S"`, end, `"2026-11-24T00:00:01.000Z"`)))},
	}
}

// coded changes ResponseCode, in plugins too.
func coded(e edit) answer { return shown(withPlugins(when(has("ResponseCode"), e))) }

func codes(change func(n int64) int64) edit {
	return count("ResponseCode", func(v *jsontree.Value) int64 { return change(number(v, "ResponseCode")) })
}

// endAfter shows an end so much later than it was.
func endAfter(d time.Duration) edit {
	return func(_ *call, v *jsontree.Value) {
		if end, err := time.Parse(time.RFC3339Nano, member(v, "ExecutionEndDateTime")); err == nil {
			set(v, "ExecutionEndDateTime", text(end.Add(d).Format("2006-01-02T15:04:05.000Z")))
		}
	}
}
