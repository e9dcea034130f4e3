package mutants

import (
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyControl Family = "control"

const (
	concurrencySource = "API_SendCommand, Request Parameters: MaxConcurrency; recorded/alarms.jsonl, revoke-active-1"
	errorsSource      = "API_SendCommand, Request Parameters: MaxErrors; facts.md section 4: \"3\" stops at the 4th error, \"0\" at the first"
	targetsSource     = "facts.md section 4: Target keys; several tag keys are ANDed, values ORed"
)

// controls are the ways in which MaxConcurrency, MaxErrors and Targets are misread.
func controls() []Mutant {
	return lifeMutants(familyControl, []lifeFlaw{
		{what: "concurrency-ignored", wrong: "MaxConcurrency is ignored", source: concurrencySource, plant: disguised(func(t *jsontree.Value) { remove(t, "MaxConcurrency") }, "MaxConcurrency"),
			expect: []string{"execution/MaxConcurrency"}},
		{what: "concurrency-and-one", wrong: "One node more than MaxConcurrency runs", source: concurrencySource, plant: disguised(counted("MaxConcurrency", 1), "MaxConcurrency"), expect: []string{"execution/MaxConcurrency"}},
		{what: "concurrency-percent-ignored", wrong: "A MaxConcurrency of percent is read as that many nodes", source: concurrencySource, plant: disguised(func(t *jsontree.Value) {
			if n, found := strings.CutSuffix(member(t, "MaxConcurrency"), "%"); found {
				set(t, "MaxConcurrency", text(n))
			}
		}, "MaxConcurrency"), expect: []string{"execution/MaxConcurrency/half"}},
		{what: "one-at-a-time", wrong: "One node runs at a time, whatever MaxConcurrency", source: concurrencySource, level: Should, plant: disguisedDefault("MaxConcurrency", `"1"`, `"50"`), expect: []string{"execution/MaxConcurrency"}},
		{what: "first-batch-only", wrong: "Nodes that wait for MaxConcurrency never have their turn", source: concurrencySource, plant: stateless(firstBatch), expect: []string{"execution/MaxConcurrency"}},
		{what: "errors-ignored", wrong: "MaxErrors stops nothing: every node runs", source: errorsSource, plant: disguisedDefault("MaxErrors", `"100%"`, `"0"`), expect: []string{"execution/MaxErrors"}},
		{what: "errors-and-one", wrong: "A command stops one error later than MaxErrors says", source: errorsSource, plant: disguised(counted("MaxErrors", 1), "MaxErrors"), expect: []string{"execution/MaxErrors"}},
		{what: "errors-less-one", wrong: "A command stops one error earlier than MaxErrors says", source: errorsSource, plant: disguised(counted("MaxErrors", -1), "MaxErrors"), expect: []string{"execution/MaxErrors/one-stops-at-the-second"}},
		{what: "errors-percent-as-any", wrong: "A MaxErrors of percent allows every error", source: errorsSource, plant: disguised(func(t *jsontree.Value) {
			if strings.HasSuffix(member(t, "MaxErrors"), "%") {
				set(t, "MaxErrors", text("100%"))
			}
		}, "MaxErrors"), expect: []string{"execution/MaxErrors/zero-percent"}},
		{what: "errors-percent-as-none", wrong: "A MaxErrors of percent allows no error", source: errorsSource, plant: disguised(func(t *jsontree.Value) {
			if strings.HasSuffix(member(t, "MaxErrors"), "%") {
				set(t, "MaxErrors", text("0"))
			}
		}, "MaxErrors"), expect: []string{"execution/MaxErrors/hundred-percent"}},
		{what: "allowance-unused", wrong: "A command with MaxErrors above 0 ends Incomplete though every node succeeded", source: detailsSource, plant: stateless(listing(func(c *jsontree.Value) {
			if member(c, "MaxErrors") != "0" {
				relabel("Success", "Success", "Incomplete")(c)
			}
		})), expect: []string{"execution/MaxErrors/success-within"}},
		{what: "allowed-invocation", wrong: "An invocation that failed within MaxErrors is shown as Success", source: detailsSource, plant: stateless(allowedAsSuccess), expect: []string{"execution/MaxErrors/incomplete-invocation"}},
		{what: "targets-either", wrong: "Of several Targets one that matches is enough", source: targetsSource, plant: disguised(func(t *jsontree.Value) {
			if list := t.Get("Targets"); list != nil && len(list.Items) > 1 {
				list.Items = list.Items[:1]
			}
		}, "Targets"), expect: []string{"execution/Targets/two-tags"}},
		{what: "values-all", wrong: "All Values of a target must match", source: targetsSource, plant: disguised(func(t *jsontree.Value) {
			if list := t.Pointer("/Targets/0/Values"); list != nil && len(list.Items) > 1 && strings.HasPrefix(member(t.Pointer("/Targets/0"), "Key"), "tag:") {
				list.Items = []jsontree.Value{text("sendspec-both")}
			}
		}, "Targets"), expect: []string{"execution/Targets/one-of-two-values"}},
		{what: "values-unread", wrong: "A target tag:KEY matches whatever value the tag has", source: targetsSource, plant: disguised(func(t *jsontree.Value) {
			if target := t.Pointer("/Targets/0"); target != nil && strings.HasPrefix(member(target, "Key"), "tag:") {
				set(target, "Values", jsontree.Value{Kind: jsontree.Array, Items: []jsontree.Value{text(member(target, "Key")[len("tag:"):])}})
				set(target, "Key", text("tag-key"))
			}
		}, "Targets"), expect: []string{"execution/Targets/another-value"}},
		{what: "tag-key-finds-nothing", wrong: "The target tag-key finds no node", source: targetsSource, plant: disguised(unmatched("tag-key"), "Targets"), expect: []string{"execution/Targets/tag-key"}},
		{what: "group-finds-nothing", wrong: "A resource group has no nodes", source: targetsSource, plant: disguised(unmatched("resource-groups:Name"), "Targets"), expect: []string{"execution/Targets/group", "execution/AccessDenied"}},
		{what: "instanceids-finds-nothing", wrong: "The target InstanceIds finds no node", source: "facts.md section 4: Key InstanceIds/instanceids both accepted", plant: disguised(unmatched("InstanceIds"), "Targets"),
			expect: []string{"execution/Targets/instance-ids", "execution/AccessDenied/invocation"}},
		{what: "small-instanceids-finds-nothing", wrong: "The target instanceids, as the console writes it, finds no node", source: "facts.md section 4: Key InstanceIds/instanceids both accepted", plant: disguised(unmatched("instanceids"), "Targets"),
			expect: []string{"execution/Targets/instance-ids"}},
		{what: "long-ids-only", wrong: "Nodes with hybrid and short IDs are unknown", source: "model: InstanceId pattern", plant: stateless(longIDsOnly), expect: []string{"execution/Targets/hybrid", "execution/Targets/short-id"}},
		{what: "denied-group-counts", wrong: "A resource group that may not be listed counts a node", source: "facts.md section 4: group list denied: Failed/AccessDenied", level: Should, plant: stateless(deniedGroupCounts),
			expect: []string{"execution/AccessDenied/no-node-runs"}},
	})
}

// counted adds to a count that is no percentage.
func counted(name string, more int) func(t *jsontree.Value) {
	return func(t *jsontree.Value) {
		given := member(t, name)
		if given == "" {
			given = map[string]string{"MaxConcurrency": "50", "MaxErrors": "0"}[name]
		}
		if n, err := strconv.Atoi(given); err == nil {
			set(t, name, text(strconv.Itoa(max(0, n+more))))
		}
	}
}

// disguisedDefault sends another value of a member always, and shows what was given, or the default.
func disguisedDefault(name, sent, fallback string) func() defect {
	hidden := disguised(func(t *jsontree.Value) { set(t, name, value(sent)) }, name)
	return func() defect {
		inner := hidden()
		given := &memory[bool]{}
		return func(c *call, p *planted) *reply {
			absent := c.is(reference.SendCommand) && member(c.tree(), name) == ""
			return inner(c, p).editCommands(func(command *jsontree.Value) {
				id := member(command, "CommandId")
				if absent {
					given.put(id, true)
				}
				if given.get(id) {
					set(command, name, value(fallback))
				}
			})
		}
	}
}

// unmatched sends a target of this key as a tag that no node has.
func unmatched(key string) func(t *jsontree.Value) {
	return func(t *jsontree.Value) {
		if target := t.Pointer("/Targets/0"); target != nil && member(target, "Key") == key {
			set(target, "Key", text("tag:sendspec-none"))
		}
	}
}

// firstBatch shows what waited for its turn as Pending for ever.
func firstBatch(c *call, p *planted) *reply {
	waited := func(v *jsontree.Value) bool {
		command := p.commandOf(c, member(v, "CommandId"))
		return member(command, "MaxConcurrency") == "1" && len(p.invocationsOf(c, member(v, "CommandId"))) > 1
	}
	r := listing(func(command *jsontree.Value) {
		if member(command, "Status") == "Success" && waited(command) {
			resetCounts(command)
			relabel("Success", "InProgress", "InProgress")(command)
		}
	})(c, p)
	return r.editInvocations(c, func(i *jsontree.Value) {
		all := p.invocationsOf(c, member(i, "CommandId"))
		if waited(i) && member(i, "InstanceId") != member(&all[0], "InstanceId") {
			relabel("Success", "Pending", "Pending")(i)
		}
	})
}

func allowedAsSuccess(c *call, p *planted) *reply {
	return p.ask(c).editInvocations(c, func(i *jsontree.Value) {
		command := p.commandOf(c, member(i, "CommandId"))
		if command == nil || member(command, "StatusDetails") != "Incomplete" || member(i, "StatusDetails") != "Failed" {
			return
		}
		relabel("Failed", "Success", "Success")(i)
	})
}

func longIDsOnly(c *call, p *planted) *reply {
	if c.is(reference.SendCommand) && c.tree().Pointer("/InstanceIds/0") != nil && valid(c) {
		for _, node := range c.tree().Get("InstanceIds").Items {
			if !strings.HasPrefix(node.Text, "i-") || len(node.Text) != len("i-0123456789abcdef0") {
				return send(p.service, c, []byte("{}")).refuse("InvalidInstanceId", "")
			}
		}
	}
	return p.ask(c)
}

func deniedGroupCounts(c *call, p *planted) *reply {
	return listing(func(command *jsontree.Value) {
		if member(command, "StatusDetails") == "AccessDenied" && number(command, "TargetCount") == 0 {
			setNumber(command, "TargetCount", 1)
			setNumber(command, "CompletedCount", 1)
		}
	})(c, p)
}
