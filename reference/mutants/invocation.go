package mutants

import (
	"slices"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyInvocation Family = "invocation"

const (
	shownSource   = "recorded/managed-execution.jsonl, success-invocation-4 and failure-invocation-0"
	runningSource = "facts.md section 4: ResponseCode -1, ExecutionEndDateTime \"\", no start nor elapsed time while it runs"
	pluginSource  = "recorded/alarms.jsonl, OK-ignore-False-invocations; recorded/managed-execution.jsonl, success-plugins"
	missingSource = "facts.md section 3: InvocationDoesNotExist, Invocation not found for <cmd>, <inst>"
	outputSource  = "facts.md section 4: stdout 24000 characters, stderr 8000, CommandPlugin.Output 2500"
	stepsSource   = "run-command-notes.md, Documents: the step's name is the plugin name"
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

// lookups are about which invocation is found, and what is answered where there is none.
func lookups() []Mutant {
	return lifeMutants(familyInvocation, []lifeFlaw{
		{what: "unknown-as-command", wrong: "GetCommandInvocation of what does not exist is InvalidCommandId", source: missingSource, plant: stateless(missing(func(r *reply, _ *call) { r.refuse("InvalidCommandId", "") })),
			expect: []string{"lifecycle/GetCommandInvocation", "lifecycle/NoInstancesInTag/get-invocation", "lifecycle/Constraint.InstanceId/good-form"}},
		{what: "unknown-text", wrong: "The text of InvocationDoesNotExist is that of a client", source: missingSource, level: Should, plant: stateless(missing(func(r *reply, _ *call) {
			r.refuse("InvocationDoesNotExist", "An error occurred (InvocationDoesNotExist) when calling the GetCommandInvocation operation")
		})), expect: []string{"lifecycle/GetCommandInvocation/unknown-command-text"}},
		{what: "unknown-as-null", wrong: "GetCommandInvocation of what does not exist answers null", source: missingSource, plant: stateless(missing(func(r *reply, _ *call) { r.become(200, "null") })),
			expect: []string{"lifecycle/GetCommandInvocation"}},
		{what: "unknown-as-404", wrong: "InvocationDoesNotExist has the status 404", source: "facts.md section 3: HTTP 400 for all client errors", plant: stateless(missing(func(r *reply, _ *call) { r.status = 404 })),
			expect: []string{"lifecycle/GetCommandInvocation"}},
		{what: "another-node", wrong: "GetCommandInvocation finds an invocation for any node", source: missingSource, plant: stateless(anotherNode), expect: []string{"lifecycle/GetCommandInvocation/another-node"}},
		{what: "no-target-node", wrong: "GetCommandInvocation makes an invocation of a command without a node", source: missingSource, plant: stateless(noTargetNode), expect: []string{"lifecycle/NoInstancesInTag/get-invocation"}},
		{what: "list-unknown-refused", wrong: "ListCommandInvocations of an unknown command is InvalidCommandId", source: "facts.md section 4: {\"CommandInvocations\":[]} of an unknown id",
			plant: stateless(emptyRefused(reference.ListCommandInvocations, "InvalidCommandId")), expect: []string{"lifecycle/ListCommandInvocations/unknown-command"}},
		{what: "early-refused", wrong: "ListCommandInvocations refuses a command whose invocations are not there yet", source: "facts.md section 4: an empty list of a fresh id", plant: stateless(earlyRefused),
			expect: []string{"lifecycle/ListCommandInvocations/right-after-send", "lifecycle/NoInstancesInTag/no-invocation"}},
		{what: "one-lost", wrong: "ListCommandInvocations leaves out the last of several that have ended", source: "recorded/alarms.jsonl, revoke-active-1", plant: stateless(oneLost),
			expect: []string{"execution/Success/two-nodes"}},
		{what: "node-of-the-first", wrong: "All invocations of a command show the same node", source: "recorded/alarms.jsonl, revoke-active-1", plant: stateless(sameNode),
			expect: []string{"lifecycle/ListCommandInvocations/one-per-node", "execution/Targets/tag"}},
		{what: "cached-by-command", wrong: "GetCommandInvocation of an ended invocation answers what was answered for another node of the command", source: missingSource, plant: cachedBy("CommandId"),
			expect: []string{"execution/Cancelled/some"}},
		{what: "cached-without-plugin", wrong: "GetCommandInvocation answers what was answered for another PluginName of the invocation", source: stepsSource, plant: cachedBy("CommandId", "InstanceId"),
			expect: []string{"execution/Steps/one-then-the-other"}},
		{what: "read-once", wrong: "An invocation that has ended is gone when it has been read", source: "facts.md section 4: history 30 days", plant: readOnce, expect: []string{"execution/Success/asked-again"}},
		{what: "plugin-name-ignored", wrong: "GetCommandInvocation ignores PluginName", source: "facts.md section 3: InvalidPluginName", plant: stateless(asking(reference.GetCommandInvocation, func(t *jsontree.Value) { remove(t, "PluginName") })),
			expect: []string{"lifecycle/GetCommandInvocation/unknown-plugin", "execution/Steps"}},
		{what: "unknown-plugin-as-missing", wrong: "An unknown PluginName is InvocationDoesNotExist", source: "facts.md section 3: InvalidPluginName", plant: stateless(func(c *call, p *planted) *reply {
			r := p.ask(c)
			if member(r.tree(), "__type") == "InvalidPluginName" {
				r.refuse("InvocationDoesNotExist", "")
			}
			return r
		}), expect: []string{"lifecycle/GetCommandInvocation/unknown-plugin", "execution/Steps/unknown-step"}},
		{what: "plugin-by-action", wrong: "PluginName of a step is compared with its action", source: stepsSource, plant: stateless(pluginByAction), expect: []string{"execution/Steps/unknown-step", "execution/Steps/get-step"}},
		{what: "named-plugin-refused", wrong: "PluginName must be a step of schema 2: aws:runShellScript is refused", source: "run-command-notes.md, Documents: one invocation plugin, named aws:runShellScript", plant: stateless(func(c *call, p *planted) *reply {
			r := p.ask(c)
			if strings.HasPrefix(member(c.tree, "PluginName"), "aws:") && r.ok() {
				r.refuse("InvalidPluginName", "")
			}
			return r
		}), expect: []string{"lifecycle/GetCommandInvocation/named-plugin"}},
		{what: "plugin-name-needed", wrong: "A document of the account needs a PluginName even with one step", source: "API_GetCommandInvocation, PluginName: required with more than one step", plant: stateless(pluginNameNeeded),
			expect: []string{"execution/Steps/own-document"}},
	})
}

// cachedBy keeps the answers about ended invocations by these members of the request.
func cachedBy(names ...string) func() defect {
	return func() defect {
		kept := &memory[[]byte]{}
		return func(c *call, p *planted) *reply {
			r := p.ask(c)
			if c.operation != reference.GetCommandInvocation || !r.ok() {
				return r
			}
			key := ""
			for _, name := range names {
				key += member(c.tree, name) + " "
			}
			if body := kept.get(key); body != nil {
				return r.become(r.status, string(body))
			}
			if ended(r.tree()) {
				kept.put(key, r.body)
			}
			return r
		}
	}
}

func readOnce() defect {
	read := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.operation != reference.GetCommandInvocation || !r.ok() || !ended(r.tree()) {
			return r
		}
		key := member(c.tree, "CommandId") + " " + member(c.tree, "InstanceId")
		if read.get(key) {
			return r.refuse("InvocationDoesNotExist", "")
		}
		read.put(key, true)
		return r
	}
}

func missing(answer func(r *reply, c *call)) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if member(r.tree(), "__type") == "InvocationDoesNotExist" {
			answer(r, c)
		}
		return r
	}
}

func anotherNode(c *call, p *planted) *reply {
	r := p.ask(c)
	if member(r.tree(), "__type") != "InvocationDoesNotExist" {
		return r
	}
	all := p.invocationsOf(c, member(c.tree, "CommandId"))
	if len(all) == 0 {
		return r
	}
	asked := member(c.tree, "InstanceId")
	set(c.tree, "InstanceId", text(member(&all[0], "InstanceId")))
	return p.askTree(c).edit(func(t *jsontree.Value) { set(t, "InstanceId", text(asked)) })
}

func noTargetNode(c *call, p *planted) *reply {
	r := p.ask(c)
	if member(r.tree(), "__type") != "InvocationDoesNotExist" {
		return r
	}
	id := member(c.tree, "CommandId")
	if command := p.commandOf(c, id); command == nil || member(command, "StatusDetails") != "NoInstancesInTag" {
		return r
	}
	return r.become(200, `{"CommandId":"`+id+`","InstanceId":"`+member(c.tree, "InstanceId")+`","ResponseCode":0,"Status":"Success","StatusDetails":"Success"}`)
}

func earlyRefused(c *call, p *planted) *reply {
	r := p.ask(c)
	id := member(c.tree, "CommandId")
	if c.operation == reference.ListCommandInvocations && r.ok() && len(p.invocationsOf(c, id)) == 0 && p.commandOf(c, id) != nil {
		r.refuse("InvocationDoesNotExist", "")
	}
	return r
}

func oneLost(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommandInvocations {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) {
		if last := len(list.Items) - 1; last > 0 && ended(&list.Items[last]) {
			list.Items = list.Items[:last]
		}
	})
}

func sameNode(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommandInvocations || member(c.tree, "CommandId") == "" {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) {
		for i := range list.Items {
			set(&list.Items[i], "InstanceId", text(member(&list.Items[0], "InstanceId")))
		}
	})
}

func pluginByAction(c *call, p *planted) *reply {
	r := p.ask(c)
	if member(r.tree(), "__type") == "InvalidPluginName" && member(c.tree, "PluginName") == "aws:runShellScript" {
		remove(c.tree, "PluginName")
		return p.askTree(c)
	}
	return r
}

func pluginNameNeeded(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation == reference.GetCommandInvocation && r.ok() && member(c.tree, "PluginName") == "" && !strings.HasPrefix(member(r.tree(), "DocumentName"), "AWS-") {
		r.refuse("InvalidPluginName", "")
	}
	return r
}

// outputOfTheLast shows the output of the invocation that was asked for before.
func outputOfTheLast() defect {
	var mu sync.Mutex
	last := ""
	return getting(func(i *jsontree.Value) {
		mu.Lock()
		defer mu.Unlock()
		if now := member(i, "StandardOutputContent"); now != "" {
			set(i, "StandardOutputContent", text(last))
			last = now
		}
	})
}
