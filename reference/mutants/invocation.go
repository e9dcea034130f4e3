package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyInvocation Family = "invocation"

const (
	shownSource    = "recorded/managed-execution.jsonl, success-invocation-4 and failure-invocation-0"
	runningSource  = "facts.md section 4: ResponseCode -1, ExecutionEndDateTime \"\", no start nor elapsed time while it runs"
	pluginSource   = "recorded/alarms.jsonl, OK-ignore-False-invocations; recorded/managed-execution.jsonl, success-plugins"
	missingSource  = "facts.md section 3: InvocationDoesNotExist, Invocation not found for <cmd>, <inst>"
	outputSource   = "facts.md section 4: stdout 24000 characters, stderr 8000, CommandPlugin.Output 2500"
	allStepsSource = "facts.md section 7: GetCommandInvocation without PluginName on a document of several steps"
	stepsSource    = "run-command-notes.md, Documents: the step's name is the plugin name"
)

// invocations are the ways in which GetCommandInvocation and ListCommandInvocations go wrong.
func invocations() []Mutant {
	return slices.Concat(invocationMembers(), outputs(), lookups(), plugins())
}

// invocationMembers are about the members of an invocation.
func invocationMembers() []Mutant {
	return lifeMutants(familyInvocation, []lifeFlaw{
		{what: "empty-left-out", wrong: "Invocations leave out what is empty", source: shownSource, plant: stateless(showing(withoutEmpty)),
			expect: []string{"lifecycle/ListCommandInvocations/members", "lifecycle/GetCommandInvocation/no-urls", "execution/InProgress"}},
		{what: "false-left-out", wrong: "Invocations leave out CloudWatchOutputEnabled where it is false", source: shownSource, plant: stateless(showing(func(i *jsontree.Value) { withoutFalse(i.Get("CloudWatchOutputConfig")) })),
			expect: []string{"lifecycle/ListCommandInvocations/members", "lifecycle/GetCommandInvocation/members"}},
		{what: "comment-lost", wrong: "Invocations show no Comment", source: shownSource, plant: stateless(showing(func(i *jsontree.Value) { set(i, "Comment", text("")) })),
			expect: []string{"lifecycle/ListCommandInvocations/members", "lifecycle/GetCommandInvocation/members"}},
		{what: "name-as-arn", wrong: "Invocations show the ARN of the document in the place of its name", source: shownSource, plant: stateless(showing(documentARN)),
			expect: []string{"lifecycle/ListCommandInvocations/members", "lifecycle/GetCommandInvocation/members"}},
		{what: "version-resolved", wrong: "Invocations show the number of the version in the place of $DEFAULT", source: "run-command-notes.md, Documents: the selector as submitted is what is shown", plant: stateless(showing(func(i *jsontree.Value) {
			if member(i, "DocumentVersion") == "$DEFAULT" {
				set(i, "DocumentVersion", text("1"))
			}
		})), expect: []string{"lifecycle/ListCommandInvocations/members", "lifecycle/GetCommandInvocation/members"}},
		{what: "id-in-capitals", wrong: "Invocations write CommandId in capitals", source: shownSource, plant: stateless(showing(func(i *jsontree.Value) {
			set(i, "CommandId", text(strings.ToUpper(member(i, "CommandId"))))
		})), expect: []string{"lifecycle/ListCommandInvocations/members", "lifecycle/GetCommandInvocation"}},
		{what: "requested-as-text", wrong: "RequestedDateTime of an invocation is a text", source: "facts.md section 1: DateTime is epoch seconds", plant: stateless(showing(func(i *jsontree.Value) {
			if i.Get("RequestedDateTime") != nil {
				set(i, "RequestedDateTime", text("2026-11-24T00:00:00Z"))
			}
		})), expect: []string{"lifecycle/ListCommandInvocations/requested-date-time"}},
		{what: "sent-as-status", wrong: "An invocation has the Status Sent before its node has taken it", source: "model: CommandInvocationStatus", plant: stateless(showing(func(i *jsontree.Value) {
			if member(i, "Status") == "Pending" {
				set(i, "Status", text("Sent"))
			}
		})), expect: []string{"lifecycle/ListCommandInvocations/status", "lifecycle/GetCommandInvocation/right-after-send", "execution/MaxConcurrency/one-waits"}},
		{what: "plugin-name-short", wrong: "PluginName of AWS-RunShellScript is runShellScript", source: "run-command-notes.md, Documents: one invocation plugin, named aws:runShellScript", plant: stateless(getting(func(i *jsontree.Value) {
			set(i, "PluginName", text(strings.TrimPrefix(member(i, "PluginName"), "aws:")))
		})), expect: []string{"lifecycle/GetCommandInvocation/plugin-and-node"}},
		{what: "urls-without-bucket", wrong: "An invocation has URLs of output without a bucket", source: shownSource, plant: stateless(showing(func(i *jsontree.Value) {
			for _, name := range []string{"StandardOutputUrl", "StandardErrorUrl"} {
				if i.Get(name) != nil && member(i, name) == "" {
					set(i, name, text("https://s3.us-east-1.amazonaws.com//"+member(i, "CommandId")))
				}
			}
		})), expect: []string{"lifecycle/GetCommandInvocation/no-urls"}},
		{what: "urls-without-command", wrong: "The URLs of output name neither command nor node", source: "recorded/managed-execution.jsonl, success-plugins", level: Should, plant: stateless(showing(func(i *jsontree.Value) {
			for _, name := range []string{"StandardOutputUrl", "StandardErrorUrl"} {
				if before, _, found := strings.Cut(member(i, name), "/"+member(i, "CommandId")); found {
					set(i, name, text(before))
				}
			}
		})), expect: []string{"execution/Output/s3-urls"}},
		{what: "zero-while-running", wrong: "ResponseCode is 0 while a script runs", source: runningSource, plant: stateless(coded(func(i *jsontree.Value) int64 {
			return max(0, number(i, "ResponseCode"))
		})), expect: []string{"execution/InProgress", "execution/DeliveryTimedOut"}},
		{what: "zero-for-failure", wrong: "ResponseCode is 0 whatever the script ended with", source: "facts.md section 4: exit 7", plant: stateless(coded(func(i *jsontree.Value) int64 {
			return min(0, number(i, "ResponseCode"))
		})), expect: []string{"execution/Failed/response-code"}},
		{what: "one-for-failure", wrong: "ResponseCode is 1 whatever a script failed with", source: "facts.md section 4: exit 7", plant: stateless(coded(func(i *jsontree.Value) int64 {
			if member(i, "Status") == "Failed" {
				return min(1, number(i, "ResponseCode"))
			}
			return number(i, "ResponseCode")
		})), expect: []string{"execution/Failed/response-code", "execution/Steps"}},
		{what: "signed-code", wrong: "ResponseCode of 128 and above is negative, as of a signed byte", source: "facts.md section 4: ResponseCode 137", plant: stateless(coded(func(i *jsontree.Value) int64 {
			return int64(int8(number(i, "ResponseCode")))
		})), expect: []string{"execution/Failed/response-code", "execution/Cancelled/response-code", "execution/ExecutionTimedOut/response-code"}},
		{what: "minus-one-at-the-end", wrong: "ResponseCode stays -1 after a success", source: shownSource, plant: stateless(coded(func(i *jsontree.Value) int64 {
			if member(i, "Status") == "Success" {
				return -1
			}
			return number(i, "ResponseCode")
		})), expect: []string{"execution/Success/response-code"}},
		{what: "killed-as-minus-one", wrong: "ResponseCode of a script that was stopped is -1", source: timeoutSource, plant: stateless(coded(func(i *jsontree.Value) int64 {
			if code := number(i, "ResponseCode"); code != 137 {
				return code
			}
			return -1
		})), expect: []string{"execution/Cancelled/response-code", "execution/ExecutionTimedOut/response-code"}},
		{what: "terminated-as-one", wrong: "ResponseCode of a node that was Terminated is 1", source: "run-command-notes.md, Alarms: Terminated, ResponseCode -1, no output", level: Should, plant: stateless(plugging(func(_, p *jsontree.Value) {
			if member(p, "StatusDetails") == "Terminated" {
				setNumber(p, "ResponseCode", 1)
			}
		})), expect: []string{"execution/MaxErrors/terminated-response-code"}},
		{what: "times-lost", wrong: "An invocation that has ended has no Execution times", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			remove(i, "ExecutionStartDateTime")
			remove(i, "ExecutionElapsedTime")
			set(i, "ExecutionEndDateTime", text(""))
		})), expect: []string{"execution/Success/times"}},
		{what: "times-in-epoch", wrong: "The Execution times are seconds since 1970", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			for _, name := range []string{"ExecutionStartDateTime", "ExecutionEndDateTime"} {
				if member(i, name) != "" {
					setNumber(i, name, 1795500000)
				}
			}
		})), expect: []string{"execution/Success/times"}},
		{what: "times-without-zone", wrong: "The Execution times have no Z", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			for _, name := range []string{"ExecutionStartDateTime", "ExecutionEndDateTime"} {
				if at := member(i, name); at != "" {
					set(i, name, text(strings.TrimSuffix(at, "Z")))
				}
			}
		})), expect: []string{"execution/Success/times"}},
		{what: "elapsed-in-clock", wrong: "ExecutionElapsedTime is written 0:00:05", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			if member(i, "ExecutionElapsedTime") != "" {
				set(i, "ExecutionElapsedTime", text("0:00:05"))
			}
		})), expect: []string{"execution/Success/times"}},
		{what: "elapsed-fixed", wrong: "ExecutionElapsedTime is always PT5M", source: shownSource, level: Should, plant: stateless(getting(func(i *jsontree.Value) {
			if member(i, "ExecutionElapsedTime") != "" {
				set(i, "ExecutionElapsedTime", text("PT5M"))
			}
		})), expect: []string{"execution/ExecutionTimedOut/elapsed"}},
		{what: "started-while-running", wrong: "An invocation that runs has a start and a length, and its end is the time of the call", source: runningSource, plant: stateless(getting(func(i *jsontree.Value) {
			if member(i, "Status") == "InProgress" {
				set(i, "ExecutionStartDateTime", text("2026-11-24T00:00:00.000Z"))
				set(i, "ExecutionElapsedTime", text("PT1S"))
				set(i, "ExecutionEndDateTime", text("2026-11-24T00:00:01.000Z"))
			}
		})), expect: []string{"execution/InProgress/no-times"}},
	})
}

// coded changes ResponseCode, in plugins too.
func coded(code func(i *jsontree.Value) int64) defect {
	change := func(v *jsontree.Value) {
		if v.Get("ResponseCode") != nil {
			setNumber(v, "ResponseCode", code(v))
		}
	}
	return showing(func(i *jsontree.Value) {
		change(i)
		if list := i.Get("CommandPlugins"); list != nil {
			for k := range list.Items {
				change(&list.Items[k])
			}
		}
	})
}
