package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

type settings struct {
	seed          uint64
	strict        bool
	wholeAnswers  int64
	parallel      int
	limits        wire.Limits
	profiles      []fixtures.Profile
	evidence      []evidence.Kind
	sinks         []event.Sink
	each          func(c *fixtures.Case, ask func() judge.Result)
	more          []func(context.Context, *Session) ([]judge.Result, error)
	baseline      Baseline
	ofServer      func() event.LaunchedServer
	shard         selector.Shard
	suite         event.Suite
	aws           bool
	allowDispatch bool
	once          bool // a failing case is not asked again
	unsigned      bool // requests are sent as they are
	wait          time.Duration
	maxTime       time.Duration // 0 for no bound
	maxFail       int           // 0 for no bound
	revival       time.Duration
	pace          *rate.Limiter // nil for no bound
}

// everyone is settings.each where the caller leaves no case out.
func everyone(_ *fixtures.Case, ask func() judge.Result) { ask() }

// Option changes how a Runner runs.
type Option func(*Runner) error

// of reports whether a case is of the profiles and kinds of evidence that were asked for.
func (s *settings) of(c *fixtures.Case) bool {
	return (len(s.profiles) == 0 || slices.Contains(s.profiles, c.Profile)) &&
		(len(s.evidence) == 0 || slices.Contains(s.evidence, c.Evidence.Kind()))
}

// later reports whether a case came after the pin.
func (s *settings) later(c *fixtures.Case) bool {
	return s.suite.Pin != "" && c.Since.After(s.suite.Pin)
}

// WithSeed makes the run reproducible: the same seed sends the same bytes, but for times and
// signatures. Default: random.
func WithSeed(seed uint64) Option {
	return func(r *Runner) error { r.settings.seed = seed; return nil }
}

// WithStrict makes a missed should fail.
func WithStrict() Option {
	return func(r *Runner) error { r.settings.strict = true; return nil }
}

// WithWholeAnswers keeps the bodies of answers whole for the reports, up to so many bytes in all. By
// default the beginning of each is kept.
func WithWholeAnswers(total int64) Option {
	return func(r *Runner) error { r.settings.wholeAnswers = total; return nil }
}

// WithParallel sets how many cases are asked at once. Default 8.
func WithParallel(n int) Option {
	return func(r *Runner) error {
		if n < 1 || n > 256 {
			return fmt.Errorf("parallel %d: want 1 to 256", n)
		}
		r.settings.parallel = n
		return nil
	}
}

// WithLimits bounds each exchange in time and bytes.
func WithLimits(l wire.Limits) Option {
	return func(r *Runner) error { r.settings.limits = l; return nil }
}

// WithProfiles asks the cases of these profiles only, and judges a profile that the target lacks.
func WithProfiles(profiles ...fixtures.Profile) Option {
	return func(r *Runner) error {
		r.settings.profiles = profiles
		return known("profile", profiles, fixtures.Profiles())
	}
}

// WithEvidence asks only the cases whose evidence is of these kinds.
func WithEvidence(kinds ...evidence.Kind) Option {
	return func(r *Runner) error {
		r.settings.evidence = kinds
		return known("evidence", kinds, evidence.Kinds())
	}
}

// known returns an error that names the first of the words that is none of all.
func known[T ~string](what string, words, all []T) error {
	var names []string
	for _, word := range all {
		names = append(names, string(word))
	}
	for _, word := range words {
		if !slices.Contains(all, word) {
			return fmt.Errorf("%s %q: want one of %s%s", what, word, strings.Join(names, ", "), nearest.Question(string(word), names))
		}
	}
	return nil
}

// WithSelector asks only the cases it picks. A selector that picks nothing is an error of New.
func WithSelector(s selector.Selector) Option {
	return func(r *Runner) error { r.selector = s; return nil }
}

// WithShard asks the cases of the shard alone. Invariants are judged on what those were answered.
func WithShard(s selector.Shard) Option {
	return func(r *Runner) error { r.settings.shard = s; return nil }
}

// WithCases replaces the embedded corpus.
func WithCases(cases []*fixtures.Case) Option {
	return func(r *Runner) error { r.cases = cases; return nil }
}

// WithSink adds a listener to the events of the run.
func WithSink(s event.Sink) Option {
	return func(r *Runner) error { r.settings.sinks = append(r.settings.sinks, s); return nil }
}

// WithEach has the caller ask each case and each invariant of the run: each calls ask, or leaves the case out. It is
// called for several cases at once.
func WithEach(each func(c *fixtures.Case, ask func() judge.Result)) Option {
	return func(r *Runner) error { r.settings.each = each; return nil }
}

// WithMore adds results of the caller's own making after those of the plan and of the invariants, in the
// same report: ask has the session of the run, and asks what it will.
func WithMore(ask func(ctx context.Context, s *Session) ([]judge.Result, error)) Option {
	return func(r *Runner) error { r.settings.more = append(r.settings.more, ask); return nil }
}

// WithAWS allows a target that is AWS itself. What may run a command on a node is not sent even so.
func WithAWS() Option {
	return func(r *Runner) error { r.settings.aws = true; return nil }
}

// WithAllowDispatch also asks a target that is not on loopback what may run a command on a node. Without it such
// cases are skipped there.
func WithAllowDispatch() Option {
	return func(r *Runner) error { r.settings.allowDispatch = true; return nil }
}

// WithWait lets Run and Open wait for the target until it answers HTTP at all. A refused or dropped connection, silence,
// TLS that is not ready and a gateway's 502, 503 or 504 are waited through. What waiting cannot help is an error at once.
func WithWait(within time.Duration) Option {
	return func(r *Runner) error {
		if within <= 0 {
			return fmt.Errorf("wait %s: want more than 0", within)
		}
		r.settings.wait = within
		return nil
	}
}

// WithBaseline holds every result against what is known of the target.
func WithBaseline(b Baseline) Option {
	return func(r *Runner) error { r.settings.baseline = b; return nil }
}

// WithSuite pins the version of the suite: cases that came later are left out. It goes before what a baseline pins. What a
// case of that version expects is what it expects today: .github/CHANGELOG.md says what changed.
func WithSuite(pin fixtures.Version) Option {
	return func(r *Runner) error {
		v, err := fixtures.ParseVersion(string(pin))
		if err == nil {
			err = v.Check()
		}
		if err != nil {
			return fmt.Errorf("suite %w", err)
		}
		r.settings.suite.Pin = v
		return nil
	}
}

// WithServer puts into the report what is known, at the end of the run, of a server that was started
// for it.
func WithServer(tell func() event.LaunchedServer) Option {
	return func(r *Runner) error { r.settings.ofServer = tell; return nil }
}

// WithRate bounds how many requests a second are sent, of all kinds. Default: no bound.
func WithRate(perSecond float64) Option {
	return func(r *Runner) error {
		if !(perSecond > 0) {
			return fmt.Errorf("rate %g: want more than 0", perSecond)
		}
		r.settings.pace = rate.NewLimiter(rate.Limit(perSecond), 1)
		return nil
	}
}

// WithMaxTime bounds a run in time, waiting and preflight included. What was not asked by then has no
// verdict, and the report says so. Of several bounds the shortest holds. Default: no bound.
func WithMaxTime(d time.Duration) Option {
	return func(r *Runner) error {
		if d <= 0 {
			return fmt.Errorf("max time %s: want more than 0", d)
		}
		if r.settings.maxTime == 0 || d < r.settings.maxTime {
			r.settings.maxTime = d
		}
		return nil
	}
}

// WithMaxFail ends a run once so many cases have failed that a baseline does not know. What was not asked by then has
// no verdict, and the report says so. Default: no bound.
func WithMaxFail(n int) Option {
	return func(r *Runner) error {
		if n < 1 {
			return fmt.Errorf("max fail %d: want 1 or more", n)
		}
		r.settings.maxFail = n
		return nil
	}
}
