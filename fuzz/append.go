package fuzz

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// Append makes a run go on with a campaign: its findings become cases of the area fuzz in the report of the
// run, and one case more tells how much was asked.
func Append(options Options) conformance.Option {
	return conformance.WithMore(func(ctx context.Context, s *conformance.Session) ([]judge.Result, error) {
		report, err := Run(ctx, s, options)
		if report == nil {
			return nil, err
		}
		var results []judge.Result
		for _, f := range report.Divergences {
			results = append(results, f.AsResult())
		}
		return append(results, report.summary()), err
	})
}

// summary is the campaign as one case of a run.
func (r *CampaignReport) summary() judge.Result {
	c := &fixtures.Case{
		ID: generate.Area + "/campaign/inputs", Title: "Every fuzzed input gets an answer that conforms", Level: fixtures.Must,
		Profile: fixtures.Core, Safety: fixtures.Inert,
		Evidence: fixtures.Evidence{"suite/reference"},
	}
	result := judge.Result{Case: c, Verdict: judge.Pass, Reason: fmt.Sprintf("%s; hash %s", r.Verdict(), r.Hash)}
	switch must, should := count(r.Divergences); {
	case !r.Complete:
		result.Verdict = judge.Error
	case must > 0:
		result.Verdict = judge.Fail
	case should > 0:
		result.Verdict = judge.Warn
	}
	return result
}
