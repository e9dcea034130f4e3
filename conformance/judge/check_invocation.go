package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

var invocationCheck = check{
	rule("Invocation/status",
		"An invocation's Status is one of the eight and its StatusDetails one of those documented or recorded, both there; "+
			"StatusDetails has no spaces",
		fixtures.Must, "shape/CommandInvocationStatus", "status/both-there", "status/invocation-values", "status/spelling"),
	func(e *Exchanged) []Finding {
		if !e.OK() || e.Body == nil { // which is another check's business, or beyond what is read
			return nil
		}
		if e.Step.Request.Operation == "GetCommandInvocation" {
			if e.Body.Get("Output") != nil {
				return nil // the framework's own answer (evidence: framework/content-type)
			}
			return invocationStatus("", e.Body)
		}
		var found []Finding
		for _, v := range elementsOf(placed{"", e.Body}, "CommandInvocations") {
			found = append(found, invocationStatus(v.path, v.value)...)
		}
		return found
	},
}

func invocationStatus(path string, v *jsontree.Value) []Finding {
	// Delayed is a Status of the model's that was never seen.
	statuses := append(statusesOf(reference.OfInvocation), string(reference.Delayed))
	d, details := v.Get("StatusDetails"), reference.OfInvocation.Details()
	if v.Get("Status") == nil || d == nil {
		return broken(fixtures.Must, path, "Status and StatusDetails", described(v))
	}
	if s := v.Get("Status"); s.Kind == jsontree.String && !slices.Contains(statuses, s.Text) {
		return broken(fixtures.Must, path+"/Status", "one of "+strings.Join(statuses, ", "), described(s))
	}
	if d.Kind == jsontree.String && !slices.Contains(details, reference.Details(strings.ReplaceAll(d.Text, " ", ""))) {
		return broken(fixtures.Must, path+"/StatusDetails", fmt.Sprintf("one of %s", details), described(d))
	}
	return spaced(path, d)
}

// spaced finds the spaces of a StatusDetails: the documents print them, AWS does not.
func spaced(path string, details *jsontree.Value) []Finding {
	if details.Kind != jsontree.String || !strings.Contains(details.Text, " ") {
		return nil
	}
	return broken(fixtures.Should, path+"/StatusDetails", strings.ReplaceAll(details.Text, " ", ""), described(details))
}

var executionTimesCheck = check{
	rule("Invocation/times",
		"Until an invocation has ended GetCommandInvocation shows no ExecutionStartDateTime nor ExecutionElapsedTime; then "+
			"ExecutionEndDateTime is the start and the whole seconds of what elapsed",
		fixtures.Must, "output/end-time", "status/running"),
	func(e *Exchanged) []Finding {
		if !e.OK() || e.Step.Request.Operation != "GetCommandInvocation" {
			return nil
		}
		switch v := e.Body.Get("Status"); {
		case v == nil:
			return nil
		case slices.Contains([]string{"Pending", "Delayed", "InProgress"}, v.Text):
			return slices.Concat(early(e.Body, "ExecutionStartDateTime"), early(e.Body, "ExecutionElapsedTime"))
		}
		return endOfExecution(e.Body)
	},
}

// early finds a time that is not known yet. AWS leaves it out; the documents say that it is empty.
func early(v *jsontree.Value, name string) []Finding {
	t := v.Get(name)
	if t == nil || t.Kind == jsontree.Null {
		return nil
	}
	level := fixtures.Must
	if t.Kind == jsontree.String && t.Text == "" {
		level = fixtures.Should
	}
	return broken(level, "/"+name, "nothing before the end", described(t))
}

// endOfExecution: AWS leaves the fraction of the last second out. A second or more is another time.
func endOfExecution(v *jsontree.Value) []Finding {
	text := func(name string) string { return v.Get(name).Str() }
	start, err1 := time.Parse(time.RFC3339Nano, text("ExecutionStartDateTime"))
	end, err2 := time.Parse(time.RFC3339Nano, text("ExecutionEndDateTime"))
	elapsed, err3 := time.ParseDuration(strings.ToLower(strings.TrimPrefix(text("ExecutionElapsedTime"), "PT")))
	if err1 != nil || err2 != nil || err3 != nil {
		return nil // their form is another check's business
	}
	want := start.Add(elapsed.Truncate(time.Second))
	if end.Equal(want) {
		return nil
	}
	level := fixtures.Should
	if off := end.Sub(want).Abs(); off >= time.Second {
		level = fixtures.Must
	}
	return broken(level, "/ExecutionEndDateTime", want.UTC().Format("2006-01-02T15:04:05.000Z"), described(v.Get("ExecutionEndDateTime")))
}
