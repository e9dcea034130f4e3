package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/report"
)

type reportFlags struct {
	reports []string
	json    string
	github  bool
	whole   bool // some report holds answers in full
}

// wholeAnswers is how many bytes of long answers are kept for such a report. A run against the reference
// has 1.2 MB of them.
const wholeAnswers = 48 << 20

const standardStream = "-" // the name of standard input and output

func (f *reportFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.reports, "report", nil, "write a report, as `FORMAT=FILE` (may be repeated); - is standard output")
	c.Flags().StringVar(&f.json, "json", "", "short for --report json=`FILE`")
	c.Flags().BoolVar(&f.github, "github", false, "annotate the step and append to $GITHUB_STEP_SUMMARY (default: on in GitHub Actions)")
	f.github = os.Getenv("GITHUB_ACTIONS") == "true"
	completeFlag(c, "report", formatNames("=")...)
}

func formatNames(suffix string) []string {
	return mapped(report.Formats(), func(f report.Format) string { return f.Name + suffix })
}

func formatsHelp() string {
	var b strings.Builder
	for _, f := range report.Formats() {
		fmt.Fprintf(&b, "  %-10s %s\n", f.Name, f.About)
	}
	return strings.TrimRight(b.String(), "\n")
}

// writesJSON reports whether there will be a report that can be merged with others.
func (f *reportFlags) writesJSON() bool {
	return f.json != "" || slices.ContainsFunc(f.reports, func(text string) bool { return strings.HasPrefix(text, "json=") })
}

// opener makes the sink of one report, once the command that runs single cases again is known.
type opener func(report.Options) event.Sink

// sinks checks every report that is asked for. None may replace one of the other files of the command; "" is none.
func (f *reportFlags) sinks(ctx context.Context, s Streams, others ...string) ([]opener, error) {
	wanted := slices.Clone(f.reports)
	if f.json != "" {
		wanted = append(wanted, "json="+f.json)
	}
	var openers []opener
	for i, text := range wanted {
		name, file, ok := strings.Cut(text, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--report %q: want FORMAT=FILE such as html=report.html; FORMAT is one of %s",
				text, strings.Join(formatNames(""), ", "))
		}
		format, err := report.FormatNamed(name)
		if err != nil {
			return nil, fmt.Errorf("--report %q: %w", text, err)
		}
		for _, first := range wanted[:i] {
			switch _, other, _ := strings.Cut(first, "="); {
			case file == standardStream && other == standardStream:
				return nil, fmt.Errorf("--report %s: standard output takes one report, and %s has it; name a file", text, first)
			case file != standardStream && other != standardStream && sameFile(file, other):
				return nil, fmt.Errorf("--report %s: %s goes to the same file", text, first)
			}
		}
		if err := isOther(file, others...); err != nil {
			return nil, fmt.Errorf("--report %s: %w", text, err)
		}
		f.whole = f.whole || format.Whole
		stream, err := s.reportStream(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("report %s=%s: %w", format.Name, file, err)
		}
		openers = append(openers, func(o report.Options) event.Sink {
			if stream != nil {
				return report.NewWriter(format, file, stream, o)
			}
			return report.NewFile(format, file, o)
		})
	}
	github, err := f.githubSinks(s)
	return append(openers, github...), err
}

// isOther refuses a file to write that the same command reads, or writes something else to.
func isOther(file string, others ...string) error {
	for _, other := range others {
		if other != "" && file != standardStream && sameFile(file, other) {
			return fmt.Errorf("the command has %s for something else; name another file", other)
		}
	}
	return nil
}

// githubSinks are what a step of GitHub Actions gets by itself: annotations in the log, which reads
// both streams, and the summary of the step.
func (f *reportFlags) githubSinks(s Streams) ([]opener, error) {
	if !f.github {
		return nil, nil
	}
	var openers []opener
	if format, err := report.FormatNamed("github"); err == nil && !slices.Contains(f.reports, "github="+standardStream) {
		openers = append(openers, func(o report.Options) event.Sink { return report.NewWriter(format, standardStream, s.Err, o) })
	}
	summary := os.Getenv("GITHUB_STEP_SUMMARY")
	if format, err := report.FormatNamed("markdown"); err == nil && summary != "" {
		if err := atomicfile.CheckAppend(summary); err != nil {
			return nil, fmt.Errorf("GITHUB_STEP_SUMMARY: report %s=%s: %w", format.Name, summary, err)
		}
		openers = append(openers, func(o report.Options) event.Sink { return report.NewAppended(format, summary, o) })
	}
	return openers, nil
}
