package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

func newList(s Streams) *cobra.Command {
	var f runFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [SELECTOR...]",
		Short: "List the cases: ID, level, evidence and title; with a target, what a run would skip",
		Long: `list lists the cases. With a target (--endpoint, --exec or --target) it asks the target what it supports, as run
does before the first case, and says which cases a run would skip, and why.`,
		Example: `  sendspec list constraint/Comment
  sendspec list --endpoint http://127.0.0.1:5000 execution
  sendspec list --json | jq -r '.[].id'`,
		ValidArgsFunction: completeCases,
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.load(c.Context()); err != nil {
				return err
			}
			return f.list(c.Context(), s, args, asJSON)
		},
	}
	f.targetFlags.register(c)
	f.startFlags.register(c)
	c.Flags().BoolVar(&asJSON, "json", false, "as a JSON list")
	return c
}

func (f *runFlags) list(ctx context.Context, s Streams, args []string, asJSON bool) error {
	cases, picks, err := selected(ctx, args)
	if err != nil {
		return err
	}
	skip := map[string]string{}
	if f.endpoint != "" || f.exec != "" || f.file != "" {
		f.picks = picks
		plan, err := f.planned(ctx, s)
		if err != nil {
			return err
		}
		cases = mapped(plan, func(p event.Planned) *fixtures.Case { return p.Case })
		for _, p := range plan {
			skip[p.Case.ID] = p.Skip
		}
		tellSkipped(s, plan)
	}
	if asJSON {
		return listJSON(s, cases, skip)
	}
	for _, c := range cases {
		line := fmt.Sprintf("%-60s %-6s %-10s %s", c.ID, c.Level, c.Evidence.Kind(), c.Title)
		if why := skip[c.ID]; why != "" {
			line += "\n    skipped: " + shown(why)
		}
		if _, err := fmt.Fprintln(s.Out, line); err != nil {
			return err
		}
	}
	return nil
}

func listJSON(s Streams, cases []*fixtures.Case, skip map[string]string) error {
	type row struct {
		ID       string           `json:"id"`
		Title    string           `json:"title"`
		Since    fixtures.Version `json:"since"`
		Level    fixtures.Level   `json:"level"`
		Profile  fixtures.Profile `json:"profile"`
		Safety   fixtures.Safety  `json:"safety"`
		Evidence evidence.Kind    `json:"evidence"`
		Needs    []string         `json:"needs"`
		Skip     string           `json:"skip,omitempty"` // why a run against the target would not ask it
	}
	return untrusted.WriteJSON(s.Out, mapped(cases, func(c *fixtures.Case) row {
		return row{c.ID, c.Title, c.Since, c.Level, c.Profile, c.Safety, c.Evidence.Kind(), append([]string{}, c.Needs()...), skip[c.ID]}
	}))
}

func (f *runFlags) planned(ctx context.Context, s Streams) ([]event.Planned, error) {
	f.timeout, f.maxTime, f.parallel = defaultTimeout, defaultMaxTime, 1
	if err := f.check(ctx, s); err != nil {
		return nil, err
	}
	runner, end, err := f.opened(ctx, s)
	defer end()
	if err != nil {
		return nil, err
	}
	ctx, cancel := runner.Bounded(ctx)
	defer cancel()
	session, err := runner.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	return session.Started().Plan, nil
}

// tellSkipped says how many cases of a plan a run would skip, by the reason.
func tellSkipped(s Streams, plan []event.Planned) {
	count := map[string]int{}
	for _, p := range plan {
		count[p.Skip]++
	}
	asked := count[""]
	delete(count, "")
	fmt.Fprintf(s.Err, "sendspec: a run would ask %d of %s, and skip %d\n", asked, event.Count(len(plan), "case"), len(plan)-asked)
	reasons := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	for _, reason := range reasons {
		fmt.Fprintf(s.Err, "%6d  %s\n", count[reason], shown(reason))
	}
}
