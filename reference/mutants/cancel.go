package mutants

import (
	"net/http"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// cancellations are the ways in which CancelCommand goes wrong.
func cancellations() []Mutant {
	silent := service.Demo("", "").Bindings["node.silent"]
	return lifeMutants(familyState, []lifeFlaw{
		{what: "cancel-ignored", wrong: "CancelCommand is answered and does nothing", source: cancelSource, plant: stateless(cancelNothing),
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
		{what: "cancel-empty-body", wrong: "CancelCommand answers an empty body", source: cancelSource, plant: stateless(cancelSilently),
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
			return member(i, "InstanceId") == silent
		})), expect: []string{"execution/Cancelled/silent-node"}},
		{what: "cancelled-delayed", wrong: "A command whose node never took it cannot be cancelled", source: detailsSource, level: Should, plant: stateless(cancelWhere(func(i *jsontree.Value) bool {
			return member(i, "StatusDetails") == "Delayed"
		})), expect: []string{"execution/Cancelled/delayed"}},
	})
}

// cancelNothing answers CancelCommand as the service would, which does not hear of it.
func cancelNothing(c *call, p *planted) *reply {
	if !c.is(reference.CancelCommand) || !valid(c) || p.commandOf(c, member(c.tree(), "CommandId")) == nil {
		return p.ask(c)
	}
	r := send(p.service, c, []byte(`{"CommandId":"00000000-0000-4000-8000-000000000000"}`))
	return r.become(http.StatusOK, "{}")
}

func cancelSilently(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation == reference.CancelCommand && r.ok() {
		r.body = nil
	}
	return r
}

func cancelFirst(c *call, p *planted) *reply {
	if c.is(reference.CancelCommand) && c.tree().Pointer("/InstanceIds/0") == nil {
		if all := p.invocationsOf(c, member(c.tree(), "CommandId")); len(all) > 1 {
			set(c.tree(), "InstanceIds", jsontree.Value{Kind: jsontree.Array, Items: []jsontree.Value{text(member(&all[0], "InstanceId"))}})
			return p.askTree(c)
		}
	}
	return p.ask(c)
}

func cancelNamed(c *call, p *planted) *reply {
	if c.is(reference.CancelCommand) && c.tree().Pointer("/InstanceIds/0") != nil {
		return cancelNothing(c, p)
	}
	return p.ask(c)
}

func cancelEnded() defect {
	cancelled := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		if c.is(reference.CancelCommand) {
			id := member(c.tree(), "CommandId")
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
		if !c.is(reference.CancelCommand) || !r.ok() || c.tree().Pointer("/InstanceIds/0") != nil {
			return r
		}
		id := member(c.tree(), "CommandId")
		if command := p.commandOf(c, id); cancelled.get(id) || command != nil && ended(command) {
			return r.refuse("InvalidCommandId", "Command id "+id+" cannot be cancelled.")
		}
		cancelled.put(id, true)
		return r
	}
}

func cancelEmptyList(c *call, p *planted) *reply {
	r := p.ask(c)
	if given := c.tree().Get("InstanceIds"); c.is(reference.CancelCommand) && r.ok() && given != nil && given.Kind == jsontree.Array && len(given.Items) == 0 {
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
	if c.is(reference.CancelCommand) && member(r.tree(), "__type") == "InvalidCommandId" && c.tree().Pointer("/InstanceIds/0") != nil {
		return r.refuse("InvalidInstanceId", "")
	}
	return r
}

// cancelWhere ignores CancelCommand for a command whose only invocation is such a one.
func cancelWhere(such func(invocation *jsontree.Value) bool) defect {
	return func(c *call, p *planted) *reply {
		if c.is(reference.CancelCommand) {
			if all := p.invocationsOf(c, member(c.tree(), "CommandId")); len(all) == 1 && such(&all[0]) {
				return cancelNothing(c, p)
			}
		}
		return p.ask(c)
	}
}
