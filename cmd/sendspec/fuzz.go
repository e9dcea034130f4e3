package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
)

type fuzzFlags struct {
	targetFlags
	duration   time.Duration
	count      uint64
	seed       uint64
	shard      string
	merge      bool
	dir        string
	strategies []string
	parallel   int
	rate       float64
	timeout    time.Duration
	strict     bool
	verbose    bool
	json       string
	baseline   string
	update     bool
	promote    string
	to         string
}

func newFuzz(s Streams) *cobra.Command {
	var f fuzzFlags
	c := &cobra.Command{
		Use:   "fuzz [--merge DIR...]",
		Short: "Send generated requests to a server and report the smallest that shows each difference from AWS",
		Long: `fuzz generates requests, computes from the reference which responses conform, and sends them to the server.
A difference is confirmed, shrunk to the smallest request that shows it, reported once and, with --dir, saved.
Without --endpoint it tests the embedded reference. The same seed sends the same bytes. With --count alone, a
campaign ends after 1m and 100ms for each request, or 2 / --rate.

Strategies: valid requests; boundary, each bound and type in turn; fault and faults, one broken constraint or
several; near-miss, text that is almost right; semantic, what no constraint forbids and AWS refuses; json and
wire, malformed bodies and HTTP; metamorphic, two requests that mean the same; sequence, sends, lists, gets and cancels.

--shard I/N sends a part of one campaign, so that N machines share it: with the same --seed and --count the parts
together send what one campaign sends, each request once. --rate is of each. --merge DIR... joins the folders that
the parts wrote, or a folder of them, as one campaign would have: a divergence once, with its smallest request. A
part that is missing or was cut short is named and makes exit code 3, or 1 where something was found; parts of other
targets, seeds, counts, strategies or versions of sendspec are refused. With --dir the joined findings are saved,
and --baseline is held against them.

With --baseline, only findings that the file does not list fail the campaign; --update-baseline writes the file. An
entry takes a finding with any --seed. One that no longer shows is stale where --seed and --count are those with which
the file was written.

--promote ID turns a saved finding into a fixture, which its note says is not yet looked at.`,
		Example: `  sendspec fuzz --endpoint http://127.0.0.1:5000 --for 30s --dir findings
  sendspec fuzz --endpoint http://127.0.0.1:5000 --count 20000 --seed 1 --strategy boundary,fault
  sendspec fuzz --endpoint http://127.0.0.1:5000 --count 20000 --seed 1 --shard 2/4 --dir shards/2
  sendspec fuzz --endpoint http://127.0.0.1:5000 --count 20000 --seed 1 --baseline fuzz.baseline
  sendspec fuzz --merge shards --dir findings --json fuzz.json
  sendspec fuzz --dir findings --promote comment-length-above-1a2b3c`,
		Args: fuzzArgs(&f.merge),
		RunE: func(c *cobra.Command, args []string) error {
			given := c.Flags().Changed
			switch {
			case f.merge:
				if err := f.checkMerge(c.Flags(), args); err != nil {
					return err
				}
				return f.mergeCampaigns(c.Context(), s, args)
			case f.promote != "":
				return f.promoteFinding(c.Context(), s)
			case given("to"):
				return errors.New("--to: want --promote with it")
			case given("for") && f.duration == 0, given("count") && f.count == 0:
				return errors.New("--for and --count: want more than 0")
			case f.shard != "" && !given("seed"):
				return errors.New("--shard: want --seed, the same for all shards of a campaign")
			}
			f.resolveRate(given("rate"))
			return f.run(c.Context(), s, c.Flags().Changed("seed"))
		},
	}
	f.register(c)
	c.Flags().DurationVar(&f.duration, "for", 0,
		"fuzz for this long; findings are confirmed and shrunk for half as long again, or 5 s, and one --timeout at most")
	c.Flags().Uint64Var(&f.count, "count", 0,
		"how many requests to generate (default 10000, or unlimited with --for)")
	c.Flags().Uint64Var(&f.seed, "seed", 0, "seed of the generated requests (default random)")
	c.Flags().StringVar(&f.shard, "shard", "",
		"`I/N`: send only part I of N of the campaign of this --seed, or auto/N in a Kubernetes Indexed Job; --merge joins the findings")
	c.Flags().BoolVar(&f.merge, "merge", false, "join the findings of all shards, which are in the folders DIR...; nothing is sent")
	c.Flags().StringVar(&f.dir, "dir", "", "`FOLDER` to save findings in, a folder each")
	c.Flags().StringSliceVar(&f.strategies, "strategy", nil, "use only these strategies: "+strings.Join(strategyNames(), ", "))
	c.Flags().IntVar(&f.parallel, "parallel", 8, "how many requests are sent at once")
	c.Flags().Float64Var(&f.rate, "rate", 0, fmt.Sprintf("requests a second at most; 0 is unlimited (default %d with --aws)", awsRate))
	c.Flags().DurationVar(&f.timeout, "timeout", defaultTimeout, "limit for one request, from connecting to the last byte of the response")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "show each divergence in full as it is found")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail on a missed should, too")
	c.Flags().StringVar(&f.baseline, "baseline", "", "`FILE` of known findings: only findings that it does not list fail the campaign")
	c.Flags().BoolVar(&f.update, "update-baseline", false, "rewrite the --baseline file to match what the server does now")
	c.Flags().StringVar(&f.json, "json", "", "write the report as JSON to this `FILE`; - is standard output")
	c.Flags().StringVar(&f.promote, "promote", "", "turn the finding with this `ID` in --dir into a fixture")
	c.Flags().StringVar(&f.to, "to", "fixtures", "with --promote: the `FOLDER` of fixtures to write to")
	c.MarkFlagsMutuallyExclusive("shard", "update-baseline") // --merge writes what all shards found
	return c
}

// awsRate is how many requests a second AWS itself is asked at most where nothing else is said: an account's
// own calls share its limit, of which no document tells the number.
const awsRate = 2

// usualRate is the rate of a campaign where none is given; 0 is no bound.
func (f *targetFlags) usualRate() float64 {
	if f.aws {
		return awsRate
	}
	return 0
}

func (f *fuzzFlags) resolveRate(given bool) {
	if !given {
		f.rate = f.usualRate()
	}
}

func strategyNames() []string { return converted[string](generate.Strategies()) }

// slowestRate and fastestRate bound --rate, in requests a second: beyond them it could as well not end, or have no bound.
const slowestRate, fastestRate = 0.01, 1_000_000

func (f *fuzzFlags) check() error {
	switch {
	case f.duration < 0:
		return fmt.Errorf("--for %s: want more than 0", f.duration)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %s: want more than 0", f.timeout)
	case f.rate != 0 && !(f.rate >= slowestRate && f.rate <= fastestRate): // NaN is neither
		return fmt.Errorf("--rate %g: want 0 for no bound, or %g to %d", f.rate, slowestRate, fastestRate)
	}
	if info, err := os.Stat(f.dir); err == nil && !info.IsDir() {
		return fmt.Errorf("--dir %s: want a folder, got a file", f.dir)
	}
	for _, name := range f.strategies {
		if !slices.Contains(strategyNames(), name) {
			return fmt.Errorf("--strategy %q: want one of %s%s", name, strings.Join(strategyNames(), ", "),
				nearest.Question(name, strategyNames()))
		}
	}
	return nil
}

func (f *fuzzFlags) run(ctx context.Context, s Streams, seeded bool) error {
	if err := f.check(); err != nil {
		return err
	}
	write, err := f.jsonWriter(ctx, s)
	if err != nil {
		return err
	}
	shard, err := parseShard(f.shard)
	if err != nil {
		return err
	}
	known, err := f.readBaseline(ctx)
	if err != nil {
		return err
	}
	session, end, err := f.open(ctx, s, seeded)
	if err != nil {
		return err
	}
	defer end()
	part := ""
	if shard.Count > 0 {
		part = ", shard " + shard.String()
	}
	start := session.Started()
	fmt.Fprintf(s.Err, "sendspec: fuzzing %s in %s, seed %d%s\n\n", shown(start.Target.Name), shown(start.Target.Region), start.Seed, part)
	progress := newCampaignProgress(s.Err)
	options := f.options(session, s, progress)
	options.Shard, options.Baseline = shard, known
	found, err := fuzz.Run(ctx, session, options)
	progress.finish()
	session.Close()
	if found == nil {
		return err
	}
	return f.finishBaseline(s, known, found, f.conclude(s, found, write, err))
}

// conclude says what a campaign found, which ended with an error or without, and writes its report.
func (f *fuzzFlags) conclude(s Streams, found *fuzz.CampaignReport, write func([]byte) error, err error) error {
	f.sumUp(s, found)
	rate := ""
	if found.Elapsed > 0 {
		rate = fmt.Sprintf("; %d requests a second", int(float64(found.Inputs)/found.Elapsed.Seconds()))
	}
	fmt.Fprintf(s.Err, "%s\ninputs hash %s; constraints %d of %d%s\n", shown(found.Verdict()), found.Hash, found.Coverage.Asked,
		found.Coverage.All, rate)
	if write != nil {
		b, err := fuzz.Marshal(found)
		if err == nil {
			err = write(b)
		}
		if errors.Is(err, errUnread) {
			err = fmt.Errorf("the report was not written: %w", err)
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
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted; the report is partial and says so")}
	case err != nil:
		return &exitError{exitCannotJudge, err}
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

// open starts the target, where there is something to start, and opens a session with it. The function that it
// returns ends the target.
func (f *fuzzFlags) open(ctx context.Context, s Streams, seeded bool) (*conformance.Session, func(), error) {
	if _, err := f.targetFlags.check(ctx, s.Err, false); err != nil {
		return nil, nil, err
	}
	target, end, err := f.target(ctx)
	if err != nil {
		return nil, nil, err
	}
	session, err := f.sessionWith(ctx, target, seeded)
	if err != nil {
		end()
		return nil, nil, err
	}
	if !session.MayDispatch() {
		fmt.Fprintln(s.Err, "sendspec: the target is AWS or not on loopback: no request is sent that may run a command on a node "+
			"(--allow-dispatch sends them)")
	}
	return session, end, nil
}

func (f *fuzzFlags) sessionWith(ctx context.Context, target conformance.Target, seeded bool) (*conformance.Session, error) {
	opts := append(f.guard(), conformance.WithParallel(f.parallel), conformance.WithLimits(wire.Limits{Timeout: f.timeout}))
	if seeded {
		opts = append(opts, conformance.WithSeed(f.seed))
	}
	runner, err := conformance.New(target, opts...)
	if err != nil {
		return nil, err
	}
	return runner.Open(ctx)
}

func (f *fuzzFlags) options(session *conformance.Session, s Streams, p *campaignProgress) fuzz.Options {
	o := fuzz.Options{Count: f.count, For: f.duration, Parallel: f.parallel, Rate: f.rate, Dir: f.dir, Version: version(),
		Strategies: converted[generate.Strategy](f.strategies), Progress: p.show}
	o.Found = func(found *fuzz.Divergence) error {
		rerun := f.replay(found.Folder)
		p.clear()
		r := f.result(found)
		if f.verbose {
			_, err := fmt.Fprintln(s.Err, report.Failure(session.Started().Target, &r, rerun))
			return err
		}
		_, err := fmt.Fprintln(s.Err, report.Line(&r))
		return err
	}
	return o
}

// sumUp writes each of a few divergences in full, or the causes of many.
func (f *fuzzFlags) sumUp(s Streams, found *fuzz.CampaignReport) {
	results := make([]judge.Result, len(found.Divergences))
	for i, d := range found.Divergences {
		results[i] = f.result(d)
	}
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
	return strings.Join(append(f.words("sendspec", "replay"), wire.ShellQuote(folder)), " ")
}

func (f *fuzzFlags) jsonWriter(ctx context.Context, s Streams) (func([]byte) error, error) {
	switch f.json {
	case "":
		return nil, nil
	case "-":
		return func(b []byte) error { _, err := limited(s.Out).Write(b); return err }, nil
	}
	if err := isOther(f.json, f.baseline); err != nil {
		return nil, fmt.Errorf("--json %s: %w", f.json, err)
	}
	if isPipe(f.json) {
		return func(b []byte) error { _, err := newPipe(ctx, f.json).Write(b); return err }, nil
	}
	if err := atomicfile.Check(f.json); err != nil {
		return nil, fmt.Errorf("report %s: %w", f.json, err)
	}
	return func(b []byte) error {
		if err := atomicfile.Write(f.json, atomicfile.Bytes(b)); err != nil {
			return fmt.Errorf("report %s: %w", f.json, err)
		}
		return nil
	}, nil
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
