package mutants

import (
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	typesSource  = "evidence: framework/serialization-types; a value of another type is a SerializationException"
	boundsSource = "model: ListCommandsRequest, ListCommandInvocationsRequest, GetCommandInvocationRequest, " +
		"CancelCommandRequest, CommandFilter"
	nodeFormSource = "model: InstanceId pattern"
)

// questionMutants are the ways in which the List, Get and Cancel calls take what is wrong and refuse what is right.
func questionMutants() []Mutant {
	const within, node = "lifecycle/Constraint.MaxResults/within", "lifecycle/Constraint.InstanceId/good-form"
	filters := func(more int) answer { return refusing(some("Filters", moreThan(more))) }
	long := func(name string, such func(n int) bool) answer {
		return refusing(func(t *jsontree.Value) bool { return such(len(member(t, name))) })
	}
	results := func(n int64) answer { return refusing(some("MaxResults", number64(n))) }
	capitals := func(name string) answer {
		return refusing(func(t *jsontree.Value) bool { return strings.ToLower(member(t, name)) != member(t, name) })
	}
	return append(mistypedMutants(), []Mutant{
		{"question/filter-mistyped", "A filter that is no structure is not looked at", typesSource, Must,
			"lifecycle/Type/structure-filter", mended(some("Filters[]", not(kind(jsontree.Object))), drop("Filters"))},
		{"question/details-mistyped", "Details of a list or a structure is read as true or false", typesSource, Must,
			"lifecycle/Type/boolean-details", detailsMistyped(jsontree.Array, jsontree.Object)},
		{"question/details-scalar", "Details of a text or a number is read as true or false", typesSource, Should,
			"lifecycle/Type/boolean-details-lenient", detailsMistyped(jsontree.String, jsontree.Number)},
		{"question/body-mistyped", "A body that is no object is read as an empty one",
			"evidence: framework/serialization", Must, "lifecycle/Type/body", answer(func(c *call) *reply {
				if c.tree() == nil && c.operation != reference.SendCommand {
					return c.send([]byte("{}"))
				}
				return c.ask()
			})},
		{"question/unknown-member-refused", "A List call with a member that it does not have is refused",
			"evidence: framework/unknown-members; unknown members are ignored", Must, "lifecycle/Type/unknown-member",
			refusing(has("Sendspec"))},
		{"question/null-refused", "A member of null is refused", "evidence: protocol/null; nulls in structures dropped", Should,
			"lifecycle/ListCommands/empty-body", refusing(some("*", kind(jsontree.Null)))},
		{"question/argument-needed", "ListCommands needs an argument", boundsSource, Must, "lifecycle/ListCommands/without-arguments",
			refusing(func(t *jsontree.Value) bool { return len(t.Members) == 0 })},
		{"question/one-result-refused", "MaxResults must be more than 1", boundsSource, Must, within, results(1)},
		{"question/fifty-results-refused", "MaxResults must be less than 50", boundsSource, Must, within, results(50)},
		{"question/one-filter", "More than one filter is refused", boundsSource, Must, "lifecycle/Constraint.Filters/several",
			filters(1)},
		{"question/four-filters", "More than four filters are refused", boundsSource, Must, "lifecycle/Constraint.Filters/all-five",
			filters(4)},
		{"question/filter-value-short", "A filter value must be shorter than 128 characters", boundsSource, Must,
			"lifecycle/Constraint.Filters/value-at-max",
			refusing(func(t *jsontree.Value) bool { return len(member(t.Pointer("/Filters/0"), "value")) == 128 })},
		{"question/filter-in-capitals", "The members of a filter may be called Key and Value", boundsSource, Should,
			"lifecycle/Constraint.Filters/capital-members", mended(has("Filters"), each(func(filter *jsontree.Value) {
				for k := range filter.Members {
					filter.Members[k].Name = strings.ToLower(filter.Members[k].Name)
				}
			}, "Filters[]"))},
		{"question/capital-command-refused", "A CommandId with capitals is refused", "evidence: validation/CommandId",
			Should, "lifecycle/ListCommands/command-id-in-capitals", capitals("CommandId")},
		{"question/capital-node-refused", "An InstanceId with capitals is refused", "model: InstanceId pattern, \\w", Must, node,
			capitals("InstanceId")},
		{"question/short-node-refused", "An InstanceId of i- and 8 characters is refused", nodeFormSource, Must, node,
			long("InstanceId", func(n int) bool { return n == 10 })},
		{"question/hybrid-node-refused", "An InstanceId of mi- and 17 characters is refused", nodeFormSource, Must, node,
			refusing(some("InstanceId", starting("mi-")))},
		{"question/fifty-nodes-refused", "CancelCommand takes fewer than 50 nodes", boundsSource, Must,
			"lifecycle/Constraint.InstanceId/cancel-fifty",
			refusing(some("InstanceIds", moreThan(49)))},
		{"question/plugin-of-four-refused", "A PluginName must be longer than 4 characters", boundsSource, Must,
			"lifecycle/Constraint.PluginName/four", long("PluginName", func(n int) bool { return n == 4 })},
		{"question/plugin-long-refused", "A PluginName may have 64 characters", boundsSource, Must,
			"lifecycle/Constraint.PluginName/long", long("PluginName", func(n int) bool { return n > 64 })},
	}...)
}

// mistypedMutants are about members of a wrong type. Those of SendCommand are in typeMutants.
func mistypedMutants() []Mutant {
	var all []Mutant
	for _, m := range []struct {
		name, topic, as, good string
		level                 fixtures.Level
	}{
		{"CommandId", "string-commandid", "an unknown one", `"00000000-0000-4000-8000-000000000000"`, Must},
		{"InstanceId", "string-instanceid", "an unknown one", `"i-00000000000000000"`, Must},
		{"NextToken", "string-nexttoken", "none", `null`, Must},
		{"MaxResults", "integer-maxresults", "the default", `null`, Must},
		{"Filters", "list-filters", "none", `null`, Must},
		// A server that overlooks these two refuses the unknown command all the same; that
		// it is to be a SerializationException is no must, since nobody has seen one from SSM.
		{"PluginName", "string-pluginname", "none", `null`, Should},
		{"InstanceIds", "list-instanceids", "none", `null`, Should},
	} {
		all = append(all, Mutant{"question/" + m.name + "-mistyped",
			"The calls about a command read a " + m.name + " of a wrong type as " + m.as,
			typesSource, m.level, "lifecycle/Type/" + m.topic, mistyped(m.name, m.good)})
	}
	return all
}

// mistyped puts a good value in the place of one of a wrong type.
func mistyped(name, good string) answer {
	return answered(func(c *call, r *reply) bool {
		return r.errorType() == "SerializationException" && c.operation != reference.SendCommand &&
			some(name, not(kind(jsontree.Null)))(c.tree())
	}, askingAgain(put(name, good)))
}

// mended asks with a changed request where it is one to mend.
func mended(fault condition, edits ...edit) answer {
	return answered(func(c *call, _ *reply) bool { return fault(c.tree()) }, askingAgain(edits...))
}

func detailsMistyped(kinds ...jsontree.Kind) answer {
	return mended(some("Details", kind(kinds...)), put("Details", "true"))
}

// refusing refuses such good requests of the List, Get and Cancel calls.
func refusing(such condition) answer {
	return answered(func(c *call, _ *reply) bool {
		return c.tree() != nil && c.operation != reference.SendCommand && c.valid() && such(c.tree())
	}, says("ValidationException", "1 validation error detected: Value failed to satisfy constraint"))
}
