package fuzz

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// A batch is asked between two liveness checks: as many inputs as take about a second, and at first fewer, since what a
// batch shows is followed up when it is over.
const (
	firstBatch  = 64
	leastBatch  = 16
	mostBatch   = 2048
	batchGrowth = 4
)

func nextBatch(asked int, took time.Duration) uint64 {
	perSecond := float64(asked) / max(took, time.Millisecond).Seconds()
	return uint64(max(min(perSecond, mostBatch, float64(batchGrowth*asked)), leastBatch))
}

// asked is what became of one input.
type asked struct {
	done          bool
	sum           [sha256.Size]byte // of what was sent
	marks         []generate.Mark
	skipped       bool
	unanswered    bool
	input         *generate.Input // where there is something to say of it
	reproductions []reproduction
}

// batch asks the inputs of these indexes, several at once, and returns what became of those that were asked: all
// of them, unless the campaign is over.
func (c *campaign) batch(ctx context.Context, indexes []uint64) []asked {
	out := make([]asked, len(indexes))
	var next atomic.Uint64
	var wg sync.WaitGroup
	for range c.options.Parallel {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < uint64(len(indexes)); i = next.Add(1) - 1 {
				if out[i] = c.askInTime(ctx, c.generator.At(indexes[i])); !out[i].done {
					return
				}
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(out, func(a asked) bool { return !a.done })
}

// askInTime asks one input, unless the campaign is over.
func (c *campaign) askInTime(ctx context.Context, in *generate.Input) asked {
	if ctx.Err() != nil || !time.Now().Before(c.lastInput) {
		return asked{}
	}
	r, shown, ok := c.ask(ctx, in)
	if !ok {
		return asked{}
	}
	a := asked{done: true, marks: in.Marks, sum: digest(r.Case), unanswered: silent(&r), reproductions: shown}
	a.skipped = r.Verdict == judge.Skip || r.BeyondLimit() && len(shown) == 0
	if len(shown) > 0 || a.unanswered {
		a.input = in
	}
	return a
}

// Asker asks single inputs, such as go test -fuzz makes, and finds in each what a campaign would.
type Asker struct{ campaign campaign }

// NewAsker returns an Asker of the session's target. The baseline may be nil.
func NewAsker(session *conformance.Session, known *Baseline) (*Asker, error) {
	c, err := newCampaign(session, Options{Baseline: known})
	if err != nil {
		return nil, err
	}
	return &Asker{*c}, nil
}

// Ask asks the input that the bytes make, and returns what the target made of it, and the divergences that the baseline does
// not list, each with the smallest request that shows it.
func (a *Asker) Ask(ctx context.Context, data []byte) (judge.Result, []*Divergence, error) {
	c := a.campaign
	c.findings, c.end = newFindings(), time.Now().Add(c.options.Ends())
	in := c.generator.FromBytes(data)
	r, shown, ok := c.ask(ctx, in)
	if !ok {
		return r, nil, ctx.Err()
	}
	err := c.followAll(ctx, in, shown)
	if c.dead && err == nil {
		err = c.keep(c.killerFinding(in, r))
	}
	return r, c.found, err
}
