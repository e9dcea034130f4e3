package fuzz

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
)

// Append makes a run go on with a campaign: its findings become cases of the area fuzz in the report of the
// run, and one case more tells how much was asked.
func Append(options Options) conformance.Option {
	return conformance.WithMore(func(ctx context.Context, s *conformance.Session) ([]conformance.Result, error) {
		report, err := Run(ctx, s, options)
		if report == nil {
			return nil, err
		}
		var results []conformance.Result
		for _, f := range report.Findings {
			results = append(results, f.AsResult())
		}
		return append(results, report.summary()), err
	})
}

// summary is the campaign as one case of a run.
func (r *Report) summary() conformance.Result {
	c := &fixtures.Case{
		ID: Area + "/campaign/inputs", Title: "Every fuzzed input gets an answer that conforms", Level: fixtures.Must, Profile: fixtures.Core, Safety: fixtures.Inert,
		Evidence: &fixtures.Evidence{Kind: fixtures.Inferred, Ref: "computed by the reference"}, Source: []fixtures.Source{oracle.ModelSource},
	}
	result := conformance.Result{Case: c, Verdict: conformance.Pass, Reason: fmt.Sprintf("%s; hash %s", r.Verdict(), r.Hash)}
	switch must, should := count(r.Findings); {
	case !r.Complete:
		result.Verdict = conformance.Error
	case must > 0:
		result.Verdict = conformance.Fail
	case should > 0:
		result.Verdict = conformance.Warn
	}
	return result
}
