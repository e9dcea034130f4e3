package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"golang.org/x/time/rate"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Runner asks a target the cases of a corpus.
type Runner struct {
	target   Target
	cases    []*fixtures.Case
	selector selector.Selector
	settings settings
	// invariantsOnly is whether nothing but invariants is selected: they hold of whatever is sent, so everything is sent,
	// and only they are reported.
	invariantsOnly bool

	sent sync.Map // CommandIds of what was sent before the first case
}

// New returns a runner of the embedded corpus against the target. It sends nothing.
func New(t Target, opts ...Option) (*Runner, error) {
	r, err := newRunner(t, opts)
	if err != nil {
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
	r.invariantsOnly = !slices.ContainsFunc(r.cases, func(c *fixtures.Case) bool { return r.selector.Match(c.ID) })
	if r.settings.baseline == nil {
		return r, nil
	}
	return r, r.settings.baseline.Check(corpus)
}

// Check returns the error that New has for the target and the options by themselves, whatever the cases are.
func Check(t Target, opts ...Option) error {
	_, err := newRunner(t, opts)
	return err
}

func newRunner(t Target, opts []Option) (*Runner, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Runner{target: t, settings: settings{
		suite: event.Suite{Version: fixtures.Suite}, seed: uint64(rand.Uint32()), parallel: 8, revival: probe.Revival,
		each: everyone,
	}}
	for _, o := range opts {
		if err := o(r); err != nil {
			return nil, err
		}
	}
	r.settings.limits = r.settings.limits.WithDefaults()
	return r, r.guard()
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

// paced is an exchanger that waits for its turn.
type paced struct {
	wire.Exchanger
	limiter *rate.Limiter
}

// Exchange is that of the exchanger. A context that ends while it waits is for the exchanger to tell.
func (e *paced) Exchange(ctx context.Context, q *wire.Request) *wire.Exchange {
	_ = e.limiter.Wait(ctx)
	return e.Exchanger.Exchange(ctx, q)
}

// guard refuses AWS itself, unless it was allowed and is asked over TLS.
func (r *Runner) guard() error {
	aws := r.settings.aws
	switch {
	case !aws && r.target.isAWS():
		return fmt.Errorf("target %s is AWS itself: cases would be sent with your credentials; allow it with --aws", r.target.URL)
	case aws && !r.target.isLoopback() && strings.HasPrefix(r.target.URL, "http:"):
		return fmt.Errorf("target %s: want https for AWS: what is sent with your credentials is for nobody on the way", r.target.URL)
	}
	return nil
}

// mayDispatch is Session.MayDispatch.
func (r *Runner) mayDispatch() bool {
	return r.settings.allowDispatch || r.target.isLoopback() && !r.settings.aws
}

// pin leaves out the cases that came after the version of the suite that the run is pinned to.
func (r *Runner) pin() error {
	s := &r.settings.suite
	if s.Pin == "" && r.settings.baseline != nil {
		s.Pin = r.settings.baseline.Suite()
	}
	if s.Pin == "" {
		return nil
	}
	all := slices.Concat(r.cases, judge.InvariantCases())
	kept := slices.DeleteFunc(slices.Clone(all), r.settings.later)
	s.LeftOut = len(all) - len(kept)
	if !slices.ContainsFunc(kept, func(c *fixtures.Case) bool { return r.selector.Match(c.ID) }) {
		return fmt.Errorf("suite %s: every selected case came later", s.Pin)
	}
	r.cases = slices.DeleteFunc(slices.Clone(r.cases), r.settings.later)
	return nil
}

func (r *Runner) server() *event.LaunchedServer {
	if r.settings.ofServer == nil {
		return nil
	}
	s := r.settings.ofServer()
	return &s
}

// serverExited reports whether the server that was started for the run has ended by itself.
func (r *Runner) serverExited() bool {
	s := r.server()
	return s != nil && s.Ended != ""
}

// Baseline is what is known already of how a target differs. Package baseline reads it from a file.
type Baseline interface {
	// Check returns an error that names what of it fits none of the cases.
	Check(cases []*fixtures.Case) error
	// Apply holds a result against it: it sets Baseline, and the verdict where a failure is known or
	// a known failure is fixed. Complete reports whether everything was asked: an invariant that was
	// judged on a part of the answers is not fixed because that part keeps it.
	Apply(r *judge.Result, complete bool)
	// Suite is the version of the suite that it pins, as WithSuite does; "" for none.
	Suite() fixtures.Version
}

// compare gives a result its fingerprint, and its verdict in the light of what is known.
func (r *Runner) compare(result *judge.Result, complete bool) {
	result.Fingerprint = judge.Fingerprint(result)
	if r.settings.baseline != nil {
		r.settings.baseline.Apply(result, complete)
	}
}
