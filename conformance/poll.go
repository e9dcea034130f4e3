package conformance

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The bounds of waiting for a status. A poll says how long an agent that is slow may take; what has
// been shown to be vain is not waited for as long again.
const (
	// VainWait is how long VainWaits commands may keep a run waiting while none is seen to end, before
	// every further wait of the kind is short. An agent that polls takes 30 s.
	VainWait  = time.Minute
	VainWaits = 8
	// shortWait is how long such a further wait takes.
	shortWait = time.Second
	// outputGrace is how long the output of an invocation that has ended may take to appear.
	outputGrace = 5 * time.Second

	firstPause = 2 * time.Millisecond
	lastPause  = time.Second
)

// vainWaits is what a run has learnt of waiting.
type vainWaits struct {
	mu    sync.Mutex
	kinds map[waitKind]waitedFor
}

type waitedFor struct {
	came bool // of a status: one that is final
	vain int  // waits of VainWait, or of as long as their polls allow
}

// waitKind are waits of which one tells of another: a target that runs nothing on nodes may still end
// what finds no node, and one operation may show what another never does.
type waitKind struct {
	profile   fixtures.Profile
	operation string
	status    bool // a status is waited for, rather than that something is there
}

// add adds to what is known of a kind, and reports whether such waits are in vain.
func (v *vainWaits) add(k waitKind, more waitedFor) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kinds == nil {
		v.kinds = map[waitKind]waitedFor{}
	}
	known := v.kinds[k]
	known.came, known.vain = known.came || more.came, known.vain+more.vain
	v.kinds[k] = known
	return known.vain >= VainWaits && !known.came
}

// wait spaces the questions of one poll: soon at first, for a target whose clock runs fast, and then
// at most once a second.
type wait struct {
	of       *vainWaits
	kind     waitKind
	until    *jsontree.Value
	began    time.Time
	within   time.Duration
	deadline time.Time
	pause    time.Duration
	counted  bool // among the vain ones of its kind
	// afterVain reports that an earlier step of the case waited in vain.
	afterVain bool
	over      bool   // what came shows that what is waited for will not
	short     string // why the wait is shorter than the poll allows
}

func newWait(of *vainWaits, c *fixtures.Case, bound fixtures.BoundStep, vainBefore bool) *wait {
	w := &wait{of: of, pause: firstPause, began: time.Now(), afterVain: vainBefore}
	if bound.Poll == nil {
		return w
	}
	within, err := time.ParseDuration(bound.Poll.Within)
	if err != nil || bound.Poll.Until == nil {
		return w
	}
	w.until, w.within, w.deadline = bound.Poll.Until, within, w.began.Add(within)
	w.kind = waitKind{c.Profile, bound.Request.Operation, bytes.Contains(w.until.AppendJSON(nil), []byte(`"Status`))}
	return w
}

// see looks at an answer and reports whether it is the one waited for.
func (w *wait) see(e *judge.Exchanged) bool {
	if w.until == nil {
		return true
	}
	came := judge.Arrived(e)
	ended := judge.Ended(e)
	if w.kind.status && ended || !w.kind.status && came {
		w.of.add(w.kind, waitedFor{came: true})
	}
	if came {
		return true
	}
	if judge.CannotArrive(e) {
		w.over = true
		w.short = "what has ended does not change"
		return false
	}
	if end := time.Now().Add(outputGrace); w.kind.operation == reference.GetCommandInvocation && ended && end.Before(w.deadline) {
		w.deadline, w.short = end, "the invocation has ended"
	}
	return false
}

// next waits, and reports whether there is time for another question.
func (w *wait) next(ctx context.Context) bool {
	if w.over || w.until == nil {
		return false
	}
	waited := time.Since(w.began)
	end := !time.Now().Add(w.pause).Before(w.deadline)
	if !w.counted && (end && w.short == "" || waited >= VainWait) {
		w.counted = true
		w.of.add(w.kind, waitedFor{vain: 1})
	}
	if why := w.vain(); !end && why != "" && waited >= shortWait {
		w.short, end = why, true
	}
	if end || !probe.Pause(ctx, w.pause) {
		return false
	}
	w.pause = min(w.pause*5/4, lastPause)
	return true
}

// vain is why it is no use to wait, "" where it may be.
func (w *wait) vain() string {
	if w.afterVain {
		return "an earlier step waited in vain"
	}
	if !w.of.add(w.kind, waitedFor{}) {
		return ""
	}
	what := "came"
	if w.kind.status {
		what = "ended"
	}
	return fmt.Sprintf("%d waits for %s were in vain, in which nothing %s", VainWaits, w.kind.operation, what)
}

// inVain says how long was waited for what did not come.
func (w *wait) inVain() string {
	switch {
	case w.short != "":
		return fmt.Sprintf("it was not waited for all of %s, since %s", w.within, w.short)
	case time.Now().Add(w.pause).Before(w.deadline):
		return fmt.Sprintf("it was not waited for all of %s, since the answers are too large", w.within)
	}
	return fmt.Sprintf("it was waited for %s", w.within)
}
