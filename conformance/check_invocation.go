package conformance

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The statuses of an invocation: the model's CommandInvocationStatus, and the StatusDetails that
// monitor-commands.md documents or a recording shows (facts.md, section 4).
var (
	invocationStatuses = []string{"Pending", "InProgress", "Delayed", "Success", "Cancelled", "TimedOut", "Failed", "Cancelling"}
	invocationDetails  = []string{
		"Pending", "InProgress", "Delayed", "Success", "DeliveryTimedOut", "ExecutionTimedOut", "Failed", "Cancelled", "Cancelling",
		"Undeliverable", "Terminated", "InvalidPlatform", "AccessDenied",
	}
)

var invocationCheck = Check{
	rule("Invocation/status", "An invocation's Status is one of the eight and its StatusDetails one of those documented or recorded, with or without spaces",
		fixtures.Must, fixtures.Evidence{Kind: fixtures.Model, Ref: "CommandInvocationStatus; StatusDetails as documented and recorded"},
		fixtures.Source{Doc: "SSM service model", Section: "CommandInvocation, GetCommandInvocationResult"},
		fixtures.Source{Doc: "monitor-commands.md", Section: "Understanding command statuses"}),
	func(e *Exchanged) []Finding {
		if !e.OK() {
			return nil
		}
		if e.Step.Request.Operation == "GetCommandInvocation" {
			return invocationStatus("", e.Body)
		}
		var found []Finding
		list := elements(e.Body.Get("CommandInvocations"))
		for i := range list {
			found = append(found, invocationStatus("/CommandInvocations/"+strconv.Itoa(i), &list[i])...)
		}
		return found
	},
}

func invocationStatus(path string, v *jsontree.Value) []Finding {
	if s := v.Get("Status"); s != nil && s.Kind == jsontree.String && !slices.Contains(invocationStatuses, s.Text) {
		return broken(fixtures.Must, path+"/Status", anything("one of "+strings.Join(invocationStatuses, ", ")), described(s))
	}
	d := v.Get("StatusDetails")
	if d != nil && d.Kind == jsontree.String && !slices.Contains(invocationDetails, strings.ReplaceAll(d.Text, " ", "")) {
		return broken(fixtures.Must, path+"/StatusDetails", anything("one of "+strings.Join(invocationDetails, ", ")), described(d))
	}
	return nil
}
