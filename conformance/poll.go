package conformance

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"
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
	// shortWait is how long such a further wait takes.
	shortWait = time.Second
	// outputGrace is how long the output of an invocation that has ended may take to appear.
	outputGrace = 5 * time.Second

	firstPause = 2 * time.Millisecond
	lastPause  = time.Second

	// Where the target says that its commands live faster than the clock runs, a wait is that much shorter. But it looks
	// at least fastLooks times, since a busy machine is no faster than others.
	fastLooks     = 64
	fastLastPause = 80 * time.Millisecond
)

// vainWaits is what a run has learnt of waiting.
type vainWaits struct {
	mu    sync.Mutex
	kinds map[waitKind]*waitedFor
}

type waitedFor struct {
	came  bool   // of a status: one that is final
	vain  int    // waits of VainWait, or of as long as their polls allow
	long  int    // those of VainWait among them
	first string // of the cases that waited in vain: the first by ID
}

// waitKind is a kind of waits: what one of them shows holds of the others. A kind without an operation is of all operations, and one
// without a profile of all profiles: a target whose ListCommands never shows an end may show it in GetCommandInvocation, and one that
// runs nothing on nodes may still end what finds no node.
type waitKind struct {
	profile   fixtures.Profile
	operation string
	status    bool // a status is waited for, rather than that something is there
	cancelled bool // the command was cancelled before
	plain     bool // the command needs nothing but nodes that are there
	any       bool // whatever command there is will do
	// invocation is whether what is to be there is an invocation: a command may be listed that has none.
	invocation bool
}

// wider are the kinds that a wait is one of, the narrowest first.
func (k waitKind) wider() []waitKind {
	kinds := []waitKind{k}
	if k.any {
		return kinds
	}
	if k.profile == fixtures.Execution || k.cancelled {
		kinds = append(kinds,
			waitKind{profile: k.profile, status: k.status, invocation: k.invocation, cancelled: k.cancelled, plain: k.plain})
	}
	return append(kinds, waitKind{status: k.status, invocation: k.invocation})
}

// dependsOn are the kinds of which each, if it is in vain, shows that a wait of this kind is.
func (k waitKind) dependsOn() []waitKind {
	kinds := k.wider()
	if k.profile == fixtures.Execution {
		kinds = append(kinds, waitKind{profile: k.profile, status: k.status, invocation: k.invocation, plain: true})
	}
	return kinds
}

// comes notes that what was waited for can come.
func (v *vainWaits) comes(k waitKind) { v.each(k, func(w *waitedFor) { w.came = true }) }

// fails notes that a wait was in vain.
func (v *vainWaits) fails(k waitKind, waited time.Duration, caseID string) {
	v.each(k, func(w *waitedFor) {
		if w.first == "" || caseID < w.first {
			w.first = caseID
		}
		w.vain++
		if waited >= probe.VainWait {
			w.long++
		}
	})
}

func (v *vainWaits) each(k waitKind, do func(*waitedFor)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, kind := range k.wider() {
		if v.kinds[kind] == nil {
			v.kinds[kind] = &waitedFor{}
		}
		do(v.kinds[kind])
	}
}

// why is why a wait is in vain, "" where it may not be. Waits of the same kind are as long; what others of a wider kind
// show counts once they, or this one, took VainWait.
func (v *vainWaits) why(k waitKind, waited time.Duration) string {
	if waited < shortWait {
		return ""
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, kind := range k.dependsOn() {
		known := v.kinds[kind]
		if known == nil || known.came {
			continue
		}
		if known.long >= probe.VainWaits || known.vain >= probe.VainWaits && (kind == k || waited >= probe.VainWait) {
			return fmt.Sprintf("%d cases, %s among them, waited in vain for %s", probe.VainWaits, known.first, kind)
		}
	}
	return ""
}

// String says what is waited for.
func (k waitKind) String() string {
	what := "a command to be found"
	switch {
	case k.invocation:
		what = "an invocation to be found"
	case k.cancelled:
		what = "a cancelled command to end"
	case k.plain && k.profile == fixtures.Execution:
		what = "a command on a plain node to end"
	case k.status:
		what = "a command to end"
	}
	if k.operation != "" {
		what += " in " + k.operation
	}
	return what
}

// wait spaces the questions of one poll: soon at first, for a target whose clock runs fast, and then
// at most once a second.
type wait struct {
	of       *vainWaits
	kind     waitKind
	caseID   string
	until    *jsontree.Value
	began    time.Time
	within   time.Duration
	deadline time.Time
	pause    time.Duration
	longest  time.Duration // of the pauses
	looks    int           // how many there are to be, at least
	counted  bool          // among the vain ones of its kind
	// afterVain reports that an earlier step of the case waited in vain.
	afterVain bool
	answered  bool   // otherwise than by a failure of the server
	over      bool   // what came shows that what is waited for will not
	short     string // why the wait is shorter than the poll allows
	fast      string // why the poll allows less than its case says
}

func (a *attempt) newWait(bound fixtures.BoundStep) *wait {
	w := &wait{of: &a.session.vain, caseID: a.c.ID, pause: firstPause, longest: lastPause, began: time.Now(), afterVain: a.final != ""}
	if bound.Poll == nil {
		return w
	}
	within, err := time.ParseDuration(bound.Poll.Within)
	if err != nil || bound.Poll.Until == nil {
		return w
	}
	w.until, w.within = bound.Poll.Until, within
	if scale := a.session.started.Preflight.ClockScale; scale > 1 {
		within, w.looks, w.longest = time.Duration(float64(within)/scale), fastLooks, fastLastPause
		w.fast = fmt.Sprintf("the target's commands live %g times as fast as the clock runs", scale)
	}
	w.deadline = w.began.Add(within)
	w.kind = waitKind{
		profile: a.c.Profile, operation: bound.Request.Operation,
		status:    bytes.Contains(w.until.AppendJSON(nil), []byte(`"Status`)),
		cancelled: a.cancelled(), plain: plain(a.c),
		any: !bytes.Contains(bound.Request.Body, []byte(`"CommandId"`)),
	}
	w.kind.invocation = !w.kind.status && w.kind.operation != reference.ListCommands
	return w
}

// cancelled reports whether the case has cancelled a command.
func (a *attempt) cancelled() bool {
	for i := range a.steps {
		if a.steps[i].Request.Operation == reference.CancelCommand {
			return true
		}
	}
	return false
}

// plain reports whether a case needs no node or alarm that is out of the ordinary.
func plain(c *fixtures.Case) bool {
	for _, name := range c.Needs() {
		kind, which, special := strings.Cut(name, ".")
		if special && (kind == "alarm" || kind == "group" || kind == "node" && strings.Trim(which, "0123456789") != "") {
			return false
		}
	}
	return true
}

// see looks at an answer and reports whether it is the one waited for.
func (w *wait) see(e *judge.Exchanged) bool {
	if w.until == nil {
		return true
	}
	w.looks--
	w.answered = w.answered || e.Response.Status < http.StatusInternalServerError
	came := judge.Arrived(e)
	ended := judge.Ended(e)
	if w.kind.status && ended || !w.kind.status && came {
		w.of.comes(w.kind)
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

// goesOn reports whether there is time for another question.
func (w *wait) goesOn() bool {
	if w.over || w.until == nil {
		return false
	}
	waited := time.Since(w.began)
	end := w.looks <= 0 && !time.Now().Add(w.pause).Before(w.deadline)
	if !w.counted && (end && w.short == "" || waited >= probe.VainWait) {
		w.counted = true
		w.of.fails(w.kind, waited, w.caseID)
	}
	if why := w.vain(waited); !end && why != "" {
		w.short, end = why, true
	}
	return !end
}

// vain is why it is no use to wait, "" where it may be.
func (w *wait) vain(waited time.Duration) string {
	if w.afterVain && waited >= shortWait {
		return "an earlier step waited in vain"
	}
	if !w.answered && waited >= probe.Revival {
		return "the server failed for " + probe.Revival.String()
	}
	return w.of.why(w.kind, waited)
}

// inVain says how long was waited for what did not come.
func (w *wait) inVain() string {
	switch {
	case w.short != "" || w.fast != "":
		return fmt.Sprintf("it was not waited for all of %s, since %s", w.within, cmp.Or(w.short, w.fast))
	case time.Now().Add(w.pause).Before(w.deadline):
		return fmt.Sprintf("it was not waited for all of %s, since the answers are too large", w.within)
	}
	return fmt.Sprintf("it was waited for %s", w.within)
}
