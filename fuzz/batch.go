package fuzz

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
)

// A batch is asked between two looks at the canary: as many inputs as take about a second.
const (
	firstBatch = 64
	leastBatch = 16
	mostBatch  = 2048
)

func nextBatch(asked int, took time.Duration) uint64 {
	perSecond := float64(asked) / max(took, time.Millisecond).Seconds()
	return uint64(min(max(perSecond, leastBatch), mostBatch))
}

// question is an input with what conforms as an answer.
type question struct {
	input       *Input
	kase        *fixtures.Case
	expectation oracle.Expectation
	answer      conformance.Asked
}

// asked is what became of one input.
type asked struct {
	done       bool
	index      uint64
	sum        [sha256.Size]byte // of what was sent
	marks      []Mark
	skipped    bool
	unanswered bool
	input      *Input // where there is something to say of it
	shown      []showing
}

// batch asks the inputs [from,to), several at once, and returns what became of those that were asked: all
// of them, unless the campaign is over.
func (c *campaign) batch(ctx context.Context, from, to uint64) []asked {
	out := make([]asked, to-from)
	size := max(1, len(out)/(groupsPerBatch*len(c.gens)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, g := range c.gens {
		wg.Go(func() {
			for {
				start := int(next.Add(int64(size))) - size
				if start >= len(out) {
					return
				}
				if !c.group(ctx, g, from+uint64(start), out[start:min(start+size, len(out))]) {
					return
				}
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(out, func(a asked) bool { return !a.done })
}

// groupsPerBatch is how many groups of inputs each goroutine has in a batch. A group is made, then asked, then
// judged: that is faster than to do the three by turns, since the processor has the code of each at hand.
const groupsPerBatch = 16

// group asks as many inputs as there is room in out, from a first one on; false where it was ended before.
func (c *campaign) group(ctx context.Context, g *Generator, first uint64, out []asked) bool {
	questions := make([]question, len(out))
	for i := range questions {
		q := &questions[i]
		q.input = g.At(first + uint64(i))
		q.kase, q.expectation = q.input.judged(c.oracle)
	}
	n := 0
	for ; n < len(questions) && c.ask(ctx, &questions[n]); n++ {
	}
	for i := range questions[:n] {
		out[i] = questions[i].judge()
	}
	return n == len(questions)
}

// ask asks one input; false where the campaign was ended before it was.
func (c *campaign) ask(ctx context.Context, q *question) bool {
	if ctx.Err() != nil || !time.Now().Before(c.lastInput) || c.limiter.Wait(ctx) != nil {
		return false
	}
	q.answer = c.session.AskOnce(ctx, q.kase)
	if ctx.Err() != nil {
		q.answer.Judge() // so that the session lets go of what the case holds
		return false
	}
	return true
}

func (q *question) judge() asked {
	a := asked{done: true, index: q.input.Index, marks: q.input.Marks, sum: digest(q.kase)}
	r := q.answer.Judge()
	a.unanswered = silent(&r)
	a.shown = showings(q, &r)
	a.skipped = r.Verdict == conformance.Skip || r.BeyondLimit() && len(a.shown) == 0
	if len(a.shown) > 0 || a.unanswered {
		a.input = q.input
	}
	return a
}
