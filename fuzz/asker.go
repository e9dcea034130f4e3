package fuzz

import (
	"context"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
)

// Asker asks single inputs, such as go test -fuzz makes, and finds in each what a campaign would.
type Asker struct{ campaign campaign }

// NewAsker returns an Asker of the session's target. The baseline may be nil.
func NewAsker(session *conformance.Session, known *Baseline) (*Asker, error) {
	c, err := newCampaign(session, Options{Baseline: known})
	if err != nil {
		return nil, err
	}
	return &Asker{*c}, nil
}

// Ask asks the input that the bytes make, and returns what the target made of it, and the divergences that the baseline does
// not list, each with the smallest request that shows it.
func (a *Asker) Ask(ctx context.Context, data []byte) (judge.Result, []*Divergence, error) {
	c := a.campaign
	c.findings, c.end = newFindings(), time.Now().Add(c.options.Ends())
	in := c.generator.FromBytes(data)
	tc, e := in.Case(c.oracle)
	r := c.session.RunCase(ctx, tc)
	err := c.followAll(ctx, in, reproductions(in, tc, &e, &r))
	if c.dead && err == nil {
		err = c.keep(c.killerFinding(in, tc, &e, r))
	}
	return r, c.found, err
}
