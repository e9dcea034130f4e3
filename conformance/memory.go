package conformance

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// How much memory the answers of a target may take until they are judged: heldBytes for each case that has a slot
// (WithParallel), slightBytes for each of the others (waitingCases at most), and what is made of readingBytes. What is kept
// of them afterwards is bounded by judge.Result.Compact.
const (
	// readingBytes is how many bytes of answers are read at once. A tree takes many times the memory
	// of its text, so the largest are read one after the other; usual ones, of a kilobyte or two,
	// never wait.
	readingBytes = 2 << 20
	// heldBytes is how many bytes of answers one case may hold until it is judged: two of the largest that are read.
	heldBytes = 4 << 20
	// slightBytes is how many of them it may hold without a slot: what a status takes that is asked for 500 times.
	slightBytes = 512 << 10
)

// takeSlot makes the case one of those that are asked at once. It keeps its slot for as long as it holds much.
func (a *attempt) takeSlot() {
	if !a.hasSlot {
		a.session.slots <- struct{}{}
		a.hasSlot = true
	}
}

func (a *attempt) giveSlot() {
	if a.hasSlot {
		<-a.session.slots
		a.hasSlot = false
	}
}

// read waits until the exchanges' answers may be read, and returns what to call when they were.
func (x *Session) read(exchanges ...*wire.Exchange) (done func()) {
	sum := int64(min(weight(exchanges), readingBytes))
	_ = x.reading.Acquire(context.Background(), sum) // whoever holds it waits for nothing
	return func() { x.reading.Release(sum) }
}

// hold adds an answer to those that the case holds.
func (a *attempt) hold(step fixtures.BoundStep, e *wire.Exchange) {
	if e.Response != nil {
		e.Response.Header = someHeader(e.Response.Header)
	}
	a.steps, a.exchanges = append(a.steps, step), append(a.exchanges, e)
	a.fit(heldBytes)
	if weight(a.exchanges) <= slightBytes {
		a.giveSlot()
	}
}

// forgetPolled drops what a poll was answered before: its last answer is the one that is judged.
func (a *attempt) forgetPolled() {
	for i, e := range a.exchanges {
		if a.steps[i].Interim && e.Response != nil {
			e.Response.Body, e.Response.Truncated = nil, true
		}
	}
}

// fit lets the case hold no more bytes of answers than that. What a poll was answered before goes first, then the others
// are cut, the latest first.
func (a *attempt) fit(limit int) {
	if weight(a.exchanges) <= limit {
		return
	}
	a.forgetPolled()
	for _, e := range a.exchanges {
		if e.Response == nil {
			continue
		}
		if len(e.Response.Body) > limit {
			e.Response.Body, e.Response.Truncated = bytes.Clone(e.Response.Body[:limit]), true
		}
		limit -= len(e.Response.Body)
	}
}

// weight is how many bytes of answers the exchanges hold.
func weight(exchanges []*wire.Exchange) (sum int) {
	for _, e := range exchanges {
		if e.Response != nil {
			sum += len(e.Response.Body)
		}
	}
	return sum
}

// keptHeader is how many bytes of an answer's header are kept.
const keptHeader = 4 << 10

// judgedFields are the header fields that checks look at.
var judgedFields = []string{"Content-Type", "X-Amzn-Errortype", "X-Amzn-Requestid"}

// someHeader is the header with as many of its fields as may be kept, those that are judged and then the others by name.
func someHeader(h http.Header) http.Header {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size <= keptHeader {
		return h
	}
	kept, room := http.Header{}, keptHeader
	for _, name := range slices.Concat(judgedFields, slices.Sorted(maps.Keys(h))) {
		if kept[name] != nil {
			continue
		}
		owned := strings.Clone(name)
		for _, v := range h[name] {
			if room -= len(name) + len(v); room < 0 {
				return kept
			}
			kept[owned] = append(kept[owned], strings.Clone(v))
		}
	}
	return kept
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
