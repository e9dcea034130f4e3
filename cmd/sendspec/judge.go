package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/traffic"
)

type judgeFlags struct {
	reportFlags
	strict, verbose bool
	color           color
}

func newJudge(s Streams) *cobra.Command {
	var f judgeFlags
	c := &cobra.Command{
		Use:   "judge FILE.har",
		Short: "Judge recorded traffic offline",
		Long: `judge reads a HAR file, as proxies and browsers write them, and judges every call of SendCommand,
ListCommands, ListCommandInvocations, GetCommandInvocation and CancelCommand in it. It sends nothing. Where
AWS's behaviour is unknown, no response fails.

A request that breaks a constraint, or a rule of what its members mean together, must be refused. The response
to one that was accepted must repeat all of it, with the defaults of what it leaves out and the right ExpiresAfter.
The response to another call must show the command and the node that were asked for, and no other.

Calls of one endpoint, region and access key are judged together, in the order of their times: a command is shown
with what was sent and as it was first shown; what has ended stays; counts do not fall, and agree with the
invocations. A finding names the entry it is held against. A file may begin after SendCommand. Responses to calls
that overlap are not ordered. Calls whose bodies are missing, cut or redacted are not judged, and it says so.

Reports and exit codes are those of run. - reads standard input.`,
		Example: `  sendspec judge traffic.har
  sendspec judge --json report.json - < traffic.har`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c.Context(), s, args[0]) },
	}
	c.Flags().BoolVar(&f.strict, "strict", false, "fail on a missed should as well")
	f.register(c)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list every call, and show warnings in full")
	f.color.register(c)
	return c
}

// maxHAR bounds what is read: a HAR file holds whole bodies.
const maxHAR = 64 << 20

func (f *judgeFlags) run(ctx context.Context, s Streams, name string) error {
	reports, err := f.sinks(ctx, s, name)
	if err != nil {
		return err
	}
	capture, err := readCapture(ctx, s.In, name)
	if err != nil {
		return err
	}
	if len(capture.Calls) == 0 {
		return &exitError{exitCannotJudge, fmt.Errorf("%s: none of its %d entries is a call of one of the five operations", name,
			capture.Foreign)}
	}
	o := report.Options{Version: version()}
	t := terminalOf(s.Err, os.Getenv, f.color)
	opts := []conformance.Option{
		conformance.WithSink(report.NewText(s.Err, report.TextOptions{Options: o, Verbose: f.verbose, Color: t.color, Width: t.width})),
		when(f.strict, conformance.WithStrict()), when(f.whole, conformance.WithWholeAnswers(wholeAnswers)),
	}
	for _, open := range reports {
		opts = append(opts, conformance.WithSink(open(o)))
	}
	found, err := conformance.JudgeRecorded(ctx, conformance.Target{Name: name, Region: defaultRegion}, capture.Calls, opts...)
	if capture.Foreign > 0 {
		fmt.Fprintf(s.Err, "%d other entries of the file are not calls of these operations, and were not judged\n", capture.Foreign)
	}
	return exitOf(found, err)
}

func readCapture(ctx context.Context, in io.Reader, name string) (traffic.Capture, error) {
	b, err := readInput(ctx, in, name, maxHAR)
	if err != nil {
		return traffic.Capture{}, err
	}
	capture, err := traffic.Read(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))), ownSecrets()...)
	if err != nil {
		return capture, fmt.Errorf("%s: %w", name, err)
	}
	return capture, nil
}
