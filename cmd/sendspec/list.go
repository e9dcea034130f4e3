package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

func newList(s Streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [SELECTOR...]",
		Short: "List the cases: ID, level, evidence and title",
		Example: `  sendspec list constraint/Comment
  sendspec list --json | jq -r '.[].id'`,
		ValidArgsFunction: completeCases,
		RunE: func(c *cobra.Command, args []string) error {
			cases, err := selected(c.Context(), args)
			if err != nil {
				return err
			}
			if asJSON {
				return listJSON(s, cases)
			}
			for _, c := range cases {
				if _, err := fmt.Fprintf(s.Out, "%-60s %-6s %-10s %s\n", c.ID, c.Level, c.Evidence.Kind(), c.Title); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as a JSON list")
	return c
}

func selected(ctx context.Context, args []string) ([]*fixtures.Case, error) {
	selector, err := conformance.ParseSelector(args, selectorFile(ctx))
	if err != nil {
		return nil, err
	}
	cases, err := fixtures.Embedded()
	if err != nil {
		return nil, err
	}
	cases = slices.Concat(cases, judge.InvariantCases())
	if err := selector.Check(cases); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(cases, func(c *fixtures.Case) bool { return !selector.Match(c.ID) }), nil
}

func listJSON(s Streams, cases []*fixtures.Case) error {
	type row struct {
		ID       string           `json:"id"`
		Title    string           `json:"title"`
		Level    fixtures.Level   `json:"level"`
		Profile  fixtures.Profile `json:"profile"`
		Safety   fixtures.Safety  `json:"safety"`
		Evidence evidence.Kind    `json:"evidence"`
		Needs    []string         `json:"needs"`
	}
	rows := []row{}
	for _, c := range cases {
		rows = append(rows, row{c.ID, c.Title, c.Level, c.Profile, c.Safety, c.Evidence.Kind(), append([]string{}, c.Needs()...)})
	}
	return writeJSON(s.Out, rows)
}

// oneCase returns the case of this ID, or an error that names the nearest.
func oneCase(ctx context.Context, id string) (*fixtures.Case, error) {
	cases, err := selected(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if c.ID == id {
			return c, nil
		}
	}
	var ids []string
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	if len(ids) == 1 {
		return cases[0], nil
	}
	if len(ids) > 12 {
		ids = append(ids[:12], "…")
	}
	return nil, fmt.Errorf("%q is %d cases; name one of them: %s", id, len(cases), strings.Join(ids, " "))
}
