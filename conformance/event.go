package conformance

import (
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
)

// Event is one thing that happens in a run: Started, then a Judged for each case in the order of
// the plan, then Ended. Between them a Progress for each case, in the order in which they are done.
// A run that finds nothing to ask is an Ended alone.
type Event interface{ event() }

// Started opens a run, once the target is known to answer.
type Started struct {
	Target    Target
	Suite     Suite
	Seed      uint64
	Strict    bool
	Preflight probe.Preflight
	Plan      []Planned
	Began     time.Time
}

// Progress counts what is done so far. It comes ahead of the Judged of its case where an earlier case
// of the plan still waits for its answer.
type Progress struct {
	Done, Failed, Total int
	Skipped             int // of those that are done: what the plan does not ask
}

// Judged tells the verdict of one case.
type Judged struct{ Result judge.Result }

// Ended closes a run. An interrupted run ends too, with a report that says so.
type Ended struct{ Report *Report }

func (Started) event()  {}
func (Progress) event() {}
func (Judged) event()   {}
func (Ended) event()    {}

// Sink is told what happens in a run. Every reporter is one. Events come one at a time.
type Sink interface {
	Event(Event) error
}
