package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyFilter Family = "filter"

const (
	filterSource = "API_CommandFilter, Contents: key, value"
	narrowSource = "API_ListCommands, API_ListCommandInvocations, Request Parameters: CommandId, InstanceId"
)

// filters are the ways in which lists are narrowed wrongly.
func filters() []Mutant {
	return lifeMutants(familyFilter, []lifeFlaw{
		{what: "status-ignored", wrong: "ListCommands ignores the filter Status", source: filterSource, plant: stateless(unfiltered(reference.ListCommands, "Status")), expect: []string{"lifecycle/Filters/status*"}},
		{what: "document-ignored", wrong: "ListCommands ignores the filter DocumentName", source: filterSource, plant: stateless(unfiltered(reference.ListCommands, "DocumentName")),
			expect: []string{"lifecycle/Filters/document-name-unused"}},
		{what: "after-ignored", wrong: "ListCommands ignores the filter InvokedAfter", source: filterSource, plant: stateless(unfiltered(reference.ListCommands, "InvokedAfter")),
			expect: []string{"lifecycle/Filters/invoked-after-tomorrow"}},
		{what: "before-ignored", wrong: "Both lists ignore the filter InvokedBefore", source: filterSource, plant: stateless(func(c *call, p *planted) *reply {
			return unfiltered(c.operation, "InvokedBefore")(c, p)
		}), expect: []string{"lifecycle/Filters/invoked-before", "lifecycle/Filters/invocations-invoked-before"}},
		{what: "stage-ignored", wrong: "ListCommands ignores the filter ExecutionStage", source: filterSource, plant: stateless(unfiltered(reference.ListCommands, "ExecutionStage")),
			expect: []string{"lifecycle/Filters/stage-executing"}},
		{what: "before-for-after", wrong: "InvokedAfter and InvokedBefore are swapped", source: filterSource, plant: stateless(swapped("InvokedAfter", "InvokedBefore")), expect: []string{"lifecycle/Filters/invoked-*"}},
		{what: "complete-for-executing", wrong: "ExecutionStage Complete lists what runs, and Executing what has ended", source: filterSource, plant: stateless(swapped("Complete", "Executing")),
			expect: []string{"lifecycle/Filters/stage-*"}},
		{what: "complete-is-success", wrong: "ExecutionStage Complete lists commands that succeeded only", source: filterSource, level: Should, plant: stateless(keeping(reference.ListCommands, "ExecutionStage", func(value string, v *jsontree.Value) bool {
			return value != "Complete" || member(v, "Status") == "Success"
		})), expect: []string{"execution/Filters/failed-complete"}},
		{what: "executing-empty", wrong: "ExecutionStage Executing lists nothing that has reached a node", source: filterSource, level: Should, plant: stateless(keeping(reference.ListCommands, "ExecutionStage", func(value string, v *jsontree.Value) bool {
			return value != "Executing" || member(v, "Status") == "Pending"
		})), expect: []string{"execution/InProgress/unfinished-listed"}},
		{what: "complete-and-executing", wrong: "ExecutionStage Complete lists nothing", source: filterSource, plant: stateless(keeping(reference.ListCommands, "ExecutionStage", func(value string, _ *jsontree.Value) bool {
			return value != "Complete"
		})), expect: []string{"lifecycle/Filters/stage-complete"}},
		{what: "first-only", wrong: "Of several filters the first is heeded", source: filterSource, plant: stateless(oneFilter(func(list []jsontree.Value) []jsontree.Value { return list[:1] })),
			expect: []string{"lifecycle/Filters/contradiction-behind"}},
		{what: "last-only", wrong: "Of several filters the last is heeded", source: filterSource, plant: stateless(oneFilter(func(list []jsontree.Value) []jsontree.Value { return list[len(list)-1:] })),
			expect: []string{"lifecycle/Filters/contradiction"}},
		{what: "either", wrong: "Of several filters one that holds is enough", source: filterSource, plant: stateless(eitherFilter), expect: []string{"lifecycle/Filters/contradiction"}},
		{what: "two-find-nothing", wrong: "Several filters together list nothing", source: filterSource, plant: stateless(severalFindNothing), expect: []string{"lifecycle/Filters/two"}},
		{what: "document-part", wrong: "The filter DocumentName finds names that contain it", source: filterSource, level: Should, plant: stateless(documentLike(strings.Contains)),
			expect: []string{"lifecycle/Filters/document-name-part"}},
		{what: "document-case", wrong: "The filter DocumentName does not tell capitals from small letters", source: filterSource, level: Should, plant: stateless(documentLike(strings.EqualFold)),
			expect: []string{"lifecycle/Filters/document-name-part"}},
		{what: "document-finds-nothing", wrong: "The filter DocumentName compares with the ARN", source: filterSource, plant: stateless(keeping(reference.ListCommands, "DocumentName", func(string, *jsontree.Value) bool { return false })),
			expect: []string{"lifecycle/Filters/document-name"}},
		{what: "after-finds-nothing", wrong: "InvokedAfter compares the text of the date with seconds", source: filterSource, plant: stateless(keeping(reference.ListCommands, "InvokedAfter", func(string, *jsontree.Value) bool { return false })),
			expect: []string{"lifecycle/Filters/invoked-after"}},
		{what: "status-of-details", wrong: "The filter Status looks at StatusDetails only", source: filterSource, level: Should, plant: stateless(keeping(reference.ListCommands, "Status", func(value string, v *jsontree.Value) bool {
			return member(v, "StatusDetails") == value
		})), expect: []string{"lifecycle/Filters/status-of-this-command"}},
		{what: "status-without-details", wrong: "The filter Status knows the seven statuses only", source: filterSource, level: Should, plant: stateless(keeping(reference.ListCommands, "Status", func(value string, v *jsontree.Value) bool {
			return member(v, "Status") == value
		})), expect: []string{"lifecycle/Filters/status-details"}},
		{what: "status-finds-nothing", wrong: "The filter Status compares with the status that SendCommand answered", source: filterSource, plant: stateless(keeping(reference.ListCommands, "Status", func(value string, _ *jsontree.Value) bool {
			return value == "Pending"
		})), expect: []string{"lifecycle/Filters/status-success"}},
		{what: "command-ignored", wrong: "ListCommands does not find a command by its CommandId before it has been to its targets, and lists all", source: narrowSource, plant: stateless(pendingUnindexed),
			expect: []string{"lifecycle/ListCommands/by-command"}},
		{what: "invocations-command-ignored", wrong: "ListCommandInvocations of a command without invocations lists those of all commands", source: narrowSource, plant: stateless(noneAsAll),
			expect: []string{"lifecycle/ListCommandInvocations/unknown-command", "lifecycle/NoInstancesInTag/no-invocation"}},
		{what: "node-ignored", wrong: "ListCommands ignores InstanceId", source: narrowSource, plant: stateless(asking(reference.ListCommands, func(t *jsontree.Value) { remove(t, "InstanceId") })),
			expect: []string{"lifecycle/ListCommands/by-second-instance", "lifecycle/ListCommands/by-another-instance"}},
		{what: "invocations-node-ignored", wrong: "ListCommandInvocations ignores InstanceId", source: narrowSource, plant: stateless(asking(reference.ListCommandInvocations, func(t *jsontree.Value) { remove(t, "InstanceId") })),
			expect: []string{"lifecycle/ListCommandInvocations/by-*"}},
		{what: "node-and-command", wrong: "ListCommandInvocations with both CommandId and InstanceId lists nothing", source: narrowSource, plant: stateless(neitherTogether),
			expect: []string{"lifecycle/ListCommandInvocations/by-command-and-instance"}},
		{what: "node-of-the-request", wrong: "ListCommands with an InstanceId does not list commands that found the node by Targets", source: "API_ListCommands, InstanceId: commands issued against this managed node ID", level: Should,
			plant: stateless(nodeOfTheRequest), expect: []string{"execution/Filters/by-instance-of-a-tag"}},
		{what: "invocations-unfiltered", wrong: "ListCommandInvocations ignores the filter Status", source: filterSource, plant: stateless(unfiltered(reference.ListCommandInvocations, "Status")),
			expect: []string{"lifecycle/Filters/invocations-by-status", "execution/Filters/success-*"}},
		{what: "invocations-find-nothing", wrong: "ListCommandInvocations filtered by Status lists nothing", source: filterSource, plant: stateless(keeping(reference.ListCommandInvocations, "Status", func(string, *jsontree.Value) bool { return false })),
			expect: []string{"execution/Filters/success-listed"}},
		{what: "invocations-by-command-status", wrong: "ListCommandInvocations filters by the Status of the command", source: filterSource, plant: stateless(byCommandStatus),
			expect: []string{"execution/Filters/by-own-status"}},
		{what: "stage-of-invocations", wrong: "ListCommandInvocations takes the filter ExecutionStage", source: "API_CommandFilter, key: ExecutionStage can't be used with ListCommandInvocations", level: Should,
			plant: stateless(unfiltered(reference.ListCommandInvocations, "ExecutionStage")), expect: []string{"lifecycle/Filters/stage-of-invocations"}},
	})
}

// filterValue is the value of a filter of a request, "" where it has none of that key.
func filterValue(c *call, key string) string {
	if list := c.tree().Get("Filters"); list != nil && list.Kind == jsontree.Array {
		for i := range list.Items {
			if member(&list.Items[i], "key") == key {
				return member(&list.Items[i], "value")
			}
		}
	}
	return ""
}

// unfiltered leaves a filter out.
func unfiltered(operation, key string) defect {
	return asking(operation, func(t *jsontree.Value) {
		list := t.Get("Filters")
		if list == nil {
			return
		}
		list.Items = slices.DeleteFunc(list.Items, func(f jsontree.Value) bool { return member(&f, "key") == key })
		if len(list.Items) == 0 {
			remove(t, "Filters")
		}
	})
}

// swapped exchanges two words in the filters of ListCommands.
func swapped(a, b string) defect {
	return asking(reference.ListCommands, func(t *jsontree.Value) {
		at(t, "Filters[].key", func(_ string, v *jsontree.Value) { v.Text = swap(v.Text, a, b) })
		at(t, "Filters[].value", func(_ string, v *jsontree.Value) { v.Text = swap(v.Text, a, b) })
	})
}

func swap(s, a, b string) string {
	switch s {
	case a:
		return b
	case b:
		return a
	}
	return s
}

// keeping keeps only some of what a filter finds.
func keeping(operation, key string, keep func(value string, v *jsontree.Value) bool) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if value := filterValue(c, key); c.operation == operation && value != "" {
			r.editList(func(_, list *jsontree.Value) {
				list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool { return !keep(value, &v) })
			})
		}
		return r
	}
}

func oneFilter(choose func(list []jsontree.Value) []jsontree.Value) defect {
	return func(c *call, p *planted) *reply {
		return asking(c.operation, func(t *jsontree.Value) {
			if list := t.Get("Filters"); list != nil {
				list.Items = choose(list.Items)
			}
		})(c, p)
	}
}

func eitherFilter(c *call, p *planted) *reply {
	r := p.ask(c)
	list := c.tree().Get("Filters")
	if c.operation != reference.ListCommands || !r.ok() || list == nil || len(list.Items) < 2 {
		return r
	}
	given := list.Items
	seen := map[string]bool{}
	var union []jsontree.Value
	for i := range given {
		list.Items = given[i : i+1]
		p.askTree(c).editList(func(_, found *jsontree.Value) {
			for _, command := range found.Items {
				if id := member(&command, "CommandId"); !seen[id] {
					seen[id] = true
					union = append(union, command)
				}
			}
		})
	}
	return r.editList(func(_, found *jsontree.Value) { found.Items = union })
}

func severalFindNothing(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.tree().Pointer("/Filters/1") == nil {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) { list.Items = nil })
}

func documentLike(like func(name, value string) bool) defect {
	return func(c *call, p *planted) *reply {
		value := filterValue(c, "DocumentName")
		r := unfiltered(reference.ListCommands, "DocumentName")(c, p)
		if value == "" || c.operation != reference.ListCommands {
			return r
		}
		return r.editList(func(_, list *jsontree.Value) {
			list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool { return !like(member(&v, "DocumentName"), value) })
		})
	}
}

func pendingUnindexed(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommands || member(r.tree().Pointer("/Commands/0"), "Status") != "Pending" || member(c.tree(), "CommandId") == "" {
		return r
	}
	remove(c.tree(), "CommandId")
	return p.askTree(c)
}

func noneAsAll(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommandInvocations || !r.ok() || member(c.tree(), "CommandId") == "" || r.tree().Pointer("/CommandInvocations/0") != nil {
		return r
	}
	remove(c.tree(), "CommandId")
	return p.askTree(c)
}

func neitherTogether(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommandInvocations || member(c.tree(), "CommandId") == "" || member(c.tree(), "InstanceId") == "" {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) { list.Items = nil })
}

func nodeOfTheRequest(c *call, p *planted) *reply {
	r := p.ask(c)
	node := member(c.tree(), "InstanceId")
	if c.operation != reference.ListCommands || node == "" {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) {
		list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool {
			return !slices.ContainsFunc(v.Get("InstanceIds").Items, func(id jsontree.Value) bool { return id.Text == node })
		})
	})
}

func byCommandStatus(c *call, p *planted) *reply {
	status := filterValue(c, "Status")
	if c.operation != reference.ListCommandInvocations || status == "" {
		return p.ask(c)
	}
	r := unfiltered(reference.ListCommandInvocations, "Status")(c, p)
	return r.editList(func(_, list *jsontree.Value) {
		list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool {
			return member(p.commandOf(c, member(&v, "CommandId")), "Status") != status
		})
	})
}
