package reference

import (
	"strconv"
	"strings"
)

// Counts are the four numbers of a command.
type Counts struct {
	// Target is the number of managed nodes it was sent to.
	Target int
	// Completed is the number of invocations that are terminal.
	Completed int
	// Errors is the number of invocations that are Failed or ExecutionTimedOut.
	Errors int
	// DeliveryTimedOut is the number of invocations that are DeliveryTimedOut.
	DeliveryTimedOut int
}

// Count counts invocations as the API reference says. Terminated ones, Failed by their Status,
// are no errors: that is recorded (evidence: alarms/fires-later).
func Count(invocations []Details) Counts {
	c := Counts{Target: len(invocations)}
	for _, d := range invocations {
		if !Terminal(d) {
			continue
		}
		c.Completed++
		switch d {
		case Failed, ExecutionTimedOut:
			c.Errors++
		case DeliveryTimedOut:
			c.DeliveryTimedOut++
		}
	}
	return c
}

// maxErrorsOf returns the number of errors that a command of so many targets bears without
// failing. A percentage is rounded down, so that 10% of 50 targets is 5 and the sixth error stops
// the command, as documented; that it is rounded down where it is no whole number is our choice,
// since no document tells (evidence: control/percent-rounding). Text that is neither counts as 0, the default.
func maxErrorsOf(maxErrors string, targets int) int {
	return share(maxErrors, targets, 0)
}

// maxConcurrencyOf returns the number of nodes that may run a command of so many targets at the
// same time, at least one. A percentage is rounded down, which is our choice as for maxErrorsOf.
// Text that is neither counts as 50, the default.
func maxConcurrencyOf(maxConcurrency string, targets int) int {
	return max(1, share(maxConcurrency, targets, defaultMaxConcurrency))
}

const defaultMaxConcurrency = 50

func share(text string, of, otherwise int) int {
	percent, isPercent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(percent)
	if err != nil || n < 0 {
		return otherwise
	}
	if isPercent {
		return of * min(n, 100) / 100
	}
	return n
}

// progress returns what a command is whose invocations are not all terminal: Cancelling where
// those that are not are all being cancelled, InProgress where one was sent, Delayed where one
// could not be delivered, and Pending before all that. The precedence is our choice.
func progress(invocations []Details) Details {
	cancelling, sent, delayed := len(invocations) > 0, false, false
	for _, d := range invocations {
		if !Terminal(d) {
			cancelling = cancelling && d == Cancelling
		}
		sent = sent || d != Pending && d != Delayed
		delayed = delayed || d == Delayed
	}
	switch {
	case cancelling:
		return Cancelling
	case sent:
		return InProgress
	case delayed:
		return Delayed
	}
	return Pending
}

// aggregate returns what a command is whose invocations are all terminal. maxErrors is the number
// of errors that it bears.
//
// Recorded, with one node and none borne: an error is Failed, whether the node Failed or
// ExecutionTimedOut, and DeliveryTimedOut stays what it is. Documented (monitor-commands.md):
// Undeliverable, InvalidPlatform and AccessDenied count for nothing beside a Success, and are
// Failed where there is nothing else. The rest is our choice, in this order:
//
//   - more errors than borne: Failed;
//   - an invocation was cancelled: Cancelled;
//   - exactly the errors borne, one or more, all of them timeouts of the execution: ExecutionTimedOut
//     ("the value of MaxErrors or more");
//   - more deliveries timed out than errors are borne, or nothing else happened: DeliveryTimedOut;
//   - anything else that did not succeed: Incomplete.
func aggregate(invocations []Details, maxErrors int) Details {
	n := map[Details]int{}
	for _, d := range invocations {
		n[d]++
	}
	counts := Count(invocations)
	unreached := n[Undeliverable] + n[InvalidPlatform] + n[AccessDenied]
	switch {
	case len(invocations) == 0:
		return NoInstancesInTag
	case counts.Errors > maxErrors, unreached == len(invocations):
		return Failed
	case n[Cancelled] > 0:
		return Cancelled
	case n[ExecutionTimedOut] > 0 && n[ExecutionTimedOut] == maxErrors && n[Failed] == 0:
		return ExecutionTimedOut
	case n[DeliveryTimedOut] > 0 && (n[DeliveryTimedOut] > maxErrors || n[DeliveryTimedOut] == len(invocations)):
		return DeliveryTimedOut
	case n[Success]+unreached < len(invocations):
		return Incomplete
	}
	return Success
}
