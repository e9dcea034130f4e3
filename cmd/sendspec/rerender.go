package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/report"
)

func newReport(s Streams) *cobra.Command {
	var f reportFlags
	var badge string
	c := &cobra.Command{
		Use:   "report FILE.json --report FORMAT=FILE",
		Short: "Write a saved or merged JSON report in other formats, or as a badge",
		Long: `report reads a report that run --json or compare --merge wrote, and writes it in the formats that --report names. Bodies
are as long as the JSON report quotes them. It sends nothing, and exits with 0 whatever the report says.

--badge FILE.svg writes a badge for the README of the server, and prints the line of Markdown that shows it; with
FILE.json it is the data of a badge that shields.io makes. A badge of a part of the cases says so.

Report formats:
` + formatsHelp(),
		Example: `  sendspec report whole.json --report html=report.html --report junit=junit.xml
  sendspec report whole.json --report markdown=- >> "$GITHUB_STEP_SUMMARY"
  sendspec report whole.json --badge sendspec.svg >> README.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.rerender(c.Context(), s, args[0], badge) },
	}
	c.Flags().StringArrayVar(&f.reports, "report", nil, "write a report, as `FORMAT=FILE` (may be repeated); - is standard output")
	c.Flags().StringVar(&badge, "badge", "", "write a badge, as `FILE`.svg, or .json for shields.io")
	completeFlag(c, "report", formatNames("=")...)
	return c
}

func (f *reportFlags) rerender(ctx context.Context, s Streams, name, badge string) error {
	if len(f.reports) == 0 && badge == "" {
		return errors.New("report: want --report FORMAT=FILE, such as --report html=report.html, or --badge FILE.svg")
	}
	if err := checkBadge(badge, name); err != nil {
		return err
	}
	for _, text := range f.reports {
		if format, err := report.FormatNamed(text[:max(0, strings.IndexByte(text, '='))]); err == nil && format.Whole {
			return fmt.Errorf("--report %s: a JSON report has no whole answers: want run --report %s", text, text)
		}
	}
	openers, err := f.sinks(ctx, s, name, badge)
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
		if err := open(o).Event(event.Ended{Report: r}); err != nil {
			return err
		}
	}
	return writeBadge(s, badge, report.NewBadge(r))
}

const shieldsEndpoint = ".json"

func checkBadge(file, of string) error {
	switch ext := filepath.Ext(file); {
	case file == "":
		return nil
	case sameFile(file, of):
		return fmt.Errorf("--badge %s: that is the report itself; name another file", file)
	case ext != ".svg" && ext != shieldsEndpoint:
		return fmt.Errorf("--badge %q: want FILE.svg, or FILE.json for shields.io", file)
	}
	if err := atomicfile.Check(file); err != nil {
		return fmt.Errorf("--badge %s: %w", file, err)
	}
	return nil
}

func writeBadge(s Streams, file string, b report.Badge) error {
	if file == "" {
		return nil
	}
	write, address := b.WriteSVG, report.BadgeAddress(file)
	if filepath.Ext(file) == shieldsEndpoint {
		write, address = b.WriteEndpoint, "https://img.shields.io/endpoint?url=ADDRESS-OF-"+filepath.Base(address)
	}
	if err := atomicfile.Write(file, write); err != nil {
		return fmt.Errorf("--badge %s: %w", file, err)
	}
	_, err := fmt.Fprintln(s.Out, b.Markdown(address))
	return err
}
