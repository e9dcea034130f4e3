package conformancetest

import (
	"github.com/sendspec/sendspec/conformance/probe"

	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

// Run asks the target every case, each in a subtest of its own: a case that the target fails fails
// its subtest, and one that it cannot be asked skips it. Several subtests run at once, as many as
// conformance.WithParallel says, whatever -parallel is. The invariants follow as subtests, judged on
// the exchanges of the cases that ran. Shortly before go test's -timeout the run ends: what it has found
// stays, and what it has not asked is skipped and counted. Options are those of conformance.New; a sink is
// told of what -run lets through.
func Run(t *testing.T, target conformance.Target, opts ...conformance.Option) {
	t.Helper()
	if deadline, ok := t.Deadline(); ok {
		opts = append(slices.Clip(opts), conformance.WithMaxTime(allowed(time.Until(deadline))))
	}
	runner, err := conformance.New(target, opts...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := runner.Bounded(t.Context())
	defer cancel()
	session, err := runner.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	started := session.Started()
	inform := func(e event.Event) {
		if err := session.Emit(e); err != nil {
			t.Error(err)
		}
	}
	inform(started)
	t.Logf("sendspec: %s, seed %d", started.Target.Name, started.Seed)
	if n := started.LeftOut(); n > 0 {
		t.Logf("%d of %d cases are left out: they may run a command on a node, and the target is not on loopback "+
			"(conformance.WithAllowDispatch asks them)",
			n, len(started.Plan))
	}
	if started.Suite.LeftOut > 0 {
		t.Logf("suite %s", started.Suite)
	}
	results, err := session.AskAll(ctx, func(ctx context.Context, p event.Planned) (r judge.Result, asked bool) {
		t.Run(p.Case.ID, func(t *testing.T) {
			r, asked = session.Ask(ctx, p), true
			if r.NotAsked() && probe.WhyEnded(ctx) != "" {
				t.Skip(r.Reason)
			}
			tell(t, started.Target, &r)
		})
		return r, asked
	})
	if err != nil {
		t.Error(err)
	}
	if why := probe.WhyEnded(ctx); why != "" {
		t.Errorf("%d of %d cases were not asked: %s; go test -timeout gives more", notAsked(results), len(results), why)
	}
	for _, r := range session.Invariants(results) {
		t.Run(r.Case.ID, func(t *testing.T) {
			results = append(results, r)
			inform(event.Judged{Result: r})
			tell(t, started.Target, &r)
		})
	}
	found := session.Report(ctx, results)
	inform(event.Ended{Report: found})
	t.Log("\n" + report.Summary(found))
}

// allowed is how much of the time that go test leaves a run may take: the rest is for what it has found.
func allowed(left time.Duration) time.Duration {
	return max(left-min(left/10, 10*time.Second), time.Millisecond)
}

func notAsked(results []judge.Result) int {
	n := 0
	for i := range results {
		if results[i].NotAsked() {
			n++
		}
	}
	return n
}

// RunHandler is Run for an http.Handler in the same process.
func RunHandler(t *testing.T, h http.Handler, opts ...conformance.Option) {
	t.Helper()
	Run(t, conformance.Target{Handler: h, Name: t.Name()}, opts...)
}

func tell(t *testing.T, target event.Target, r *judge.Result) {
	t.Helper()
	switch r.Verdict {
	case judge.Skip:
		if r.LeavesBaseline() {
			t.Errorf("%s expects it to fail, and it is skipped: %s", r.Baseline.Entry, r.Reason)
			return
		}
		t.Skip(r.Reason)
	case judge.Error:
		t.Errorf("could not be judged: %s", r.Reason)
	case judge.Fail, judge.Flaky:
		t.Error("\n" + report.Failure(target, r, rerun(t.Name(), r)) + place(r))
	case judge.Known:
		t.Skipf("known: %s", r.Baseline.Entry)
	case judge.Fixed:
		t.Errorf("no longer fails: take it out of %s (%s=1 go test does)", r.Baseline.Entry, UpdateVariable)
	case judge.Warn:
		t.Log("\n" + report.Failure(target, r, ""))
	}
}

// place is the line of a failure that says where its fixture is.
func place(r *judge.Result) string {
	if p := r.Case.Place(); p != "" {
		return "  fixture  " + p + "\n"
	}
	return ""
}

// rerun is the command that runs the case again; that of an invariant runs the case that broke it first.
func rerun(name string, r *judge.Result) string {
	pattern := "^" + regexp.QuoteMeta(name) + "$"
	if first := r.FirstSeen(); first != "" {
		pattern = "^" + regexp.QuoteMeta(strings.TrimSuffix(name, r.Case.ID)+first) + "$|" + pattern
	}
	return "go test -run '" + pattern + "'"
}
