package reference

import "slices"

// LifeEventKind is the kind of a LifeEvent.
type LifeEventKind string

// The events in the life of a command.
const (
	// Resolved tells that the targets are known: Targets invocations, all Pending.
	Resolved LifeEventKind = "resolved"
	// Refused ends the command before any node runs it. Details is RateExceeded or AccessDenied,
	// Targets the number of nodes that were found.
	Refused LifeEventKind = "refused"
	// Sent tells that the invocation's node has the command.
	Sent LifeEventKind = "sent"
	// Postponed tells that the invocation's node could not be reached yet, or fell silent after the command was sent to
	// it: it is Delayed.
	Postponed LifeEventKind = "postponed"
	// Ended is the end of an invocation. Details is how.
	Ended LifeEventKind = "ended"
	// CancelRequested cancels an invocation, or all where Invocation is AllInvocations.
	CancelRequested LifeEventKind = "cancel requested"
	// Alarmed ends the command. Details is FailedDueToAlarm or FailedDueToUnknownAlarmState.
	Alarmed LifeEventKind = "alarmed"
	// Expired tells that ExpiresAfter is reached.
	Expired LifeEventKind = "expired"
)

// AllInvocations is the Invocation of a CancelRequested that means all of them.
const AllInvocations = -1

// LifeEvent is something that happens to a command.
type LifeEvent struct {
	Kind LifeEventKind
	// Invocation is the index of the invocation it happens to.
	Invocation int
	// Targets is a number of managed nodes.
	Targets int
	// Details is an outcome.
	Details Details
}

// Life is the state of one command. Apply moves it; equal events in equal order give equal
// states. It never leaves a terminal value nor counts more completed than targeted. Make it with
// NewLife.
type Life struct {
	maxConcurrency, maxErrors string

	resolved    bool
	targets     int
	invocations []Details
	details     Details
}

// NewLife returns the life of a command that was just accepted. maxConcurrency and maxErrors are
// numbers or percentages as in the request.
func NewLife(maxConcurrency, maxErrors string) *Life {
	return &Life{maxConcurrency: maxConcurrency, maxErrors: maxErrors, details: Pending}
}

// Details returns the command's StatusDetails.
func (l *Life) Details() Details { return l.details }

// Invocation returns the StatusDetails of an invocation, "" where there is none of that index.
func (l *Life) Invocation(i int) Details {
	if i < 0 || i >= len(l.invocations) {
		return ""
	}
	return l.invocations[i]
}

// Counts returns the command's counts. Target is 0 until the targets are resolved.
func (l *Life) Counts() Counts {
	c := Count(l.invocations)
	c.Target = l.targets
	return c
}

// canSend reports whether MaxConcurrency and MaxErrors let a further Pending invocation be sent. An
// invocation that is Delayed holds its place: the attempt to send it goes on.
func (l *Life) canSend() bool {
	if Terminal(l.details) || l.stopped() {
		return false
	}
	active := 0
	for _, d := range l.invocations {
		if !Terminal(d) && d != Pending {
			active++
		}
	}
	return active < maxConcurrencyOf(l.maxConcurrency, l.targets)
}

// stopped reports whether more errors happened than MaxErrors bears: the system then stops sending
// the command to further nodes, and those that have it go on (API reference, MaxErrors).
func (l *Life) stopped() bool {
	return Count(l.invocations).Errors > maxErrorsOf(l.maxErrors, l.targets)
}

// Apply lets an event happen, and reports whether it changed anything. An event that cannot happen,
// or comes too late, changes nothing: late replies do not reopen an invocation
// (evidence: status/no-answer).
func (l *Life) Apply(e LifeEvent) bool {
	if Terminal(l.details) || !l.happen(e) {
		return false
	}
	l.propagate()
	return true
}

func (l *Life) happen(e LifeEvent) bool {
	switch e.Kind {
	case Resolved:
		return l.resolve(e.Targets)
	case Refused:
		if l.resolved || e.Details != RateExceeded && e.Details != AccessDenied {
			return false
		}
		l.resolved, l.targets, l.details = true, max(0, e.Targets), e.Details
		return true
	case Sent:
		return l.Invocation(e.Invocation) == Delayed && l.set(e.Invocation, InProgress) || l.start(e.Invocation, InProgress)
	case Postponed:
		return l.Invocation(e.Invocation) == InProgress && l.set(e.Invocation, Delayed) || l.start(e.Invocation, Delayed)
	case Ended:
		return l.end(e.Invocation, e.Details)
	case CancelRequested:
		return l.cancel(e.Invocation)
	case Alarmed:
		if e.Details != FailedDueToAlarm && e.Details != FailedDueToUnknownAlarmState {
			return false
		}
		// Recorded: the alarm ends running and waiting invocations alike.
		l.endAll(func(Details) Details { return Terminated })
		l.details = e.Details
		return true
	case Expired:
		return l.expire()
	}
	return false
}

func (l *Life) resolve(targets int) bool {
	if l.resolved || targets < 0 {
		return false
	}
	l.resolved, l.targets = true, targets
	l.invocations = slices.Repeat([]Details{Pending}, targets)
	return true
}

// start gives a Pending invocation one of the places that MaxConcurrency leaves.
func (l *Life) start(i int, to Details) bool {
	return l.Invocation(i) == Pending && l.canSend() && l.set(i, to)
}

func (l *Life) set(i int, to Details) bool {
	l.invocations[i] = to
	return true
}

func (l *Life) end(i int, how Details) bool {
	from := l.Invocation(i)
	switch {
	case from == "" || !Terminal(how) || Terminal(from) || !OfInvocation.CanFollow(from, how) || how == Terminated:
		return false
	case (from == Pending || from == Delayed) && (how == Success || how == Failed || how == ExecutionTimedOut):
		// What was never sent cannot have run, and a node that is not heard of tells no end.
		return false
	case from == InProgress && (how == AccessDenied || how == InvalidPlatform):
		// What was sent was not refused.
		return false
	}
	return l.set(i, how)
}

// cancel ends what was not delivered at once; what runs is Cancelling until its node answers
// (evidence: status/no-answer).
func (l *Life) cancel(i int) bool {
	if i == AllInvocations {
		if !l.resolved {
			l.resolved, l.details = true, Cancelled
			return true
		}
		changed := false
		for j := range l.invocations {
			changed = l.cancel(j) || changed
		}
		return changed
	}
	switch l.Invocation(i) {
	case Pending, Delayed:
		return l.set(i, Cancelled)
	case InProgress:
		return l.set(i, Cancelling)
	}
	return false
}

// expire: "If a command expires, it changes status to DeliveryTimedOut for all invocations that
// have the status InProgress, Pending, or Delayed" (API reference, ExpiresAfter). What is being
// cancelled becomes Cancelled then, which is our choice.
func (l *Life) expire() bool {
	if !l.resolved {
		l.resolved, l.details = true, DeliveryTimedOut
		return true
	}
	l.endAll(func(d Details) Details {
		if d == Cancelling {
			return Cancelled
		}
		return DeliveryTimedOut
	})
	return true
}

func (l *Life) endAll(how func(Details) Details) {
	for i, d := range l.invocations {
		if !Terminal(d) {
			l.invocations[i] = how(d)
		}
	}
}

// propagate applies what follows from an event: the end of what MaxErrors keeps from being sent, and the
// command's StatusDetails.
func (l *Life) propagate() {
	if Terminal(l.details) || !l.resolved {
		return
	}
	if l.stopped() {
		for i, d := range l.invocations {
			if d == Pending {
				l.invocations[i] = Terminated
			}
		}
	}
	if Count(l.invocations).Completed < len(l.invocations) {
		l.details = progress(l.invocations)
		return
	}
	l.details = aggregate(l.invocations, maxErrorsOf(l.maxErrors, l.targets))
}
