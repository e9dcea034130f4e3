package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/fuzz"
)

func newReplay(s Streams) *cobra.Command {
	f := fuzzFlags{parallel: 8}
	c := &cobra.Command{
		Use:   "replay [FILE|DIR]",
		Short: "Send saved findings to a server again: which are fixed, which still fail",
		Long: `replay sends the findings that fuzz --dir saved to the server again, and reports which are fixed and which
still fail. The default folder is findings.`,
		Example: `  sendspec replay --endpoint http://127.0.0.1:5000 findings
  sendspec replay --endpoint http://127.0.0.1:5000 findings/comment-length-above-1a2b3c`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := "findings"
			if len(args) > 0 {
				path = args[0]
			}
			return f.replayAll(c.Context(), s, path)
		},
	}
	f.register(c)
	c.Flags().DurationVar(&f.timeout, "timeout", defaultTimeout, "limit for one request, from connecting to the last byte of the response")
	return c
}

// replayAll replays the findings one by one, and writes a line for each to standard output.
func (f *fuzzFlags) replayAll(ctx context.Context, s Streams, path string) error {
	if err := f.check(); err != nil {
		return err
	}
	saved, err := fuzz.Load(ctx, path)
	if err != nil {
		return err
	}
	session, end, err := f.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer end()
	counts := map[fuzz.Status]int{}
	for _, one := range saved {
		r := fuzz.Replay(ctx, session, one)
		if ctx.Err() != nil {
			err = ctx.Err()
			break
		}
		counts[r.Status]++
		if _, err = fmt.Fprintf(s.Out, "%-8s %s: %s\n", r.Status, shown(one.ID), shown(r.Why)); err != nil {
			break
		}
	}
	session.Close()
	fmt.Fprintf(s.Err, "%d fixed, %d failing, %d could not be judged\n", counts[fuzz.Fixed], counts[fuzz.Failing], counts[fuzz.Errored])
	switch {
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted; not every finding was replayed")}
	case err != nil:
		return &exitError{exitCannotJudge, err}
	case counts[fuzz.Errored] > 0:
		return &exitError{exitCannotJudge, fmt.Errorf("%d of %d findings could not be judged", counts[fuzz.Errored], len(saved))}
	case counts[fuzz.Failing] > 0:
		return &exitError{exitNonconforming, nil}
	}
	return nil
}

// progressInterval is how often a progress line is drawn anew.
const progressInterval = 100 * time.Millisecond
