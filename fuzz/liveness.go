package fuzz

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// livenessCheck is the check of findings about a target that stops answering.
const livenessCheck = "liveness"

// plainCase is the request by which a campaign finds out whether the target still answers.
func (c *campaign) plainCase() *fixtures.Case {
	tc, _ := plainInput().Case(c.oracle)
	tc.ID = generate.Area + "/liveness/plain"
	return tc
}

func plainInput() *generate.Input {
	in := &generate.Input{Strategy: generate.Valid, What: "plain", Body: generate.Payload{Tree: generate.Plain("sendspec-liveness")}}
	in.Body.Tree.Set("Comment", jsontree.NewString("liveness"))
	return in
}

// alive reports whether the target answers a plain request.
func (c *campaign) alive(ctx context.Context) bool {
	if c.over(ctx) {
		return true // not asked is not dead
	}
	c.session.Resume()
	r, ok := c.once(ctx, c.plainCase())
	answered := len(r.Exchanges) > 0 && r.Exchanges[0].Response != nil
	if answered && r.Exchanges[0].Response.Status < http.StatusInternalServerError {
		c.forgetUbiquitous()
	}
	c.dead = c.dead && !answered
	return answered || !ok
}

// present reports whether the target answers, at once or when it was waited for.
func (c *campaign) present(ctx context.Context) bool {
	return !c.dead && (c.alive(ctx) || c.comesBack(ctx))
}

// revived waits for a target that stopped answering, and where it comes back finds out which input ended
// it. Where it does not, it leaves it at what it knows.
func (c *campaign) revived(ctx context.Context) bool {
	if !c.comesBack(ctx) {
		return false
	}
	inputs := c.unanswered
	c.unanswered = nil
	for _, in := range inputs {
		r, _, ok := c.ask(ctx, in)
		if !ok {
			return true
		}
		if c.alive(ctx) {
			continue
		}
		if err := c.keep(c.killerFinding(in, r)); err != nil {
			return false
		}
		if !c.comesBack(ctx) {
			return false
		}
	}
	return true
}

// comesBack waits for a target that stopped answering. One that stays dead is waited for once.
func (c *campaign) comesBack(ctx context.Context) bool {
	until := time.Now().Add(probe.Revival)
	for pause := 50 * time.Millisecond; !c.dead && time.Now().Before(until) && !c.over(ctx); pause = min(2*pause, time.Second) {
		if !probe.Pause(ctx, pause) || c.alive(ctx) {
			return true
		}
	}
	c.dead = true
	return false
}

// killerFinding is the finding about an input after which the target was dead, with what came of it where that is known.
func (c *campaign) killerFinding(in *generate.Input, r judge.Result) *Divergence {
	tc, e := in.Case(c.oracle)
	f := judge.Finding{
		Check: livenessCheck, Path: "connection", Level: fixtures.Must,
		Want: judge.Description{Words: "a server that goes on to answer", Kind: judge.KindAnswer},
		Got:  judge.Description{Words: "none: it stopped answering after this request", Kind: judge.KindNoAnswer},
	}
	causes := e.Causes
	if len(causes) == 0 {
		causes = membersOf(in.Body.Tree)
	}
	r.Case, r.Findings, r.Verdict = tc, []judge.Finding{f}, judge.Fail
	return &Divergence{
		Fingerprint: fingerprint{Check: livenessCheck, Place: f.Path, Level: f.Level,
			Want: typeOf(f.Want), Got: typeOf(f.Got), Causes: causes},
		What: in.What, Index: in.Index, Seen: 1, Killed: true, SizeBefore: in.Size(), Size: in.Size(), Case: tc, Result: r, input: in,
	}
}

// maxNamed is how many inputs are named where nobody can tell any more which one it was.
const maxNamed = 8

// died ends a campaign whose target is dead for good, with the inputs that may have killed it.
func (c *campaign) died(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	inputs := c.unanswered[:min(len(c.unanswered), maxNamed)]
	c.report.Stopped = fmt.Sprintf("%s stopped answering after %d inputs", c.session.Started().Target.Name, c.report.Inputs)
	for _, in := range inputs {
		f := c.killerFinding(in, judge.Result{})
		f.Flaky = len(inputs) > 1
		if err := c.keep(f); err != nil {
			return err
		}
	}
	return nil
}
