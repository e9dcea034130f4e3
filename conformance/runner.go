package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Runner asks a target the cases of a corpus.
type Runner struct {
	target   Target
	cases    []*fixtures.Case
	selector selector.Selector
	settings settings
	sent     sync.Map // CommandIds of what was sent before the first case
}

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

// Option changes how a Runner runs.
type Option func(*Runner) error

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
		for _, p := range profiles {
			if !slices.Contains(fixtures.Profiles(), p) {
				return fmt.Errorf("profile %q: want one of %s%s", p, joined(fixtures.Profiles()), nearestOf(p, fixtures.Profiles()))
			}
		}
		r.settings.profiles = profiles
		return nil
	}
}

// WithEvidence asks only the cases whose evidence is of these kinds.
func WithEvidence(kinds ...evidence.Kind) Option {
	return func(r *Runner) error {
		for _, k := range kinds {
			if !slices.Contains(evidence.Kinds(), k) {
				return fmt.Errorf("evidence %q: want one of %s%s", k, joined(evidence.Kinds()), nearestOf(k, evidence.Kinds()))
			}
		}
		r.settings.evidence = kinds
		return nil
	}
}

func nearestOf[T ~string](word T, known []T) string {
	return nearest.Question(string(word), wordsOf(known))
}

func joined[T ~string](known []T) string { return strings.Join(wordsOf(known), ", ") }

func wordsOf[T ~string](known []T) []string {
	words := make([]string, len(known))
	for i, one := range known {
		words[i] = string(one)
	}
	return words
}

// of reports whether a case is of the profiles and kinds of evidence that were asked for.
func (s *settings) of(c *fixtures.Case) bool {
	return (len(s.profiles) == 0 || slices.Contains(s.profiles, c.Profile)) &&
		(len(s.evidence) == 0 || slices.Contains(s.evidence, c.Evidence.Kind()))
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

// New returns a runner of the embedded corpus against the target. It sends nothing.
func New(t Target, opts ...Option) (*Runner, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Runner{target: t, settings: settings{
		suite: event.Suite{Version: fixtures.Suite}, seed: uint64(rand.Uint32()), parallel: 8, revival: probe.Revival,
		each: func(_ *fixtures.Case, ask func() judge.Result) { ask() },
	}}
	for _, o := range opts {
		if err := o(r); err != nil {
			return nil, err
		}
	}
	r.settings.limits = r.settings.limits.WithDefaults()
	if err := r.guard(); err != nil {
		return nil, err
	}
	if r.cases == nil {
		if r.cases, err = fixtures.Embedded(); err != nil {
			return nil, err
		}
	}
	if len(r.cases) == 0 {
		return nil, errors.New("no cases to run")
	}
	for _, c := range r.cases {
		if !askable(c) {
			return nil, fmt.Errorf("case %q: want an ID of the form area/Topic/name, and an outcome for each step (see fixtures.Lint)",
				c.ID)
		}
	}
	corpus := slices.Concat(r.cases, judge.InvariantCases())
	if err := r.selector.Check(corpus); err != nil {
		return r, err
	}
	selected := func(c *fixtures.Case) bool { return r.selector.Match(c.ID) && r.settings.of(c) }
	if len(r.settings.evidence) > 0 && !slices.ContainsFunc(corpus, selected) {
		return r, fmt.Errorf("no selected case has evidence of kind %v", r.settings.evidence)
	}
	if err := r.pin(); err != nil {
		return r, err
	}
	if r.settings.baseline == nil {
		return r, nil
	}
	return r, r.settings.baseline.Check(corpus)
}

// askable reports whether a case is one that the engine can work with.
func askable(c *fixtures.Case) bool {
	return strings.Contains(c.ID, "/") && len(c.Steps) > 0 &&
		!slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return len(s.Expect) == 0 })
}

// Seed is the seed of the run.
func (r *Runner) Seed() uint64 { return r.settings.seed }

// exchanger returns the target's exchanger, which has redacted what is secret, and a function that
// releases it.
func (r *Runner) exchanger() (wire.Exchanger, func(), error) {
	if r.target.Handler != nil {
		return r.target.redactor().Redacting(wire.NewHandler(r.target.Handler, r.settings.limits)), func() {}, nil
	}
	h, err := wire.NewHTTP(r.target.URL, r.settings.limits, r.target.TLS)
	if err != nil {
		return nil, nil, err
	}
	e := r.target.redactor().Redacting(h)
	if r.settings.pace != nil {
		e = &paced{e, r.settings.pace}
	}
	return e, h.Close, nil
}

// signer signs for the target; nil where nothing is to be signed.
func (r *Runner) signer() *wire.Signer {
	if r.settings.unsigned {
		return nil
	}
	return wire.NewSigner(r.target.Credentials, r.target.Region)
}

func (r *Runner) client(e wire.Exchanger) *probe.Client {
	return &probe.Client{
		Name: r.target.Name, URL: r.target.URL, Region: r.target.Region, Exchanger: e, Signer: r.signer(), Denied: r.target.Denied,
		Seed: r.settings.seed,
		AWS:  r.settings.aws, MayDispatch: r.mayDispatch(), Given: r.target.bindings(), Nodes: r.target.Nodes,
		Sent: &r.sent,
	}
}
