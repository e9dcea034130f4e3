package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	messagesSource = "evidence: errors/InvalidInstanceId/unknown"
	ruledTargets   = "evidence: targets/duplicate-value"
	alarmsSource   = "evidence: alarms/firing; AlarmConfiguration, recorded for SendCommand itself"
)

// semanticsMutants are servers that do not look at what a request means: they take what AWS refuses, or
// refuse it by another name.
func semanticsMutants() []Mutant {
	const invalid, targets, alarms = "ValidationException", "error/Targets", "error/Alarms"
	const commands = `{"commands":["true"]}`
	// putting puts a good value in a member's place.
	putting := func(name, good string) func(t *jsontree.Value) bool { return mending(has(""), put(name, good)) }
	target := func(words string) answer {
		return overlooking(invalid+": "+words, mending(has(""), put("Targets", noNode), drop("InstanceIds")))
	}
	alarm := func(words string) answer {
		return overlooking(invalid+": "+words,
			mending(has(""), inside("AlarmConfiguration", put("Alarms", `[{"Name":"sendspec-alarm-ok"}]`))))
	}
	all := []Mutant{
		{"semantics/any-document", "A document that nobody made is taken", messagesSource, Must, "error/InvalidDocument",
			overlooking("InvalidDocument", putting("DocumentName", `"AWS-RunShellScript"`))},
		{"semantics/any-version", "A version that the document does not have is taken", messagesSource, Must,
			"error/InvalidDocumentVersion", overlooking("InvalidDocumentVersion", putting("DocumentVersion", `"$DEFAULT"`))},
		{"semantics/any-parameters", "Parameters are not held against the document", messagesSource, Must, "error/InvalidParameters",
			overlooking("InvalidParameters", putting("Parameters", commands))},
		{"semantics/repeated-values", "A value may appear twice in a target", ruledTargets, Must, targets, target("Duplicate values")},
		{"semantics/repeated-keys", "Two targets may have the same key", ruledTargets, Must, targets, target("Duplicate keys")},
		{"semantics/tag-beside-group", "A tag is taken beside a resource group", ruledTargets, Must, targets, target("A tag-key name")},
		{"semantics/ids-beside-group", "Node IDs are taken beside a resource group", ruledTargets, Must, targets,
			target("Instance IDs and a target resource group")},
		{"semantics/several-groups", "A target may name several resource groups", ruledTargets, Must, targets,
			target("Multiple resource key values")},
		{"semantics/any-resource-type", "Resource type filters need not have a type that a command can be sent to", ruledTargets, Must,
			targets, target("Resource type filters")},
		{"semantics/firing-alarm", "An alarm that fires does not keep a command from being sent", alarmsSource, Must, alarms,
			alarm("in state: ALARM")},
		{"semantics/missing-alarm", "An alarm that does not exist is taken for one that is well", alarmsSource, Must, alarms,
			alarm("in state: UNKNOWN")},
		{"semantics/no-role", "A notification needs no role", messagesSource, Must, "error/InvalidRole",
			overlooking("InvalidRole: is a required parameter", putting("NotificationConfig", `{}`))},
		{"semantics/no-topic", "A notification needs no topic", messagesSource, Must, "error/InvalidNotificationConfig",
			overlooking("InvalidNotificationConfig: is a required parameter", putting("NotificationConfig", `{}`))},
		{"semantics/any-node", "A node that nobody manages is taken", messagesSource, Must, "error/InvalidInstanceId",
			overlooking("InvalidInstanceId", putting("InstanceIds", `["i-0123456789abcdef0"]`))},
		{"semantics/known-nodes-only", "Unknown nodes beside a known one are left out", messagesSource, Must, "error/InvalidInstanceId",
			overlooking("InvalidInstanceId", func(t *jsontree.Value) bool {
				ids := t.Get("InstanceIds")
				keep(ids, func(id *jsontree.Value) bool { return strings.HasPrefix(id.Text, "i-0123456789abcdef") })
				return ids != nil && len(ids.Items) > 0
			})},
		{"semantics/any-platform", "A document is sent to a node of another platform", messagesSource, Must,
			"error/UnsupportedPlatformType", overlooking("UnsupportedPlatformType", putting("InstanceIds", `["i-0123456789abcdef0"]`))},
		{"semantics/any-size", "Parameters of any size are taken", messagesSource, Must, "error/MaxDocumentSizeExceeded",
			overlooking("MaxDocumentSizeExceeded", putting("Parameters", commands))},
		{"semantics/size-of-text", "The size of parameters is counted without what JSON adds to them",
			"evidence: size/pairs; counted with JSON escaping", Should, "error/MaxDocumentSizeExceeded",
			smaller(func(t *jsontree.Value) bool {
				size := 0
				at(t, "Parameters.*[]", func(_ string, v *jsontree.Value) { size += len([]rune(v.Text)) })
				return size < 98_000
			})},
		{"semantics/targets-as-target", "Targets that do not go together are InvalidTarget, as in other operations", togetherSource,
			Must, targets, renamed(invalid+": and try again.", "InvalidTarget")},
		{"semantics/alarm-as-parameters", "An alarm that is not in a compliant state is InvalidParameters", alarmsSource, Must, alarms,
			renamed(invalid+": Cloudwatch alarm(s)", "InvalidParameters")},
	}
	for _, swap := range [][2]string{
		{"InvalidDocument", invalid}, {"InvalidDocumentVersion", "InvalidDocument"}, {"InvalidParameters", invalid},
		{"InvalidInstanceId", invalid},
		{"InvalidRole", "InvalidNotificationConfig"}, {"InvalidNotificationConfig", "InvalidRole"},
		{"UnsupportedPlatformType", "InvalidInstanceId"}, {"MaxDocumentSizeExceeded", "InvalidParameters"},
	} {
		all = append(all, Mutant{"semantics/" + strings.ToLower(swap[0]) + "-by-another-name", swap[0] + " is called " + swap[1],
			messagesSource, Must, "error/" + swap[0], renamed(swap[0], swap[1])})
	}
	return all
}

// renamed calls refusals by another name.
func renamed(refusal, to string) answer {
	return refused(func(_ *call, r *reply) { r.retype(to) }, refusal)
}

// overlooking asks again without the fault, where a request was refused for it, and answers as if it were none.
// Mend takes the fault out, and reports whether the request has it.
func overlooking(refusal string, mend func(request *jsontree.Value) bool) answer {
	return refused(func(c *call, r *reply) {
		if c.is(reference.SendCommand) && mend(c.tree()) {
			given := jsontree.Literal(string(c.body))
			*r = *c.changeCommands(c.askTree(), func(_ *call, command *jsontree.Value) { echo(given, command) })
		}
	}, refusal)
}

// mending takes a fault out of the requests that have it.
func mending(fault condition, edits ...edit) func(request *jsontree.Value) bool {
	return func(t *jsontree.Value) bool {
		is := fault(t)
		if is {
			together(edits...)(nil, t)
		}
		return is
	}
}

// without takes out a member.
func without(name string) func(request *jsontree.Value) bool { return mending(has(name), drop(name)) }

// echo shows what was given in the place of what was asked for it.
func echo(given, command *jsontree.Value) {
	for _, name := range []string{"DocumentName", "DocumentVersion", "Parameters", "InstanceIds", "Targets", "ServiceRoleArn"} {
		echoed := strings.TrimSuffix(name, "Arn")
		if v := given.Get(name); v != nil && v.Kind != jsontree.Null {
			set(command, echoed, *v)
		} else {
			set(command, echoed, value(echoes[echoed]))
		}
	}
	copyMember(given, "NotificationConfig", command, "NotificationConfig")
	if ids := given.Get("InstanceIds"); ids != nil {
		setNumber(command, "TargetCount", int64(len(ids.Items)))
	}
	if alarms := given.Pointer("/AlarmConfiguration/Alarms"); alarms != nil {
		set(command.Get("AlarmConfiguration"), "Alarms", *alarms)
	}
}

// smaller takes some requests that are too large.
func smaller(such condition) answer {
	return overlooking("MaxDocumentSizeExceeded", mending(such, func(_ *call, t *jsontree.Value) {
		set(t, "Parameters", goodParameters(member(t, "DocumentName")))
	}))
}

// findingOut answers what else is wrong with a request that was refused by its type, without some members.
func findingOut(name string, members ...string) answer {
	return refused(func(c *call, r *reply) {
		if !c.is(reference.SendCommand) {
			return
		}
		drop(members...)(c, c.tree())
		if other := c.askTree(); !other.ok() {
			*r = *other
		}
	}, name)
}

// once takes repeated elements out of a list, and reports whether there are some; with apart, only where none
// is beside its equal.
func once(list *jsontree.Value, apart bool, name func(v *jsontree.Value) string) bool {
	var kept []jsontree.Value
	seen := map[string]bool{}
	for i := range list.Items {
		n := name(&list.Items[i])
		if apart && i > 0 && n == name(&list.Items[i-1]) {
			return false
		}
		if !seen[n] {
			kept = append(kept, list.Items[i])
		}
		seen[n] = true
	}
	shorter := len(kept) < len(list.Items)
	list.Items = slices.Clip(kept)
	return shorter
}
