package conformance

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
)

// How much memory the answers of a target may take while they are judged. What is kept of them
// afterwards is bounded by judge.Result.Compact.
const (
	// readingBytes is how many bytes of answers are read at once. A tree takes many times the memory
	// of its text, so the largest are read one after the other; usual ones, of a kilobyte or two,
	// never wait.
	readingBytes = 2 << 20
	// heldBytes is how many bytes of answers one case may hold until it is judged: two of the largest
	// that are read.
	heldBytes = 4 << 20
	// allWaitingBytes is how many bytes the cases that wait for a status may hold together before each may
	// hold waitingHeldBytes only: there are many of them at once. A server that lists all its commands
	// to a few of them stays below it; what is cut is lost to the judge. Answers alike count once: a
	// status asked for 300 times is mostly the same answer.
	allWaitingBytes  = 32 << 20
	waitingHeldBytes = 256 << 10
)

// read waits until the exchanges' answers may be read, and returns what to call when they were.
func (x *Session) read(exchanges ...*wire.Exchange) (done func()) {
	var sum int64
	for _, e := range exchanges {
		if e.Response != nil {
			sum += int64(len(e.Response.Body))
		}
	}
	sum = min(sum, readingBytes)
	_ = x.reading.Acquire(context.Background(), sum) // whoever holds it waits for nothing
	return func() { x.reading.Release(sum) }
}

// hold counts an answer among those that the case holds, and cuts what is too much.
func (a *attempt) hold(e *wire.Exchange) {
	if e.Response == nil {
		return
	}
	var size int
	e.Response.Header, size = someHeader(e.Response.Header)
	a.held += size
	body := e.Response.Body
	if n := len(a.exchanges); n > 0 && a.exchanges[n-1].Response != nil && string(body) == string(a.exchanges[n-1].Response.Body) {
		e.Response.Body = a.exchanges[n-1].Response.Body
		return
	}
	limit, waiting := heldBytes, waits(a.c)
	if waiting && a.session.waitingHeld.Load()+int64(len(body)) > allWaitingBytes {
		limit = waitingHeldBytes
	}
	if len(body) > limit-a.held {
		a.forgetPolled()
	}
	if room := max(0, limit-a.held); len(body) > room {
		e.Response.Body, e.Response.Truncated = append([]byte(nil), body[:room]...), true
	}
	a.held += len(e.Response.Body)
	if waiting {
		a.heldWaiting += int64(len(e.Response.Body))
		a.session.waitingHeld.Add(int64(len(e.Response.Body)))
	}
}

// forgetPolled drops what a poll was answered before: its last answer is the one that is judged.
func (a *attempt) forgetPolled() {
	counted := ""
	for i, e := range a.exchanges {
		if !a.steps[i].Interim || e.Response == nil || e.Response.Truncated {
			continue
		}
		if body := string(e.Response.Body); body != counted { // answers alike count once
			counted = body
			a.held -= len(body)
			if waits(a.c) {
				a.heldWaiting -= int64(len(body))
				a.session.waitingHeld.Add(-int64(len(body)))
			}
		}
		e.Response.Body, e.Response.Truncated = nil, true
	}
}

// releaseBudget takes back what the case held of the bytes of all waiting cases.
func (a *attempt) releaseBudget() { a.session.waitingHeld.Add(-a.heldWaiting) }

// keptHeader is how many bytes of an answer's header are kept.
const keptHeader = 4 << 10

// judgedFields are the header fields that checks look at.
var judgedFields = []string{"Content-Type", "X-Amzn-Errortype", "X-Amzn-Requestid"}

// someHeader is the header with as many of its fields as may be kept, those that are judged and then
// the others by name; and what they weigh.
func someHeader(h http.Header) (http.Header, int) {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size <= keptHeader {
		return h, size
	}
	kept, weight := http.Header{}, 0
	for _, name := range slices.Concat(judgedFields, slices.Sorted(maps.Keys(h))) {
		if kept[name] != nil {
			continue
		}
		owned := strings.Clone(name)
		for _, v := range h[name] {
			if weight += len(name) + len(v); weight > keptHeader {
				return kept, keptHeader
			}
			kept[owned] = append(kept[owned], strings.Clone(v))
		}
	}
	return kept, weight
}

// keepWhole reports whether there is room for so many bytes more of an answer than are usually kept.
func (x *Session) keepWhole(more int) bool {
	if x.runner.settings.wholeAnswers == 0 {
		return false
	}
	if x.kept.Add(int64(more)) <= x.runner.settings.wholeAnswers {
		return true
	}
	x.kept.Add(-int64(more))
	return false
}
