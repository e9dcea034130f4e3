package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fuzz"
)

// conclude says what a campaign found, which ended with an error or without, and writes its report.
func (f *fuzzFlags) conclude(ctx context.Context, s Streams, found *fuzz.CampaignReport, err error) error {
	f.sumUp(s, found)
	rate := ""
	if found.Elapsed > 0 {
		rate = fmt.Sprintf("; %d requests a second", int(float64(found.Inputs)/found.Elapsed.Seconds()))
	}
	fmt.Fprintf(s.Err, "%s\ninputs hash %s; constraints %d of %d%s\n", shown(found.Verdict()), found.Hash, found.Coverage.Asked,
		found.Coverage.All, rate)
	if f.json != "" {
		b, err := fuzz.Marshal(found)
		if err == nil {
			err = s.writeReport(ctx, f.json, atomicfile.Bytes(b))
		}
		if err != nil {
			return exitOf(nil, err)
		}
	}
	return fuzzExit(found, err, f.strict)
}

// fuzzExit turns what a campaign found into the exit code. A target that died of an input is at fault.
func fuzzExit(r *fuzz.CampaignReport, err error, strict bool) error {
	switch {
	case err != nil:
		return exitOf(nil, err)
	case r.Failed(strict):
		return &exitError{exitNonconforming, nil}
	case !r.Complete:
		return &exitError{exitCannotJudge, errors.New(r.Stopped)}
	case r.Inputs == r.Skipped:
		return &exitError{exitCannotJudge, errors.New("no input could be asked")}
	case r.Stale():
		return &exitError{exitStale, nil}
	}
	return nil
}

// sumUp writes each of a few divergences in full, or the causes of many.
func (f *fuzzFlags) sumUp(s Streams, found *fuzz.CampaignReport) {
	results := mapped(found.Divergences, f.result)
	if len(results) > 0 {
		fmt.Fprintln(s.Err)
	}
	if len(results) > report.FailuresInFull {
		t := terminalOf(s.Err, os.Getenv, colorAuto)
		_ = report.WriteFirst(s.Err, event.SumUp(results), report.TextOptions{Color: t.color, Width: t.width})
		return
	}
	for i, d := range found.Divergences {
		if !f.verbose || f.merge {
			fmt.Fprintln(s.Err, report.Failure(found.Target, &results[i], f.replay(d.Folder)))
		}
	}
}

// result is a finding as a result, with its baseline entry where there is a baseline.
func (f *fuzzFlags) result(d *fuzz.Divergence) judge.Result {
	r := d.AsResult()
	if f.baseline != "" {
		r.Fingerprint = d.BaselineFingerprint()
	}
	return r
}

// replay is the command that replays the finding of a folder, "" where it has none.
func (f *fuzzFlags) replay(folder string) string {
	if folder == "" {
		return ""
	}
	return append(f.words("replay"), wire.ShellQuote(folder)).String()
}

// readBaseline reads what is known of the target; nil where no file is named.
func (f *fuzzFlags) readBaseline(ctx context.Context) (*fuzz.Baseline, error) {
	if f.baseline == "" {
		if f.update {
			return nil, errors.New("--update-baseline: want --baseline FILE with it")
		}
		return nil, nil
	}
	known, err := fuzz.ReadBaseline(ctx, f.baseline, time.Now())
	if err == nil && known.Missing() && !f.update {
		return nil, noBaseline(f.baseline)
	}
	return known, err
}

// finishBaseline says what no longer shows, or writes the file if --update-baseline asks for it. It returns the exit of the
// campaign.
func (f *fuzzFlags) finishBaseline(s Streams, known *fuzz.Baseline, found *fuzz.CampaignReport, exit error) error {
	switch {
	case known == nil:
		return exit
	case !f.update:
		for _, l := range found.Listed {
			if l.State == judge.BaselineStale {
				fmt.Fprintf(s.Err, "FIXED %s: %s: no longer fails; --update-baseline takes it out\n", l.ID, l.Entry)
			}
		}
		return exit
	case !found.Complete:
		fmt.Fprintf(s.Err, "baseline: %s was not written: the campaign is not complete\n", f.baseline)
		return exit
	}
	changes, err := known.Update(found, f.strict)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	fmt.Fprintf(s.Err, "baseline: %s written: %s\n", f.baseline, changes)
	if slices.ContainsFunc(found.Listed, func(l fuzz.Listed) bool { return l.State == judge.BaselineExpired }) {
		fmt.Fprintln(s.Err, "baseline: some entries are past their date; edit them by hand")
		return exit
	}
	if found.Dropped > 0 {
		fmt.Fprintf(s.Err, "baseline: %d more divergences found no room and are not in it; fuzz again with --update-baseline to add them\n",
			found.Dropped)
		return exit
	}
	var code *exitError
	if errors.As(exit, &code) && (code.code == exitNonconforming || code.code == exitStale) {
		return nil
	}
	return exit
}

// mergeFlags are those that say something of findings that are joined; the others are of a campaign.
var mergeFlags = []string{"merge", "dir", "json", "strict", "verbose", "baseline", "update-baseline"}

func fuzzArgs(merge *bool) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if *merge {
			return cobra.MinimumNArgs(1)(c, args)
		}
		return cobra.NoArgs(c, args)
	}
}

func (f *fuzzFlags) checkMerge(flags *pflag.FlagSet, dirs []string) (err error) {
	flags.Visit(func(one *pflag.Flag) {
		if !slices.Contains(mergeFlags, one.Name) {
			err = fmt.Errorf("--merge sends nothing: want no --%s with it", one.Name)
		}
	})
	for _, dir := range dirs {
		if f.dir != "" && (sameFile(dir, f.dir) || sameFile(dir, filepath.Dir(f.dir))) {
			err = fmt.Errorf("--dir %s: want another folder than those that are merged, and none in them", f.dir)
		}
	}
	return err
}

// sameFile reports whether two names are of one file, which need not exist. Two names may be of one terminal or pipe: what is
// written there overwrites nothing.
func sameFile(a, b string) bool {
	first, err1 := filepath.Abs(a)
	second, err2 := filepath.Abs(b)
	if err1 == nil && err2 == nil && first == second {
		return true
	}
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && one.Mode().IsRegular() && os.SameFile(one, other)
}

// mergeCampaigns joins what the shards of a campaign saved, and says what that means as the campaign would have.
func (f *fuzzFlags) mergeCampaigns(ctx context.Context, s Streams, dirs []string) error {
	if err := f.check(ctx, s); err != nil {
		return err
	}
	found, err := fuzz.Merge(ctx, dirs, f.known)
	if err != nil {
		return err
	}
	if f.dir != "" {
		if err := found.Save(f.dir); err != nil {
			return exitOf(nil, err)
		}
	}
	if strings.Contains(found.Target.Name, "://") {
		f.endpoint = found.Target.Name
	}
	fmt.Fprintf(s.Err, "sendspec: merged the fuzzing of %s in %s, seed %d\n", shown(found.Target.Name), shown(found.Target.Region),
		found.Seed)
	return f.finishBaseline(s, f.known, found, f.conclude(ctx, s, found, nil))
}

func (f *fuzzFlags) promoteFinding(ctx context.Context, s Streams) error {
	if f.dir == "" {
		return errors.New("--promote: want --dir, the folder that the finding was saved to")
	}
	if strings.ContainsAny(f.promote, `/\`) || strings.HasPrefix(f.promote, ".") {
		return fmt.Errorf("--promote %q: want the ID of a finding in %s", f.promote, f.dir)
	}
	saved, err := fuzz.Load(ctx, f.dir+string(os.PathSeparator)+f.promote)
	if err != nil {
		return fmt.Errorf("--promote %s: %w", f.promote, err)
	}
	name, err := fuzz.Promote(ctx, saved[0], f.to)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, name)
	return err
}

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
			return f.replayAll(c.Context(), s, cmp.Or(strings.Join(args, ""), "findings"))
		},
	}
	f.register(c)
	c.Flags().DurationVar(&f.timeout, "timeout", defaultTimeout, "limit for one request, from connecting to the last byte of the response")
	return c
}

func (f *fuzzFlags) replayAll(ctx context.Context, s Streams, path string) error {
	if err := f.check(ctx, s); err != nil {
		return err
	}
	saved, err := fuzz.Load(ctx, path)
	if err != nil {
		return err
	}
	session, end, err := f.open(ctx, s)
	if err != nil {
		return err
	}
	defer end()
	counts := map[fuzz.Status]int{}
	for _, one := range saved {
		status, why := fuzz.Replay(ctx, session, one)
		if ctx.Err() != nil {
			err = ctx.Err()
			break
		}
		counts[status]++
		if _, err = fmt.Fprintf(s.Out, "%-8s %s: %s\n", status, shown(one.ID), shown(why)); err != nil {
			break
		}
	}
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
