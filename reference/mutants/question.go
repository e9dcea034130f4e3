package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyQuestion Family = "question"

const (
	typesSource  = "facts.md section 3, Malformed bodies: a value of another type is a SerializationException"
	boundsSource = "model: ListCommandsRequest, ListCommandInvocationsRequest, GetCommandInvocationRequest, CancelCommandRequest, CommandFilter"
)

// questions are the ways in which the List, Get and Cancel calls take what is wrong and refuse what is right.
func questions() []Mutant {
	return slices.Concat(coercions(), strictness())
}

// coercions are about wrong types. The members of SendCommand have a family of their own.
func coercions() []Mutant {
	row := func(name, topic, as string, level Level) lifeFlaw {
		return lifeFlaw{
			what: name + "-mistyped", wrong: "The calls about a command read a " + name + " of a wrong type as " + as, source: typesSource,
			plant: stateless(mistyped(name)), expect: []string{"lifecycle/Type/" + topic}, level: level,
		}
	}
	return lifeMutants(familyQuestion, []lifeFlaw{
		row("CommandId", "string-commandid", "an unknown one", Must),
		row("InstanceId", "string-instanceid", "an unknown one", Must),
		row("NextToken", "string-nexttoken", "none", Must),
		row("MaxResults", "integer-maxresults", "the default", Must),
		row("Filters", "list-filters", "none", Must),
		// A server that overlooks these two refuses the unknown command behind them all the same; that
		// it is to be a SerializationException is no must, since nobody has seen one from SSM.
		row("PluginName", "string-pluginname", "none", Should),
		row("InstanceIds", "list-instanceids", "none", Should),
		{what: "filter-mistyped", wrong: "A filter that is no structure is not looked at", source: typesSource, plant: stateless(filterMistyped), expect: []string{"lifecycle/Type/structure-filter"}},
		{what: "details-mistyped", wrong: "Details of a list or a structure is read as true or false", source: typesSource, plant: stateless(detailsMistyped(jsontree.Array, jsontree.Object)),
			expect: []string{"lifecycle/Type/boolean-details"}},
		{what: "details-scalar", wrong: "Details of a text or a number is read as true or false", source: typesSource, level: Should, plant: stateless(detailsMistyped(jsontree.String, jsontree.Number)),
			expect: []string{"lifecycle/Type/boolean-details-lenient"}},
		{what: "body-mistyped", wrong: "A body that is no object is read as an empty one", source: "facts.md section 3: body { and [] are SerializationException", plant: stateless(bodyMistyped), expect: []string{"lifecycle/Type/body"}},
	})
}

// mistyped puts a good value in the place of one of a wrong type.
func mistyped(name string) defect {
	return func(c *call, p *planted) *reply {
		if v := c.tree().Get(name); v != nil && v.Kind != jsontree.Null && c.operation != reference.SendCommand && strings.HasPrefix(member(p.ask(c).tree(), "__type"), "Serialization") {
			switch name {
			case "CommandId":
				*v = text("00000000-0000-4000-8000-000000000000")
			case "InstanceId":
				*v = text("i-00000000000000000")
			default:
				remove(c.tree(), name)
			}
			return p.askTree(c)
		}
		return p.ask(c)
	}
}

func filterMistyped(c *call, p *planted) *reply {
	list := c.tree().Get("Filters")
	if list == nil || list.Kind != jsontree.Array || len(list.Items) == 0 || list.Items[0].Kind == jsontree.Object {
		return p.ask(c)
	}
	remove(c.tree(), "Filters")
	return p.askTree(c)
}

func detailsMistyped(kinds ...jsontree.Kind) defect {
	return func(c *call, p *planted) *reply {
		if v := c.tree().Get("Details"); v != nil && slices.Contains(kinds, v.Kind) {
			*v = value("true")
			return p.askTree(c)
		}
		return p.ask(c)
	}
}

func bodyMistyped(c *call, p *planted) *reply {
	if c.tree() == nil && c.operation != reference.SendCommand {
		return send(p.service, c, []byte("{}"))
	}
	return p.ask(c)
}

// strictness is about good requests that are refused, and members that are called otherwise.
func strictness() []Mutant {
	refusedFilters := func(many int) defect {
		return refusing(func(t *jsontree.Value) bool { return t.Get("Filters") != nil && len(t.Get("Filters").Items) >= many })
	}
	return lifeMutants(familyQuestion, []lifeFlaw{
		{what: "unknown-member-refused", wrong: "A List call with a member that it does not have is refused", source: "facts.md section 3: unknown members are ignored",
			plant: stateless(refusing(func(t *jsontree.Value) bool { return t.Get("Sendspec") != nil })), expect: []string{"lifecycle/Type/unknown-member"}},
		{what: "null-refused", wrong: "A member of null is refused", source: "facts.md section 5: nulls in structures dropped", level: Should, plant: stateless(refusing(func(t *jsontree.Value) bool {
			return slices.ContainsFunc(t.Members, func(m jsontree.Member) bool { return m.Value.Kind == jsontree.Null })
		})), expect: []string{"lifecycle/ListCommands/empty-body"}},
		{what: "argument-needed", wrong: "ListCommands needs an argument", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool { return len(t.Members) == 0 })),
			expect: []string{"lifecycle/ListCommands/without-arguments"}},
		{what: "one-result-refused", wrong: "MaxResults must be more than 1", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool { return number(t, "MaxResults") == 1 })),
			expect: []string{"lifecycle/Constraint.MaxResults/within"}},
		{what: "fifty-results-refused", wrong: "MaxResults must be less than 50", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool { return number(t, "MaxResults") == 50 })),
			expect: []string{"lifecycle/Constraint.MaxResults/within"}},
		{what: "one-filter", wrong: "More than one filter is refused", source: boundsSource, plant: stateless(refusedFilters(2)), expect: []string{"lifecycle/Constraint.Filters/several"}},
		{what: "four-filters", wrong: "More than four filters are refused", source: boundsSource, plant: stateless(refusedFilters(5)), expect: []string{"lifecycle/Constraint.Filters/all-five"}},
		{what: "filter-value-short", wrong: "A filter value must be shorter than 128 characters", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool { return len(member(t.Pointer("/Filters/0"), "value")) == 128 })),
			expect: []string{"lifecycle/Constraint.Filters/value-at-max"}},
		{what: "filter-in-capitals", wrong: "The members of a filter may be called Key and Value", source: boundsSource, level: Should, plant: stateless(filterInCapitals), expect: []string{"lifecycle/Constraint.Filters/capital-members"}},
		{what: "capital-command-refused", wrong: "A CommandId with capitals is refused", source: "facts.md section 1: CommandId pattern A-Fa-f0-9", level: Should,
			plant: stateless(refusing(capitals("CommandId"))), expect: []string{"lifecycle/ListCommands/command-id-in-capitals"}},
		{what: "capital-node-refused", wrong: "An InstanceId with capitals is refused", source: "model: InstanceId pattern, \\w", plant: stateless(refusing(capitals("InstanceId"))), expect: []string{"lifecycle/Constraint.InstanceId/good-form"}},
		{what: "short-node-refused", wrong: "An InstanceId of i- and 8 characters is refused", source: "model: InstanceId pattern", plant: stateless(refusing(func(t *jsontree.Value) bool { return len(member(t, "InstanceId")) == 10 })),
			expect: []string{"lifecycle/Constraint.InstanceId/good-form"}},
		{what: "hybrid-node-refused", wrong: "An InstanceId of mi- and 17 characters is refused", source: "model: InstanceId pattern", plant: stateless(refusing(func(t *jsontree.Value) bool { return strings.HasPrefix(member(t, "InstanceId"), "mi-") })),
			expect: []string{"lifecycle/Constraint.InstanceId/good-form"}},
		{what: "fifty-nodes-refused", wrong: "CancelCommand takes fewer than 50 nodes", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool {
			return t.Get("InstanceIds") != nil && len(t.Get("InstanceIds").Items) == 50
		})),
			expect: []string{"lifecycle/Constraint.InstanceId/cancel-fifty"}},
		{what: "plugin-of-four-refused", wrong: "A PluginName must be longer than 4 characters", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool { return len(member(t, "PluginName")) == 4 })),
			expect: []string{"lifecycle/Constraint.PluginName/four"}},
		{what: "plugin-long-refused", wrong: "A PluginName may have 64 characters", source: boundsSource, plant: stateless(refusing(func(t *jsontree.Value) bool { return len(member(t, "PluginName")) > 64 })),
			expect: []string{"lifecycle/Constraint.PluginName/long"}},
	})
}

// refusing refuses such good requests of the List, Get and Cancel calls.
func refusing(such func(t *jsontree.Value) bool) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.tree() != nil && c.operation != reference.SendCommand && valid(c) && such(c.tree()) {
			r.refuse("ValidationException", "1 validation error detected: Value failed to satisfy constraint")
		}
		return r
	}
}

func capitals(name string) func(t *jsontree.Value) bool {
	return func(t *jsontree.Value) bool { return strings.ToLower(member(t, name)) != member(t, name) }
}

func filterInCapitals(c *call, p *planted) *reply {
	list := c.tree().Get("Filters")
	if list == nil || list.Kind != jsontree.Array {
		return p.ask(c)
	}
	for i := range list.Items {
		for k := range list.Items[i].Members {
			list.Items[i].Members[k].Name = strings.ToLower(list.Items[i].Members[k].Name)
		}
	}
	return p.askTree(c)
}
