package reference

import "slices"

// Status is the Status of a command or an invocation, as it is written on the wire: Pending, InProgress, Success,
// Cancelled, Failed, TimedOut or Cancelling. The model's eighth for invocations, Delayed, was never seen: recordings have
// Pending with the StatusDetails Delayed.
type Status string

// Details is the StatusDetails of a command or an invocation as it is written on the wire:
// without the spaces that the API reference prints (evidence: status/spelling).
type Details string

// The values of Details. Subject.Details says which of them a command has, and which an invocation.
const (
	Pending           Details = "Pending"
	InProgress        Details = "InProgress"
	Delayed           Details = "Delayed"
	Cancelling        Details = "Cancelling"
	Success           Details = "Success"
	DeliveryTimedOut  Details = "DeliveryTimedOut"
	ExecutionTimedOut Details = "ExecutionTimedOut"
	Failed            Details = "Failed"
	Cancelled         Details = "Cancelled"
	AccessDenied      Details = "AccessDenied"

	Incomplete                   Details = "Incomplete"
	RateExceeded                 Details = "RateExceeded"
	NoInstancesInTag             Details = "NoInstancesInTag"
	FailedDueToAlarm             Details = "FailedDueToAlarm"
	FailedDueToUnknownAlarmState Details = "FailedDueToUnknownAlarmState"

	Undeliverable   Details = "Undeliverable"
	Terminated      Details = "Terminated"
	InvalidPlatform Details = "InvalidPlatform"
)

// Subject is what a status is told of.
type Subject int

// The subjects: a command as a whole, and its copy for one managed node.
const (
	OfCommand Subject = iota
	OfInvocation
)

// Details returns the values that the subject can have, those that are not terminal first. The
// list is that of the API reference and of monitor-commands.md, and what recordings add to it
// (evidence: status/values).
func (s Subject) Details() []Details {
	common := []Details{
		Pending, InProgress, Delayed, Cancelling, Success, DeliveryTimedOut, ExecutionTimedOut, Failed,
		Cancelled, AccessDenied,
	}
	if s == OfCommand {
		return append(common, Incomplete, RateExceeded, NoInstancesInTag, FailedDueToAlarm, FailedDueToUnknownAlarmState)
	}
	return append(common, Undeliverable, Terminated, InvalidPlatform)
}

// statuses lists the Status that goes with each StatusDetails, of a command as of an invocation. Where there are
// several, no source names the one ("StatusDetails can show different results than Status"): the first is ours.
var statuses = map[Details][]Status{
	Pending:           {"Pending"},
	InProgress:        {"InProgress", "Cancelling"},
	Delayed:           {"Pending", "InProgress"},
	Cancelling:        {"Cancelling"},
	Success:           {"Success"},
	DeliveryTimedOut:  {"TimedOut", "Failed"},
	ExecutionTimedOut: {"TimedOut", "Failed"},
	Failed:            {"Failed"},
	Cancelled:         {"Cancelled"},
	AccessDenied:      {"Failed"},

	Incomplete:                   {"Failed", "Cancelled", "TimedOut"},
	RateExceeded:                 {"Failed", "Cancelled"}, // "the system has canceled the command"
	NoInstancesInTag:             {"Success"},             // recorded
	FailedDueToAlarm:             {"Failed"},
	FailedDueToUnknownAlarmState: {"Failed"},

	Undeliverable:   {"Failed"},
	Terminated:      {"Failed"},
	InvalidPlatform: {"Failed"},
}

// StatusesOf returns every Status that may go with d, the one of StatusOf first; none where d is no StatusDetails.
func StatusesOf(d Details) []Status { return slices.Clone(statuses[d]) }

// StatusOf returns the Status that the reference shows with d; "" where d is no StatusDetails.
func StatusOf(d Details) Status {
	if of := statuses[d]; of != nil {
		return of[0]
	}
	return ""
}

// Terminal reports whether d is final: nothing follows it.
func Terminal(d Details) bool {
	switch StatusOf(d) {
	case "Pending", "InProgress", "Cancelling", "":
		return false
	}
	return true
}

// transitions is what an observer may see next, from one poll to a later one, and so may skip
// what lies between: the table is closed. A value that stays as it is is no transition. What is
// not listed has no successor: the terminal values.
//
// Pending, Delayed and InProgress are one phase: an invocation was recorded to go from InProgress back to
// Delayed (evidence: status/phase), and what a command shows meanwhile nobody has seen. So each of them
// may follow the others, and what may follow one may follow all. The rest is what the API reference says of
// each value.
func (s Subject) transitions() map[Details][]Details {
	stopping := []Details{Success, DeliveryTimedOut, ExecutionTimedOut, Failed, Cancelled}
	unsent := []Details{AccessDenied}
	if s == OfCommand {
		stopping = append(stopping, Incomplete, FailedDueToAlarm, FailedDueToUnknownAlarmState)
		unsent = append(unsent, RateExceeded, NoInstancesInTag)
	} else {
		stopping = append(stopping, Terminated)
		unsent = append(unsent, Undeliverable, InvalidPlatform)
	}
	// A process may end before the cancellation reaches it.
	table := map[Details][]Details{Cancelling: stopping}
	phase := []Details{Pending, Delayed, InProgress}
	for _, from := range phase {
		others := slices.DeleteFunc(slices.Clone(phase), func(d Details) bool { return d == from })
		table[from] = slices.Concat(others, []Details{Cancelling}, stopping, unsent)
	}
	return table
}

// CanFollow reports whether a subject seen with the one value may later be seen with the other: the
// same, or one that comes from it.
func (s Subject) CanFollow(from, to Details) bool {
	return from == to || slices.Contains(s.transitions()[from], to)
}
