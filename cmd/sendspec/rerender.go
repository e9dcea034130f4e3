package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/report"
)

func newReport(s Streams) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report FILE.json --report FORMAT=FILE",
		Short: "Write a saved or merged JSON report in other formats",
		Long: `report reads a report that run --json or compare --merge wrote, and writes it in the formats that --report names. Bodies
are as long as the JSON report quotes them. It sends nothing, and exits with 0 whatever the report says.

Report formats:
` + formatsHelp(),
		Example: `  sendspec report whole.json --report html=report.html --report junit=junit.xml
  sendspec report whole.json --report markdown=- >> "$GITHUB_STEP_SUMMARY"`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f.githubSet = true // only what is asked for
			return f.rerender(c.Context(), s, args[0])
		},
	}
	c.Flags().StringArrayVar(&f.reports, "report", nil, "write a report, as `FORMAT=FILE` (may be repeated); - is standard output")
	completeFlag(c, "report", formatNames("=")...)
	return c
}

func (f *reportFlags) rerender(ctx context.Context, s Streams, name string) error {
	if len(f.reports) == 0 {
		return errors.New("report: want --report FORMAT=FILE, such as --report html=report.html")
	}
	for _, text := range f.reports {
		if format, err := report.FormatNamed(text[:max(0, strings.IndexByte(text, '='))]); err == nil && format.Whole {
			return fmt.Errorf("--report %s: a JSON report has no whole answers: want run --report %s", text, text)
		}
	}
	openers, err := f.sinks(ctx, s)
	if err != nil {
		return err
	}
	d, err := report.ReadDocument(ctx, name)
	if err != nil {
		return err
	}
	o := report.Options{Version: version(), Rerun: rerunOf(d)}
	r := d.Report()
	for _, open := range openers {
		if err := open(o).Event(conformance.Ended{Report: r}); err != nil {
			return err
		}
	}
	return nil
}
