package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

var invocationCheck = Check{
	rule("Invocation/status",
		"An invocation's Status is one of the eight and its StatusDetails one of those documented or recorded, with or without spaces",
		fixtures.Must, "shape/CommandInvocationStatus", "status/invocation-values"),
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
	// Delayed is a Status of the model's that was never seen.
	statuses := append(statusesOf(reference.OfInvocation), string(reference.Delayed))
	if s := v.Get("Status"); s != nil && s.Kind == jsontree.String && !slices.Contains(statuses, s.Text) {
		return broken(fixtures.Must, path+"/Status", anything("one of "+strings.Join(statuses, ", ")), described(s))
	}
	d, details := v.Get("StatusDetails"), reference.OfInvocation.Details()
	if d != nil && d.Kind == jsontree.String && !slices.Contains(details, reference.Details(strings.ReplaceAll(d.Text, " ", ""))) {
		return broken(fixtures.Must, path+"/StatusDetails", anything(fmt.Sprintf("one of %s", details)), described(d))
	}
	return nil
}
