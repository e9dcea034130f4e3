package mutants

import (
	"slices"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// lookups are about which invocation is found, and what is answered where there is none.
func lookups() []Mutant {
	return lifeMutants(familyInvocation, []lifeFlaw{
		{what: "unknown-as-command", wrong: "GetCommandInvocation of what does not exist is InvalidCommandId", source: missingSource, plant: stateless(missing(func(r *reply) { r.refuse("InvalidCommandId", "") })),
			expect: []string{"lifecycle/GetCommandInvocation", "lifecycle/NoInstancesInTag/get-invocation", "lifecycle/Constraint.InstanceId/good-form"}},
		{what: "unknown-text", wrong: "The text of InvocationDoesNotExist is that of a client", source: missingSource, level: Should, plant: stateless(missing(func(r *reply) {
			r.refuse("InvocationDoesNotExist", "An error occurred (InvocationDoesNotExist) when calling the GetCommandInvocation operation")
		})), expect: []string{"lifecycle/GetCommandInvocation/unknown-command-text"}},
		{what: "unknown-as-null", wrong: "GetCommandInvocation of what does not exist answers null", source: missingSource, plant: stateless(missing(func(r *reply) { r.become(200, "null") })),
			expect: []string{"lifecycle/GetCommandInvocation"}},
		{what: "unknown-as-404", wrong: "InvocationDoesNotExist has the status 404", source: "facts.md section 3: HTTP 400 for all client errors", plant: stateless(missing(func(r *reply) { r.status = 404 })),
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
		{what: "last-of-a-node", wrong: "A node keeps its last invocation that has ended, and forgets those before", source: "facts.md section 4: history 30 days", plant: lastOfANode,
			expect: []string{"execution/Success/after-another"}},
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
			if strings.HasPrefix(member(c.tree(), "PluginName"), "aws:") && r.ok() {
				r.refuse("InvalidPluginName", "")
			}
			return r
		}), expect: []string{"lifecycle/GetCommandInvocation/named-plugin"}},
		{what: "plugin-name-needed", wrong: "A document of the account needs a PluginName even with one step", source: "API_GetCommandInvocation, PluginName: required with more than one step", plant: stateless(pluginNameNeeded),
			expect: []string{"execution/Steps/own-document"}},
		{what: "steps-unanswered", wrong: "Several steps without a PluginName have no code, however they ended", source: allStepsSource, level: Should, plant: stateless(ofAllSteps(func(r *reply, _ func(step string) *reply) *reply {
			return r.edit(func(t *jsontree.Value) { setNumber(t, "ResponseCode", -1) })
		})), expect: []string{"execution/Steps/no-plugin-name"}},
		{what: "steps-as-the-first", wrong: "Several steps without a PluginName answer for the first", source: allStepsSource, level: Should, plant: stateless(ofAllSteps(func(_ *reply, ask func(step string) *reply) *reply {
			return ask("first")
		})), expect: []string{"execution/Steps/no-plugin-name"}},
		{what: "steps-as-missing", wrong: "Several steps without a PluginName are no invocation", source: allStepsSource, level: Should, plant: stateless(ofAllSteps(func(r *reply, _ func(step string) *reply) *reply {
			return r.refuse("InvocationDoesNotExist", "")
		})), expect: []string{"execution/Steps/no-plugin-name"}},
	})
}

// ofAllSteps changes the answers of GetCommandInvocation that are about several steps together.
func ofAllSteps(change func(r *reply, ask func(step string) *reply) *reply) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if !c.is(reference.GetCommandInvocation) || !r.ok() || member(r.tree(), "PluginName") != "" || !ended(r.tree()) {
			return r
		}
		return change(r, func(step string) *reply {
			set(c.tree(), "PluginName", text(step))
			return p.askTree(c)
		})
	}
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
				key += member(c.tree(), name) + " "
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

// lastOfANode forgets an ended invocation when a command that was sent later to the node alone has ended.
func lastOfANode() defect {
	var mu sync.Mutex
	sent := map[string][]string{} // commands of a node
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		node := member(c.tree(), "InstanceId")
		mu.Lock()
		defer mu.Unlock()
		switch {
		case c.operation == reference.SendCommand:
			r.editCommands(func(command *jsontree.Value) {
				if ids := command.Get("InstanceIds"); len(ids.Items) == 1 {
					sent[ids.Items[0].Text] = append(sent[ids.Items[0].Text], member(command, "CommandId"))
				}
			})
		case c.operation == reference.GetCommandInvocation && r.ok() && ended(r.tree()):
			i := slices.Index(sent[node], member(c.tree(), "CommandId"))
			for _, later := range sent[node][i+1:] {
				if command := p.commandOf(c, later); i >= 0 && command != nil && ended(command) {
					return r.refuse("InvocationDoesNotExist", "")
				}
			}
		}
		return r
	}
}

func readOnce() defect {
	read := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.operation != reference.GetCommandInvocation || !r.ok() || !ended(r.tree()) {
			return r
		}
		key := member(c.tree(), "CommandId") + " " + member(c.tree(), "InstanceId")
		if read.get(key) {
			return r.refuse("InvocationDoesNotExist", "")
		}
		read.put(key, true)
		return r
	}
}

func missing(answer func(r *reply)) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if member(r.tree(), "__type") == "InvocationDoesNotExist" {
			answer(r)
		}
		return r
	}
}

func anotherNode(c *call, p *planted) *reply {
	r := p.ask(c)
	if member(r.tree(), "__type") != "InvocationDoesNotExist" {
		return r
	}
	all := p.invocationsOf(c, member(c.tree(), "CommandId"))
	if len(all) == 0 {
		return r
	}
	asked := member(c.tree(), "InstanceId")
	set(c.tree(), "InstanceId", text(member(&all[0], "InstanceId")))
	return p.askTree(c).edit(func(t *jsontree.Value) { set(t, "InstanceId", text(asked)) })
}

func noTargetNode(c *call, p *planted) *reply {
	r := p.ask(c)
	if member(r.tree(), "__type") != "InvocationDoesNotExist" {
		return r
	}
	id := member(c.tree(), "CommandId")
	if command := p.commandOf(c, id); command == nil || member(command, "StatusDetails") != "NoInstancesInTag" {
		return r
	}
	return r.become(200, `{"CommandId":"`+id+`","InstanceId":"`+member(c.tree(), "InstanceId")+`","ResponseCode":0,"Status":"Success","StatusDetails":"Success"}`)
}

func earlyRefused(c *call, p *planted) *reply {
	r := p.ask(c)
	id := member(c.tree(), "CommandId")
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
	if c.operation != reference.ListCommandInvocations || member(c.tree(), "CommandId") == "" {
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
	if member(r.tree(), "__type") == "InvalidPluginName" && member(c.tree(), "PluginName") == "aws:runShellScript" {
		remove(c.tree(), "PluginName")
		return p.askTree(c)
	}
	return r
}

func pluginNameNeeded(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation == reference.GetCommandInvocation && r.ok() && member(c.tree(), "PluginName") == "" && !strings.HasPrefix(member(r.tree(), "DocumentName"), "AWS-") {
		r.refuse("InvalidPluginName", "")
	}
	return r
}
