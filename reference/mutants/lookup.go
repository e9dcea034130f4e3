package mutants

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	missingSource  = "evidence: calls/GetCommandInvocation-unknown; InvocationDoesNotExist, Invocation not found for <cmd>, <inst>"
	noPlugin       = "evidence: calls/unknown-plugin; InvalidPluginName"
	allStepsSource = "evidence: output/no-PluginName; GetCommandInvocation without PluginName on a document of several steps"
	deniedSource   = "evidence: errors/AccessDeniedException/GetCommandInvocation"
	revokedSource  = "evidence: control/MaxConcurrency-waits"
)

// undenied asks the service without the signature that says who asks.
func undenied(c *call) *reply {
	if c.operation != reference.GetCommandInvocation {
		return c.ask()
	}
	anyone := c.request.Clone(c.request.Context())
	anyone.Header.Del("Authorization")
	return send(c.service, anyone, c.body)
}

// lookupMutants are about which invocation is found, and what is answered where there is none.
func lookupMutants() []Mutant {
	const getting, steps = "lifecycle/GetCommandInvocation", "execution/Steps/no-plugin-name"
	get := reference.GetCommandInvocation
	const missingType = "InvocationDoesNotExist"
	missing := func(change change) answer { return refused(change, missingType) }
	denied := func(change change) answer {
		return answered(func(c *call, r *reply) bool { return c.operation == get && r.errorType() == "AccessDeniedException" }, change)
	}
	// shows changes what is shown of an invocation.
	shows := func(change change) answer { return found(get, change) }
	// ofSteps changes what is found of several steps together.
	ofSteps := func(change change) answer {
		return shows(func(c *call, r *reply) {
			if t := r.tree(); member(t, "PluginName") == "" && ended(t) {
				change(c, r)
			}
		})
	}
	return []Mutant{
		{"invocation/unknown-as-command", "GetCommandInvocation of what does not exist is InvalidCommandId", missingSource, Must,
			"lifecycle/GetCommandInvocation lifecycle/NoInstancesInTag/get-invocation lifecycle/Constraint.InstanceId/good-form",
			missing(says("InvalidCommandId", ""))},
		{"invocation/unknown-text", "The text of InvocationDoesNotExist is that of a client", missingSource, Should,
			"lifecycle/GetCommandInvocation/unknown-command-text",
			missing(says(missingType, "An error occurred (InvocationDoesNotExist) when calling the GetCommandInvocation operation"))},
		{"invocation/unknown-as-null", "GetCommandInvocation of what does not exist answers null", missingSource, Must, getting,
			missing(becomes(http.StatusOK, "null"))},
		{"invocation/unknown-as-empty", "GetCommandInvocation of what does not exist answers an empty object", missingSource, Must, getting,
			missing(becomes(http.StatusOK, "{}"))},
		{"invocation/unknown-as-404", "InvocationDoesNotExist has the status 404", "evidence: errors/status",
			Must, getting, missing(status(http.StatusNotFound))},
		{"invocation/denied-shown", "GetCommandInvocation does not ask whether the caller may call it", deniedSource, Must,
			getting + "/denied", answer(undenied)},
		{"invocation/denied-as-403", "A caller who may not call GetCommandInvocation is refused with the status 403", deniedSource, Must,
			getting + "/denied", denied(status(http.StatusForbidden))},
		{"invocation/denied-as-missing", "To a caller who may not call GetCommandInvocation no invocation exists", deniedSource, Must,
			getting + "/denied", denied(says(missingType, ""))},
		{"invocation/denied-names-node", "Of a denied GetCommandInvocation the node is named as its resource", deniedSource, Should,
			getting + "/denied", denied(func(c *call, r *reply) {
				r.refuse(r.errorType(), strings.Replace(r.message(), ":*", ":managed-instance/"+c.text("InstanceId"), 1))
			})},
		{"invocation/denied-where-found", "Only of an invocation that exists a caller is told that it may not be asked for", deniedSource,
			Should, getting + "/denied-before-lookup", answer(func(c *call) *reply {
				r := c.ask()
				if found := undenied(c); c.operation == get && r.errorType() == "AccessDeniedException" && !found.ok() {
					return found
				}
				return r
			})},
		{"invocation/another-node", "GetCommandInvocation finds an invocation for any node", missingSource, Must,
			"lifecycle/GetCommandInvocation/another-node", missing(anotherNode)},
		{"invocation/no-target-node", "GetCommandInvocation makes an invocation of a command without a node", missingSource, Must,
			"lifecycle/NoInstancesInTag/get-invocation", missing(noTargetNode)},
		{"invocation/list-unknown-refused", "ListCommandInvocations of an unknown command is InvalidCommandId",
			"evidence: calls/ListCommandInvocations-unknown", Must, "lifecycle/ListCommandInvocations/unknown-command",
			unknownRefused(reference.ListCommandInvocations)},
		{"invocation/early-refused", "ListCommandInvocations refuses a command whose invocations are not there yet",
			"evidence: calls/right-after-send; an empty list of a fresh id", Must,
			"lifecycle/ListCommandInvocations/right-after-send lifecycle/NoInstancesInTag/no-invocation",
			found(reference.ListCommandInvocations, earlyRefused)},
		{"invocation/one-lost", "ListCommandInvocations leaves out the last of several that have ended", revokedSource, Must,
			"execution/Success/two-nodes", inList(reference.ListCommandInvocations, func(_ *call, list *jsontree.Value) {
				if last := len(list.Items) - 1; last > 0 && ended(&list.Items[last]) {
					list.Items = list.Items[:last]
				}
			})},
		{"invocation/node-of-the-first", "All invocations of a command show the same node", revokedSource, Must,
			"lifecycle/ListCommandInvocations/one-per-node execution/Targets/tag",
			inList(reference.ListCommandInvocations, func(c *call, list *jsontree.Value) {
				for i := range list.Items {
					if c.text("CommandId") != "" {
						copyMember(&list.Items[0], "InstanceId", &list.Items[i], "InstanceId")
					}
				}
			})},
		{"invocation/cached-by-command",
			"GetCommandInvocation of an ended invocation answers what was answered for another node of the command", missingSource, Must,
			"execution/Cancelled/some", shows(cachedBy("CommandId"))},
		{"invocation/cached-without-plugin", "GetCommandInvocation answers what was answered for another PluginName of the invocation",
			stepsSource, Must, "execution/Steps/one-then-the-other", shows(cachedBy("CommandId", "InstanceId"))},
		{"invocation/read-once", "An invocation that has ended is gone when it has been read", historySource, Must,
			"execution/Success/asked-again", shows(func(c *call, r *reply) {
				if ended(r.tree()) && remember(c.server, c.text("CommandId")+" "+c.text("InstanceId"), true) {
					r.refuse(missingType, "")
				}
			})},
		{"invocation/last-of-a-node", "A node keeps its last invocation that has ended, and forgets those before", historySource, Must,
			"execution/Success/after-another", answer(lastOfANode)},
		{"invocation/plugin-name-ignored", "GetCommandInvocation ignores PluginName", noPlugin, Must,
			"lifecycle/GetCommandInvocation/unknown-plugin execution/Steps",
			asking(get, drop("PluginName"))},
		{"invocation/unknown-plugin-as-missing", "An unknown PluginName is InvocationDoesNotExist", noPlugin, Must,
			"lifecycle/GetCommandInvocation/unknown-plugin execution/Steps/unknown-step",
			refused(says(missingType, ""), "InvalidPluginName")},
		{"invocation/plugin-by-action", "PluginName of a step is compared with its action", stepsSource, Must,
			"execution/Steps/unknown-step execution/Steps/get-step",
			refused(where(has("PluginName", "aws:runShellScript"), askingAgain(drop("PluginName"))), "InvalidPluginName")},
		{"invocation/named-plugin-refused", "PluginName must be a step of schema 2: aws:runShellScript is refused", runShell, Must,
			"lifecycle/GetCommandInvocation/named-plugin",
			shows(where(some("PluginName", starting("aws:")), says("InvalidPluginName", "")))},
		{"invocation/plugin-name-needed", "A document of the account needs a PluginName even with one step",
			"API_GetCommandInvocation, PluginName: required with more than one step", Must, "execution/Steps/own-document",
			shows(func(c *call, r *reply) {
				if c.text("PluginName") == "" && !strings.HasPrefix(member(r.tree(), "DocumentName"), "AWS-") {
					r.refuse("InvalidPluginName", "")
				}
			})},
		{"invocation/steps-unanswered", "Several steps without a PluginName have no code, however they ended", allStepsSource, Should,
			steps, ofSteps(editing(put("ResponseCode", "-1")))},
		{"invocation/steps-as-the-first", "Several steps without a PluginName answer for the first", allStepsSource, Should, steps,
			ofSteps(askingAgain(put("PluginName", `"first"`)))},
		{"invocation/steps-as-missing", "Several steps without a PluginName are no invocation", allStepsSource, Should, steps,
			ofSteps(says(missingType, ""))},
	}
}

// cachedBy keeps the answers about ended invocations by these members of the request.
func cachedBy(names ...string) func(c *call, r *reply) {
	return func(c *call, r *reply) {
		key := ""
		for _, name := range names {
			key += c.text(name) + " "
		}
		if body := recall[string](c.server, key); body != "" {
			r.become(r.status, body)
		} else if ended(r.tree()) {
			remember(c.server, key, string(r.body))
		}
	}
}

// lastOfANode forgets an ended invocation when a command that was sent later to the node alone has ended.
func lastOfANode(c *call) *reply {
	r := c.change(c.ask(), func(c *call, command *jsontree.Value) {
		if ids := command.Get("InstanceIds"); len(ids.Items) == 1 {
			update(c.server, ids.Items[0].Text, func(sent []string) []string {
				return append(slices.Clip(sent), member(command, "CommandId"))
			})
		}
	}, sentCommand)
	if c.operation == reference.GetCommandInvocation && r.ok() && ended(r.tree()) {
		sent := recall[[]string](c.server, c.text("InstanceId"))
		i := slices.Index(sent, c.text("CommandId"))
		for _, later := range sent[i+1:] {
			if command := c.command(later); i >= 0 && command != nil && ended(command) {
				return r.refuse("InvocationDoesNotExist", "")
			}
		}
	}
	return r
}

func anotherNode(c *call, r *reply) {
	asked := c.tree().Get("InstanceId")
	if all := c.invocations(c.text("CommandId")); len(all) > 0 && asked != nil {
		given := *asked
		*asked = *all[0].Get("InstanceId")
		*r = *c.askTree().edit(func(t *jsontree.Value) { set(t, "InstanceId", given) })
	}
}

func noTargetNode(c *call, r *reply) {
	id := c.text("CommandId")
	if member(c.command(id), "StatusDetails") == "NoInstancesInTag" {
		r.become(http.StatusOK, `{"CommandId":"`+id+`","InstanceId":"`+c.text("InstanceId")+
			`","ResponseCode":0,"Status":"Success","StatusDetails":"Success"}`)
	}
}

func earlyRefused(c *call, r *reply) {
	if id := c.text("CommandId"); len(c.invocations(id)) == 0 && c.command(id) != nil {
		r.refuse("InvocationDoesNotExist", "")
	}
}
