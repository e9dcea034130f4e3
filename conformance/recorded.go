package conformance

import (
	"context"
	"errors"
	"slices"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Recorded is a case that was asked some time ago. Package traffic makes them of what was captured.
type Recorded struct {
	Case      *fixtures.Case
	Steps     []fixtures.BoundStep
	Exchanges []*wire.Exchange // Exchanges[i] is what came of Steps[i]
	Skip      string           // why it is not judged, in one line; "" where it is
	// World numbers what was asked: the cases of one are held against those before them. 0 is none.
	World int
}

// JudgeRecorded judges what was recorded and sends nothing: each case by its own outcomes and against the cases before
// it that asked the same world, and all of them by the invariants. Its events, its report and its errors are those of Run. T
// needs no URL; its Name is that of the recording. Of the options only those of judging and of events matter.
func JudgeRecorded(ctx context.Context, t Target, recorded []Recorded, opts ...Option) (*event.Report, error) {
	r := &Runner{target: t, settings: settings{each: everyone}}
	started := event.Started{Target: t.shown(), Suite: event.Suite{Version: fixtures.Suite}}
	for _, c := range recorded {
		r.cases = append(r.cases, c.Case)
		started.Plan = append(started.Plan, event.Planned{Case: c.Case, Skip: c.Skip})
		for _, step := range c.Steps {
			if op := step.Request.Operation; !slices.Contains(started.Preflight.Operations, op) {
				started.Preflight.Operations = append(started.Preflight.Operations, op)
			}
		}
	}
	for _, o := range opts {
		if err := o(r); err != nil {
			return nil, err
		}
	}
	x := &Session{runner: r, started: started, liveness: &probe.Liveness{}}
	x.started.Strict = r.settings.strict
	if err := r.emit(x.started); err != nil {
		return nil, err
	}
	var results []judge.Result
	var err error
	worlds := map[int]*judge.Together{}
	for i := range recorded {
		result := x.judgeRecorded(ctx, &recorded[i], worlds)
		r.compare(&result, true)
		if results, err = x.emitAll(results, []judge.Result{result}, nil); err != nil {
			return nil, err
		}
	}
	if results, err = x.emitAll(results, x.invariants(results), nil); err != nil {
		return nil, err
	}
	report := x.report(ctx, results)
	return report, errors.Join(r.emit(event.Ended{Report: report}), x.verdict(ctx, report))
}

// judgeRecorded judges a case by its own outcomes, and against the cases before it in its world.
func (x *Session) judgeRecorded(ctx context.Context, c *Recorded, worlds map[int]*judge.Together) judge.Result {
	if c.Skip != "" {
		return judge.Result{Case: c.Case, Verdict: judge.Skip, Reason: c.Skip}
	}
	if ctx.Err() != nil {
		return judge.Result{Case: c.Case, Verdict: judge.Error, Reason: "not judged: the run was ended"}
	}
	result := judge.Judge(c.Case, c.Steps, c.Exchanges, x.started.Strict)
	if c.World > 0 {
		if worlds[c.World] == nil {
			worlds[c.World] = &judge.Together{}
		}
		result.HoldAgainst(worlds[c.World], x.started.Strict)
	}
	result.Compact(x.keepWhole)
	return result
}
