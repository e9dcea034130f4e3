package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
)

// errNoLastRun is that no report of a run was kept.
var errNoLastRun = errors.New("there is no last run whose report was kept; a run against a server keeps it")

// cacheDir is where the report of the last run is kept, "" where there is no place for it.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sendspec")
}

const lastName = "last-run.json"

// lastReport is the file with the JSON report of the last run against a server.
func (s Streams) lastReport() (string, error) {
	if s.Cache == "" {
		return "", errNoLastRun
	}
	name := filepath.Join(s.Cache, lastName)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return "", errNoLastRun
	} else if err != nil {
		return "", err
	}
	return name, nil
}

// keepLast keeps the report of a run against a server. It is a convenience: where nothing can be kept, as in a container
// without a home, nothing is said before somebody asks for it.
func (s Streams) keepLast(r *conformance.Report) {
	if s.Cache == "" || r == nil || r.Totals.Judged() == 0 {
		return
	}
	b, err := report.Marshal(r)
	if err == nil && os.MkdirAll(s.Cache, 0o700) == nil {
		_ = atomicfile.Write(filepath.Join(s.Cache, lastName), atomicfile.Bytes(b))
	}
}

// lastFailed selects the cases that failed in the last run, as far as the selector picks them, and says so.
func lastFailed(ctx context.Context, s Streams, within selector.Selector) (selector.Selector, error) {
	name, err := s.lastReport()
	if err != nil {
		return within, fmt.Errorf("--last-failed: %w", err)
	}
	last, err := report.ReadDocument(ctx, name)
	if err != nil {
		return within, fmt.Errorf("--last-failed: %w", err)
	}
	cases, err := fixtures.Embedded()
	if err != nil {
		return within, err
	}
	var known, failed []string
	for _, c := range slices.Concat(cases, judge.InvariantCases()) {
		known = append(known, c.ID)
	}
	failures := 0
	for _, c := range last.Cases {
		if c.Verdict != judge.Fail && c.Verdict != judge.Flaky {
			continue
		}
		failures++
		if slices.Contains(known, c.ID) && within.Match(c.ID) {
			failed = append(failed, c.ID)
		}
	}
	if len(failed) == 0 {
		return within, fmt.Errorf("--last-failed: none of the %d failures of the last run, against %s, is to be run", failures,
			shown(last.Target.Name))
	}
	tellLast(s.Err, len(failed), last)
	return selector.Parse(failed, selectorFile(ctx))
}

func tellLast(people io.Writer, n int, last *report.Document) {
	partial := ""
	if !last.Complete {
		partial = ", which was not complete"
	}
	fmt.Fprintf(people, "sendspec: --last-failed: runs the %s that failed in the last run, against %s%s\n", counted(n, "case"),
		shown(last.Target.Name), partial)
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
