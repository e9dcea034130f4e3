package mutants

import (
	"net/http"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const (
	cancelSource  = "evidence: status/cancelled; CancelCommand returns {}; later Cancelled/Cancelled, ResponseCode 137, CompletedCount 1"
	cancelNodes   = "API_CancelCommand, Request Parameters: InstanceIds"
	unknownSource = "evidence: calls/cancel-unknown; InvalidCommandId (CancelCommand), unknown id"
)

// cancelMutants are the ways in which CancelCommand goes wrong.
func cancelMutants() []Mutant {
	silent := demo("node.silent")
	only := func(such condition) func(c *call) bool {
		return func(c *call) bool {
			all := c.invocations(c.text("CommandId"))
			return len(all) == 1 && such(&all[0])
		}
	}
	unknown := func(change change) answer { return refused(change, "InvalidCommandId") }
	cancelling := when(has("StatusDetails", "Cancelled"), uncounted, state("Cancelling", "Cancelling"))
	return []Mutant{
		{"state/cancel-ignored", "CancelCommand is answered and does nothing", cancelSource, Must, "execution/Cancelled/command",
			cancelNothing(func(*call) bool { return true })},
		{"state/cancel-all", "CancelCommand for one node cancels the command on all", cancelNodes, Must, "execution/Cancelled/some",
			asking(reference.CancelCommand, drop("InstanceIds"))},
		{"state/cancel-first", "CancelCommand without InstanceIds cancels the first node only", cancelNodes, Must,
			"execution/Cancelled/pending", answer(cancelFirst)},
		{"state/cancel-none", "CancelCommand with InstanceIds cancels nothing", cancelNodes, Must,
			"execution/Cancelled/command-by-node execution/Cancelled/some",
			cancelNothing(asks(has("InstanceIds[]")))},
		{"state/cancel-ended", "CancelCommand of a command that has ended makes it Cancelled", terminalSource, Must,
			"lifecycle/CancelCommand/after-the-end-stays execution/Cancelled/after-success", answer(cancelEnded)},
		{"state/cancel-ended-refused", "CancelCommand of a command that has ended, or is being cancelled, is InvalidCommandId",
			"API_CancelCommand, Errors: none fits", Should, "lifecycle/CancelCommand/after-the-end lifecycle/CancelCommand/twice",
			answer(cancelOnce)},
		{"state/cancel-empty-list", "CancelCommand with an empty list of nodes is refused", "model: InstanceIdList, length min 0",
			Should, "lifecycle/CancelCommand/no-instances",
			cancelled(where(some("InstanceIds", emptyList), says("InvalidInstanceId", "")))},
		{"state/cancel-empty-body", "CancelCommand answers an empty body", cancelSource, Must,
			"lifecycle/CancelCommand/answer execution/Cancelled/answer", cancelled(func(_ *call, r *reply) { r.body = nil })},
		{"state/cancel-unknown-taken", "CancelCommand of an unknown command answers {}", unknownSource, Must,
			"lifecycle/CancelCommand/unknown-command lifecycle/Constraint.InstanceId/cancel-fifty",
			unknown(becomes(http.StatusOK, "{}"))},
		{"state/cancel-unknown-text", "InvalidCommandId of CancelCommand has no text",
			"evidence: calls/cancel-unknown; Command id <id> does not exist.", Should, "lifecycle/CancelCommand/unknown-command-text",
			unknown(says("InvalidCommandId", ""))},
		{"state/cancel-node-first", "CancelCommand of an unknown command that names a node is InvalidInstanceId", unknownSource, Should,
			"lifecycle/CancelCommand/unknown-command-with-instances",
			unknown(where(has("InstanceIds[]"), says("InvalidInstanceId", "")))},
		{"state/cancelled-as-failed", "A command that was cancelled is Failed", cancelSource, Must, "execution/Cancelled",
			listed(relabel("Cancelled", "Failed", "Failed"))},
		{"state/cancelled-as-terminated", "StatusDetails of an invocation that was cancelled is Terminated", cancelSource, Must,
			"execution/Cancelled", shown(relabel("Cancelled", "Cancelled", "Terminated"))},
		{"state/cancelling-for-ever", "A command that was cancelled stays Cancelling", cancelSource, Must,
			"execution/Cancelled/command execution/Cancelled/invocation", listedOrShown(cancelling, cancelling)},
		{"state/cancel-unacknowledged", "A cancellation has no effect where the node does not acknowledge it",
			"model: CommandStatus: Cancelling", Should, "execution/Cancelled/silent-node",
			cancelNothing(only(has("InstanceId", silent)))},
		{"state/cancelled-delayed", "A command whose node never took it cannot be cancelled", detailsSource, Should,
			"execution/Cancelled/delayed", cancelNothing(only(has("StatusDetails", "Delayed")))},
	}
}

// cancelled changes the good answers of CancelCommand.
func cancelled(change change) answer { return found(reference.CancelCommand, change) }

// cancelNothing answers such a CancelCommand as the service would, which does not hear of it.
func cancelNothing(such func(c *call) bool) answer {
	return func(c *call) *reply {
		if !c.is(reference.CancelCommand) || !c.valid() || !such(c) || c.command(c.text("CommandId")) == nil {
			return c.ask()
		}
		return c.send([]byte(`{"CommandId":"00000000-0000-4000-8000-000000000000"}`)).become(http.StatusOK, "{}")
	}
}

func cancelFirst(c *call) *reply {
	if c.is(reference.CancelCommand) && c.tree().Pointer("/InstanceIds/0") == nil {
		if all := c.invocations(c.text("CommandId")); len(all) > 1 {
			set(c.tree(), "InstanceIds", list(*all[0].Get("InstanceId")))
			return c.askTree()
		}
	}
	return c.ask()
}

func cancelEnded(c *call) *reply {
	if c.is(reference.CancelCommand) && c.valid() {
		if command := c.command(c.text("CommandId")); command != nil && ended(command) {
			remember(c.server, c.text("CommandId"), true)
		}
	}
	return listed(func(c *call, command *jsontree.Value) {
		if recall[bool](c.server, member(command, "CommandId")) {
			state("Cancelled", "Cancelled")(c, command)
		}
	})(c)
}

func cancelOnce(c *call) *reply {
	return cancelled(func(c *call, r *reply) {
		if c.tree().Pointer("/InstanceIds/0") != nil {
			return
		}
		id := c.text("CommandId")
		if command := c.command(id); recall[bool](c.server, id) || command != nil && ended(command) {
			r.refuse("InvalidCommandId", "Command id "+id+" cannot be cancelled.")
			return
		}
		remember(c.server, id, true)
	})(c)
}

const alarmSource = "evidence: alarms/fires-later, alarms/vanished"

// alarmMutants are the ways in which a CloudWatch alarm goes wrong that watches a command.
func alarmMutants() []Mutant {
	const triggered = "execution/Alarms/triggered"
	trigger, vanish := demo("alarm.trigger"), demo("alarm.vanish")
	known := []string{demo("alarm.ok"), demo("alarm.insufficient"), trigger, vanish}
	return []Mutant{
		{"state/alarm-ignored", "An alarm that goes off does not end the command", alarmSource, Must, "execution/Alarms",
			with(service.WithAlarmSchedule(trigger, 0, service.AlarmOK))},
		{"state/alarm-gone-ignored", "An alarm that can no longer be polled does not end the command", alarmSource, Must,
			"execution/Alarms", with(service.WithAlarmSchedule(vanish, 0, service.AlarmOK))},
		{"state/alarm-poll-failure", "IgnorePollAlarmFailure does not keep a command whose alarm can no longer be polled",
			"evidence: alarms/vanished-ignored; with ignored deletion of the alarm both guests completed", Must,
			"execution/Alarms/vanished-ignored",
			disguised(inside("AlarmConfiguration", when(has("Alarms[].Name", vanish), drop("IgnorePollAlarmFailure"))),
				"AlarmConfiguration")},
		{"state/alarm-missing-refused", "An alarm that does not exist is refused though its failure is to be ignored",
			"evidence: alarms/missing; missing alarm = UNKNOWN: rejected unless ignored", Must, "execution/Alarms/missing-ignored",
			taken(where(some("AlarmConfiguration.Alarms[].Name", not(has("", known...))),
				says("ValidationException", "The alarm does not exist.")))},
		{"state/alarm-as-failed", "StatusDetails of a command that an alarm ended is Failed", alarmSource, Must, triggered,
			listed(relabel("FailedDueToAlarm", "Failed", "Failed"))},
		{"state/alarm-gone-as-alarm", "StatusDetails of a command whose alarm is gone is FailedDueToAlarm", alarmSource, Must,
			"execution/Alarms/vanished", listed(relabel("FailedDueToUnknownAlarmState", "Failed", "FailedDueToAlarm"))},
		{"state/alarms-lost", "TriggeredAlarms is always empty", alarmSource, Must, triggered, listed(put("TriggeredAlarms", "[]"))},
		{"state/alarms-watched", "TriggeredAlarms holds every alarm that is watched, once the command has ended", alarmSource, Must,
			"execution/Alarms/quiet execution/Alarms/missing-ignored lifecycle/Echo/after-the-end",
			listed(when(every(ended, not(has("TriggeredAlarms[]"))), alarmTriggered("UNKNOWN")))},
		{"state/alarm-errors", "An invocation that an alarm ended counts as an error",
			"evidence: alarms/fires-later; counted as completed, not as errors or delivery timeouts", Must, triggered,
			listed(when(has("StatusDetails", "FailedDueToAlarm"), as("ErrorCount", "CompletedCount")))},
	}
}

// alarmTriggered shows the alarm of a command in TriggeredAlarms.
func alarmTriggered(state string) edit {
	return func(_ *call, command *jsontree.Value) {
		if name := command.Pointer("/AlarmConfiguration/Alarms/0/Name"); name != nil {
			set(command, "TriggeredAlarms", value(`[{"Name":`+string(name.AppendJSON(nil))+`,"State":"`+state+`"}]`))
		}
	}
}
