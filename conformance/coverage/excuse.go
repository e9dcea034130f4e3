package coverage

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// excuse marks the gaps about which the sources leave nothing to ask. A cell that a case fills needs none.
func (r *Row) excuse() {
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.State() != Uncovered {
			continue
		}
		if why := r.excuseOf(c.Name); why != "" {
			c.Reason, c.Missing = why, nil
		}
	}
}

// An excuse is a reason why cells of a row are empty. What it leaves out it does not look at.
type excuse struct {
	section   Section
	operation string
	member    string // or what it begins with, where it ends in *
	rule      string
	cells     []string
	why       string
}

// excuses are few: each is something that the sources do not know, or say to be impossible.
func excuses() []excuse {
	const (
		unprovoked = "nothing in a request provokes it"
		notInLists = "ExecutionStage cannot be used with ListCommandInvocations (API_CommandFilter), and five filters of five keys " +
			"would need it"
		unrecorded = "nobody has seen AWS answer it; cases allow it where it is plausible (evidence: suite/unseen)"
		declared   = "declared by the model, and not recorded: cases allow it where it is plausible"
		emptyList  = "recorded: the list of an unknown command is empty (evidence: calls/ListCommands-unknown)"
	)
	return []excuse{
		{Constraints, reference.ListCommandInvocations, "Filters", "length 1..5", []string{atMax}, notInLists},
		{Constraints, reference.ListCommandInvocations, "Filters[].key", "enum", []string{inside}, notInLists},

		{
			Responses, reference.SendCommand, "Command.TriggeredAlarms[]*", "", nil,
			"an alarm triggers after SendCommand has answered: see ListCommands",
		},
		{
			Responses, reference.ListCommandInvocations, "CommandInvocations[].InstanceName", "", []string{ofValue},
			"the name is the node's own, which the suite is not told",
		},
		{
			Responses, reference.ListCommandInvocations, "CommandInvocations[].TraceOutput", "", nil,
			"no recording has it, and no document says when it is there",
		},

		{
			Statuses, reference.SendCommand, "Command.StatusDetails", "ExecutionTimedOut", []string{demanded},
			"the API reference has it, recordings show Failed for such a command (evidence: status/execution-timeout): cases allow both",
		},

		{Exceptions, reference.SendCommand, "DuplicateInstanceId", "", []string{demanded}, unrecorded},
		{Exceptions, reference.SendCommand, "InvalidOutputFolder", "", []string{demanded}, unrecorded},
		{
			Exceptions, reference.SendCommand, "ExpiredTokenException", "", nil,
			"it needs session credentials that were valid once, which the suite has not",
		},
		{Exceptions, reference.SendCommand, "ThrottlingException", "", nil,
			"how many requests a second are too many is the account's affair"},
		{Exceptions, reference.ListCommands, "InternalServerError", "", nil, unprovoked},
		{Exceptions, reference.ListCommandInvocations, "InternalServerError", "", nil, unprovoked},
		{Exceptions, reference.GetCommandInvocation, "InternalServerError", "", nil, unprovoked},
		{Exceptions, reference.CancelCommand, "InternalServerError", "", nil, unprovoked},
		{Exceptions, reference.ListCommands, "InvalidCommandId", "", nil, emptyList},
		{Exceptions, reference.ListCommandInvocations, "InvalidCommandId", "", nil, emptyList},
		{
			Exceptions, reference.GetCommandInvocation, "InvalidCommandId", "", []string{demanded},
			"recorded: an unknown command is InvocationDoesNotExist (evidence: calls/GetCommandInvocation-unknown)",
		},
		{Exceptions, "", "InvalidFilterKey", "", []string{demanded},
			"the key is an enum, which the framework may check first: cases allow both"},
		{Exceptions, reference.ListCommands, "InvalidInstanceId", "", []string{demanded}, declared},
		{Exceptions, reference.ListCommandInvocations, "InvalidInstanceId", "", []string{demanded}, declared},
		{Exceptions, reference.GetCommandInvocation, "InvalidInstanceId", "", []string{demanded}, declared},
		{Exceptions, reference.CancelCommand, "InvalidInstanceId", "", []string{demanded}, declared},
		{Exceptions, reference.CancelCommand, "DuplicateInstanceId", "", []string{demanded}, declared},
	}
}

func (r *Row) excuseOf(cell string) string {
	if r.Section == Statuses && cell == demanded && passes(r.Rule) {
		return "it passes: a poll may come too late to see it"
	}
	for _, e := range excuses() {
		if e.covers(r, cell) {
			return e.why
		}
	}
	return ""
}

func (e *excuse) covers(r *Row, cell string) bool {
	beginning, open := strings.CutSuffix(e.member, "*")
	return e.section == r.Section && (e.operation == "" || e.operation == r.Operation) &&
		(r.Member == e.member || open && strings.HasPrefix(r.Member, beginning)) &&
		(e.rule == "" || e.rule == r.Rule) && (len(e.cells) == 0 || slices.Contains(e.cells, cell))
}

// passes reports whether a status is one on the way to another.
func passes(status string) bool {
	return reference.StatusOf(reference.Details(status)) != "" && !reference.Terminal(reference.Details(status))
}
