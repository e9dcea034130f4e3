package main

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/selector"
)

// An update of a baseline asks until so many runs in a row brought nothing new, and no more than so many
// times. A verdict that is as likely as not to change is missed by one update in four.
const (
	quietRuns = 2
	mostRuns  = 6
)

// repeat finds out what varies: it repeats the run, each time with another seed, and with a server started anew where
// it starts one. It fails if a run could not judge.
func (f runFlags) repeat(ctx context.Context, s Streams, picks selector.Selector, known []conformance.Option,
	runs *baseline.Runs) error {
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
		found, err := f.ask(ctx, s, picks, known, func(uint64) []event.Sink { return f.progressSinks(s.Err) })
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
		fmt.Fprintf(s.Err, "baseline: %d runs compared; cases newly found to vary: %d\n",
			runs.Count(), len(runs.VaryingCases()))
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

// freshNamed is how many of the cases that did something new are named.
const freshNamed = 10

func tellFresh(s Streams, runs *baseline.Runs, fresh []string) {
	for i, id := range fresh {
		if i == freshNamed {
			fmt.Fprintf(s.Err, "baseline: and %d more\n", len(fresh)-i)
			return
		}
		seen := runs.Varying(id)
		if seen == "" {
			seen = "seen to fail in more places"
		}
		fmt.Fprintf(s.Err, "baseline: %s: %s\n", id, seen)
	}
}
