package mutants

import (
	"net/http"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// cancellations are the ways in which CancelCommand goes wrong.
func cancellations() []Mutant {
	return lifeMutants(familyState, []lifeFlaw{
		{what: "cancel-ignored", wrong: "CancelCommand is answered and does nothing", source: cancelSource, plant: stateless(cancelling(func(_ *call, _ *planted, r *reply) { r.become(200, "{}") })),
			expect: []string{"execution/Cancelled/command"}},
		{what: "cancel-all", wrong: "CancelCommand for one node cancels the command on all", source: "API_CancelCommand, Request Parameters: InstanceIds",
			plant: stateless(asking(reference.CancelCommand, func(t *jsontree.Value) { remove(t, "InstanceIds") })), expect: []string{"execution/Cancelled/some"}},
		{what: "cancel-first", wrong: "CancelCommand without InstanceIds cancels the first node only", source: "API_CancelCommand, Request Parameters: InstanceIds", plant: stateless(cancelFirst),
			expect: []string{"execution/Cancelled/pending"}},
		{what: "cancel-none", wrong: "CancelCommand with InstanceIds cancels nothing", source: "API_CancelCommand, Request Parameters: InstanceIds", plant: stateless(cancelNamed),
			expect: []string{"execution/Cancelled/command-by-node", "execution/Cancelled/some"}},
		{what: "cancel-ended", wrong: "CancelCommand of a command that has ended makes it Cancelled", source: terminalSource, plant: cancelEnded,
			expect: []string{"lifecycle/CancelCommand/after-the-end-stays", "execution/Cancelled/after-success"}},
		{what: "cancel-ended-refused", wrong: "CancelCommand of a command that has ended, or is being cancelled, is InvalidCommandId", source: "API_CancelCommand, Errors: none fits", level: Should, plant: cancelOnce,
			expect: []string{"lifecycle/CancelCommand/after-the-end", "lifecycle/CancelCommand/twice"}},
		{what: "cancel-empty-list", wrong: "CancelCommand with an empty list of nodes is refused", source: "model: InstanceIdList, length min 0", level: Should, plant: stateless(cancelEmptyList),
			expect: []string{"lifecycle/CancelCommand/no-instances"}},
		{what: "cancel-empty-body", wrong: "CancelCommand answers an empty body", source: cancelSource, plant: stateless(cancelling(func(_ *call, p *planted, r *reply) { r.body = nil })),
			expect: []string{"lifecycle/CancelCommand/answer", "execution/Cancelled/answer"}},
		{what: "cancel-unknown-taken", wrong: "CancelCommand of an unknown command answers {}", source: "facts.md section 3: InvalidCommandId (CancelCommand), unknown id",
			plant: stateless(unknownCancelled(func(r *reply) { r.become(http.StatusOK, "{}") })), expect: []string{"lifecycle/CancelCommand/unknown-command", "lifecycle/Constraint.InstanceId/cancel-fifty"}},
		{what: "cancel-unknown-text", wrong: "InvalidCommandId of CancelCommand has no text", source: "facts.md section 3: Command id <id> does not exist.", level: Should,
			plant: stateless(unknownCancelled(func(r *reply) { r.refuse("InvalidCommandId", "") })), expect: []string{"lifecycle/CancelCommand/unknown-command-text"}},
		{what: "cancel-node-first", wrong: "CancelCommand of an unknown command that names a node is InvalidInstanceId", source: "facts.md section 3: InvalidCommandId (CancelCommand), unknown id", level: Should,
			plant: stateless(cancelNodeFirst), expect: []string{"lifecycle/CancelCommand/unknown-command-with-instances"}},
		{what: "cancelled-as-failed", wrong: "A command that was cancelled is Failed", source: cancelSource, plant: stateless(listing(relabel("Cancelled", "Failed", "Failed"))),
			expect: []string{"execution/Cancelled"}},
		{what: "cancelled-as-terminated", wrong: "StatusDetails of an invocation that was cancelled is Terminated", source: cancelSource, plant: stateless(showing(relabel("Cancelled", "Cancelled", "Terminated"))),
			expect: []string{"execution/Cancelled"}},
		{what: "cancelling-for-ever", wrong: "A command that was cancelled stays Cancelling", source: cancelSource, plant: stateless(inBoth(func(v *jsontree.Value) {
			if member(v, "StatusDetails") == "Cancelled" {
				resetCountsOf(v)
				set(v, "Status", text("Cancelling"))
				set(v, "StatusDetails", text("Cancelling"))
			}
		})), expect: []string{"execution/Cancelled/command", "execution/Cancelled/invocation"}},
		{what: "cancel-unacknowledged", wrong: "A cancellation has no effect where the node does not acknowledge it", source: "model: CommandStatus: Cancelling", level: Should, plant: stateless(cancelWhere(func(i *jsontree.Value) bool {
			return member(i, "InstanceId") == service.Demo("", "").Bindings["node.silent"]
		})), expect: []string{"execution/Cancelled/silent-node"}},
		{what: "cancelled-delayed", wrong: "A command whose node never took it cannot be cancelled", source: detailsSource, level: Should, plant: stateless(cancelWhere(func(i *jsontree.Value) bool {
			return member(i, "StatusDetails") == "Delayed"
		})),
			expect: []string{"execution/Cancelled/delayed"}},
	})
}

// cancelling changes the good answers of CancelCommand; the command itself is not cancelled.
func cancelling(answer func(c *call, p *planted, r *reply)) defect {
	return func(c *call, p *planted) *reply {
		if !c.is(reference.CancelCommand) || !valid(c) || p.commandOf(c, member(c.tree, "CommandId")) == nil {
			return p.ask(c)
		}
		r := p.ask(&call{request: c.request, operation: c.operation, body: []byte(`{"CommandId":"00000000-0000-4000-8000-000000000000"}`)})
		r.status, r.body = http.StatusOK, []byte("{}")
		answer(c, p, r)
		return r
	}
}

func cancelFirst(c *call, p *planted) *reply {
	if c.is(reference.CancelCommand) && c.tree.Pointer("/InstanceIds/0") == nil {
		if all := p.invocationsOf(c, member(c.tree, "CommandId")); len(all) > 1 {
			set(c.tree, "InstanceIds", jsontree.Value{Kind: jsontree.Array, Items: []jsontree.Value{text(member(&all[0], "InstanceId"))}})
			return p.askTree(c)
		}
	}
	return p.ask(c)
}

func cancelNamed(c *call, p *planted) *reply {
	if c.is(reference.CancelCommand) && c.tree.Pointer("/InstanceIds/0") != nil {
		return cancelling(func(*call, *planted, *reply) {})(c, p)
	}
	return p.ask(c)
}

func cancelEnded() defect {
	cancelled := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		if c.is(reference.CancelCommand) {
			id := member(c.tree, "CommandId")
			if command := p.commandOf(c, id); valid(c) && command != nil && ended(command) {
				cancelled.put(id, true)
			}
		}
		return listing(func(command *jsontree.Value) {
			if cancelled.get(member(command, "CommandId")) {
				set(command, "Status", text("Cancelled"))
				set(command, "StatusDetails", text("Cancelled"))
			}
		})(c, p)
	}
}

func cancelOnce() defect {
	cancelled := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if !c.is(reference.CancelCommand) || !r.ok() || c.tree.Pointer("/InstanceIds/0") != nil {
			return r
		}
		id := member(c.tree, "CommandId")
		if command := p.commandOf(c, id); cancelled.get(id) || command != nil && ended(command) {
			return r.refuse("InvalidCommandId", "Command id "+id+" cannot be cancelled.")
		}
		cancelled.put(id, true)
		return r
	}
}

func cancelEmptyList(c *call, p *planted) *reply {
	r := p.ask(c)
	if given := c.tree.Get("InstanceIds"); c.is(reference.CancelCommand) && r.ok() && given != nil && given.Kind == jsontree.Array && len(given.Items) == 0 {
		return r.refuse("InvalidInstanceId", "")
	}
	return r
}

func unknownCancelled(answer func(r *reply)) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.is(reference.CancelCommand) && member(r.tree(), "__type") == "InvalidCommandId" {
			answer(r)
		}
		return r
	}
}

func cancelNodeFirst(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.is(reference.CancelCommand) && member(r.tree(), "__type") == "InvalidCommandId" && c.tree.Pointer("/InstanceIds/0") != nil {
		return r.refuse("InvalidInstanceId", "")
	}
	return r
}

// cancelWhere ignores CancelCommand for a command whose only invocation is such a one.
func cancelWhere(such func(invocation *jsontree.Value) bool) defect {
	return func(c *call, p *planted) *reply {
		if c.is(reference.CancelCommand) {
			if all := p.invocationsOf(c, member(c.tree, "CommandId")); len(all) == 1 && such(&all[0]) {
				return cancelling(func(*call, *planted, *reply) {})(c, p)
			}
		}
		return p.ask(c)
	}
}

// alarms are the ways in which a CloudWatch alarm goes wrong that watches a command.
func alarms() []Mutant {
	world := service.Demo("", "")
	return lifeMutants(familyState, []lifeFlaw{
		{what: "alarm-ignored", wrong: "An alarm that goes off does not end the command", source: alarmSource, expect: []string{"execution/Alarms"},
			build: func(base []service.Option) http.Handler {
				return service.New(append(base, service.WithAlarmSchedule(world.Bindings["alarm.trigger"], 0, service.AlarmOK))...)
			}},
		{what: "alarm-gone-ignored", wrong: "An alarm that can no longer be polled does not end the command", source: alarmSource, expect: []string{"execution/Alarms"},
			build: func(base []service.Option) http.Handler {
				return service.New(append(base, service.WithAlarmSchedule(world.Bindings["alarm.vanish"], 0, service.AlarmOK))...)
			}},
		{what: "alarm-poll-failure", wrong: "IgnorePollAlarmFailure does not keep a command whose alarm can no longer be polled", source: "run-command-notes.md, Alarms: with ignored deletion of the alarm both guests completed",
			plant: disguised(func(t *jsontree.Value) {
				if v := t.Pointer("/AlarmConfiguration/Alarms/0/Name"); v != nil && v.Text == world.Bindings["alarm.vanish"] {
					remove(t.Get("AlarmConfiguration"), "IgnorePollAlarmFailure")
				}
			}, "AlarmConfiguration"), expect: []string{"execution/Alarms/vanished-ignored"}},
		{what: "alarm-missing-refused", wrong: "An alarm that does not exist is refused though its failure is to be ignored", source: "run-command-notes.md, Alarms: missing alarm = UNKNOWN: rejected unless ignored",
			plant: stateless(missingAlarm), expect: []string{"execution/Alarms/missing-ignored"}},
		{what: "alarm-as-failed", wrong: "StatusDetails of a command that an alarm ended is Failed", source: alarmSource, plant: stateless(listing(relabel("FailedDueToAlarm", "Failed", "Failed"))),
			expect: []string{"execution/Alarms/triggered"}},
		{what: "alarm-gone-as-alarm", wrong: "StatusDetails of a command whose alarm is gone is FailedDueToAlarm", source: alarmSource,
			plant: stateless(listing(relabel("FailedDueToUnknownAlarmState", "Failed", "FailedDueToAlarm"))), expect: []string{"execution/Alarms/vanished"}},
		{what: "alarms-lost", wrong: "TriggeredAlarms is always empty", source: alarmSource, plant: stateless(listing(func(c *jsontree.Value) { set(c, "TriggeredAlarms", value("[]")) })),
			expect: []string{"execution/Alarms/triggered"}},
		{what: "alarms-watched", wrong: "TriggeredAlarms holds every alarm that is watched, once the command has ended", source: alarmSource, plant: stateless(listing(func(c *jsontree.Value) {
			if name := c.Pointer("/AlarmConfiguration/Alarms/0/Name"); name != nil && ended(c) && c.Pointer("/TriggeredAlarms/0") == nil {
				set(c, "TriggeredAlarms", value(`[{"Name":`+string(jsontree.AppendString(nil, name.Text))+`,"State":"UNKNOWN"}]`))
			}
		})), expect: []string{"execution/Alarms/quiet", "execution/Alarms/missing-ignored", "lifecycle/Echo/after-the-end"}},
		{what: "alarm-errors", wrong: "An invocation that an alarm ended counts as an error", source: "run-command-notes.md, Alarms: counted as completed, not as errors or delivery timeouts",
			plant: stateless(listing(func(c *jsontree.Value) {
				if member(c, "StatusDetails") == "FailedDueToAlarm" {
					setNumber(c, "ErrorCount", number(c, "CompletedCount"))
				}
			})), expect: []string{"execution/Alarms/triggered"}},
	})
}

func missingAlarm(c *call, p *planted) *reply {
	r := p.ask(c)
	if !c.is(reference.SendCommand) || !r.ok() {
		return r
	}
	known := service.Demo("", "").Bindings
	name := c.tree.Pointer("/AlarmConfiguration/Alarms/0/Name")
	if name == nil {
		return r
	}
	for _, binding := range []string{"alarm.ok", "alarm.insufficient", "alarm.firing", "alarm.trigger", "alarm.vanish"} {
		if known[binding] == name.Text {
			return r
		}
	}
	return r.refuse("ValidationException", "The alarm "+name.Text+" does not exist.")
}
