package mutants

import (
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const (
	statusSource   = "evidence: status/values; StatusDetails terminal set; API_SendCommand, Response Structure: StatusDetails"
	terminalSource = "API_SendCommand, Response Structure: StatusDetails: This is a terminal state"
	timeoutSource  = "evidence: status/execution-timeout; execution timeout TimedOut/ExecutionTimedOut with 137, " +
		"delivery timeout TimedOut/DeliveryTimedOut with -1"
	noNodeSource  = "evidence: targets/no-match; no matching tag: Success, NoInstancesInTag, counts 0, no invocations"
	lostSource    = "evidence: status/lost-node"
	phaseSource   = "evidence: status/phase"
	detailsSource = "monitor-commands.md, Understanding command statuses"
)

// stateMutants are the ways in which the state of commands and invocations goes wrong.
func stateMutants() []Mutant {
	const noNode, delivery, execution = "lifecycle/NoInstancesInTag", "execution/DeliveryTimedOut", "execution/ExecutionTimedOut"
	both := func(e edit) answer { return listedOrShown(e, e) }
	return []Mutant{
		{"state/left-again", "A command that was seen to have ended is listed as InProgress once more", terminalSource, Must,
			"lifecycle/NoInstancesInTag/terminal execution/Success/terminal", listed(when(ended, leftAgain))},
		{"state/cancelling-again", "A command that was seen to be Cancelling is listed as InProgress once more", statusSource, Must,
			"execution/Cancelled", listed(cancellingAgain)},
		{"state/silence-is-final", "A node that fell silent after it was sent a command is never heard of again: Failed, Undeliverable",
			phaseSource, Must, "execution/DeliveryTimedOut/returning-node",
			shown(when(has("InstanceId", demo("node.returning")), relabel("Success", "Failed", "Undeliverable")))},
		{"state/frozen", "ListCommands shows the status that SendCommand answered for ever", statusSource, Must,
			"lifecycle/NoInstancesInTag/ends-in-success", listed(state("Pending", "Pending"), uncounted)},
		{"state/no-in-progress", "Commands and invocations are Pending until they have ended", statusSource, Must,
			"execution/InProgress execution/DeliveryTimedOut/silent-in-progress", both(relabel("InProgress", "Pending", "Pending"))},
		{"state/in-progress-spelt", "Status, not StatusDetails alone, is written In Progress",
			"model: CommandStatus, CommandInvocationStatus: InProgress", Must, "execution/InProgress",
			both(when(has("Status", "InProgress"), put("Status", `"In Progress"`)))},
		{"state/details-spaced", "StatusDetails is written with spaces, as in the documents", "evidence: status/spelling", Should,
			"execution/InProgress invariant/Command/status invariant/Invocation/status",
			both(relabel("InProgress", "InProgress", "In Progress"))},
		{"state/details-lag", "StatusDetails of a listed command is that of the answer before", statusSource, Must,
			"lifecycle/NoInstancesInTag/details execution/Success/command", listed(lagging("StatusDetails"))},
		{"state/status-lag", "Status of a listed command is that of the answer before, StatusDetails is not", statusSource, Should,
			"execution/Success execution/Cancelled invariant/Command/status", listed(lagging("Status"))},
		{"state/details-of-command", "An invocation shows the Status and StatusDetails of its command",
			"evidence: status/mixed; each invocation has a Status of its own", Must,
			"execution/MixedEnds/invocations execution/ExecutionTimedOut/invocation", shown(commandForInvocation)},
		{"state/first-invocation", "A command shows the status of its first invocation",
			"evidence: status/not-before-all", Must, "execution/MixedEnds execution/MaxErrors",
			listed(firstInvocation)},
		{"state/undelivered-for-ever", "A delivery never times out", timeoutSource, Must, delivery,
			both(when(has("StatusDetails", "DeliveryTimedOut"), uncounted, relabel("DeliveryTimedOut", "InProgress", "InProgress")))},
		{"state/delivery-as-undeliverable", "A node that never took the command ends its invocation as Failed, Undeliverable",
			timeoutSource, Must, delivery, shown(relabel("DeliveryTimedOut", "Failed", "Undeliverable"))},
		{"state/delivery-as-timed-out", "StatusDetails of a command is TimedOut where it is DeliveryTimedOut", timeoutSource, Must,
			delivery, listed(relabel("DeliveryTimedOut", "TimedOut", "TimedOut"))},
		{"state/delayed-as-pending", "An invocation that waits for its node shows Pending where it is Delayed", detailsSource, Should,
			"execution/DeliveryTimedOut/delayed", shown(relabel("Delayed", "Pending", "Pending"))},
		{"state/execution-as-failed", "A script that ran out of time ends its invocation as Failed", timeoutSource, Must, execution,
			shown(relabel("ExecutionTimedOut", "Failed", "Failed"))},
		{"state/execution-as-delivery", "A script that ran out of time ends its invocation as DeliveryTimedOut", timeoutSource, Must,
			execution, shown(relabel("ExecutionTimedOut", "TimedOut", "DeliveryTimedOut"))},
		{"state/execution-as-success", "A script that runs longer than executionTimeout succeeds", timeoutSource, Must, execution,
			listedOrShown(whose("ExecutionTimedOut", succeed), when(has("StatusDetails", "ExecutionTimedOut"), succeed))},
		{"state/command-timed-out", "A command with MaxErrors 0 whose invocation ran out of time is TimedOut, ExecutionTimedOut",
			"evidence: status/execution-timeout", Must, "execution/ExecutionTimedOut/command",
			listed(when(has("StatusDetails", "Failed"), whose("ExecutionTimedOut", state("TimedOut", "ExecutionTimedOut"))))},
		{"state/short-timeout", "executionTimeout 2 ends a script after two seconds",
			"evidence: expiry/agent-minimum; executionTimeout=2 is admitted but the agent falls back to 3600 s", Must,
			"execution/Success/execution-timeout-2", answer(shortTimeout)},
		{"state/no-node-as-success", "StatusDetails of a command without a node is Success", noNodeSource, Must, noNode,
			listed(relabel("NoInstancesInTag", "Success", "Success"))},
		{"state/no-node-as-failed", "A command without a node ends as Failed", noNodeSource, Must, noNode,
			listed(relabel("NoInstancesInTag", "Failed", "NoInstancesInTag"))},
		{"state/no-node-at-once", "SendCommand answers Success, NoInstancesInTag for a target without a node",
			"evidence: targets/no-match; SendCommand answers Pending at once, also with zero targets", Must,
			"lifecycle/NoInstancesInTag/pending-first execution/AccessDenied/admitted",
			sent(when(targeted, state("Success", "NoInstancesInTag")))},
		{"state/stopped-is-lost", "A command to a node that EC2 has stopped is taken, and ends Undeliverable",
			"evidence: errors/InvalidInstanceId/stopped", Must, "error/InvalidInstanceId/stopped-node",
			with(service.WithNode(service.Node{ID: demo("node.stopped"), Online: true, Unreachable: true}))},
		{"state/lost-is-stopped", "A command to a node that has lost its connection is refused as one to a stopped node", lostSource, Must,
			"execution/Undeliverable/invocation", with(service.WithNode(service.Node{ID: demo("node.lost")}))},
		{"state/undeliverable-code", "ResponseCode of what could not be delivered is 0", lostSource, Must, "execution/Undeliverable/result",
			got(when(has("StatusDetails", "Undeliverable"), put("ResponseCode", "0")))},
		{"state/undeliverable-began", "What could not be delivered has an ExecutionStartDateTime", lostSource, Should,
			"execution/Undeliverable/result",
			got(when(has("StatusDetails", "Undeliverable"), put("ExecutionStartDateTime", `"2026-11-24T00:00:00.000Z"`)))},
		{"state/undeliverable-as-failed", "StatusDetails of an invocation is Failed where it is Undeliverable", detailsSource, Should,
			"execution/Undeliverable", shown(relabel("Undeliverable", "Failed", "Failed"))},
		{"state/undeliverable-as-success", "A command whose only node was Undeliverable succeeds", detailsSource, Should,
			"execution/Undeliverable/command", listed(whose("Undeliverable", state("Success", "Success")))},
		{"state/access-denied-as-failed", "StatusDetails is Failed where it is AccessDenied",
			"evidence: targets/denied-list; group list denied: Failed/AccessDenied", Must, "execution/AccessDenied",
			both(relabel("AccessDenied", "Failed", "Failed"))},
		{"state/rate-never-exceeded", "A command for more nodes than may be pending runs", detailsSource, Must, "execution/RateExceeded",
			with(service.WithPendingLimit(0))},
		{"state/rate-exceeded-as-failed", "StatusDetails of a command is Failed where it is RateExceeded", detailsSource, Must,
			"execution/RateExceeded", listed(relabel("RateExceeded", "Failed", "Failed"))},
		{"state/invalid-platform-as-failed", "StatusDetails of an invocation is Failed where it is InvalidPlatform", detailsSource,
			Should, "execution/InvalidPlatform", shown(relabel("InvalidPlatform", "Failed", "Failed"))},
		{"state/platform-unchecked", "A document for Windows succeeds on Linux", detailsSource, Should, "execution/InvalidPlatform",
			listedOrShown(whose("InvalidPlatform", state("Success", "Success")), relabel("InvalidPlatform", "Success", "Success"))},
		{"state/failure-unread", "An invocation succeeds with every exit code",
			"evidence: status/failed; exit 7: Failed/Failed", Must, "execution/Failed", shown(relabel("Failed", "Success", "Success"))},
		{"state/success-as-completed", "StatusDetails of an invocation that succeeded is Completed", statusSource, Must,
			"execution/Success", shown(relabel("Success", "Success", "Completed"))},
		{"state/incomplete-as-success", "A command whose failures MaxErrors allows succeeds", detailsSource, Must,
			"execution/MaxErrors execution/MixedEnds", listed(relabel("Incomplete", "Success", "Success"))},
		{"state/incomplete-as-failed", "A command whose failures MaxErrors allows is Failed", detailsSource, Must,
			"execution/MaxErrors/incomplete execution/MixedEnds", listed(relabel("Incomplete", "Failed", "Failed"))},
		{"state/failed-as-incomplete", "A command with more failures than MaxErrors allows is Incomplete", detailsSource, Must,
			"execution/Failed/command execution/MaxErrors", listed(relabel("Failed", "Failed", "Incomplete"))},
		{"state/terminated-as-failed", "StatusDetails of an invocation is Failed where it is Terminated", detailsSource, Must,
			"execution/MaxErrors execution/Alarms", shown(relabel("Terminated", "Failed", "Failed"))},
	}
}

func increment(n int) int { return n + 1 }

var targeted = has("Targets[]")

func leftAgain(c *call, command *jsontree.Value) {
	if update(c.server, member(command, "CommandId"), increment) == 1 {
		state("InProgress", "InProgress")(c, command)
	}
}

// cancellingAgain shows the second sight of a command that was Cancelling as InProgress.
func cancellingAgain(c *call, command *jsontree.Value) {
	cancelling := member(command, "Status") == "Cancelling"
	seen := update(c.server, member(command, "CommandId"), func(n int) int {
		if cancelling || n > 0 {
			n++
		}
		return n
	})
	if seen == 2 {
		state("InProgress", "InProgress")(c, command)
		uncounted(c, command)
	}
}

// lagging shows a member of a listed command as it was in the answer before.
func lagging(name string) edit {
	return func(c *call, command *jsontree.Value) {
		if last := remember(c.server, member(command, "CommandId"), member(command, name)); last != "" {
			set(command, name, text(last))
		} else if ended(command) {
			set(command, name, text("Pending"))
		}
	}
}

func commandForInvocation(c *call, i *jsontree.Value) {
	command := c.command(member(i, "CommandId"))
	if command == nil || member(command, "Status") == "Pending" {
		return
	}
	set(i, "Status", text(member(command, "Status")))
	if details := member(command, "StatusDetails"); details != "Incomplete" && !strings.HasPrefix(details, "FailedDueTo") {
		set(i, "StatusDetails", text(details))
	}
}

func firstInvocation(c *call, command *jsontree.Value) {
	if all := c.invocations(member(command, "CommandId")); len(all) > 1 {
		state(member(&all[0], "Status"), member(&all[0], "StatusDetails"))(c, command)
	}
}

// whose changes a command whose first invocation has these StatusDetails.
func whose(details string, e edit) edit {
	return func(c *call, command *jsontree.Value) {
		if all := c.invocations(member(command, "CommandId")); len(all) > 0 && member(&all[0], "StatusDetails") == details {
			e(c, command)
		}
	}
}

// succeed shows a command or an invocation as a success.
func succeed(c *call, v *jsontree.Value) {
	relabel(member(v, "StatusDetails"), "Success", "Success")(c, v)
	each(func(n *jsontree.Value) { n.Text = "0" }, "ErrorCount", "ResponseCode")(c, v)
}

func shortTimeout(c *call) *reply {
	r := c.ask()
	if v := c.tree().Pointer("/Parameters/executionTimeout/0"); v != nil && v.Text == "2" {
		return c.changeCommands(r, func(c *call, command *jsontree.Value) { remember(c.server, member(command, "CommandId"), true) })
	}
	return c.change(r, func(c *call, i *jsontree.Value) {
		if recall[bool](c.server, member(i, "CommandId")) {
			relabel("Success", "TimedOut", "ExecutionTimedOut")(c, i)
		}
	}, gotInvocation, listedInvocations)
}
