// Package event is what a run tells: a stream of events, and the report that ends it. A reporter is a Sink; package report
// has those of sendspec.
package event

import (
	"fmt"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures"
)

// Event is one thing that happens in a run: Started, then a Judged for each case in the order of
// the plan, then Ended. Between them a Progress for each case, in the order in which they are done.
// A run that finds nothing to ask is an Ended alone.
type Event interface{ event() }

// Target is the endpoint under test, as reports show it: nothing in it is secret.
type Target struct {
	Name   string `json:"name"`
	URL    string `json:"-"`
	Region string `json:"region"`
}

// Planned is a case of the plan: asked, or skipped for a reason.
type Planned struct {
	Case *fixtures.Case
	Skip string // why it is not asked, in one line; "" where it is
}

// LaunchedServer is what is known of a server that was started for a run. Package launch starts them.
type LaunchedServer struct {
	Command string   `json:"command"`
	Ended   string   `json:"ended"`  // how it ended by itself before the run did, "" where it did not
	Output  []string `json:"output"` // the last of what it wrote, by lines, as it wrote it
}

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

// MayRun is why a case of safety dispatch is skipped.
const MayRun = "may run a command on a node, and the target is AWS or not on loopback; allow it with --allow-dispatch"

// LeftOut is how many cases of the plan are not asked because they may run a command on a node.
func (s Started) LeftOut() int {
	n := 0
	for _, p := range s.Plan {
		if p.Skip == MayRun {
			n++
		}
	}
	return n
}

// Suite says which version of the suite a run was made with.
type Suite struct {
	Version fixtures.Version `json:"version"`           // that the program has
	Pin     fixtures.Version `json:"pin,omitempty"`     // to which the run kept; "" for none
	LeftOut int              `json:"leftOut,omitempty"` // the cases that came after the pin
}

// String says it in one line, "" where it is not known.
func (s Suite) String() string {
	switch {
	case s.Pin == "":
		return string(s.Version)
	case s.LeftOut == 0:
		return fmt.Sprintf("%s: no case came later", s.Pin)
	}
	return fmt.Sprintf("%s: %s left out", s.Pin, Count(s.LeftOut, "later case"))
}
