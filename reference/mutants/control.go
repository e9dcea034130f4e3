package mutants

import (
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	concurrencySource = "evidence: control/MaxConcurrency-waits; API_SendCommand, Request Parameters: MaxConcurrency; revoke-active-1"
	errorsSource      = "evidence: control/MaxErrors; API_SendCommand, Request Parameters: MaxErrors; \"3\" " +
		"stops at the 4th error, \"0\" at the first"
	targetsSource = "evidence: targets/and-or; Target keys; several tag keys are ANDed, values ORed"
	idsKeySource  = "evidence: targets/InstanceIds-key; Key InstanceIds/instanceids both accepted"
)

// controlMutants are the ways in which MaxConcurrency, MaxErrors and Targets are misread.
func controlMutants() []Mutant {
	const concurrency, errors, ids = "execution/MaxConcurrency", "execution/MaxErrors", "execution/Targets/instance-ids"
	tagged := some("Key", starting("tag:"))
	percentAs := func(name string, read func(n string) string) answer {
		return disguised(texts(func(s string) string {
			if n, found := strings.CutSuffix(s, "%"); found {
				return read(n)
			}
			return s
		}, name), name)
	}
	// retargeted changes the only target, where it meets a condition.
	retargeted := func(such condition, edits ...edit) answer {
		return disguised(when(not(some("Targets", moreThan(1))), inside("Targets[]", when(such, edits...))), "Targets")
	}
	// unmatched sends a target of this key as a tag that no node has.
	unmatched := func(key string) answer { return retargeted(has("Key", key), put("Key", `"tag:sendspec-none"`)) }
	ofNoGroup := func(such condition) answer {
		return listed(when(such, relabel("NoInstancesInTag", "Failed", "AccessDenied")))
	}
	return []Mutant{
		{"control/concurrency-ignored", "MaxConcurrency is ignored", concurrencySource, Must, concurrency,
			disguised(drop("MaxConcurrency"), "MaxConcurrency")},
		{"control/concurrency-and-one", "One node more than MaxConcurrency runs", concurrencySource, Must, concurrency,
			counted("MaxConcurrency", 50, 1)},
		{"control/concurrency-percent-ignored", "A MaxConcurrency of percent is read as that many nodes", concurrencySource, Must,
			"execution/MaxConcurrency/half", percentAs("MaxConcurrency", func(n string) string { return n })},
		{"control/one-at-a-time", "One node runs at a time, MaxConcurrency or not", concurrencySource, Should, concurrency,
			disguised(put("MaxConcurrency", `"1"`), "MaxConcurrency")},
		{"control/first-batch-only", "Nodes that wait for MaxConcurrency never have their turn", concurrencySource, Must, concurrency,
			listedOrShown(firstBatch, notOfFirstBatch)},
		{"control/errors-ignored", "MaxErrors stops nothing: every node runs", errorsSource, Must, errors,
			disguised(put("MaxErrors", `"100%"`), "MaxErrors")},
		{"control/errors-and-one", "A command stops one error later than MaxErrors says", errorsSource, Must, errors,
			counted("MaxErrors", 0, 1)},
		{"control/errors-less-one", "A command stops one error earlier than MaxErrors says", errorsSource, Must,
			"execution/MaxErrors/one-stops-at-the-second", counted("MaxErrors", 0, -1)},
		{"control/errors-percent-as-any", "A MaxErrors of percent allows every error", errorsSource, Must,
			"execution/MaxErrors/zero-percent", percentAs("MaxErrors", func(string) string { return "100%" })},
		{"control/errors-percent-as-none", "A MaxErrors of percent allows no error", errorsSource, Must,
			"execution/MaxErrors/hundred-percent", percentAs("MaxErrors", func(string) string { return "0" })},
		{"control/allowance-unused", "A command with MaxErrors above 0 ends Incomplete though every node succeeded", detailsSource, Must,
			"execution/MaxErrors/success-within",
			listed(when(not(has("MaxErrors", "0")), relabel("Success", "Success", "Incomplete")))},
		{"control/allowed-invocation", "An invocation that failed within MaxErrors is shown as Success", detailsSource, Must,
			"execution/MaxErrors/incomplete-invocation", shown(when(has("StatusDetails", "Failed"), func(c *call, i *jsontree.Value) {
				if member(c.command(member(i, "CommandId")), "StatusDetails") == "Incomplete" {
					relabel("Failed", "Success", "Success")(c, i)
				}
			}))},
		{"control/targets-either", "Of several Targets one that matches is enough", targetsSource, Must, "execution/Targets/two-tags",
			disguised(each(shorten(1), "Targets"), "Targets")},
		{"control/values-all", "All Values of a target must match", targetsSource, Must, "execution/Targets/one-of-two-values",
			retargeted(every(tagged, some("Values", moreThan(1))), put("Values", `["sendspec-both"]`))},
		{"control/values-unread", "A target tag:KEY matches every value of the tag", targetsSource, Must,
			"execution/Targets/another-value", retargeted(tagged, func(_ *call, target *jsontree.Value) {
				set(target, "Values", list(text(strings.TrimPrefix(member(target, "Key"), "tag:"))))
				set(target, "Key", text("tag-key"))
			})},
		{"control/tag-key-finds-nothing", "The target tag-key finds no node", targetsSource, Must, "execution/Targets/tag-key",
			unmatched("tag-key")},
		{"control/group-finds-nothing", "A resource group has no nodes", targetsSource, Must,
			"execution/Targets/group execution/AccessDenied", unmatched("resource-groups:Name")},
		{"control/group-arn-finds-nothing", "The ARN of a resource group finds no node", "evidence: targets/group-ARN-with-nodes", Should,
			"execution/Targets/group-arn",
			disguised(inside("Targets[].Values[]", when(starting("arn:"), replaced(`"sendspec-none"`))), "Targets")},
		{"control/group-types-denied", "Resource types beside a group without nodes end the command as AccessDenied",
			"evidence: targets/group-types-end", Must, "lifecycle/NoInstancesInTag", ofNoGroup(some("Targets", moreThan(1)))},
		{"control/group-arn-denied", "A command for the ARN of a group without nodes ends as AccessDenied",
			"evidence: targets/group-ARN", Must, "lifecycle/NoInstancesInTag", ofNoGroup(some("Targets[].Values[]", starting("arn:")))},
		{"control/unread-group-denied", "A group that the caller may not get ends the command as AccessDenied, though it may list it",
			"evidence: targets/denied-others", Must, "lifecycle/NoInstancesInTag",
			ofNoGroup(has("Targets[].Values[]", demo("group.empty.unread")))},
		{"control/default-version-runs", "The default version runs, not DocumentVersion", "evidence: echo/DocumentVersion-asked",
			Must, "execution/DocumentVersion", disguised(drop("DocumentVersion"), "DocumentVersion")},
		{"control/latest-version-runs", "The latest version runs where the default is asked for", "evidence: echo/DocumentVersion-asked",
			Must, "execution/DocumentVersion",
			disguised(when(has("DocumentVersion", "$DEFAULT"), put("DocumentVersion", `"$LATEST"`)), "DocumentVersion")},
		{"control/instanceids-finds-nothing", "The target InstanceIds finds no node", idsKeySource, Must,
			ids + " execution/AccessDenied/invocation", unmatched("InstanceIds")},
		{"control/small-instanceids-finds-nothing", "The target instanceids, as the console writes it, finds no node", idsKeySource,
			Must, ids, unmatched("instanceids")},
		{"control/long-ids-only", "What is sent to a node with a hybrid or a short ID is Undeliverable", "model: InstanceId pattern", Must,
			"execution/Targets/hybrid execution/Targets/short-id", shown(when(func(i *jsontree.Value) bool {
				id := member(i, "InstanceId")
				return !strings.HasPrefix(id, "i-") || len(id) != len("i-0123456789abcdef0")
			}, relabel("Success", "Failed", "Undeliverable")))},
		{"control/denied-group-counts", "A resource group that may not be listed counts a node",
			"evidence: targets/denied-list; group list denied: Failed/AccessDenied", Should, "execution/AccessDenied/no-node-runs",
			listed(when(every(has("StatusDetails", "AccessDenied"), some("TargetCount", number64(0))),
				put("TargetCount", "1", "CompletedCount", "1")))},
	}
}

// counted adds to a count that is no percentage.
func counted(name string, fallback, more int) answer {
	return disguised(func(_ *call, t *jsontree.Value) {
		n, err := strconv.Atoi(member(t, name))
		if member(t, name) == "" {
			n, err = fallback, nil
		}
		if err == nil {
			set(t, name, text(strconv.Itoa(max(0, n+more))))
		}
	}, name)
}

// firstBatch shows what waited for its turn as Pending for ever.
func firstBatch(c *call, command *jsontree.Value) {
	one := member(command, "Status") == "Success" && member(command, "MaxConcurrency") == "1"
	if one && len(c.invocations(member(command, "CommandId"))) > 1 {
		uncounted(c, command)
		state("InProgress", "InProgress")(c, command)
	}
}

func notOfFirstBatch(c *call, i *jsontree.Value) {
	id := member(i, "CommandId")
	all := c.invocations(id)
	if len(all) > 1 && member(c.command(id), "MaxConcurrency") == "1" && member(i, "InstanceId") != member(&all[0], "InstanceId") {
		relabel("Success", "Pending", "Pending")(c, i)
	}
}
