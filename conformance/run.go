package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Run asks the target every case of the plan and judges the answers. An error means that it could
// not judge (ErrCannotJudge), that the context ended (context.Canceled) or that a sink failed; the
// report is then what was found until then, or nil. The target's faults are in the report, and are
// no error.
func (r *Runner) Run(ctx context.Context) (report *Report, err error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	session, err := r.Open(ctx)
	if err != nil {
		return nil, errors.Join(err, r.tell(Ended{r.nothingAsked(ctx, err)}), r.closeSinks())
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if err := session.Tell(session.Started()); err != nil {
		return nil, errors.Join(err, session.Tell(Ended{r.nothingAsked(ctx, err)}))
	}
	results, err := session.all(ctx)
	invariants := session.Invariants(results)
	if r.carriesInvariantsOnly() {
		results = nil
	}
	for _, v := range invariants {
		if err == nil {
			err = session.Tell(Judged{v})
		}
	}
	var more []judge.Result
	if err == nil {
		more, err = session.askMore(ctx)
	}
	report = session.Report(ctx, slices.Concat(results, invariants, more))
	return report, errors.Join(err, session.Tell(Ended{report}), session.verdict(ctx, report))
}

// askMore asks what the caller added behind the plan, unless the run came to an end before.
func (x *Session) askMore(ctx context.Context) (all []judge.Result, err error) {
	for _, ask := range x.settings.more {
		if err != nil || ctx.Err() != nil || x.lost.Load() != nil {
			break
		}
		var more []judge.Result
		more, err = ask(ctx, x)
		for _, r := range more {
			all = append(all, r)
			err = errors.Join(err, x.Tell(Judged{r}))
		}
	}
	if ctx.Err() != nil {
		return all, nil // the run says so itself
	}
	return all, err
}

// nothingAsked is the report of a run that did not get to its first case.
func (r *Runner) nothingAsked(ctx context.Context, err error) *Report {
	s := Started{Target: r.target, Seed: r.settings.seed, Strict: r.settings.strict, Began: time.Now()}
	return newReport(s, nil, cmp.Or(whyEnded(ctx), err.Error()))
}

func (r *Runner) closeSinks() error {
	var errs []error
	for _, s := range r.settings.sinks {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Session is a target that answers, and the plan of what to ask it. Run is made of one; a caller
// that wants to ask single cases in an order of its own opens one itself.
type Session struct {
	*Runner
	asker   *asker
	release func()
	started Started
	slots   chan struct{}       // one for each exchange under way
	reading *semaphore.Weighted // the bytes of answers that are being read or judged
	patient *patient
	// waitingHeld are the bytes of answers that cases which wait for a status hold.
	waitingHeld atomic.Int64
	silent      atomic.Int64 // exchanges in a row without a whole answer
	whole       atomic.Int64 // bytes of answers that have been kept beyond keptBody
	budget      unansweredBudget
	vain        vainWaits
	lost        atomic.Pointer[string]
	revival     revival

	recent judge.RecentIdentifiers // of Once
}

// Open finds out what the target is and what it can be asked. It fails with ErrCannotJudge where
// nothing answers, or no SSM, and with ErrBinding where the target lacks what the caller said it has.
func (r *Runner) Open(ctx context.Context) (*Session, error) {
	if r.settings.wait > 0 {
		if err := r.Wait(ctx, r.settings.wait); err != nil {
			return nil, err
		}
	}
	exchanger, release, err := r.exchanger()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	patient := &patient{exchanger: exchanger, patience: r.settings.limits.Timeout}
	a := r.asker(patient)
	found, err := a.preflight(ctx)
	var plan []Planned
	if err == nil {
		plan = r.plan(&found)
		err = a.checkGiven(ctx, plan, &found)
	}
	if over := patient.over(); over != nil && err == nil {
		err = fmt.Errorf("%w: %s", ErrCannotJudge, a.silence(over))
	}
	if ctx.Err() != nil {
		err = ended(ctx)
	}
	if err != nil {
		release()
		return nil, err
	}
	started := Started{Target: r.target, Seed: r.settings.seed, Strict: r.settings.strict, Preflight: found, Plan: plan, Began: began}
	return &Session{
		Runner: r, asker: a, patient: patient, release: release, started: started,
		slots: make(chan struct{}, r.settings.parallel), reading: semaphore.NewWeighted(readingBytes),
		revival: revival{within: r.settings.revival},
		budget:  unansweredBudget{target: r.target.Name, timeout: r.settings.limits.Timeout},
	}, nil
}

// Started is the event that opens the session: the target, what it was found to be, and the plan.
func (x *Session) Started() Started { return x.started }

// Tell passes an event on to the sinks of the runner.
func (x *Session) Tell(e Event) error { return x.tell(e) }

func (r *Runner) tell(e Event) error {
	var errs []error
	for _, s := range r.settings.sinks {
		errs = append(errs, s.Event(e))
	}
	return errors.Join(errs...)
}

// Report sums up the results of a session.
func (x *Session) Report(ctx context.Context, results []judge.Result) *Report {
	report := newReport(x.started, results, x.stopped(ctx))
	report.Elapsed = time.Since(x.started.Began)
	report.Server, report.Shard, report.Corpus = x.server(), x.settings.shard, corpusOf(x.cases)
	return report
}

// Close releases the session's connections and closes the sinks of the runner.
func (x *Session) Close() error {
	x.release()
	return x.closeSinks()
}

// waitingCases is how many cases may wait for a status at once: waiting costs the target nothing, and
// what is asked meanwhile goes by the settings' parallel like every other request.
const waitingCases = 256

// all judges the plan, several cases at once, and tells each verdict in the order of the plan. Cases
// that wait for a status begin first, and the others are asked meanwhile.
func (x *Session) all(ctx context.Context) ([]judge.Result, error) {
	plan := x.started.Plan
	results := make([]judge.Result, len(plan))
	for i, p := range plan {
		results[i] = judge.Result{Case: p.Case, Verdict: judge.Error, Reason: judge.ReasonNotAsked + "the run was ended"}
	}
	order := &inOrder{results: results, ready: make([]bool, len(plan)), tell: x.tellCase, advance: x.tellAdvance}
	var waiting, others []int
	for i, p := range plan {
		if waits(p.Case) {
			waiting = append(waiting, i)
		} else {
			others = append(others, i)
		}
	}
	// Those that list commands come before the thousands that only make some: a target's lists are
	// short then, and a server that pages badly is not slow as well.
	slices.SortStableFunc(others, func(a, b int) int { return listing(plan[b]) - listing(plan[a]) })
	group, ctx := errgroup.WithContext(ctx)
	pool := func(workers int, indexes []int) {
		var next atomic.Int64
		for range min(workers, len(indexes)) {
			group.Go(func() error {
				for n := next.Add(1); n <= int64(len(indexes)); n = next.Add(1) {
					i := indexes[n-1]
					if err := order.put(i, x.Ask(ctx, plan[i])); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	pool(waitingCases, waiting)
	pool(x.settings.parallel, others)
	return results, group.Wait()
}

// waits tells whether a case waits for a status.
func waits(c *fixtures.Case) bool {
	return slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return s.Poll != nil })
}

// listing is 1 for a case that lists or shows commands.
func listing(p Planned) int {
	if slices.ContainsFunc(p.Case.Steps, func(s fixtures.Step) bool { return slices.Contains(lifecycleOperations, s.Request.Operation) }) {
		return 1
	}
	return 0
}

func (x *Session) tellAdvance(a Advanced) error { return x.Tell(a) }

func (x *Session) tellCase(r judge.Result) error {
	if x.carriesInvariantsOnly() {
		return nil
	}
	return x.Tell(Judged{r})
}

// inOrder passes results on in their order, whatever order they come in.
type inOrder struct {
	mu      sync.Mutex
	results []judge.Result
	ready   []bool
	next    int
	tell    func(judge.Result) error
	advance func(Advanced) error
	done    Advanced
	err     error // of the first telling that failed: nothing is told after it
}

func (o *inOrder) put(i int, r judge.Result) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.results[i], o.ready[i] = r, true
	o.done.Done, o.done.Total = o.done.Done+1, len(o.results)
	if r.Verdict == judge.Fail || r.Verdict == judge.Flaky {
		o.done.Failed++
	}
	if o.err == nil {
		o.err = o.advance(o.done)
	}
	for ; o.err == nil && o.next < len(o.ready) && o.ready[o.next]; o.next++ {
		o.err = o.tell(o.results[o.next])
	}
	return o.err
}

// askTwice judges a case of the plan, and asks a failing one again.
func (x *Session) askTwice(ctx context.Context, p Planned) judge.Result {
	if p.Skip != "" {
		return judge.Result{Case: p.Case, Verdict: judge.Skip, Reason: p.Skip}
	}
	revivals := x.revival.times.Load()
	first, final := x.attempt(ctx, p.Case, 0)
	if first.Verdict != judge.Fail || x.settings.once || final {
		return first
	}
	if seemsGone(&first) && !x.comesBack(ctx, p.Case, string(wire.Closed)) {
		return first
	}
	second, _ := x.attempt(ctx, p.Case, 1)
	switch {
	case x.revival.times.Load() != revivals:
		return second // the first fell into the time when the target was gone
	case second.Verdict == judge.Error && ctx.Err() != nil:
		return second
	case second.Verdict == judge.Error:
		return first
	case second.Verdict != judge.Fail:
		first.Verdict = judge.Flaky
		first.Reason = fmt.Sprintf("asked again, the verdict was %s", second.Verdict)
	case !judge.SamePlaces(first.Findings, second.Findings):
		first.Verdict = judge.Flaky
		first.Reason = "asked again, the answer differed in other places"
	}
	return first
}

// attempt asks and judges a case once. It reports whether asking again would tell no more.
func (x *Session) attempt(ctx context.Context, c *fixtures.Case, attempt int) (judge.Result, bool) {
	a, unjudged := x.asked(ctx, c, attempt, true)
	if unjudged != nil {
		return *unjudged, false
	}
	r := a.judged(ctx)
	r.DiscardUninformativeRefusal(x.started.Preflight.Refusal)
	return r, a.final != ""
}

// asked asks all steps of a case. It returns a result only where the case cannot be judged.
func (x *Session) asked(ctx context.Context, c *fixtures.Case, attempt int, planned bool) (*asking, *judge.Result) {
	a := &asking{Session: x, c: c, planned: planned, bindings: fixtures.Bindings{
		fixtures.NonceBinding: nonce(x.settings.seed, c.ID, attempt), fixtures.RegionBinding: x.target.Region,
	}}
	for _, name := range c.Needs() {
		a.bindings[name] = x.started.Preflight.bindings[name]
	}
	for i := range c.Steps {
		if r := a.step(ctx, i); r != nil {
			a.letGo()
			return nil, r
		}
		if a.brokenOff {
			break
		}
	}
	return a, nil
}

// judged judges what was answered, unless the run is ended meanwhile.
func (a *asking) judged(ctx context.Context) judge.Result {
	defer a.letGo()
	defer a.read(a.exchanges...)()
	if ctx.Err() != nil {
		return *a.unjudged(judge.Error, judge.ReasonNotFinished+"the run was ended")
	}
	r := judge.Judge(a.c, a.steps, a.exchanges, a.settings.strict)
	r.Compact(a.keepWhole)
	if a.final != "" && r.Verdict == judge.Fail {
		r.Reason = a.final
	}
	return r
}

// verdict is the error of a run that has a report but could not judge. What failed is a verdict, also
// where other cases could not be judged: the report says that it is not complete.
func (x *Session) verdict(ctx context.Context, report *Report) error {
	if err := ended(ctx); err != nil && (!errors.Is(err, ErrCannotJudge) || !report.Failed()) {
		return err
	}
	if reason := x.lost.Load(); reason != nil {
		return fmt.Errorf("%w: %s", ErrCannotJudge, *reason)
	}
	if report.Totals.Judged() == 0 {
		return fmt.Errorf("%w: no case was judged: all %d were skipped or could not be asked", ErrCannotJudge, report.Totals.Total())
	}
	if n := report.Totals[judge.Error]; n > 0 && !report.Failed() {
		return fmt.Errorf("%w: %d cases could not be judged", ErrCannotJudge, n)
	}
	return nil
}
