package mutants

import (
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const (
	familyCount  Family = "count"
	familyStatus Family = "status"
)

const (
	countSource = "facts.md section 2: TargetCount = len(InstanceIds), 0 for any Targets form; CompletedCount 0, ErrorCount 0, DeliveryTimedOutCount 0 [recorded]"
	sentSource  = "facts.md section 2: Status Pending, StatusDetails Pending [recorded]; section 4: StatusDetails has no spaces on the wire"
)

// countMutants are the ways in which the counts of SendCommand's answer go wrong.
func countMutants() []Mutant {
	targets, others := []string{"echo/TargetCount"}, []string{"echo/Counts"}
	tag := service.Demo("", "").Bindings["tag.value"]
	return answerMutants(familyCount, []Profile{Core}, []answerRow{
		{"targets-matched", "TargetCount is already the number of nodes that a tag matches",
			countSource, Must, targets, answering(func(_, c *jsontree.Value) {
				at(c, "Targets[].Values[]", func(_ string, v *jsontree.Value) {
					if v.Text == tag {
						set(c, "TargetCount", wholeNumber(2))
					}
				})
			})},
		{"targets-named", "TargetCount counts the nodes that a target with the key InstanceIds names",
			countSource, Must, targets, answering(func(_, c *jsontree.Value) {
				at(c, "Targets[]", func(_ string, t *jsontree.Value) {
					if strings.EqualFold(t.Get("Key").Text, "InstanceIds") {
						set(c, "TargetCount", wholeNumber(int64(len(t.Get("Values").Items))))
					}
				})
			})},
		{"targets-given", "TargetCount counts the entries of Targets",
			countSource, Must, targets, answering(func(r, c *jsontree.Value) {
				if t := r.Get("Targets"); t != nil {
					set(c, "TargetCount", wholeNumber(int64(len(t.Items))))
				}
			})},
		{"targets-at-most-concurrent", "TargetCount is at most MaxConcurrency",
			countSource, Must, targets, answering(func(_, c *jsontree.Value) {
				n, _ := c.Get("TargetCount").Int64()
				if limit := c.Get("MaxConcurrency"); limit != nil && limit.Text == "1" && n > 1 {
					set(c, "TargetCount", wholeNumber(1))
				}
			})},
		{"completed-at-once", "CompletedCount is TargetCount from the beginning",
			countSource, Must, others, answering(func(_, c *jsontree.Value) { copyMember(c, "TargetCount", c, "CompletedCount") })},
		{"fractions", "Counts are written as fractions, as an encoder writes numbers that are all doubles",
			"model.json: TargetCount is an Integer", Must, []string{"invariant", "echo/Counts"}, answering(func(_, c *jsontree.Value) {
				for _, name := range []string{"TargetCount", "CompletedCount", "TimeoutSeconds"} {
					if v := c.Get(name); v != nil {
						v.Text += ".0"
					}
				}
			})},
		{"error-placeholder", "ErrorCount is -1 until it is known",
			countSource, Must, others, answering(func(_, c *jsontree.Value) { set(c, "ErrorCount", wholeNumber(-1)) })},
	})
}

// statusMutants are the ways in which the Status of SendCommand's answer goes wrong.
func statusMutants() []Mutant {
	expect := []string{"echo/Status", "invariant/Command/status"}
	both := func(status, details string) func() defect {
		return answering(func(_, c *jsontree.Value) {
			set(c, "Status", text(status))
			set(c, "StatusDetails", text(details))
		})
	}
	return answerMutants(familyStatus, []Profile{Core}, []answerRow{
		{"success-at-once", "A command is a Success as soon as it is sent",
			sentSource, Must, expect, both("Success", "Success")},
		{"no-instances-at-once", "A command whose tag matches nothing ends in SendCommand's own answer",
			"facts.md section 4: no matching tag: SendCommand 200 Pending [recorded]", Must, expect,
			answering(func(r, c *jsontree.Value) {
				if r.Get("Targets") != nil {
					set(c, "Status", text("Success"))
					set(c, "StatusDetails", text("NoInstancesInTag"))
				}
			})},
		{"in-progress-at-once", "A command is InProgress as soon as it is sent",
			sentSource, Should, expect, both("InProgress", "InProgress")},
		{"details-placeholder", "StatusDetails is a placeholder",
			sentSource, Must, expect, both("Pending", "Details placeholder")},
		{"details-disagree", "StatusDetails is still Pending where Status is InProgress",
			"facts.md section 4: the StatusDetails of each Status", Should, expect, both("InProgress", "Pending")},
		{"lower-case", "Status and StatusDetails are in lower case",
			"model.json: CommandStatus; " + sentSource, Must, expect, both("pending", "pending")},
	})
}
