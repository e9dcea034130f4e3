package mutants

import (
	"slices"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// outputs are about what a script wrote.
func outputs() []Mutant {
	return lifeMutants(familyInvocation, []lifeFlaw{
		{what: "output-of-the-last", wrong: "GetCommandInvocation shows the output of the invocation asked for before", source: shownSource, plant: outputOfTheLast, expect: []string{"execution/Success/output"}},
		{what: "streams-swapped", wrong: "Standard output and standard error are swapped", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			out, err := member(i, "StandardOutputContent"), member(i, "StandardErrorContent")
			set(i, "StandardOutputContent", text(err))
			set(i, "StandardErrorContent", text(out))
		})), expect: []string{"execution/Success/output", "execution/Failed/standard-error"}},
		{what: "streams-merged", wrong: "Standard error stands in the standard output", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			set(i, "StandardOutputContent", text(member(i, "StandardOutputContent")+member(i, "StandardErrorContent")))
			set(i, "StandardErrorContent", text(""))
		})), expect: []string{"execution/Failed"}},
		{what: "output-trimmed", wrong: "The line end behind the output is cut off", source: "recorded/managed-execution.jsonl, success-invocation-4", plant: stateless(showing(func(i *jsontree.Value) {
			for _, v := range []*jsontree.Value{i, i.Pointer("/CommandPlugins/0")} {
				for _, name := range []string{"StandardOutputContent", "Output"} {
					if out := member(v, name); out != "" {
						set(v, name, text(strings.TrimSpace(out)))
					}
				}
			}
		})), expect: []string{"execution/Success/output", "execution/Success/plugin-output"}},
		{what: "last-line-only", wrong: "The output is that of the last line of commands", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			if lines := strings.SplitAfter(member(i, "StandardOutputContent"), "\n"); len(lines) > 2 {
				set(i, "StandardOutputContent", text(lines[len(lines)-2]))
			}
		})), expect: []string{"execution/Success/output-of-several-lines"}},
		{what: "no-output-as-none", wrong: "Output that is empty is the text None", source: "recorded/notifications.jsonl: empty output is \"\"", plant: stateless(getting(func(i *jsontree.Value) {
			for _, name := range []string{"StandardOutputContent", "StandardErrorContent"} {
				if member(i, name) == "" {
					set(i, name, text("None"))
				}
			}
		})), expect: []string{"execution/Success/no-output", "execution/InProgress/no-output"}},
		{what: "output-while-running", wrong: "What a script has written is shown while it runs", source: "recorded/alarms.jsonl, trigger-active-0", plant: outputWhileRunning, expect: []string{"execution/InProgress"}},
		{what: "output-whole", wrong: "GetCommandInvocation shows more than 24000 characters of output", source: outputSource, plant: stateless(getting(func(i *jsontree.Value) {
			if out := member(i, "StandardOutputContent"); len(out) >= 24000 {
				set(i, "StandardOutputContent", text(out[:20000]+strings.Repeat("a", 10000)))
			}
		})), expect: []string{"execution/Output/at-most-24000"}},
		{what: "output-tail", wrong: "GetCommandInvocation shows the last 24000 characters of output", source: outputSource, level: Should, plant: stateless(getting(func(i *jsontree.Value) {
			if out := member(i, "StandardOutputContent"); len(out) >= 24000 {
				set(i, "StandardOutputContent", text(strings.Repeat("a", 24000)))
			}
		})), expect: []string{"execution/Output/the-first"}},
		{what: "output-cut-short", wrong: "GetCommandInvocation shows 2500 characters of output", source: outputSource, plant: stateless(getting(func(i *jsontree.Value) {
			if out := member(i, "StandardOutputContent"); len(out) > 2500 {
				set(i, "StandardOutputContent", text(out[:2500]))
			}
		})), expect: []string{"execution/Output/below", "execution/Output/the-first"}},
		{what: "errors-whole", wrong: "GetCommandInvocation shows more than 8000 characters of standard error", source: outputSource, plant: stateless(getting(func(i *jsontree.Value) {
			if out := member(i, "StandardErrorContent"); len(out) >= 8000 {
				set(i, "StandardErrorContent", text(out[:7000]+strings.Repeat("a", 5000)))
			}
		})), expect: []string{"execution/Output/errors-at-most-8000"}},
		{what: "error-text-lost", wrong: "StandardErrorContent lacks what the agent says about the code", source: "recorded/managed-execution.jsonl, failure-invocation-1", plant: stateless(getting(func(i *jsontree.Value) {
			before, _, _ := strings.Cut(member(i, "StandardErrorContent"), "failed to run commands")
			set(i, "StandardErrorContent", text(before))
		})), expect: []string{"execution/Failed/standard-error"}},
		{what: "failed-output-lost", wrong: "What a script wrote before it failed is lost", source: shownSource, plant: stateless(getting(func(i *jsontree.Value) {
			if member(i, "Status") == "Failed" {
				set(i, "StandardOutputContent", text(""))
			}
		})), expect: []string{"execution/Failed/output"}},
		{what: "runs-on-after-exit", wrong: "A script runs on behind the line that fails", source: "facts.md section 4: exit 7: Failed", plant: stateless(getting(func(i *jsontree.Value) {
			if out := member(i, "StandardOutputContent"); out != "" && (member(i, "Status") == "Failed" || member(i, "Status") == "Cancelled") {
				set(i, "StandardOutputContent", text(out+"after\n"))
			}
		})), expect: []string{"execution/Failed/output", "execution/Cancelled/output"}},
		{what: "sleep-fails-not", wrong: "A script that fails after a while succeeds: only what ends at once is looked at", source: "facts.md section 4: exit 7: Failed", plant: stateless(lateFailureAsSuccess),
			expect: []string{"execution/Failed/after-a-sleep"}},
		{what: "exit-status-ignored", wrong: "A script that ends in a command that fails succeeds: exit alone counts", source: "facts.md section 4: exit 7: Failed", level: Should, plant: stateless(falseAsSuccess),
			expect: []string{"execution/Failed/false"}},
	})
}

// outputOfTheLast shows the output of the invocation that was asked for before.
func outputOfTheLast() defect {
	var mu sync.Mutex
	last := ""
	return getting(func(i *jsontree.Value) {
		mu.Lock()
		defer mu.Unlock()
		if now := member(i, "StandardOutputContent"); now != "" {
			set(i, "StandardOutputContent", text(last))
			last = now
		}
	})
}

// outputWhileRunning shows the first echo of a script while it runs.
func outputWhileRunning() defect {
	first := &memory[string]{}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.is(reference.SendCommand) {
			line := ""
			if v := c.tree().Pointer("/Parameters/commands/0"); v != nil {
				line = v.Text
			}
			return r.editCommands(func(command *jsontree.Value) {
				if written, found := strings.CutPrefix(line, "echo "); found {
					first.put(member(command, "CommandId"), written+"\n")
				}
			})
		}
		return r.editInvocations(c, func(i *jsontree.Value) {
			written := first.get(member(i, "CommandId"))
			if member(i, "Status") != "InProgress" || written == "" {
				return
			}
			if i.Get("StandardOutputContent") != nil {
				set(i, "StandardOutputContent", text(written))
			}
			if plugin := i.Pointer("/CommandPlugins/0"); plugin != nil {
				set(plugin, "Output", text(written))
			}
		})
	}
}

// succeeded shows failed commands and invocations that are such ones as successes.
func succeeded(such func(p *planted, c *call, id string) bool) defect {
	return func(c *call, p *planted) *reply {
		change := func(v *jsontree.Value) {
			if member(v, "StatusDetails") != "Failed" || !such(p, c, member(v, "CommandId")) {
				return
			}
			relabel("Failed", "Success", "Success")(v)
			for _, name := range []string{"ErrorCount", "ResponseCode"} {
				if v.Get(name) != nil {
					setNumber(v, name, 0)
				}
			}
		}
		return inBoth(change)(c, p)
	}
}

func lateFailureAsSuccess(c *call, p *planted) *reply {
	return succeeded(func(p *planted, c *call, id string) bool { return strings.HasPrefix(script(p, c, id), "sleep 2") })(c, p)
}

func falseAsSuccess(c *call, p *planted) *reply {
	return succeeded(func(p *planted, c *call, id string) bool { return script(p, c, id) == "false" })(c, p)
}

// script is the first line of a command's script.
func script(p *planted, c *call, id string) string {
	if line := p.commandOf(c, id).Pointer("/Parameters/commands/0"); line != nil {
		return line.Text
	}
	return ""
}

// plugins are about CommandPlugins, and the steps of a document.
func plugins() []Mutant {
	return lifeMutants(familyInvocation, []lifeFlaw{
		{what: "details-always", wrong: "CommandPlugins are shown without Details", source: "samples/aws-cli-issue3707-2018: CommandPlugins []", plant: stateless(asking(reference.ListCommandInvocations, func(t *jsontree.Value) { set(t, "Details", value("true")) })),
			expect: []string{"lifecycle/ListCommandInvocations/no-plugins", "execution/Success/no-details"}},
		{what: "details-never", wrong: "CommandPlugins are empty with Details", source: pluginSource, plant: stateless(asking(reference.ListCommandInvocations, func(t *jsontree.Value) { remove(t, "Details") })),
			expect: []string{"lifecycle/ListCommandInvocations/plugins-with-details", "execution/Success/plugin"}},
		{what: "plugin-short-name", wrong: "The plugin of AWS-RunShellScript is called runShellScript", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) {
			set(p, "Name", text(strings.TrimPrefix(member(p, "Name"), "aws:")))
		})), expect: []string{"execution/Success/plugin-name", "lifecycle/ListCommandInvocations/plugins-with-details"}},
		{what: "plugin-status-lags", wrong: "A plugin stays InProgress when its invocation has ended", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) {
			set(p, "Status", text("InProgress"))
			set(p, "StatusDetails", text("InProgress"))
		})), expect: []string{"execution/Success/plugin-status", "execution/Failed/plugin", "execution/Steps"}},
		{what: "plugin-pending", wrong: "A plugin is Pending while it runs", source: "recorded/alarms.jsonl, trigger-active-0", plant: stateless(plugging(func(_, p *jsontree.Value) { relabel("InProgress", "Pending", "Pending")(p) })),
			expect: []string{"execution/InProgress/plugin"}},
		{what: "plugin-code-zero", wrong: "ResponseCode of a plugin is always 0", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) { setNumber(p, "ResponseCode", 0) })),
			expect: []string{"execution/Failed/plugin", "execution/Cancelled/plugin", "execution/ExecutionTimedOut/plugin"}},
		{what: "plugin-code-never", wrong: "ResponseCode of a plugin is always -1", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) { setNumber(p, "ResponseCode", -1) })),
			expect: []string{"execution/Success/plugin-response-code"}},
		{what: "plugin-times-as-text", wrong: "The times of a plugin are texts as those of GetCommandInvocation", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) {
			for _, name := range []string{"ResponseStartDateTime", "ResponseFinishDateTime"} {
				if p.Get(name) != nil {
					set(p, name, text("2026-11-24T00:00:00.000Z"))
				}
			}
		})), expect: []string{"execution/Success/plugin-times"}},
		{what: "plugin-output-lost", wrong: "Output of a plugin is empty", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) { set(p, "Output", text("")) })),
			expect: []string{"execution/Success/plugin-output", "execution/Output/plugin-below"}},
		{what: "plugin-output-whole", wrong: "Output of a plugin is not cut at 2500 characters", source: outputSource, plant: stateless(plugging(func(_, p *jsontree.Value) {
			if out := member(p, "Output"); len(out) >= 2500 {
				set(p, "Output", text(out+strings.Repeat("a", 6000)))
			}
		})), expect: []string{"execution/Output/plugin-at-most-2500"}},
		{what: "plugin-output-short", wrong: "Output of a plugin is cut at 1000 characters", source: outputSource, plant: stateless(plugging(func(_, p *jsontree.Value) {
			if out := member(p, "Output"); len(out) > 1000 {
				set(p, "Output", text(out[:1000]))
			}
		})), expect: []string{"execution/Output/plugin-below"}},
		{what: "plugin-errors-left-out", wrong: "Output of a plugin leaves out the standard error", source: "recorded/managed-execution.jsonl, failure-plugins", level: Should, plant: stateless(plugging(func(_, p *jsontree.Value) {
			before, _, _ := strings.Cut(member(p, "Output"), "\n----------ERROR")
			set(p, "Output", text(before))
		})), expect: []string{"execution/Failed/plugin-output"}},
		{what: "plugin-region-lost", wrong: "OutputS3Region of a plugin is empty without a bucket", source: pluginSource, plant: stateless(plugging(func(_, p *jsontree.Value) {
			if member(p, "OutputS3BucketName") == "" {
				set(p, "OutputS3Region", text(""))
			}
		})), expect: []string{"execution/Success/plugin-s3"}},
		{what: "plugin-region-early", wrong: "OutputS3Region of a plugin is there before it has ended", source: "recorded/alarms.jsonl, trigger-active-0", level: Should, plant: stateless(plugging(func(_, p *jsontree.Value) {
			set(p, "OutputS3Region", text("us-east-1"))
		})), expect: []string{"execution/InProgress/plugin-region"}},
		{what: "steps-reversed", wrong: "The plugins of an invocation are not in the order of the steps", source: stepsSource, plant: stateless(showing(func(i *jsontree.Value) {
			if list := i.Get("CommandPlugins"); list != nil {
				slices.Reverse(list.Items)
			}
		})), expect: []string{"execution/Steps"}},
		{what: "first-step-only", wrong: "An invocation shows the plugin of the first step only", source: stepsSource, plant: stateless(showing(func(i *jsontree.Value) {
			if list := i.Get("CommandPlugins"); list != nil && len(list.Items) > 1 {
				list.Items = list.Items[:1]
			}
		})), expect: []string{"execution/Steps"}},
		{what: "steps-share-an-end", wrong: "Only the last step has an output", source: stepsSource, plant: stateless(showing(func(i *jsontree.Value) {
			if list := i.Get("CommandPlugins"); list != nil {
				for k := 0; k < len(list.Items)-1; k++ {
					set(&list.Items[k], "Output", text(""))
				}
			}
		})), expect: []string{"execution/Steps/plugin-ends"}},
		{what: "step-of-the-first", wrong: "GetCommandInvocation shows the first step whatever PluginName", source: stepsSource, plant: stateless(asking(reference.GetCommandInvocation, func(t *jsontree.Value) {
			if member(t, "PluginName") == "second" {
				set(t, "PluginName", text("first"))
			}
		})), expect: []string{"execution/Steps/get-step"}},
		{what: "steps-succeed", wrong: "A document of several steps succeeds though they fail", source: "recorded/managed-execution.jsonl: exit 7: Failed", plant: stateless(stepsSucceed), expect: []string{"execution/Steps/failed"}},
	})
}

func stepsSucceed(c *call, p *planted) *reply {
	return succeeded(func(p *planted, c *call, id string) bool {
		all := p.invocationsOf(c, id)
		return len(all) > 0 && all[0].Pointer("/CommandPlugins/1") != nil
	})(c, p)
}
