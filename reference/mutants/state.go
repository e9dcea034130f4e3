package mutants

import (
	"net/http"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const familyState Family = "state"

const (
	statusSource   = "facts.md section 4: StatusDetails terminal set; API_SendCommand, Response Structure: StatusDetails"
	terminalSource = "API_SendCommand, Response Structure: StatusDetails: This is a terminal state"
	cancelSource   = "facts.md section 4: CancelCommand returns {}; later Cancelled/Cancelled, ResponseCode 137, CompletedCount 1"
	timeoutSource  = "facts.md section 4: execution timeout TimedOut/ExecutionTimedOut with 137, delivery timeout TimedOut/DeliveryTimedOut with -1"
	noNodeSource   = "facts.md section 4: no matching tag: Success, NoInstancesInTag, counts 0, no invocations"
	alarmSource    = "run-command-notes.md, Alarms: FailedDueToAlarm, FailedDueToUnknownAlarmState; TriggeredAlarms holds name and state"
	detailsSource  = "monitor-commands.md, Understanding command statuses"
)

// states are the ways in which a status goes wrong.
func states() []Mutant {
	all := lifeMutants(familyState, []lifeFlaw{
		{what: "left-again", wrong: "A command that was seen to have ended is listed as InProgress once more", source: terminalSource, plant: leftAgain,
			expect: []string{"lifecycle/NoInstancesInTag/terminal", "execution/Success/terminal"}},
		{what: "pending-again", wrong: "A command that was listed as InProgress is listed as Pending once, as by a replica that lags", source: statusSource, plant: pendingAgain,
			expect: []string{"execution/Cancelled/command", "execution/Failed"}},
		{what: "frozen", wrong: "ListCommands shows the status that SendCommand answered for ever", source: statusSource, plant: stateless(listing(func(c *jsontree.Value) {
			set(c, "Status", text("Pending"))
			set(c, "StatusDetails", text("Pending"))
			resetCounts(c)
		})), expect: []string{"lifecycle/NoInstancesInTag/ends-in-success"}},
		{what: "no-in-progress", wrong: "Commands and invocations are Pending until they have ended", source: statusSource, plant: stateless(inBoth(relabel("InProgress", "Pending", "Pending"))),
			expect: []string{"execution/InProgress", "execution/DeliveryTimedOut/silent-in-progress"}},
		{what: "in-progress-spelt", wrong: "Status, not StatusDetails alone, is written In Progress", source: "model: CommandStatus, CommandInvocationStatus: InProgress", plant: stateless(inBoth(func(v *jsontree.Value) {
			if member(v, "Status") == "InProgress" {
				set(v, "Status", text("In Progress"))
			}
		})), expect: []string{"execution/InProgress"}},
		{what: "details-lag", wrong: "StatusDetails of a listed command is that of the answer before", source: statusSource, plant: lagging("StatusDetails"),
			expect: []string{"lifecycle/NoInstancesInTag/details", "execution/Success/command"}},
		{what: "status-lag", wrong: "Status of a listed command is that of the answer before, StatusDetails is not", source: statusSource, level: Should, plant: lagging("Status"),
			expect: []string{"execution/Success", "execution/Cancelled", "invariant/Command/status"}},
		{what: "details-of-command", wrong: "An invocation shows the Status and StatusDetails of its command", source: "facts.md section 4: each invocation has a Status of its own", plant: stateless(commandForInvocation),
			expect: []string{"execution/MixedEnds/invocations", "execution/ExecutionTimedOut/invocation"}},
		{what: "first-invocation", wrong: "A command shows the status of its first invocation", source: "recorded/alarms.jsonl, current-caller-policy-revoked-terminal-75", plant: stateless(firstInvocation),
			expect: []string{"execution/MixedEnds", "execution/MaxErrors"}},
		{what: "undelivered-for-ever", wrong: "A delivery never times out", source: timeoutSource, plant: stateless(inBoth(func(v *jsontree.Value) {
			if member(v, "StatusDetails") == "DeliveryTimedOut" {
				resetCountsOf(v)
				relabel("DeliveryTimedOut", "InProgress", "InProgress")(v)
			}
		})), expect: []string{"execution/DeliveryTimedOut"}},
		{what: "delivery-as-undeliverable", wrong: "A node that never took the command ends its invocation as Failed, Undeliverable", source: timeoutSource,
			plant: stateless(showing(relabel("DeliveryTimedOut", "Failed", "Undeliverable"))), expect: []string{"execution/DeliveryTimedOut"}},
		{what: "delivery-as-timed-out", wrong: "StatusDetails of a command is TimedOut where it is DeliveryTimedOut", source: timeoutSource,
			plant: stateless(listing(relabel("DeliveryTimedOut", "TimedOut", "TimedOut"))), expect: []string{"execution/DeliveryTimedOut"}},
		{what: "delayed-as-pending", wrong: "An invocation that waits for its node shows Pending where it is Delayed", source: detailsSource, level: Should,
			plant: stateless(showing(relabel("Delayed", "Pending", "Pending"))), expect: []string{"execution/DeliveryTimedOut/delayed"}},
		{what: "execution-as-failed", wrong: "A script that ran out of time ends its invocation as Failed", source: timeoutSource,
			plant: stateless(showing(relabel("ExecutionTimedOut", "Failed", "Failed"))), expect: []string{"execution/ExecutionTimedOut"}},
		{what: "execution-as-delivery", wrong: "A script that ran out of time ends its invocation as DeliveryTimedOut", source: timeoutSource,
			plant: stateless(showing(relabel("ExecutionTimedOut", "TimedOut", "DeliveryTimedOut"))), expect: []string{"execution/ExecutionTimedOut"}},
		{what: "execution-as-success", wrong: "A script that runs longer than executionTimeout succeeds", source: timeoutSource, plant: stateless(timeoutAsSuccess),
			expect: []string{"execution/ExecutionTimedOut"}},
		{what: "command-timed-out", wrong: "A command with MaxErrors 0 whose invocation ran out of time is TimedOut, ExecutionTimedOut",
			source: "facts.md section 4: execution timeout with MaxErrors 0: command Failed/Failed", plant: stateless(commandTimedOut), expect: []string{"execution/ExecutionTimedOut/command"}},
		{what: "short-timeout", wrong: "executionTimeout 2 ends a script after two seconds", source: "run-command-notes.md, Expiry: executionTimeout=2 is admitted but the agent falls back to 3600 s",
			plant: shortTimeout, expect: []string{"execution/Success/execution-timeout-2"}},
		{what: "no-node-for-ever", wrong: "A command without a node stays Pending", source: noNodeSource, plant: stateless(listing(relabel("NoInstancesInTag", "Pending", "Pending"))),
			expect: []string{"lifecycle/NoInstancesInTag"}},
		{what: "no-node-as-success", wrong: "StatusDetails of a command without a node is Success", source: noNodeSource, plant: stateless(listing(relabel("NoInstancesInTag", "Success", "Success"))),
			expect: []string{"lifecycle/NoInstancesInTag"}},
		{what: "no-node-as-failed", wrong: "A command without a node ends as Failed", source: noNodeSource, plant: stateless(listing(relabel("NoInstancesInTag", "Failed", "NoInstancesInTag"))),
			expect: []string{"lifecycle/NoInstancesInTag"}},
		{what: "no-node-at-once", wrong: "SendCommand answers Success, NoInstancesInTag for a target without a node", source: "run-command-notes.md, Admission: SendCommand answers Pending at once, also with zero targets",
			plant: stateless(sentWithoutNode), expect: []string{"lifecycle/NoInstancesInTag/pending-first", "execution/AccessDenied/admitted"}},
		{what: "undeliverable-as-failed", wrong: "StatusDetails of an invocation is Failed where it is Undeliverable", source: detailsSource, level: Should,
			plant: stateless(showing(relabel("Undeliverable", "Failed", "Failed"))), expect: []string{"execution/Undeliverable"}},
		{what: "undeliverable-as-success", wrong: "A command whose only node was Undeliverable succeeds", source: detailsSource, level: Should, plant: stateless(undeliverableAsSuccess),
			expect: []string{"execution/Undeliverable/command"}},
		{what: "access-denied-as-failed", wrong: "StatusDetails is Failed where it is AccessDenied", source: "facts.md section 4: group list denied: Failed/AccessDenied",
			plant: stateless(inBoth(relabel("AccessDenied", "Failed", "Failed"))), expect: []string{"execution/AccessDenied"}},
		{what: "rate-never-exceeded", wrong: "A command for more nodes than may be pending runs", source: detailsSource, expect: []string{"execution/RateExceeded"},
			build: func(base []service.Option) http.Handler {
				return service.New(append(base, service.WithPendingLimit(0))...)
			}},
		{what: "rate-exceeded-as-failed", wrong: "StatusDetails of a command is Failed where it is RateExceeded", source: detailsSource,
			plant: stateless(listing(relabel("RateExceeded", "Failed", "Failed"))), expect: []string{"execution/RateExceeded"}},
		{what: "invalid-platform-as-failed", wrong: "StatusDetails of an invocation is Failed where it is InvalidPlatform", source: detailsSource, level: Should,
			plant: stateless(showing(relabel("InvalidPlatform", "Failed", "Failed"))), expect: []string{"execution/InvalidPlatform"}},
		{what: "platform-unchecked", wrong: "A document for Windows succeeds on Linux", source: detailsSource, level: Should, plant: stateless(platformUnchecked),
			expect: []string{"execution/InvalidPlatform"}},
		{what: "failure-unread", wrong: "An invocation succeeds whatever code its script ended with", source: "facts.md section 4: exit 7: Failed/Failed", plant: stateless(showing(relabel("Failed", "Success", "Success"))),
			expect: []string{"execution/Failed"}},
		{what: "success-as-completed", wrong: "StatusDetails of an invocation that succeeded is Completed", source: statusSource, plant: stateless(showing(relabel("Success", "Success", "Completed"))),
			expect: []string{"execution/Success"}},
		{what: "incomplete-as-success", wrong: "A command whose failures MaxErrors allows succeeds", source: detailsSource,
			plant: stateless(listing(relabel("Incomplete", "Success", "Success"))), expect: []string{"execution/MaxErrors", "execution/MixedEnds"}},
		{what: "incomplete-as-failed", wrong: "A command whose failures MaxErrors allows is Failed", source: detailsSource,
			plant: stateless(listing(relabel("Incomplete", "Failed", "Failed"))), expect: []string{"execution/MaxErrors/incomplete", "execution/MixedEnds"}},
		{what: "failed-as-incomplete", wrong: "A command with more failures than MaxErrors allows is Incomplete", source: detailsSource,
			plant: stateless(listing(relabel("Failed", "Failed", "Incomplete"))), expect: []string{"execution/Failed/command", "execution/MaxErrors"}},
		{what: "terminated-as-failed", wrong: "StatusDetails of an invocation is Failed where it is Terminated", source: detailsSource,
			plant: stateless(showing(relabel("Terminated", "Failed", "Failed"))), expect: []string{"execution/MaxErrors", "execution/Alarms"}},
	})
	return append(all, append(cancellations(), alarms()...)...)
}

// inBoth changes commands and invocations.
func inBoth(change func(v *jsontree.Value)) defect {
	return func(c *call, p *planted) *reply {
		r := listing(change)(c, p)
		return r.editInvocations(c, change)
	}
}

func resetCountsOf(v *jsontree.Value) {
	if v.Get("TargetCount") != nil {
		resetCounts(v)
	}
}

func leftAgain() defect {
	seen := &memory[int]{}
	return listing(func(c *jsontree.Value) {
		id := member(c, "CommandId")
		if !ended(c) {
			return
		}
		seen.put(id, seen.get(id)+1)
		if seen.get(id) == 2 {
			set(c, "Status", text("InProgress"))
			set(c, "StatusDetails", text("InProgress"))
		}
	})
}

func pendingAgain() defect {
	seen := &memory[int]{}
	return listing(func(c *jsontree.Value) {
		id := member(c, "CommandId")
		if member(c, "Status") == "InProgress" {
			seen.put(id, seen.get(id)+1)
		} else if seen.get(id) > 0 {
			seen.put(id, seen.get(id)+2)
		}
		if n := seen.get(id); n == 2 || n == 3 {
			set(c, "Status", text("Pending"))
			set(c, "StatusDetails", text("Pending"))
			resetCounts(c)
			seen.put(id, 4)
		}
	})
}

// lagging shows a member of a listed command as it was in the answer before.
func lagging(name string) func() defect {
	return func() defect {
		before := &memory[string]{}
		return listing(func(c *jsontree.Value) {
			id, now := member(c, "CommandId"), member(c, name)
			if last := before.get(id); last != "" {
				set(c, name, text(last))
			} else if ended(c) {
				set(c, name, text("Pending"))
			}
			before.put(id, now)
		})
	}
}

func commandForInvocation(c *call, p *planted) *reply {
	return p.ask(c).editInvocations(c, func(i *jsontree.Value) {
		command := p.commandOf(c, member(i, "CommandId"))
		if command == nil || member(command, "Status") == "Pending" {
			return
		}
		set(i, "Status", text(member(command, "Status")))
		if details := member(command, "StatusDetails"); details != "Incomplete" && !strings.HasPrefix(details, "FailedDueTo") {
			set(i, "StatusDetails", text(details))
		}
	})
}

func firstInvocation(c *call, p *planted) *reply {
	return listing(func(command *jsontree.Value) {
		if all := p.invocationsOf(c, member(command, "CommandId")); len(all) > 1 {
			set(command, "Status", text(member(&all[0], "Status")))
			set(command, "StatusDetails", text(member(&all[0], "StatusDetails")))
		}
	})(c, p)
}

func timeoutAsSuccess(c *call, p *planted) *reply {
	r := listing(func(command *jsontree.Value) {
		if all := p.invocationsOf(c, member(command, "CommandId")); len(all) == 1 && member(&all[0], "StatusDetails") == "ExecutionTimedOut" {
			set(command, "Status", text("Success"))
			set(command, "StatusDetails", text("Success"))
			setNumber(command, "ErrorCount", 0)
		}
	})(c, p)
	return r.editInvocations(c, func(i *jsontree.Value) {
		if member(i, "StatusDetails") == "ExecutionTimedOut" && i.Get("ResponseCode") != nil {
			setNumber(i, "ResponseCode", 0)
		}
		relabel("ExecutionTimedOut", "Success", "Success")(i)
	})
}

func commandTimedOut(c *call, p *planted) *reply {
	return listing(func(command *jsontree.Value) {
		if member(command, "StatusDetails") != "Failed" {
			return
		}
		if all := p.invocationsOf(c, member(command, "CommandId")); len(all) > 0 && member(&all[0], "StatusDetails") == "ExecutionTimedOut" {
			set(command, "Status", text("TimedOut"))
			set(command, "StatusDetails", text("ExecutionTimedOut"))
		}
	})(c, p)
}

func shortTimeout() defect {
	short := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if v := c.tree().Pointer("/Parameters/executionTimeout/0"); v != nil && v.Text == "2" {
			return r.editCommands(func(command *jsontree.Value) { short.put(member(command, "CommandId"), true) })
		}
		return r.editInvocations(c, func(i *jsontree.Value) {
			if short.get(member(i, "CommandId")) {
				relabel("Success", "TimedOut", "ExecutionTimedOut")(i)
			}
		})
	}
}

func sentWithoutNode(c *call, p *planted) *reply {
	r := p.ask(c)
	if !c.is(reference.SendCommand) || c.tree().Pointer("/Targets/0") == nil {
		return r
	}
	return r.editCommands(func(command *jsontree.Value) {
		set(command, "Status", text("Success"))
		set(command, "StatusDetails", text("NoInstancesInTag"))
	})
}

func undeliverableAsSuccess(c *call, p *planted) *reply {
	return listing(func(command *jsontree.Value) {
		if all := p.invocationsOf(c, member(command, "CommandId")); len(all) == 1 && member(&all[0], "StatusDetails") == "Undeliverable" {
			set(command, "Status", text("Success"))
			set(command, "StatusDetails", text("Success"))
		}
	})(c, p)
}

func platformUnchecked(c *call, p *planted) *reply {
	r := listing(func(command *jsontree.Value) {
		if all := p.invocationsOf(c, member(command, "CommandId")); len(all) > 0 && member(&all[0], "StatusDetails") == "InvalidPlatform" {
			set(command, "Status", text("Success"))
			set(command, "StatusDetails", text("Success"))
		}
	})(c, p)
	return r.editInvocations(c, relabel("InvalidPlatform", "Success", "Success"))
}
