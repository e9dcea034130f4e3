package conformance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures"
)

// Session is a target that answers, and the plan of what to ask it. Run is made of one; a caller
// that wants to ask single cases in an order of its own opens one itself.
type Session struct {
	runner   *Runner
	client   *probe.Client
	release  func()
	started  event.Started
	liveness *probe.Liveness
	budget   *probe.UnansweredBudget
	slots    chan struct{}           // one for each case that is asked, or holds much of what it was answered
	reading  *semaphore.Weighted     // the bytes of answers that are being read or judged
	kept     atomic.Int64            // bytes of answers that are kept whole, beyond what is usually kept
	vain     vainWaits               // of the cases that poll
	recent   judge.RecentIdentifiers // of RunCase

	enoughFailed atomic.Bool // as many cases as the run was to find
	sinkFailed   atomic.Bool // a sink refused an event
}

// Open finds out what the target is and what it can be asked. It fails with ErrCannotJudge where
// nothing answers, or no SSM, and with ErrBinding where the target lacks what the caller said it has.
func (r *Runner) Open(ctx context.Context) (*Session, error) {
	exchanger, release, err := r.exchanger()
	if err != nil {
		return nil, err
	}
	if r.settings.wait > 0 {
		err = r.client(exchanger).Wait(ctx, r.settings.wait)
	}
	start := r.started()
	throttle := &probe.ThrottleRetrier{Exchanger: exchanger, Patience: r.settings.limits.Timeout}
	client := r.client(throttle)
	var found probe.Preflight
	if err == nil {
		found, err = client.Preflight(ctx)
	}
	var plan []event.Planned
	if err == nil {
		plan = r.plan(&found)
		err = client.CheckGiven(ctx, needed(plan), &found)
	}
	if gaveUp := throttle.GaveUp(); gaveUp != nil && err == nil {
		err = fmt.Errorf("%w: %s", ErrCannotJudge, client.DescribeError(gaveUp))
	}
	if ctx.Err() != nil {
		err = ended(ctx)
	}
	if err != nil {
		release()
		return nil, err
	}
	start.Preflight, start.Plan = found, plan
	return &Session{
		runner: r, client: client, release: release, started: start,
		liveness: &probe.Liveness{Client: client, Throttle: throttle, Revival: r.settings.revival, Exited: r.serverExited},
		vain:     vainWaits{kinds: map[waitKind]*waitedFor{}},
		budget:   &probe.UnansweredBudget{Target: r.target.Name, Timeout: r.settings.limits.Timeout},
		slots:    make(chan struct{}, r.settings.parallel), reading: semaphore.NewWeighted(readingBytes),
	}, nil
}

// started opens a run whose target is not known yet.
func (r *Runner) started() event.Started {
	s := &r.settings
	return event.Started{Target: r.target.shown(), Suite: s.suite, Seed: s.seed, Strict: s.strict, Began: time.Now()}
}

// needed are the bindings that the cases of the plan need.
func needed(plan []event.Planned) map[string]bool {
	names := map[string]bool{}
	for _, p := range plan {
		if p.Skip == "" {
			for _, name := range p.Case.Needs() {
				names[name] = true
			}
		}
	}
	return names
}

// Started is the event that opens the session: the target, what it was found to be, and the plan.
func (x *Session) Started() event.Started { return x.started }

// Baseline is what is known of the target, as WithBaseline gave it; nil without one.
func (x *Session) Baseline() Baseline { return x.runner.settings.baseline }

// Timeout is how long one exchange may take.
func (x *Session) Timeout() time.Duration { return x.runner.settings.limits.Timeout }

// MayDispatch reports whether a request that may run a command on a node may be sent: to a target on loopback that was
// not said to be AWS, which a tunnel leads to, or where the caller allowed it.
func (x *Session) MayDispatch() bool { return x.runner.mayDispatch() }

// Ask judges a case of the plan, asks a failing one again, and holds it against what is known.
func (x *Session) Ask(ctx context.Context, p event.Planned) judge.Result {
	r := x.askTwice(ctx, p)
	if !endedEarly(ctx, &r) {
		x.runner.compare(&r, true)
	}
	return r
}

// RunCase asks a case, which need not be of the plan, and judges the answers. It does not ask a failing
// one again and keeps nothing of it, so that a campaign can ask without end: judge.Result.Invariants has what
// a run sums up at its end, and an identifier is compared with the recent ones only.
func (x *Session) RunCase(ctx context.Context, c *fixtures.Case) judge.Result {
	if why := x.runner.cannotAsk(c, x.started.Preflight.Bindings); why != "" {
		return judge.Result{Case: c, Verdict: judge.Skip, Reason: why}
	}
	r := x.newAttempt(c, 0, false).run(ctx)
	x.recent.Inspect(&r)
	return r
}

// invariants gives the verdict on each selected invariant over all the results of the session.
func (x *Session) invariants(results []judge.Result) []judge.Result {
	settings := &x.runner.settings
	faults := slices.Clone(x.started.Preflight.Faults)
	if len(settings.profiles) > 0 {
		faults = slices.DeleteFunc(faults, func(r judge.Result) bool { return !slices.Contains(settings.profiles, r.Case.Profile) })
	}
	complete := len(results) == len(x.runner.cases) && !slices.ContainsFunc(results, func(r judge.Result) bool { return r.NotAsked() })
	var verdicts []judge.Result
	for _, v := range judge.Invariants(results, faults, settings.strict) {
		if !x.runner.selector.Match(v.Case.ID) || !settings.of(v.Case) || settings.later(v.Case) {
			continue
		}
		x.runner.compare(&v, complete)
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// report sums up the results of the session.
func (x *Session) report(ctx context.Context, results []judge.Result) *event.Report {
	report := event.NewReport(x.started, results, x.stopped(ctx))
	report.Elapsed = time.Since(x.started.Began)
	report.Server, report.Shard, report.Corpus = x.runner.server(), x.runner.settings.shard, fixtures.Digest(x.runner.cases)
	return report
}

// stopped says why the run did not get to its end, "" where it did.
func (x *Session) stopped(ctx context.Context) string {
	enough := ""
	if x.enoughFailed.Load() {
		enough = fmt.Sprintf("ended at failure %d", x.runner.settings.maxFail)
	}
	failed := ""
	if x.sinkFailed.Load() {
		failed = "a report could not be written"
	}
	return cmp.Or(probe.WhyEnded(ctx), enough, failed, x.liveness.Lost())
}

// Resume lets a session that gave its target up ask again.
func (x *Session) Resume() { x.liveness.Resume() }

// Close releases the session's connections.
func (x *Session) Close() { x.release() }
