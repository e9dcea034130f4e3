package fuzz

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// Options say what a campaign does. The zero value asks 10,000 inputs of every strategy.
type Options struct {
	// Count is how many inputs are asked; 0 is no bound where For is given, or else 10,000.
	Count uint64
	// For is how long inputs are asked; 0 is until Count, or for as long as is long for Count inputs.
	For time.Duration
	// Parallel is how many inputs are asked at once. Default 8.
	Parallel int
	// Rate is how many requests a second are sent at most; 0 is no bound.
	Rate float64
	// Strategies are those asked; all where there are none.
	Strategies []generate.Strategy
	// Shard is the part of the campaign that is asked; the zero value is all of it. The shards of the same seed and
	// Count ask each input of the whole campaign once.
	Shard selector.Shard
	// Dir is the folder in which findings are saved when they are shrunk, and what became of the campaign until then;
	// "" for none. Version names the program there, since the same seed sends other inputs in another one.
	Dir, Version string
	// Baseline is what is known of the target, and may be nil: what it lists is counted, and no finding.
	Baseline *Baseline
	// Found is told each finding when it is shrunk and saved, and may be nil.
	Found func(*Divergence) error
	// Progress is given what was found so far, after each batch at least, and may be nil.
	Progress func(*CampaignReport)
}

func (o Options) withDefaults() Options {
	if o.Count == 0 && o.For == 0 {
		o.Count = 10000
	}
	if o.Parallel <= 0 {
		o.Parallel = 8
	}
	return o
}

// lasts is how long inputs are asked at most: For, or else a time that is long for Count inputs.
func (o Options) lasts() time.Duration {
	o = o.withDefaults()
	if o.For > 0 {
		return o.For
	}
	each := slowInput
	if o.Rate > 0 {
		each = max(each, 2/o.Rate)
	}
	return time.Duration(min((slowStart+each*float64(o.Count))*float64(time.Second), math.MaxInt64/4))
}

// What a campaign takes at most where Count alone bounds it, in seconds: at first, and for each input.
const (
	slowStart = 60
	slowInput = 0.1
)

// Ends is how long a campaign goes on at most, but for one timeout of the target: findings are followed up half
// as long after the last input as inputs were asked, or 5 s.
func (o Options) Ends() time.Duration { return o.lasts() + max(o.lasts()/2, leastGrace) }

const leastGrace = 5 * time.Second

// campaign is one run of a campaign.
type campaign struct {
	session   *conformance.Session
	options   Options
	oracle    *oracle.Oracle
	limiter   *rate.Limiter
	generator *generate.Generator
	coverage  generate.MarkSet
	findings
	report     *CampaignReport
	hash       inputsHash
	began      time.Time
	unanswered []*generate.Input // of the last batch, those without an answer
	dead       bool              // the target was waited for in vain

	lastInput time.Time // no input is asked after it
	end       time.Time // nothing is asked after it
}

// Run asks the session's target inputs and returns what was found. An error is one of the call's, of the
// context's, of Dir's or of Found's; the report is then what was found until then, and nil only where nothing ran.
// The target's faults, its death included, are in the report and no error.
func Run(ctx context.Context, session *conformance.Session, options Options) (*CampaignReport, error) {
	c, err := newCampaign(session, options)
	if err != nil {
		return nil, err
	}
	if err := c.save(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithDeadline(ctx, c.end.Add(session.Timeout()))
	defer cancel()
	if err = c.run(limited); ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	r := c.finish(ctx, err)
	if failed := saveCampaign(options.Dir, r); err == nil {
		err = failed
	}
	return r, err
}

// over reports whether there is no time to ask more.
func (c *campaign) over(ctx context.Context) bool {
	return ctx.Err() != nil || !time.Now().Before(c.end)
}

func newCampaign(session *conformance.Session, options Options) (*campaign, error) {
	options = options.withDefaults()
	c := &campaign{session: session, options: options, findings: newFindings(), began: time.Now()}
	c.lastInput = c.began.Add(options.lasts())
	c.end = c.began.Add(options.Ends())
	g, err := generate.New(session.Started().Seed, generate.WorldOf(session), options.Strategies...)
	if err != nil {
		return nil, err
	}
	c.generator, c.coverage = g, g.Marks()
	c.report = newReport(session, options)
	if c.report.Share = g.Share(options.Count, options.Shard); options.Count > 0 && c.report.Share == 0 {
		return nil, fmt.Errorf("shard %s has none of %d inputs: want no more shards than inputs", options.Shard, options.Count)
	}
	c.oracle = oracle.New(session.Started().Preflight.Bindings, session.Started().Target.Region)
	c.limiter = rate.NewLimiter(cmp.Or(rate.Limit(max(options.Rate, 0)), rate.Inf), max(1, int(options.Rate/10)))
	return c, nil
}

// run asks batch after batch.
func (c *campaign) run(ctx context.Context) error {
	size := uint64(firstBatch)
	for next := uint64(0); ctx.Err() == nil; {
		var indexes []uint64
		if indexes, next = c.indexes(next, size); len(indexes) == 0 {
			return nil
		}
		if !time.Now().Before(c.lastInput) {
			if c.options.For == 0 {
				c.report.Stopped = fmt.Sprintf("%d of %d inputs were asked in %s", c.report.Inputs, c.report.Share, c.options.lasts())
			}
			return nil
		}
		start := time.Now()
		outcomes := c.batch(ctx, indexes)
		size = nextBatch(len(outcomes), time.Since(start))
		c.unanswered = nil
		for i := range outcomes {
			if err := c.note(ctx, &outcomes[i]); err != nil {
				return err
			}
		}
		if err := c.save(); err != nil {
			return err
		}
		unanswered := len(c.unanswered)
		if len(outcomes) > 0 && (c.dead || !c.alive(ctx)) && !c.revived(ctx) {
			return c.died(ctx)
		}
		if unanswered > 0 && c.over(ctx) {
			c.report.Stopped = fmt.Sprintf("%d inputs had no answer, and there was no time to find out why", unanswered)
		}
		if len(outcomes) == 0 {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// indexes are those of the next inputs of the shard, up to size, and where the next after them are looked for.
func (c *campaign) indexes(from, size uint64) (list []uint64, next uint64) {
	for next = from; uint64(len(list)) < size && (c.options.Count == 0 || next < c.options.Count); next++ {
		if c.generator.InShard(next, c.options.Shard) {
			list = append(list, next)
		}
	}
	return list, next
}

// once asks a case within the rate; false where the campaign was ended.
func (c *campaign) once(ctx context.Context, tc *fixtures.Case) (judge.Result, bool) {
	if err := c.limiter.Wait(ctx); err != nil {
		return judge.Result{}, false
	}
	r := c.session.RunCase(ctx, tc)
	return r, ctx.Err() == nil
}

// ask asks an input, and returns what the target made of it and the divergences that this shows; false where the campaign
// was ended.
func (c *campaign) ask(ctx context.Context, in *generate.Input) (judge.Result, []reproduction, bool) {
	tc, e := in.Case(c.oracle)
	r, ok := c.once(ctx, tc)
	if !ok {
		return r, nil, false
	}
	return r, reproductions(in, &e, &r), true
}

// silent reports whether a request got no answer, and none was wanted.
func silent(r *judge.Result) bool {
	if r.Verdict == judge.Error {
		return !r.BeyondLimit()
	}
	return slices.ContainsFunc(r.Exchanges, func(x judge.Exchanged) bool {
		return x.Response == nil && x.Err != nil && x.Err.Failure != wire.Unsupported
	})
}

// note counts an input and follows up what it shows.
func (c *campaign) note(ctx context.Context, a *asked) error {
	c.report.Inputs++
	c.hash.add(a.sum[:])
	if a.skipped {
		c.report.Skipped++
		return nil
	}
	c.coverage.Add(a.marks)
	if a.unanswered {
		c.unanswered = append(c.unanswered, a.input)
	}
	return c.followAll(ctx, a.input, a.reproductions)
}

// followAll follows up what an answer shows and what is not known.
func (c *campaign) followAll(ctx context.Context, in *generate.Input, shown []reproduction) error {
	for i := range shown {
		if listed, _ := c.options.Baseline.knows(&shown[i].fingerprint); listed {
			continue
		}
		if known := c.known(&shown[i].fingerprint, false); known != nil {
			known.Seen++
			continue
		}
		if err := c.follow(ctx, in, shown[i]); err != nil {
			return err
		}
	}
	return nil
}

// finish sums the campaign up, which an error may have ended.
func (c *campaign) finish(ctx context.Context, err error) *CampaignReport {
	switch {
	case ctx.Err() != nil:
		c.report.Stopped = "interrupted"
	case err != nil && c.report.Stopped == "":
		c.report.Stopped = err.Error()
	}
	return c.soFar()
}

// save shows how far the campaign is, and writes it down for who finds it ended by something else.
func (c *campaign) save() error {
	r := c.soFar()
	r.Complete, r.Stopped = false, notEnded
	if c.options.Progress != nil {
		c.options.Progress(r)
	}
	return saveCampaign(c.options.Dir, r)
}

// soFar is the report on what was asked until now.
func (c *campaign) soFar() *CampaignReport {
	r := *c.report
	r.Complete = r.Stopped == ""
	r.Hash = c.hash.String()
	r.Elapsed = time.Since(c.began)
	r.Divergences = c.byLevel()
	r.Coverage.NotAsked, r.Coverage.All = c.coverage.NotAsked(), len(c.coverage)
	r.Coverage.Asked = r.Coverage.All - len(r.Coverage.NotAsked)
	r.Dropped = len(c.dropped)
	r.Listed = c.options.Baseline.listed(&r)
	return &r
}
