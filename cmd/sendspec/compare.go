package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/compare"
	"github.com/sendspec/sendspec/conformance/report"
)

type compareFlags struct {
	format, merge, summary string
	matrix, partial        bool
}

func newCompare(s Streams) *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare REPORT.json...",
		Short: "Compare reports: what changed between two, or a table of several servers",
		Long: `compare reads reports that run --json wrote. Given two, it lists the cases that regressed, fail differently,
are no longer judged, are new, or are fixed. Exit code 1: a case regressed, is no longer judged, or is new and
fails (cases missing from a --partial report do not count); 3: the reports have no judged case in common.
Given one, more than two, or --matrix, it makes a table of the servers by area and case. --format html makes
a page of either, to publish.

--merge joins the reports of all shards (run --shard I/N). --summary writes a report without requests and
responses, small enough to keep in a repository.`,
		Example: `  sendspec compare before.json after.json
  sendspec compare --format html moto.json ours.json theirs.json > matrix.html
  sendspec compare --merge whole.json shard-*.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c.Context(), s, args) },
	}
	c.Flags().StringVar(&f.format, "format", "text", "text, markdown or html")
	c.Flags().BoolVar(&f.matrix, "matrix", false, "make the table for two reports as well")
	c.Flags().BoolVar(&f.partial, "partial", false, "accept reports of interrupted runs, and single shards")
	c.Flags().StringVar(&f.merge, "merge", "", "join the reports of all shards into this `FILE`; - is standard output")
	c.Flags().StringVar(&f.summary, "summary", "", "write the report without requests and responses to this `FILE`; - is standard output")
	return c
}

func (f *compareFlags) run(ctx context.Context, s Streams, names []string) error {
	if !slices.Contains([]string{"text", "markdown", "html"}, f.format) {
		return fmt.Errorf("--format %q: want text, markdown or html", f.format)
	}
	if f.merge != "" && f.summary != "" {
		return errors.New("--merge and --summary: want one of them")
	}
	for flag, file := range map[string]string{"merge": f.merge, "summary": f.summary} {
		if err := isOther(file, names...); file != "" && err != nil {
			return fmt.Errorf("--%s %s: %w", flag, file, err)
		}
	}
	var reports []report.Named
	for _, name := range names {
		d, err := report.ReadDocument(ctx, name)
		if err != nil {
			return err
		}
		reports = append(reports, report.Named{File: name, Document: *d})
	}
	switch {
	case f.merge != "":
		d, err := report.Merge(reports)
		if err != nil {
			return err
		}
		if err := s.writeReport(ctx, f.merge, d.Write); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Err, "%s: %s\n", shown(f.merge), shown(d.Verdict))
		return err
	case f.summary != "" && len(reports) > 1:
		return errors.New("--summary: want one report")
	}
	notes, err := compare.Check(reports, f.partial)
	if err != nil {
		return err
	}
	if f.summary != "" {
		return s.writeReport(ctx, f.summary, reports[0].Summary().Write)
	}
	if len(reports) == 2 && !f.matrix {
		return f.two(s.Out, reports, notes)
	}
	m, err := compare.NewMatrix(reports, notes)
	if err != nil {
		return err
	}
	return f.write(s.Out, m.Text, m.Markdown, m.HTML)
}

func (f *compareFlags) two(out io.Writer, reports []report.Named, notes []string) error {
	d := compare.Two(reports[0], reports[1])
	err := f.write(out, func(w io.Writer) error { return d.Text(w, notes) }, func(w io.Writer) error { return d.Markdown(w, notes) },
		func(w io.Writer) error { return d.HTML(w, notes) })
	switch {
	case err != nil:
		return err
	case d.Common == 0:
		return &exitError{exitCannotJudge, fmt.Errorf("cannot judge: no case was judged in both %s and %s",
			reports[0].File, reports[1].File)}
	case d.Worse(f.partial):
		return &exitError{exitNonconforming, nil}
	}
	return nil
}

// write writes the format that was asked for, whole or not at all.
func (f *compareFlags) write(out io.Writer, text, markdown, html func(io.Writer) error) error {
	var b strings.Builder
	render := map[string]func(io.Writer) error{"text": text, "markdown": markdown, "html": html}[f.format]
	if err := render(&b); err != nil {
		return err
	}
	_, err := io.WriteString(out, b.String())
	return err
}
