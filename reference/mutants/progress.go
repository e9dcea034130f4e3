package mutants

import (
	"github.com/sendspec/sendspec/reference/jsontree"
)

const countsSource = "API_SendCommand, Response Structure: CompletedCount, ErrorCount, DeliveryTimedOutCount"

// progressMutants are the ways in which the counts of a command go wrong.
func progressMutants() []Mutant {
	const failedCounts, cancelledCounts = "execution/Failed/counts", "execution/Cancelled/counts"
	const timedOutCounts = "execution/ExecutionTimedOut/counts"
	sum := func(name, other string, sign int64) edit {
		return count(name, func(v *jsontree.Value) int64 { return number(v, name) + sign*number(v, other) })
	}
	add := func(name string, sign int64) func(v *jsontree.Value, n int64) {
		return func(v *jsontree.Value, n int64) { setNumber(v, name, number(v, name)+sign*n) }
	}
	return []Mutant{
		{"progress/completed-early", "CompletedCount is TargetCount before the command has ended",
			"evidence: status/not-before-all; CompletedCount 0 while a command runs", Must,
			"execution/InProgress/command execution/MixedEnds/not-before-all", listed(when(running, as("CompletedCount", "TargetCount")))},
		{"progress/completed-never", "CompletedCount of a command that succeeded stays 0", countsSource, Must,
			"execution/Success/counts", listed(when(has("Status", "Success"), put("CompletedCount", "0")))},
		{"progress/completed-without-errors", "CompletedCount leaves out what failed", countsSource, Must, failedCounts,
			listed(sum("CompletedCount", "ErrorCount", -1))},
		{"progress/completed-without-cancelled", "CompletedCount of a cancelled command is 0", cancelSource, Must, cancelledCounts,
			listed(when(has("Status", "Cancelled"), put("CompletedCount", "0")))},
		{"progress/backwards", "CompletedCount is 0 again when an ended command is listed for the second time", countsSource, Must,
			"execution/Success/terminal", listed(func(c *call, v *jsontree.Value) {
				if remember(c.server, member(v, "CommandId"), ended(v)) {
					uncounted(c, v)
				}
			})},
		{"progress/errors-never", "ErrorCount stays 0", countsSource, Must, failedCounts, listed(put("ErrorCount", "0"))},
		{"progress/errors-once", "ErrorCount is at most 1", countsSource, Must, "execution/Failed/two-nodes execution/MaxErrors",
			listed(count("ErrorCount", func(v *jsontree.Value) int64 { return min(1, number(v, "ErrorCount")) }))},
		{"progress/errors-with-deliveries", "ErrorCount counts delivery timeouts",
			"evidence: status/delivery-timeout; delivery timeout: ErrorCount 0, DeliveryTimedOutCount 1", Must,
			"execution/DeliveryTimedOut execution/MixedEnds", listed(sum("ErrorCount", "DeliveryTimedOutCount", 1))},
		{"progress/errors-without-timeouts", "ErrorCount leaves out execution timeouts", timeoutSource, Must, timedOutCounts,
			listed(recount("ExecutionTimedOut", add("ErrorCount", -1)))},
		{"progress/errors-with-terminated", "ErrorCount counts nodes that were Terminated", countsSource, Must,
			"execution/MaxErrors/zero-counts", listed(recount("Terminated", add("ErrorCount", 1)))},
		{"progress/errors-with-cancelled", "ErrorCount counts nodes that were Cancelled", cancelSource, Must, cancelledCounts,
			listed(recount("Cancelled", add("ErrorCount", 1)))},
		{"progress/deliveries-never", "DeliveryTimedOutCount stays 0", countsSource, Must, "execution/DeliveryTimedOut",
			listed(put("DeliveryTimedOutCount", "0"))},
		{"progress/deliveries-with-executions", "DeliveryTimedOutCount counts execution timeouts", timeoutSource, Must, timedOutCounts,
			listed(recount("ExecutionTimedOut", add("DeliveryTimedOutCount", 1)), recount("ExecutionTimedOut", add("ErrorCount", -1)))},
		{"progress/targets-of-the-request", "TargetCount of a command for Targets is their number, not that of the nodes",
			"API_SendCommand, Response Structure: TargetCount", Must, "execution/Targets", listed(when(targeted, targetsOfRequest))},
		{"progress/targets-at-once", "SendCommand counts the nodes of Targets before they are found",
			"evidence: echo/TargetCount-targets; TargetCount 0 for any Targets form", Should, "execution/Targets/tag-target-count-first",
			sent(when(targeted, put("TargetCount", "2")))},
		{"progress/no-node-counted", "A command without a node has one target, completed", noNodeSource, Must,
			"lifecycle/NoInstancesInTag/counts execution/Targets",
			listed(when(has("StatusDetails", "NoInstancesInTag"), put("TargetCount", "1", "CompletedCount", "1")))},
		{"progress/of-all-commands", "The counts of an ended command are added to those of the commands listed before", countsSource,
			Must, "execution/Success/counts execution/Success/terminal", listed(when(ended, func(c *call, v *jsontree.Value) {
				n := number(v, "TargetCount")
				n += update(c.server, "sum", func(sum int64) int64 { return sum + n })
				setNumber(v, "TargetCount", n)
				setNumber(v, "CompletedCount", n)
			}))},
		{"progress/incomplete-uncounted", "ErrorCount of an Incomplete command is 0", countsSource, Must,
			"execution/MaxErrors/incomplete-counts", listed(when(has("StatusDetails", "Incomplete"), put("ErrorCount", "0")))},
	}
}

func targetsOfRequest(_ *call, command *jsontree.Value) {
	if number(command, "TargetCount") > 0 {
		setNumber(command, "TargetCount", int64(len(command.Get("Targets").Items)))
		setNumber(command, "CompletedCount", min(number(command, "CompletedCount"), number(command, "TargetCount")))
	}
}

// recount changes the counts of ended commands that have invocations with these StatusDetails.
func recount(details string, change func(command *jsontree.Value, n int64)) edit {
	return when(ended, func(c *call, command *jsontree.Value) {
		all := list(c.invocations(member(command, "CommandId"))...)
		keep(&all, has("StatusDetails", details))
		change(command, int64(len(all.Items)))
	})
}
