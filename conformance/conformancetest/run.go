package conformancetest

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
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
	begun := &beginning{t: t}
	opts = append(slices.Clip(opts), conformance.WithSink(begun), conformance.WithEach(func(c *fixtures.Case, ask func() judge.Result) {
		t.Run(c.ID, func(t *testing.T) {
			r := ask()
			tell(t, begun.target, &r)
		})
	}))
	runner, err := conformance.New(target, opts...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := runner.Bounded(t.Context())
	defer cancel()
	found, err := runner.Run(ctx)
	why := probe.WhyEnded(ctx)
	switch {
	case found == nil:
		t.Fatal(err)
	case why != "":
		notAsked, all := notAsked(found.Results)
		t.Errorf("%d of %d cases were not asked: %s; go test -timeout gives more", notAsked, all, why)
	case err != nil && !(found.Complete && errors.Is(err, conformance.ErrCannotJudge)): // or every subtest was skipped
		t.Error(err)
	}
	t.Log("\n" + report.Summary(found))
}

// beginning logs what a run begins with.
type beginning struct {
	t      *testing.T
	target event.Target
}

func (b *beginning) Event(e event.Event) error {
	started, ok := e.(event.Started)
	if !ok {
		return nil
	}
	b.target = started.Target
	b.t.Logf("sendspec: %s, seed %d", started.Target.Name, started.Seed)
	if n := started.LeftOut(); n > 0 {
		b.t.Logf("%d of %d cases are left out: they may run a command on a node, and the target is not on loopback "+
			"(conformance.WithAllowDispatch asks them)",
			n, len(started.Plan))
	}
	if started.Suite.LeftOut > 0 {
		b.t.Logf("suite %s", started.Suite)
	}
	return nil
}

// allowed is how much of the time that go test leaves a run may take: the rest is for what it has found.
func allowed(left time.Duration) time.Duration {
	return max(left-min(left/10, 10*time.Second), time.Millisecond)
}

// notAsked is how many cases were not asked, and of how many.
func notAsked(results []judge.Result) (n, all int) {
	for i := range results {
		if results[i].Case.Area() == judge.InvariantArea {
			continue
		}
		all++
		if results[i].NotAsked() {
			n++
		}
	}
	return n, all
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
