package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/coverage"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/model"
)

func newCoverage(s Streams) *cobra.Command {
	var asJSON, all bool
	var modelFile string
	c := &cobra.Command{
		Use:   "coverage [MEMBER]",
		Short: "Show how many cases test each member and constraint; compare with a newer service model",
		Long: `coverage shows, for every request member, constraint, response member, status and exception, how many cases
test it: a server that gets only that wrong fails them. A cell without a case is a gap, and a fixture error:
exit code 2. MEMBER selects a member, an operation, a status or an exception.

With --model it compares a service model with the suite instead, and lists every difference: members, types,
required members, bounds, patterns, enum values, errors, deprecations. A model is a Smithy JSON AST
(ssm-2014-11-06.json) or botocore's service-2.json, gzip-compressed or not. Exit code 0: no difference;
1: differences; 2: the file cannot be read.`,
		Example: `  sendspec coverage
  sendspec coverage -v Targets.Key
  sendspec coverage --json | jq -r '.summary'
  sendspec coverage --model ssm-2014-11-06.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if modelFile != "" {
				if len(args) > 0 || all {
					return errors.New("--model compares all of a model: it goes with neither MEMBER nor --verbose")
				}
				return compareModel(c.Context(), s, modelFile, asJSON)
			}
			return showCoverage(s, args, asJSON, all)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVarP(&all, "verbose", "v", false, "list the IDs of the cases, and why a cell needs none")
	c.Flags().StringVar(&modelFile, "model", "", "compare this service model `FILE` with the suite; - reads standard input")
	return c
}

func showCoverage(s Streams, args []string, asJSON, all bool) error {
	cases, err := fixtures.Embedded()
	if err != nil {
		return err
	}
	table, err := coverage.Build(cases)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		if table = table.Only(args[0]); len(table.Rows) == 0 {
			return fmt.Errorf("coverage %q: nothing has that name; want a member (Targets.Key), an operation, a status or an exception",
				args[0])
		}
	}
	if asJSON {
		err = untrusted.WriteJSON(s.Out, table)
	} else {
		err = coverage.WriteText(s.Out, table, all)
	}
	if err == nil && table.Summary.Gaps > 0 {
		err = fmt.Errorf("constraint coverage has %d gaps: add a case for each, or the reason why there can be none", table.Summary.Gaps)
	}
	return err
}

// maxModel bounds the file of a service model, gzip-compressed or not, as package model bounds its text.
const maxModel = 8 << 20

// differencesVersion is that of the JSON that --model writes.
const differencesVersion = 1

func compareModel(ctx context.Context, s Streams, name string, asJSON bool) error {
	b, err := readInput(ctx, s.In, name, maxModel)
	if err != nil {
		return fmt.Errorf("--model: %w", err)
	}
	m, err := model.Read(bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("model %s: %w", name, err)
	}
	differences := model.Compare(model.Encoded(), m)
	if asJSON {
		err = untrusted.WriteJSON(s.Out, struct {
			Version     int                `json:"version"`
			Differences []model.Difference `json:"differences"`
		}{differencesVersion, append([]model.Difference{}, differences...)})
	} else {
		err = writeDifferences(s.Out, differences)
	}
	if err == nil && len(differences) > 0 {
		return &exitError{exitNonconforming, nil}
	}
	return err
}

func writeDifferences(w io.Writer, differences []model.Difference) error {
	lines := mapped(differences, func(d model.Difference) string { return shown(d.String()) })
	_, err := fmt.Fprintln(w, cmp.Or(strings.Join(lines, "\n"), "no difference"))
	return err
}
