package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/wire"
)

func newCauses(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "causes [FILE] [N]",
		Short: "List the causes of the failures in a JSON report, or show one with its cases",
		Long: `causes groups the failures of a JSON report by what a maintainer would fix, the cause of most cases first. With N it
shows one cause: the evidence, the smallest example, how to ask it again, and the IDs of all its cases. Without FILE
it reads the report of the last run against a server.`,
		Example: `  sendspec run --endpoint http://127.0.0.1:5000 --json report.json
  sendspec causes
  sendspec causes 1
  sendspec causes report.json 1`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 2 && isNumber(args[0]) {
				return fmt.Errorf("causes: want the report before the number: sendspec causes %s %s", wire.ShellQuote(args[1]), args[0])
			}
			if len(args) == 0 || isNumber(args[0]) {
				last, err := s.lastReport()
				if err != nil {
					return fmt.Errorf("causes: %w; or name a JSON report", err)
				}
				args = append([]string{last}, args...)
			}
			d, err := report.ReadDocument(c.Context(), args[0])
			if err != nil {
				return err
			}
			t := terminalOf(s.Out, os.Getenv, colorAuto)
			o := report.TextOptions{Color: t.color, Width: t.width}
			if len(args) == 1 {
				return report.WriteCauses(s.Out, d, o)
			}
			n, err := strconv.Atoi(args[1])
			switch {
			case len(d.Causes) == 0:
				return fmt.Errorf("causes: no case failed in %s: there is no cause to show", args[0])
			case err != nil || n < 1 || n > len(d.Causes):
				return fmt.Errorf("cause %q: want a number from 1 to %d", args[1], len(d.Causes))
			}
			o.Rerun = rerunOf(d)
			return report.WriteCause(s.Out, d, n, o)
		},
	}
}

// rerunOf is the command that runs single cases of a saved run again, "" where its target has no URL in the report.
func rerunOf(d *report.Document) string {
	if !strings.HasPrefix(d.Target.Name, "http://") && !strings.HasPrefix(d.Target.Name, "https://") {
		return ""
	}
	return fmt.Sprintf("sendspec run --endpoint %s --region %s --seed %d", wire.ShellQuote(d.Target.Name), d.Target.Region, d.Seed)
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}
