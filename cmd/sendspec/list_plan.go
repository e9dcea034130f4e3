package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
)

// namesTarget reports whether the flags name a target, which then says what a run would skip.
func (f *runFlags) namesTarget() bool { return f.endpoint != "" || f.exec != "" || f.file != "" }

// planned is the plan of a run against the target, which is asked what it knows and has.
func (f *runFlags) planned(ctx context.Context, s Streams, picks selector.Selector) ([]event.Planned, error) {
	f.timeout, f.maxTime, f.parallel = defaultTimeout, defaultMaxTime, 1
	if err := f.check(ctx, s, picks, nil); err != nil {
		return nil, err
	}
	runner, end, err := f.opened(ctx, s, picks, nil)
	if err != nil {
		return nil, err
	}
	defer end()
	ctx, cancel := runner.Bounded(ctx)
	defer cancel()
	session, err := runner.Open(ctx)
	if err != nil {
		return nil, exitOf(nil, err)
	}
	defer session.Close()
	return session.Started().Plan, nil
}

// tellSkipped says how many cases of a plan a run would skip, by the reason.
func tellSkipped(s Streams, plan []event.Planned) {
	count, skipped := map[string]int{}, 0
	for _, p := range plan {
		if p.Skip != "" {
			count[p.Skip]++
			skipped++
		}
	}
	fmt.Fprintf(s.Err, "sendspec: a run would ask %d of %s, and skip %d\n", len(plan)-skipped, report.Count(len(plan), "case"), skipped)
	reasons := slices.Collect(maps.Keys(count))
	slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	for _, reason := range reasons {
		fmt.Fprintf(s.Err, "%6d  %s\n", count[reason], shown(reason))
	}
}
