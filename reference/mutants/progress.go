package mutants

import (
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyProgress Family = "progress"

const countsSource = "API_SendCommand, Response Structure: CompletedCount, ErrorCount, DeliveryTimedOutCount"

// progress are the ways in which the counts of a command go wrong.
func progress() []Mutant {
	return lifeMutants(familyProgress, []lifeFlaw{
		{what: "completed-early", wrong: "CompletedCount is TargetCount before the command has ended", source: "recorded/alarms.jsonl: CompletedCount 0 while a command runs", plant: stateless(listing(func(c *jsontree.Value) {
			if !ended(c) {
				setNumber(c, "CompletedCount", number(c, "TargetCount"))
			}
		})), expect: []string{"execution/InProgress/command", "execution/MixedEnds/not-before-all"}},
		{what: "completed-never", wrong: "CompletedCount of a command that succeeded stays 0", source: countsSource, plant: stateless(listing(func(c *jsontree.Value) {
			if member(c, "Status") == "Success" {
				setNumber(c, "CompletedCount", 0)
			}
		})), expect: []string{"execution/Success/counts"}},
		{what: "completed-without-errors", wrong: "CompletedCount leaves out what failed", source: countsSource, plant: stateless(listing(func(c *jsontree.Value) {
			setNumber(c, "CompletedCount", number(c, "CompletedCount")-number(c, "ErrorCount"))
		})), expect: []string{"execution/Failed/counts"}},
		{what: "completed-without-cancelled", wrong: "CompletedCount of a cancelled command is 0", source: cancelSource, plant: stateless(listing(func(c *jsontree.Value) {
			if member(c, "Status") == "Cancelled" {
				setNumber(c, "CompletedCount", 0)
			}
		})), expect: []string{"execution/Cancelled/counts"}},
		{what: "backwards", wrong: "CompletedCount is 0 again when an ended command is listed for the second time", source: countsSource, plant: countedOnce,
			expect: []string{"execution/Success/terminal"}},
		{what: "errors-never", wrong: "ErrorCount stays 0", source: countsSource, plant: stateless(listing(func(c *jsontree.Value) { setNumber(c, "ErrorCount", 0) })),
			expect: []string{"execution/Failed/counts"}},
		{what: "errors-once", wrong: "ErrorCount is at most 1", source: countsSource, plant: stateless(listing(func(c *jsontree.Value) {
			setNumber(c, "ErrorCount", min(1, number(c, "ErrorCount")))
		})), expect: []string{"execution/Failed/two-nodes", "execution/MaxErrors"}},
		{what: "errors-with-deliveries", wrong: "ErrorCount counts delivery timeouts", source: "facts.md section 4: delivery timeout: ErrorCount 0, DeliveryTimedOutCount 1", plant: stateless(listing(func(c *jsontree.Value) {
			setNumber(c, "ErrorCount", number(c, "ErrorCount")+number(c, "DeliveryTimedOutCount"))
		})), expect: []string{"execution/DeliveryTimedOut", "execution/MixedEnds"}},
		{what: "errors-without-timeouts", wrong: "ErrorCount leaves out execution timeouts", source: timeoutSource, plant: stateless(recount("ExecutionTimedOut", func(c *jsontree.Value, n int64) {
			setNumber(c, "ErrorCount", number(c, "ErrorCount")-n)
		})), expect: []string{"execution/ExecutionTimedOut/counts"}},
		{what: "errors-with-terminated", wrong: "ErrorCount counts nodes that were Terminated", source: countsSource, plant: stateless(recount("Terminated", func(c *jsontree.Value, n int64) {
			setNumber(c, "ErrorCount", number(c, "ErrorCount")+n)
		})), expect: []string{"execution/MaxErrors/zero-counts"}},
		{what: "errors-with-cancelled", wrong: "ErrorCount counts nodes that were Cancelled", source: cancelSource, plant: stateless(recount("Cancelled", func(c *jsontree.Value, n int64) {
			setNumber(c, "ErrorCount", number(c, "ErrorCount")+n)
		})), expect: []string{"execution/Cancelled/counts"}},
		{what: "deliveries-never", wrong: "DeliveryTimedOutCount stays 0", source: countsSource, plant: stateless(listing(func(c *jsontree.Value) { setNumber(c, "DeliveryTimedOutCount", 0) })),
			expect: []string{"execution/DeliveryTimedOut"}},
		{what: "deliveries-with-executions", wrong: "DeliveryTimedOutCount counts execution timeouts", source: timeoutSource, plant: stateless(recount("ExecutionTimedOut", func(c *jsontree.Value, n int64) {
			setNumber(c, "DeliveryTimedOutCount", number(c, "DeliveryTimedOutCount")+n)
			setNumber(c, "ErrorCount", number(c, "ErrorCount")-n)
		})), expect: []string{"execution/ExecutionTimedOut/counts"}},
		{what: "targets-of-the-request", wrong: "TargetCount of a command for Targets is their number, not that of the nodes", source: "API_SendCommand, Response Structure: TargetCount", plant: stateless(listing(func(c *jsontree.Value) {
			if c.Pointer("/Targets/0") != nil && number(c, "TargetCount") > 0 {
				setNumber(c, "TargetCount", int64(len(c.Get("Targets").Items)))
				setNumber(c, "CompletedCount", min(number(c, "CompletedCount"), number(c, "TargetCount")))
			}
		})), expect: []string{"execution/Targets"}},
		{what: "targets-at-once", wrong: "SendCommand counts the nodes of Targets before they are found", source: "facts.md section 2: TargetCount 0 for any Targets form", level: Should, plant: stateless(countedAtOnce),
			expect: []string{"execution/Targets/tag-target-count-first"}},
		{what: "no-node-counted", wrong: "A command without a node has one target, completed", source: noNodeSource, plant: stateless(listing(func(c *jsontree.Value) {
			if member(c, "StatusDetails") == "NoInstancesInTag" {
				setNumber(c, "TargetCount", 1)
				setNumber(c, "CompletedCount", 1)
			}
		})), expect: []string{"lifecycle/NoInstancesInTag/counts", "execution/Targets"}},
		{what: "of-all-commands", wrong: "The counts of an ended command are added to those of the commands listed before", source: countsSource, plant: addedUp,
			expect: []string{"execution/Success/counts", "execution/Success/terminal"}},
		{what: "incomplete-uncounted", wrong: "ErrorCount of an Incomplete command is 0", source: countsSource, plant: stateless(listing(func(c *jsontree.Value) {
			if member(c, "StatusDetails") == "Incomplete" {
				setNumber(c, "ErrorCount", 0)
			}
		})), expect: []string{"execution/MaxErrors/incomplete-counts"}},
	})
}

func countedOnce() defect {
	seen := &memory[bool]{}
	return listing(func(c *jsontree.Value) {
		id := member(c, "CommandId")
		if seen.get(id) {
			resetCounts(c)
		}
		seen.put(id, ended(c))
	})
}

// recount changes the counts of commands with invocations of these StatusDetails.
func recount(details string, change func(command *jsontree.Value, n int64)) defect {
	return func(c *call, p *planted) *reply {
		return listing(func(command *jsontree.Value) {
			var n int64
			all := p.invocationsOf(c, member(command, "CommandId"))
			for i := range all {
				if member(&all[i], "StatusDetails") == details {
					n++
				}
			}
			if n > 0 && ended(command) {
				change(command, n)
			}
		})(c, p)
	}
}

func countedAtOnce(c *call, p *planted) *reply {
	r := p.ask(c)
	if !c.is(reference.SendCommand) || c.tree().Pointer("/Targets/0") == nil {
		return r
	}
	return r.editCommands(func(command *jsontree.Value) { setNumber(command, "TargetCount", 2) })
}

func addedUp() defect {
	var mu sync.Mutex
	var sum int64
	return listing(func(c *jsontree.Value) {
		if !ended(c) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		sum += number(c, "TargetCount")
		setNumber(c, "TargetCount", sum)
		setNumber(c, "CompletedCount", sum)
	})
}
