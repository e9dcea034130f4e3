package fuzz

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// Asker asks single inputs, such as go test -fuzz makes, and finds in each what a campaign would.
type Asker struct {
	session   *conformance.Session
	options   Options
	oracle    *oracle.Oracle
	generator *generate.Generator
}

// NewAsker returns an Asker of the session's target. Of the options it heeds Strategies, ShrinkCalls and Baseline.
func NewAsker(session *conformance.Session, options Options) (*Asker, error) {
	g, err := generate.New(session.Started().Seed, generate.WorldOf(session), options.Strategies...)
	if err != nil {
		return nil, err
	}
	return &Asker{session, options.withDefaults(), oracle.New(session.Bindings(), session.Started().Target.Region), g}, nil
}

// Input is the input that the bytes make.
func (a *Asker) Input(data []byte) *generate.Input { return a.generator.FromBytes(data) }

// Ask asks an input, and returns what the target made of it, and the divergences that the baseline does not list, each with
// the smallest request that shows it.
func (a *Asker) Ask(ctx context.Context, in *generate.Input) (judge.Result, []*Divergence, error) {
	c := &campaign{
		session: a.session, options: a.options, oracle: a.oracle, generator: a.generator, findings: newFindings(a.options.MaxFindings),
		limiter: rate.NewLimiter(rate.Inf, 1), end: time.Now().Add(a.options.Ends()),
	}
	tc, e := in.Case(c.oracle)
	r := a.session.RunCase(ctx, tc)
	err := c.followAll(ctx, in, reproductions(in, tc, &e, &r))
	if c.dead && err == nil {
		err = c.keep(c.killerFinding(in, tc, &e, r))
	}
	return r, c.found, err
}
