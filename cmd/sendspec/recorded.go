package main

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// recordedCases are the options of a run that asks recorded calls instead of the corpus; none without --recorded.
func (f *runFlags) recordedCases(ctx context.Context, s Streams) ([]conformance.Option, error) {
	if f.recorded == "" {
		return nil, nil
	}
	b, err := readInput(ctx, s.In, f.recorded, maxHAR)
	if err != nil {
		return nil, err
	}
	lines, err := evidence.ReadRecordings(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.recorded, err)
	}
	cases, left, err := observe.Replay(f.recorded, lines)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.recorded, err)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s: none of its %d calls can be asked of another server", f.recorded, len(left))
	}
	if len(left) > 0 && !f.quiet {
		fmt.Fprintf(s.Err, "recorded calls that are not asked: %d\n", len(left))
		for _, why := range left {
			if f.verbose {
				fmt.Fprintf(s.Err, "  %s\n", shown(why))
			}
		}
	}
	return []conformance.Option{conformance.WithCases(cases)}, nil
}
