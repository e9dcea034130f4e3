package conformance

// Event is one thing that happens in a run: Started, then a Judged for each case in the order of
// the plan, then Ended.
type Event interface{ event() }

// Started opens a run, once the target is known to answer.
type Started struct {
	Target    Target
	Seed      uint64
	Strict    bool
	Preflight Preflight
	Plan      []Planned
}

// Judged tells the verdict of one case.
type Judged struct{ Result Result }

// Ended closes a run. An interrupted run ends too, with a report that says so.
type Ended struct{ Report *Report }

func (Started) event() {}
func (Judged) event()  {}
func (Ended) event()   {}

// Sink is told what happens in a run. Every reporter is one. Events come one at a time.
type Sink interface {
	Event(Event) error
	Close() error
}
