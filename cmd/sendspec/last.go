package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
)

var errNoLastRun = errors.New("there is no last run whose report was kept; a run against a server keeps it")

// cacheDir is where the report of the last run is kept, "" where there is no place for it.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sendspec")
}

// lastName has the report of the last run; failedName what failed and was not judged since.
const lastName, failedName = "last-run.json", "last-failed.json"

// failedCases are the cases of a target that failed when they were last judged.
type failedCases struct {
	Target string   `json:"target"`
	Failed []string `json:"failed"`
}

func (s Streams) lastReport() (string, error) {
	name := filepath.Join(s.Cache, lastName)
	_, err := os.Stat(name)
	if s.Cache == "" || errors.Is(err, fs.ErrNotExist) {
		return "", errNoLastRun
	}
	return name, err
}

// keepLast keeps the report of a run against a server. It is a convenience: where nothing can be kept, as in a container
// without a home, nothing is said before somebody asks for it.
func (s Streams) keepLast(r *event.Report) {
	if s.Cache == "" || r == nil || r.Totals.Judged() == 0 {
		return
	}
	b, err := report.Marshal(r)
	if err != nil || os.MkdirAll(s.Cache, 0o700) != nil {
		return
	}
	_ = atomicfile.Write(filepath.Join(s.Cache, lastName), atomicfile.Bytes(b))
	failed, err := s.readFailed()
	if err != nil || failed.Target != r.Target.Name {
		failed = failedCases{Target: r.Target.Name}
	}
	judged := map[string]bool{}
	var now []string
	for i := range r.Results {
		switch c := &r.Results[i]; c.Verdict {
		case judge.Skip, judge.Error:
		case judge.Fail, judge.Flaky:
			now = append(now, c.Case.ID)
			fallthrough
		default:
			judged[c.Case.ID] = true
		}
	}
	failed.Failed = append(slices.DeleteFunc(failed.Failed, func(id string) bool { return judged[id] }), now...)
	if b, err := json.Marshal(failed); err == nil {
		_ = atomicfile.Write(filepath.Join(s.Cache, failedName), atomicfile.Bytes(b))
	}
}

func (s Streams) readFailed() (failed failedCases, err error) {
	b, err := os.ReadFile(filepath.Join(s.Cache, failedName))
	if err != nil {
		return failed, errNoLastRun
	}
	return failed, json.Unmarshal(b, &failed)
}

// lastFailed selects the cases that failed when they were last judged, as far as the selector picks them, and says so.
func lastFailed(ctx context.Context, s Streams, within selector.Selector) (selector.Selector, error) {
	if s.Cache == "" {
		return within, fmt.Errorf("--last-failed: %w", errNoLastRun)
	}
	last, err := s.readFailed()
	if err != nil {
		return within, fmt.Errorf("--last-failed: %w", err)
	}
	cases, err := judge.AllCases()
	if err != nil {
		return within, err
	}
	var failed []string
	for _, c := range cases {
		if within.Match(c.ID) && slices.Contains(last.Failed, c.ID) {
			failed = append(failed, c.ID)
		}
	}
	switch {
	case len(last.Failed) == 0:
		return within, fmt.Errorf("--last-failed: no case failed in the last run, against %s", shown(last.Target))
	case len(failed) == 0:
		return within, fmt.Errorf("--last-failed: none of the %s of %s is among the selected cases",
			event.Count(len(last.Failed), "failure"), shown(last.Target))
	}
	fmt.Fprintf(s.Err, "sendspec: --last-failed: runs the %s that failed when last judged, against %s\n", event.Count(len(failed), "case"),
		shown(last.Target))
	return selector.Parse(failed, selectorFile(ctx))
}
