package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fuzz"
)

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
		cases, err := judge.AllCases()
		if err != nil {
			return nil, err
		}
		for _, entry := range file.Prune(cases) {
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
func (f *runFlags) finish(ctx context.Context, s Streams, r *event.Report, exit error) error {
	if f.known == nil || r == nil || !f.update {
		return exit
	}
	if !r.Complete {
		fmt.Fprintf(s.Err, "baseline: %s was not written: the run is not complete\n", f.baseline)
		return exit
	}
	var runs baseline.Runs
	runs.Add(r.Results)
	if err := f.repeat(ctx, s, &runs); err != nil {
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

// An update of a baseline asks until so many runs in a row brought nothing new, and no more than so many
// times. A verdict that is as likely as not to change is missed by one update in four.
const (
	quietRuns = 2
	mostRuns  = 6
)

// repeat finds out what varies: it repeats the run, each time with another seed, and with a server started anew where
// it starts one. It fails if a run could not judge.
func (f runFlags) repeat(ctx context.Context, s Streams, runs *baseline.Runs) error {
	most, quiet := mostRuns, quietRuns
	switch {
	case f.runs > 0:
		most, quiet = f.runs, f.runs
	case f.aws:
		most = 1 // each run costs the user's account what the first did
	}
	f.fuzz, f.whole = 0, false // no baseline lists fuzzed inputs
	calm := 0
	for runs.Count() < most && calm < quiet {
		f.tellRun(s, runs.Count()+1, most)
		f.seed++ // not looked at where each run draws its own
		found, err := f.ask(ctx, s, func(uint64) []event.Sink { return f.progressSinks(s.Err) })
		if found == nil || !found.Complete {
			return err
		}
		calm++
		if fresh := runs.Add(found.Results); len(fresh) > 0 {
			calm = 0
			tellFresh(s, runs, fresh)
		}
	}
	if runs.Count() > 1 {
		fmt.Fprintf(s.Err, "baseline: %d runs compared; cases newly found to vary: %d\n", runs.Count(), len(runs.VaryingCases()))
	}
	return nil
}

func (f *runFlags) tellRun(s Streams, n, most int) {
	if f.quiet {
		return
	}
	anew := ""
	if f.exec != "" {
		anew = " and the server restarted"
	}
	fmt.Fprintf(s.Err, "baseline: run %d of at most %d, with another seed%s, to find what varies\n", n, most, anew)
}

const freshNamed = 10

func tellFresh(s Streams, runs *baseline.Runs, fresh []string) {
	for i, id := range fresh {
		if i == freshNamed {
			fmt.Fprintf(s.Err, "baseline: and %d more\n", len(fresh)-i)
			return
		}
		fmt.Fprintf(s.Err, "baseline: %s: %s\n", id, cmp.Or(runs.Varying(id), "seen to fail in more places"))
	}
}
