package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fuzz"
)

// readBaseline reads what is known of the target; nil where no file is named.
func (f *fuzzFlags) readBaseline(ctx context.Context) (*fuzz.Baseline, error) {
	if f.baseline == "" {
		if f.update {
			return nil, errors.New("--update-baseline: want --baseline FILE with it")
		}
		return nil, nil
	}
	known, err := fuzz.ReadBaseline(ctx, f.baseline, time.Now())
	if err == nil && known.Missing() && !f.update {
		return nil, noBaseline(f.baseline)
	}
	return known, err
}

// finishBaseline says what no longer shows, or writes the file if --update-baseline asks for it. It returns the exit of the
// campaign.
func (f *fuzzFlags) finishBaseline(s Streams, known *fuzz.Baseline, found *fuzz.CampaignReport, exit error) error {
	switch {
	case known == nil:
		return exit
	case !f.update:
		for _, l := range found.Listed {
			if l.State == judge.BaselineStale {
				fmt.Fprintf(s.Err, "FIXED %s: %s: no longer fails; --update-baseline takes it out\n", l.ID, l.Entry)
			}
		}
		return exit
	case !found.Complete:
		fmt.Fprintf(s.Err, "baseline: %s was not written: the campaign is not complete\n", f.baseline)
		return exit
	}
	changes, err := known.Update(found, f.strict)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	fmt.Fprintf(s.Err, "baseline: %s written: %s\n", f.baseline, changes)
	if slices.ContainsFunc(found.Listed, func(l fuzz.Listed) bool { return l.State == judge.BaselineExpired }) {
		fmt.Fprintln(s.Err, "baseline: some entries are past their date; edit them by hand")
		return exit
	}
	if found.Dropped > 0 {
		fmt.Fprintf(s.Err, "baseline: %d more divergences found no room and are not in it; fuzz again with --update-baseline to add them\n",
			found.Dropped)
		return exit
	}
	var code *exitError
	if errors.As(exit, &code) && (code.code == exitNonconforming || code.code == exitStale) {
		return nil
	}
	return exit
}
