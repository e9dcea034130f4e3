package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// ErrCannotJudge is wrapped by errors of Run that say that no verdict on the target is possible.
var ErrCannotJudge = probe.ErrCannotJudge

// ErrBinding is wrapped by errors of Run and Open that name a node, document or other binding which the target
// refuses: the caller is mistaken about what the target has.
var ErrBinding = probe.ErrBinding

// Run asks the target every case of the plan and judges the answers. An error means that it could
// not judge (ErrCannotJudge), that the context ended (context.Canceled) or that a sink failed; the
// report is then what was found until then, or nil. The target's faults are in the report, and are
// no error.
func (r *Runner) Run(ctx context.Context) (report *event.Report, err error) {
	ctx, cancel := r.Bounded(ctx)
	defer cancel()
	session, err := r.Open(ctx)
	if err != nil {
		return nil, errors.Join(err, r.emit(event.Ended{Report: r.nothingAsked(ctx, err)}))
	}
	defer session.Close()
	if err := r.emit(session.started); err != nil {
		return nil, errors.Join(err, r.emit(event.Ended{Report: r.nothingAsked(ctx, err)}))
	}
	results, err := session.askAll(ctx)
	invariants := session.invariants(results)
	if r.invariantsOnly {
		results = nil
	}
	results, err = session.emitAll(results, invariants, err)
	session.sinkFailed.Store(err != nil)
	for _, ask := range r.settings.more {
		if err != nil || session.stopped(ctx) != "" {
			break
		}
		more, failed := ask(ctx, session)
		results, err = session.emitAll(results, more, nil)
		session.sinkFailed.Store(err != nil)
		if ctx.Err() == nil { // or the run says so itself
			err = errors.Join(failed, err)
		}
	}
	report = session.report(ctx, results)
	return report, errors.Join(err, r.emit(event.Ended{Report: report}), session.verdict(ctx, report))
}

// emitAll emits more results and adds them to those before. Once a sink has refused one, with that error, none is emitted.
func (x *Session) emitAll(results, more []judge.Result, err error) ([]judge.Result, error) {
	for _, r := range more {
		x.runner.settings.each(r.Case, func() judge.Result {
			results = append(results, r)
			if err == nil {
				err = x.runner.emit(event.Judged{Result: r})
			}
			return r
		})
	}
	return results, err
}

// nothingAsked is the report of a run that did not get to its first case.
func (r *Runner) nothingAsked(ctx context.Context, err error) *event.Report {
	return event.NewReport(r.started(), nil, cmp.Or(probe.WhyEnded(ctx), err.Error()))
}

func (r *Runner) emit(e event.Event) error {
	var errs []error
	for _, s := range r.settings.sinks {
		errs = append(errs, s.Event(e))
	}
	return errors.Join(errs...)
}

// waitingCases is how many cases may wait for a status at once: waiting costs the target nothing, and
// what is asked meanwhile goes by the settings' parallel like every other request.
const waitingCases = 256

// askAll asks the cases of the plan, several at once, and emits each verdict in the order of the plan. Cases that wait
// for a status begin first, and the others are asked meanwhile. The results are those of the cases that were not left out.
func (x *Session) askAll(ctx context.Context) ([]judge.Result, error) {
	plan := x.started.Plan
	results := make([]judge.Result, len(plan))
	for i, p := range plan {
		results[i] = notAsked(p)
	}
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	order := &inOrder{session: x, enough: enough, results: results, ready: make([]bool, len(plan))}
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
					var r judge.Result
					x.runner.settings.each(plan[i].Case, func() judge.Result {
						r = x.Ask(ctx, plan[i])
						return r
					})
					if err := order.put(i, r); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	pool(waitingCases, waiting)
	pool(x.runner.settings.parallel, others)
	err := group.Wait()
	return slices.DeleteFunc(results, func(r judge.Result) bool { return r.Case == nil }), err
}

// waits reports whether a case waits for a status.
func waits(c *fixtures.Case) bool {
	return slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return s.Poll != nil })
}

// listing is 1 for a case that lists or shows commands.
func listing(p event.Planned) int {
	if slices.ContainsFunc(p.Case.Steps,
		func(s fixtures.Step) bool { return slices.Contains(probe.LifecycleOperations, s.Request.Operation) }) {
		return 1
	}
	return 0
}

// inOrder emits results in the order of the plan, whatever order they come in.
type inOrder struct {
	session *Session
	enough  context.CancelFunc // ends the run

	mu      sync.Mutex
	results []judge.Result // without a Case where it was left out
	ready   []bool
	next    int
	done    event.Progress
	err     error // of the first event that a sink refused: none follows it
}

func (o *inOrder) put(i int, r judge.Result) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.results[i], o.ready[i] = r, true
	o.done.Done, o.done.Total = o.done.Done+1, len(o.results)
	if (r.Verdict == judge.Fail || r.Verdict == judge.Flaky) && !o.session.runner.invariantsOnly {
		o.done.Failed++
	}
	if o.session.started.Plan[i].Skip != "" {
		o.done.Skipped++
	}
	if most := o.session.runner.settings.maxFail; o.err == nil && most > 0 && o.done.Failed >= most && o.done.Done < o.done.Total {
		o.session.enoughFailed.Store(true)
		o.enough()
	}
	if o.err == nil {
		o.err = o.session.runner.emit(o.done)
	}
	for ; o.err == nil && o.next < len(o.ready) && o.ready[o.next]; o.next++ {
		if r := o.results[o.next]; r.Case != nil && !o.session.runner.invariantsOnly {
			o.err = o.session.runner.emit(event.Judged{Result: r})
		}
	}
	return o.err
}

// askTwice judges a case of the plan, and asks a failing one again.
func (x *Session) askTwice(ctx context.Context, p event.Planned) judge.Result {
	if p.Skip != "" {
		return judge.Result{Case: p.Case, Verdict: judge.Skip, Reason: p.Skip}
	}
	revivals := x.liveness.Revivals()
	attempt := x.newAttempt(p.Case, 0, true)
	first := attempt.run(ctx)
	if first.Verdict != judge.Fail || x.runner.settings.once || attempt.final != "" {
		return first
	}
	if probe.SeemsGone(&first) && !x.liveness.ComesBack(ctx, p.Case.ID, string(wire.Closed)) {
		return first
	}
	second := x.newAttempt(p.Case, 1, true).run(ctx)
	switch {
	case x.liveness.Revivals() != revivals:
		return second // the first fell into the time when the target was gone
	case second.Verdict == judge.Error && ctx.Err() != nil:
		return second
	case second.Verdict == judge.Error:
		return first
	case second.Verdict != judge.Fail:
		first.Verdict = judge.Flaky
		first.Reason = fmt.Sprintf("asked again, the verdict was %s", second.Verdict)
	case !slices.Equal(places(first.Findings), places(second.Findings)):
		first.Verdict = judge.Flaky
		first.Reason = "asked again, the answer differed in other places"
	}
	return first
}

// places are where an answer differs. Its values are new each time.
func places(findings []judge.Finding) []string {
	var list []string
	for _, f := range findings {
		list = append(list, fmt.Sprintf("%d %s %s", f.Step, judge.PlaceOf(f.Path), f.Level))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// verdict is the error of a run that has a report but could not judge. What failed is a verdict, also
// where other cases could not be judged: the report says that it is not complete.
func (x *Session) verdict(ctx context.Context, report *event.Report) error {
	if err := ended(ctx); err != nil && (!errors.Is(err, ErrCannotJudge) || !report.Failed()) {
		return err
	}
	if reason := x.liveness.Lost(); reason != "" {
		return fmt.Errorf("%w: %s", ErrCannotJudge, reason)
	}
	if report.Totals.Judged() == 0 {
		return fmt.Errorf("%w: no case was judged: all %d were skipped or could not be asked", ErrCannotJudge, report.Totals.Total())
	}
	if n := report.Totals[judge.Error]; n > 0 && !report.Failed() {
		return fmt.Errorf("%w: %d cases could not be judged", ErrCannotJudge, n)
	}
	return nil
}

// Bounded is the context of a run within its time.
func (r *Runner) Bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.settings.maxTime == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, r.settings.maxTime, probe.OutOfTime{Max: r.settings.maxTime})
}

// ended is why a run comes to no verdict since its context ended: the caller ended it, or its time was
// over. It is nil where the context lives.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	if over := (probe.OutOfTime{}); errors.As(context.Cause(ctx), &over) {
		return fmt.Errorf("%w: %w", ErrCannotJudge, over)
	}
	return ctx.Err()
}

// endedEarly turns the result of a case that the end of the run cut short into one that was not asked: neither the
// target nor the suite is at fault.
func endedEarly(ctx context.Context, r *judge.Result) bool {
	if ctx.Err() == nil || !r.NotAsked() {
		return false
	}
	r.Verdict = judge.Skip
	return true
}

// notAsked is the result of a case that the run does not come to.
func notAsked(p event.Planned) judge.Result {
	if p.Skip != "" {
		return judge.Result{Case: p.Case, Verdict: judge.Skip, Reason: p.Skip}
	}
	return judge.Result{Case: p.Case, Verdict: judge.Skip, Reason: judge.ReasonNotAsked + "the run was ended"}
}
