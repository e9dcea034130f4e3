package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	filterSource = "API_CommandFilter, Contents: key, value"
	narrowSource = "API_ListCommands, API_ListCommandInvocations, Request Parameters: CommandId, InstanceId"
)

// filterMutants are the ways in which lists are narrowed wrongly.
func filterMutants() []Mutant {
	commands, invocations := reference.ListCommands, reference.ListCommandInvocations
	nothing := func(string, *jsontree.Value) bool { return false }
	return []Mutant{
		{"filter/status-ignored", "ListCommands ignores the filter Status", filterSource, Must, "lifecycle/Filters/status*",
			unfiltered("Status", commands)},
		{"filter/document-ignored", "ListCommands ignores the filter DocumentName", filterSource, Must,
			"lifecycle/Filters/document-name-unused", unfiltered("DocumentName", commands)},
		{"filter/after-ignored", "ListCommands ignores the filter InvokedAfter", filterSource, Must,
			"lifecycle/Filters/invoked-after-tomorrow", unfiltered("InvokedAfter", commands)},
		{"filter/before-ignored", "Both lists ignore the filter InvokedBefore", filterSource, Must,
			"lifecycle/Filters/invoked-before lifecycle/Filters/invocations-invoked-before",
			unfiltered("InvokedBefore", commands, invocations)},
		{"filter/stage-ignored", "ListCommands ignores the filter ExecutionStage", filterSource, Must,
			"lifecycle/Filters/stage-executing", unfiltered("ExecutionStage", commands)},
		{"filter/before-for-after", "InvokedAfter and InvokedBefore are swapped", filterSource, Must, "lifecycle/Filters/invoked-*",
			swapped("InvokedAfter", "InvokedBefore")},
		{"filter/complete-for-executing", "ExecutionStage Complete lists what runs, and Executing what has ended", filterSource, Must,
			"lifecycle/Filters/stage-*", swapped("Complete", "Executing")},
		{"filter/complete-is-success", "ExecutionStage Complete lists commands that succeeded only", filterSource, Should,
			"execution/Filters/failed-complete", keeping(commands, "ExecutionStage", func(value string, v *jsontree.Value) bool {
				return value != "Complete" || member(v, "Status") == "Success"
			})},
		{"filter/executing-empty", "ExecutionStage Executing lists nothing that has reached a node", filterSource, Should,
			"execution/InProgress/unfinished-listed", keeping(commands, "ExecutionStage", func(value string, v *jsontree.Value) bool {
				return value != "Executing" || member(v, "Status") == "Pending"
			})},
		{"filter/complete-and-executing", "ExecutionStage Complete lists nothing", filterSource, Must,
			"lifecycle/Filters/stage-complete",
			keeping(commands, "ExecutionStage", func(value string, _ *jsontree.Value) bool { return value != "Complete" })},
		{"filter/first-only", "Of several filters the first is heeded", filterSource, Must, "lifecycle/Filters/contradiction-behind",
			oneFilter(func(n int) int { return 0 })},
		{"filter/last-only", "Of several filters the last is heeded", filterSource, Must, "lifecycle/Filters/contradiction",
			oneFilter(func(n int) int { return n - 1 })},
		{"filter/either", "Of several filters one that holds is enough", filterSource, Must, "lifecycle/Filters/contradiction",
			answer(eitherFilter)},
		{"filter/two-find-nothing", "Several filters together list nothing", filterSource, Must, "lifecycle/Filters/two",
			on(commands+":Commands", invocations+":CommandInvocations")(asked(some("Filters", moreThan(1)), emptied))},
		{"filter/document-part", "The filter DocumentName finds names that contain it", filterSource, Should,
			"lifecycle/Filters/document-name-part",
			filtering(commands, "DocumentName", func(_ *call, value string, v *jsontree.Value) bool {
				return strings.Contains(member(v, "DocumentName"), value)
			})},
		{"filter/document-case", "The filter DocumentName does not tell capitals from small letters", filterSource, Should,
			"lifecycle/Filters/document-name-part",
			filtering(commands, "DocumentName", func(_ *call, value string, v *jsontree.Value) bool {
				return strings.EqualFold(member(v, "DocumentName"), value)
			})},
		{"filter/document-finds-nothing", "The filter DocumentName compares with the ARN", filterSource, Must,
			"lifecycle/Filters/document-name", keeping(commands, "DocumentName", nothing)},
		{"filter/after-finds-nothing", "InvokedAfter compares the text of the date with seconds", filterSource, Must,
			"lifecycle/Filters/invoked-after", keeping(commands, "InvokedAfter", nothing)},
		{"filter/status-of-details", "The filter Status looks at StatusDetails only", filterSource, Should,
			"lifecycle/Filters/status-of-this-command",
			keeping(commands, "Status", func(value string, v *jsontree.Value) bool { return member(v, "StatusDetails") == value })},
		{"filter/status-without-details", "The filter Status knows the seven statuses only", filterSource, Should,
			"lifecycle/Filters/status-details",
			keeping(commands, "Status", func(value string, v *jsontree.Value) bool { return member(v, "Status") == value })},
		{"filter/status-finds-nothing", "The filter Status compares with the status that SendCommand answered", filterSource, Must,
			"lifecycle/Filters/status-success",
			keeping(commands, "Status", func(value string, _ *jsontree.Value) bool { return value == "Pending" })},
		{"filter/command-ignored",
			"ListCommands does not find a command by its CommandId before it has been to its targets, and lists all", narrowSource, Must,
			"lifecycle/ListCommands/by-command", ofAllCommands(func(c *call, r *reply) bool {
				return c.operation == commands && member(r.tree().Pointer("/Commands/0"), "Status") == "Pending"
			})},
		{"filter/invocations-command-ignored", "ListCommandInvocations of a command without invocations lists those of all commands",
			narrowSource, Must, "lifecycle/ListCommandInvocations/unknown-command lifecycle/NoInstancesInTag/no-invocation",
			ofAllCommands(func(c *call, r *reply) bool {
				return c.operation == invocations && r.tree().Pointer("/CommandInvocations/0") == nil
			})},
		{"filter/node-ignored", "ListCommands ignores InstanceId", narrowSource, Must,
			"lifecycle/ListCommands/by-second-instance lifecycle/ListCommands/by-another-instance", asking(commands, drop("InstanceId"))},
		{"filter/invocations-node-ignored", "ListCommandInvocations ignores InstanceId", narrowSource, Must,
			"lifecycle/ListCommandInvocations/by-*", asking(invocations, drop("InstanceId"))},
		{"filter/node-and-command", "ListCommandInvocations with both CommandId and InstanceId lists nothing", narrowSource, Must,
			"lifecycle/ListCommandInvocations/by-command-and-instance",
			inList(invocations, asked(func(t *jsontree.Value) bool {
				return member(t, "CommandId") != "" && member(t, "InstanceId") != ""
			}, emptied))},
		{"filter/node-of-the-request", "ListCommands with an InstanceId does not list commands that found the node by Targets",
			"API_ListCommands, InstanceId: commands issued against this managed node ID", Should,
			"execution/Filters/by-instance-of-a-tag", inList(commands, nodeOfTheRequest)},
		{"filter/invocations-unfiltered", "ListCommandInvocations ignores the filter Status", filterSource, Must,
			"lifecycle/Filters/invocations-by-status execution/Filters/success-*", unfiltered("Status", invocations)},
		{"filter/invocations-find-nothing", "ListCommandInvocations filtered by Status lists nothing", filterSource, Must,
			"execution/Filters/success-listed", keeping(invocations, "Status", nothing)},
		{"filter/invocations-by-command-status", "ListCommandInvocations filters by the Status of the command", filterSource, Must,
			"execution/Filters/by-own-status", filtering(invocations, "Status", func(c *call, value string, v *jsontree.Value) bool {
				return member(c.command(member(v, "CommandId")), "Status") == value
			})},
		{"filter/stage-of-invocations", "ListCommandInvocations takes the filter ExecutionStage",
			"API_CommandFilter, key: ExecutionStage can't be used with ListCommandInvocations", Should,
			"lifecycle/Filters/stage-of-invocations", unfiltered("ExecutionStage", invocations)},
	}
}

// filter is the value of a filter of the request, "" where it has none of that key.
func (c *call) filter(key string) (value string) {
	at(c.tree(), "Filters[]", func(_ string, f *jsontree.Value) {
		if member(f, "key") == key {
			value = member(f, "value")
		}
	})
	return value
}

// unfiltered leaves a filter out.
func unfiltered(key string, operations ...string) answer {
	others := each(func(filters *jsontree.Value) { keep(filters, not(has("key", key))) }, "Filters")
	return func(c *call) *reply {
		if !slices.Contains(operations, c.operation) {
			return c.ask()
		}
		return asking(c.operation, others, when(some("Filters", emptyList), drop("Filters")))(c)
	}
}

// swapped exchanges two words in the filters of ListCommands.
func swapped(a, b string) answer {
	return asking(reference.ListCommands, texts(strings.NewReplacer(a, b, b, a).Replace, "Filters[].key", "Filters[].value"))
}

// keeping keeps only some of what a filter finds.
func keeping(operation, key string, such func(value string, v *jsontree.Value) bool) answer {
	return inList(operation, func(c *call, list *jsontree.Value) {
		if value := c.filter(key); value != "" {
			keep(list, func(v *jsontree.Value) bool { return such(value, v) })
		}
	})
}

// filtering filters by a rule of its own.
func filtering(operation, key string, such func(c *call, value string, v *jsontree.Value) bool) answer {
	return func(c *call) *reply {
		value := c.filter(key)
		r := unfiltered(key, operation)(c)
		return c.change(r, func(c *call, list *jsontree.Value) {
			keep(list, func(v *jsontree.Value) bool { return value == "" || such(c, value, v) })
		}, operation+":"+listOf[operation])
	}
}

func oneFilter(choose func(n int) int) answer {
	return func(c *call) *reply {
		return asking(c.operation, each(func(filters *jsontree.Value) {
			i := choose(len(filters.Items))
			filters.Items = filters.Items[i : i+1]
		}, "Filters"))(c)
	}
}

func eitherFilter(c *call) *reply {
	r := c.ask()
	filters := c.tree().Get("Filters")
	if c.operation != reference.ListCommands || !r.ok() || filters == nil || len(filters.Items) < 2 {
		return r
	}
	union := list()
	given := filters.Items
	for i := range given {
		filters.Items = given[i : i+1]
		at(c.askTree().tree(), "Commands[]", func(_ string, v *jsontree.Value) { union.Items = append(union.Items, *v) })
	}
	once(&union, false, func(v *jsontree.Value) string { return member(v, "CommandId") })
	return r.edit(func(t *jsontree.Value) { set(t, "Commands", union) })
}

// ofAllCommands leaves CommandId out of some requests that have one.
func ofAllCommands(such func(c *call, r *reply) bool) answer {
	return answered(func(c *call, r *reply) bool { return r.ok() && c.text("CommandId") != "" && such(c, r) },
		askingAgain(drop("CommandId")))
}

func nodeOfTheRequest(c *call, list *jsontree.Value) {
	if node := c.text("InstanceId"); node != "" {
		keep(list, func(v *jsontree.Value) bool {
			return slices.ContainsFunc(v.Get("InstanceIds").Items, func(id jsontree.Value) bool { return id.Text == node })
		})
	}
}
