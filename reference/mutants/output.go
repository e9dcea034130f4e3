package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	outputSource = "evidence: output/stdout-limit, output/stderr-limit, shape/plugin-output"
	pluginSource = "evidence: output/plugin; success-plugins"
	activeSource = "evidence: output/plugin-running"
	failedSource = "evidence: status/failed; exit 7: Failed"
	stepsSource  = "evidence: output/steps; the step's name is the plugin name"
)

// outputMutants are about what a script wrote, CommandPlugins and the steps of a document.
func outputMutants() []Mutant {
	const (
		out, errs       = "StandardOutputContent", "StandardErrorContent"
		outputs, starts = "execution/Success/output", "execution/Output/the-first"
		failed          = "execution/Failed"
		steps           = "execution/Steps"
	)
	before := func(words string) func(string) string {
		return func(s string) string { before, _, _ := strings.Cut(s, words); return before }
	}
	// from changes what has at least n characters; cut has n at most.
	from := func(n int, change func(s string) string) func(string) string {
		return func(s string) string {
			if len(s) < n {
				return s
			}
			return change(s)
		}
	}
	cut := func(n int) func(string) string { return from(n, func(s string) string { return s[:n] }) }
	padded := func(kept, more int) func(string) string {
		return func(s string) string { return s[:min(len(s), kept)] + strings.Repeat("a", more) }
	}
	pluginLists := func(change func(list *jsontree.Value)) answer { return shown(each(change, "CommandPlugins")) }
	details := func(value edit) answer { return asking(reference.ListCommandInvocations, value) }
	return []Mutant{
		{"invocation/output-of-the-last", "GetCommandInvocation shows the output of the invocation asked for before", shownSource, Must,
			outputs, got(func(c *call, i *jsontree.Value) {
				if now := member(i, out); now != "" {
					set(i, out, text(remember(c.server, "output", now)))
				}
			})},
		{"invocation/streams-swapped", "Standard output and standard error are swapped", shownSource, Must,
			"execution/Success/output execution/Failed/standard-error", got(func(_ *call, i *jsontree.Value) {
				o, e := text(member(i, out)), text(member(i, errs))
				set(i, out, e)
				set(i, errs, o)
			})},
		{"invocation/streams-merged", "Standard error is in the standard output", shownSource, Must, failed,
			got(func(_ *call, i *jsontree.Value) {
				set(i, out, text(member(i, out)+member(i, errs)))
				set(i, errs, text(""))
			})},
		{"invocation/output-trimmed", "The line end after the output is cut off",
			"evidence: output/times", Must, "execution/Success/output execution/Success/plugin-output",
			shown(texts(strings.TrimSpace, out, "CommandPlugins[].Output"))},
		{"invocation/last-line-only", "The output is that of the last line of commands", shownSource, Must,
			"execution/Success/output-of-several-lines", got(texts(func(s string) string {
				lines := strings.SplitAfter(s, "\n")
				return lines[max(0, len(lines)-2)]
			}, out))},
		{"invocation/no-output-as-none", "Output that is empty is the text None", "evidence: output/none; empty output is \"\"",
			Must, "execution/Success/no-output execution/InProgress/no-output", got(each(func(v *jsontree.Value) {
				if v.Text == "" {
					v.Text = "None"
				}
			}, out, errs))},
		{"invocation/output-while-running", "What a script has written is shown while it runs", activeSource, Must,
			"execution/InProgress", shown(when(has("Status", "InProgress"), func(c *call, i *jsontree.Value) {
				if written, found := strings.CutPrefix(script(c, i), "echo "); found {
					each(func(v *jsontree.Value) { v.Text = written + "\n" }, out, "CommandPlugins[].Output")(c, i)
				}
			}))},
		{"invocation/output-whole", "GetCommandInvocation shows more than 24000 characters of output", outputSource, Must,
			"execution/Output/at-most-24000", got(texts(from(24000, padded(20000, 10000)), out))},
		{"invocation/output-tail", "GetCommandInvocation shows the last 24000 characters of output", outputSource, Should, starts,
			got(texts(from(24000, padded(0, 24000)), out))},
		{"invocation/output-cut-short", "GetCommandInvocation shows 2500 characters of output", outputSource, Must,
			"execution/Output/below execution/Output/the-first", got(texts(cut(2500), out))},
		{"invocation/errors-whole", "GetCommandInvocation shows more than 8000 characters of standard error", outputSource, Must,
			"execution/Output/errors-at-most-8000", got(texts(from(8000, padded(7000, 5000)), errs))},
		{"invocation/error-text-lost", "StandardErrorContent lacks what the agent says about the code",
			"evidence: output/exit-status-line", Must, "execution/Failed/standard-error",
			got(texts(before("failed to run commands"), errs))},
		{"invocation/failed-output-lost", "What a script wrote before it failed is lost", shownSource, Must, "execution/Failed/output",
			got(when(has("Status", "Failed"), put(out, `""`)))},
		{"invocation/runs-on-after-exit", "A script runs on after the line that fails", failedSource, Must,
			"execution/Failed/output execution/Cancelled/output",
			got(when(has("Status", "Failed", "Cancelled"), texts(func(s string) string { return s + "after\n" }, out)))},
		{"invocation/sleep-fails-not", "A script that fails after a while succeeds: only what ends at once is looked at", failedSource,
			Must, "execution/Failed/after-a-sleep",
			succeeding(func(c *call, v *jsontree.Value) bool { return strings.HasPrefix(script(c, v), "sleep 2") })},
		{"invocation/exit-status-ignored", "A script that ends in a command that fails succeeds: exit alone counts", failedSource,
			Should, "execution/Failed/false", succeeding(func(c *call, v *jsontree.Value) bool { return script(c, v) == "false" })},
		{"invocation/details-always", "CommandPlugins are shown without Details", "evidence: output/no-details",
			Must, "lifecycle/ListCommandInvocations/no-plugins execution/Success/no-details", details(put("Details", "true"))},
		{"invocation/details-never", "CommandPlugins are empty with Details", pluginSource, Must,
			"lifecycle/ListCommandInvocations/plugins-with-details execution/Success/plugin", details(drop("Details"))},
		{"invocation/plugin-for-each-property", "A document of schema 1.2 has a plugin for each of its properties",
			"evidence: output/schema-1.2-plugin", Should, "execution/Steps/properties",
			shown(when(has("DocumentName", "sendspec-properties"), each(func(list *jsontree.Value) {
				list.Items = slices.Concat(list.Items, list.Items)
			}, "CommandPlugins")))},
		{"invocation/plugin-short-name", "The plugin of AWS-RunShellScript is called runShellScript", pluginSource, Must,
			"execution/Success/plugin-name lifecycle/ListCommandInvocations/plugins-with-details",
			plugins(texts(func(s string) string { return strings.TrimPrefix(s, "aws:") }, "Name"))},
		{"invocation/plugin-status-lags", "A plugin stays InProgress when its invocation has ended", pluginSource, Must,
			"execution/Success/plugin-status execution/Failed/plugin execution/Steps", plugins(state("InProgress", "InProgress"))},
		{"invocation/plugin-pending", "A plugin is Pending while it runs", activeSource, Must, "execution/InProgress/plugin",
			plugins(relabel("InProgress", "Pending", "Pending"))},
		{"invocation/plugin-code-zero", "ResponseCode of a plugin is always 0", pluginSource, Must,
			"execution/Failed/plugin execution/Cancelled/plugin execution/ExecutionTimedOut/plugin", plugins(put("ResponseCode", "0"))},
		{"invocation/plugin-code-never", "ResponseCode of a plugin is always -1", pluginSource, Must,
			"execution/Success/plugin-response-code", plugins(put("ResponseCode", "-1"))},
		{"invocation/plugin-times-as-text", "The times of a plugin are texts as those of GetCommandInvocation", pluginSource, Must,
			"execution/Success/plugin-times", plugins(each(func(v *jsontree.Value) { *v = text("2026-11-24T00:00:00.000Z") },
				"ResponseStartDateTime", "ResponseFinishDateTime"))},
		{"invocation/plugin-output-lost", "Output of a plugin is empty", pluginSource, Must,
			"execution/Success/plugin-output execution/Output/plugin-below", plugins(put("Output", `""`))},
		{"invocation/plugin-output-whole", "Output of a plugin is not cut at 2500 characters", outputSource, Must,
			"execution/Output/plugin-at-most-2500", plugins(texts(from(2400, padded(2400, 6000)), "Output"))},
		{"invocation/plugin-unmarked", "Output of a plugin that was cut does not say so", "evidence: output/truncation-marks", Should,
			"execution/Output/plugin-truncated execution/Output/plugin-errors-truncated",
			plugins(texts(strings.NewReplacer(outputMark, "", errorMark, "").Replace, "Output"))},
		{"invocation/plugin-marked-alike", "Output of a plugin ends in the mark of the other stream", "evidence: output/truncation-marks",
			Should, "execution/Output/plugin-truncated execution/Output/plugin-errors-truncated",
			plugins(texts(strings.NewReplacer(outputMark, errorMark, errorMark, outputMark).Replace, "Output"))},
		{"output/unmarked", "An output that was cut does not say so", "evidence: output/truncation-marks", Should,
			"execution/Output/truncated", got(texts(before("--output truncated--"), "StandardOutputContent"))},
		{"output/first-failure", "A script ends with its first command that fails", "evidence: status/last-exit-code", Must,
			"execution/Success/last-exit-code", shown(when(has("Status", "Success"), func(c *call, v *jsontree.Value) {
				if script(c, v) == "false" {
					state("Failed", "Failed")(c, v)
				}
			}))},
		{"output/reboot-fails", "A script that ends with 194 fails", "evidence: status/exit-194", Must, "execution/Success/exit-194",
			shown(when(has("Status", "Success"), func(c *call, v *jsontree.Value) {
				if strings.HasSuffix(script(c, v), "exit 194") {
					state("Failed", "Failed")(c, v)
				}
			}))},
		{"invocation/plugin-output-short", "Output of a plugin is cut at 1000 characters", outputSource, Must,
			"execution/Output/plugin-below", plugins(texts(cut(1000), "Output"))},
		{"invocation/plugin-errors-left-out", "Output of a plugin leaves out the standard error",
			"evidence: output/separator", Should, "execution/Failed/plugin-output",
			plugins(texts(before("\n----------ERROR"), "Output"))},
		{"invocation/plugin-region-lost", "OutputS3Region of a plugin is empty without a bucket", pluginSource, Must,
			"execution/Success/plugin-s3", plugins(when(has("OutputS3BucketName", ""), put("OutputS3Region", `""`)))},
		{"invocation/plugin-region-early", "OutputS3Region of a plugin is there before it has ended", activeSource, Should,
			"execution/InProgress/plugin-region", plugins(put("OutputS3Region", `"us-east-1"`))},
		{"invocation/steps-reversed", "The plugins of an invocation are not in the order of the steps", stepsSource, Must, steps,
			pluginLists(func(list *jsontree.Value) { slices.Reverse(list.Items) })},
		{"invocation/first-step-only", "An invocation shows the plugin of the first step only", stepsSource, Must, steps,
			pluginLists(shorten(1))},
		{"invocation/steps-share-an-end", "Only the last step has an output", stepsSource, Must, "execution/Steps/plugin-ends",
			pluginLists(func(list *jsontree.Value) {
				for k := 0; k < len(list.Items)-1; k++ {
					set(&list.Items[k], "Output", text(""))
				}
			})},
		{"invocation/step-of-the-first", "GetCommandInvocation shows the first step, not PluginName", stepsSource, Must,
			"execution/Steps/get-step",
			asking(reference.GetCommandInvocation, when(has("PluginName", "second"), put("PluginName", `"first"`)))},
		{"invocation/steps-succeed", "A document of several steps succeeds though they fail",
			"evidence: status/failed; exit 7: Failed", Must, "execution/Steps/failed",
			succeeding(func(c *call, v *jsontree.Value) bool {
				all := c.invocations(member(v, "CommandId"))
				return len(all) > 0 && all[0].Pointer("/CommandPlugins/1") != nil
			})},
	}
}

// The marks of the Output of a plugin that was cut.
const (
	outputMark = "\n---Output truncated---"
	errorMark  = "\n---Error truncated----"
)

// succeeding shows such failed commands and invocations as successes.
func succeeding(such func(c *call, v *jsontree.Value) bool) answer {
	e := when(has("StatusDetails", "Failed"), func(c *call, v *jsontree.Value) {
		if such(c, v) {
			succeed(c, v)
		}
	})
	return listedOrShown(e, e)
}

// script is the first line of the script of a command or an invocation.
func script(c *call, v *jsontree.Value) string {
	if line := c.command(member(v, "CommandId")).Pointer("/Parameters/commands/0"); line != nil {
		return line.Text
	}
	return ""
}
