package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz"
)

// baselineFlags name the known divergences of a target.
type baselineFlags struct {
	baseline string
	update   bool
	runs     int // that an update compares; 0 leaves it to what they find
	known    *baseline.File
}

func (f *baselineFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.baseline, "baseline", "", "`FILE` of known failures: only failures that it does not list fail the run")
	c.Flags().BoolVar(&f.update, "update-baseline", false, "rewrite the --baseline file to match what the server does now")
	c.Flags().IntVar(&f.runs, "baseline-runs", 0, fmt.Sprintf(
		"how many runs --update-baseline compares (default: until %d in a row add nothing, at most %d; 1 with --aws)", quietRuns, mostRuns))
}

// read reads the baseline, and returns the option that holds a run against it.
func (f *baselineFlags) read(ctx context.Context, s Streams) ([]conformance.Option, error) {
	if f.runs < 0 || f.runs > 0 && !f.update {
		return nil, fmt.Errorf("--baseline-runs %d: want 1 or more, with --update-baseline", f.runs)
	}
	if f.baseline == "" {
		if f.update {
			return nil, errors.New("--update-baseline: want --baseline FILE with it")
		}
		return nil, nil
	}
	file, err := baseline.Read(ctx, f.baseline, time.Now())
	if err != nil {
		return nil, err
	}
	for _, e := range file.Entries() { // which an update would take out
		if fuzz.IsEntry(e.Selector) {
			return nil, fmt.Errorf("baseline %s: %s is a divergence that sendspec fuzz found: want the file of run", f.baseline, e.Selector)
		}
	}
	f.known = file
	if file.Missing() && !f.update {
		return nil, noBaseline(f.baseline)
	}
	if f.update {
		cases, err := fixtures.Embedded()
		if err != nil {
			return nil, err
		}
		for _, entry := range file.Prune(slices.Concat(cases, judge.InvariantCases())) {
			fmt.Fprintf(s.Err, "baseline: %s matches no case and is removed\n", shown(entry))
		}
	}
	return []conformance.Option{conformance.WithBaseline(file)}, nil
}

func noBaseline(name string) error {
	return fmt.Errorf("baseline %s does not exist: --update-baseline writes it, with what fails today", name)
}

// finish writes the baseline if --update-baseline asks for it, from this run and those that repeat adds. It returns the
// exit of the run.
func (f *baselineFlags) finish(s Streams, r *event.Report, exit error, repeat func(*baseline.Runs) error) error {
	if f.known == nil || r == nil || !f.update {
		return exit
	}
	if !r.Complete {
		fmt.Fprintf(s.Err, "baseline: %s was not written: the run is not complete\n", f.baseline)
		return exit
	}
	var runs baseline.Runs
	runs.Add(r.Results)
	if err := repeat(&runs); err != nil {
		fmt.Fprintf(s.Err, "baseline: %s was not written: a repeated run could not be judged\n", f.baseline)
		return err
	}
	if r.Suite.Pin != "" {
		f.known.Pin(r.Suite.Pin)
	}
	changes := f.known.Update(&runs)
	if err := f.known.Save(); err != nil {
		return &exitError{exitUsage, err}
	}
	fmt.Fprintf(s.Err, "baseline: %s written: %s\n", f.baseline, changes)
	if expired := r.Baseline()[judge.BaselineExpired]; expired > 0 {
		fmt.Fprintf(s.Err, "baseline: %d cases are past their date; edit their entries by hand\n", expired)
		return exit
	}
	return nil
}
