package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
)

type fuzzFlags struct {
	targetFlags
	duration, timeout              time.Duration
	count, seed                    uint64
	shard, dir, json, promote, to  string
	baseline                       string
	merge, strict, verbose, update bool
	strategies                     []string
	parallel                       int
	rate                           float64

	part  selector.Shard
	known *fuzz.Baseline // nil without --baseline
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
together send what one campaign sends, each request once. --rate applies to each part. --merge DIR... joins the
folders that the parts wrote, or a folder of them, as one campaign would have: a divergence once, with its smallest
request. A part that is missing or was cut short is named and makes exit code 3, or 1 where something was found; parts of other
targets, seeds, counts, strategies or versions of sendspec are refused. With --dir the joined findings are saved,
and compared with --baseline.

With --baseline, only findings that the file does not list fail the campaign; --update-baseline writes the file. An
entry covers its finding under any --seed. One that no longer shows is stale if --seed and --count are those that the
file was written with.

--promote ID turns a saved finding into a fixture, whose note says that nobody has looked at it yet.`,
		Example: `  sendspec fuzz --endpoint http://127.0.0.1:5000 --for 30s --dir findings
  sendspec fuzz --endpoint http://127.0.0.1:5000 --count 20000 --seed 1 --strategy boundary,fault
  sendspec fuzz --endpoint http://127.0.0.1:5000 --count 20000 --seed 1 --shard 2/4 --dir shards/2
  sendspec fuzz --endpoint http://127.0.0.1:5000 --count 20000 --seed 1 --baseline fuzz.baseline
  sendspec fuzz --merge shards --dir findings --json fuzz.json
  sendspec fuzz --dir findings --promote comment-length-above-1a2b3c`,
		Args: fuzzArgs(&f.merge),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case f.merge:
				if err := f.checkMerge(c.Flags(), args); err != nil {
					return err
				}
				return f.mergeCampaigns(c.Context(), s, args)
			case f.promote != "":
				return f.promoteFinding(c.Context(), s)
			case f.given("to"):
				return errors.New("--to: want --promote with it")
			case f.given("for") && f.duration == 0, f.given("count") && f.count == 0:
				return errors.New("--for and --count: want more than 0")
			case f.shard != "" && !f.given("seed"):
				return errors.New("--shard: want --seed, the same for all shards of a campaign")
			}
			f.resolveRate(f.given("rate"))
			return f.run(c.Context(), s)
		},
	}
	f.register(c)
	c.Flags().DurationVar(&f.duration, "for", 0,
		"fuzz for this long; findings are confirmed and shrunk for half as long again, or 5 s, and one --timeout at most")
	c.Flags().Uint64Var(&f.count, "count", 0, "how many requests to generate (default 10000, or unlimited with --for)")
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
	c.Flags().BoolVar(&f.strict, "strict", false, "fail on a missed should as well")
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

// check finds what is wrong with the flags, and reads what they name.
func (f *fuzzFlags) check(ctx context.Context, s Streams) (err error) {
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
	if err := isOther(f.json, append(f.tls.files(), f.baseline)...); f.json != "" && err != nil {
		return fmt.Errorf("--json %s: %w", f.json, err)
	}
	if f.json != "" {
		if _, err := s.reportStream(ctx, f.json); err != nil {
			return fmt.Errorf("report %s: %w", f.json, err)
		}
	}
	if f.part, err = parseShard(f.shard); err != nil {
		return err
	}
	f.known, err = f.readBaseline(ctx)
	return err
}

func (f *fuzzFlags) run(ctx context.Context, s Streams) error {
	if err := f.check(ctx, s); err != nil {
		return err
	}
	session, end, err := f.open(ctx, s)
	if err != nil {
		return err
	}
	defer end()
	part := ""
	if f.part.Count > 0 {
		part = ", shard " + f.part.String()
	}
	start := session.Started()
	fmt.Fprintf(s.Err, "sendspec: fuzzing %s in %s, seed %d%s\n\n", shown(start.Target.Name), shown(start.Target.Region), start.Seed, part)
	bar := newCampaignBar(s.Err)
	found, err := fuzz.Run(ctx, session, f.options(session, s, bar))
	_ = bar.Finish()
	if found == nil {
		return err
	}
	return f.finishBaseline(s, f.known, found, f.conclude(ctx, s, found, err))
}

// open starts the target, where there is something to start, and opens a session with it. The function that it
// returns ends both.
func (f *fuzzFlags) open(ctx context.Context, s Streams) (*conformance.Session, func(), error) {
	if _, err := f.targetFlags.check(ctx, s.Err, false); err != nil {
		return nil, nil, err
	}
	target, end, err := f.target(ctx)
	if err != nil {
		return nil, nil, err
	}
	runner, err := conformance.New(target, append(f.guard(), conformance.WithParallel(f.parallel),
		conformance.WithLimits(wire.Limits{Timeout: f.timeout}), when(f.given("seed"), conformance.WithSeed(f.seed)))...)
	var session *conformance.Session
	if err == nil {
		session, err = runner.Open(ctx)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	if !session.MayDispatch() {
		fmt.Fprintln(s.Err, "sendspec: the target is AWS or not on loopback: no request is sent that may run a command on a node "+
			"(--allow-dispatch sends them)")
	}
	return session, func() { session.Close(); end() }, nil
}

func (f *fuzzFlags) options(session *conformance.Session, s Streams, bar *progressbar.ProgressBar) fuzz.Options {
	found := func(d *fuzz.Divergence) error {
		_ = bar.Clear()
		r := f.result(d)
		text := report.Line(&r)
		if f.verbose {
			text = report.Failure(session.Started().Target, &r, f.replay(d.Folder))
		}
		_, err := fmt.Fprintln(s.Err, text)
		return err
	}
	return fuzz.Options{Count: f.count, For: f.duration, Parallel: f.parallel, Rate: f.rate, Dir: f.dir, Version: version(),
		Strategies: converted[generate.Strategy](f.strategies), Shard: f.part, Baseline: f.known, Found: found,
		Progress: func(r *fuzz.CampaignReport) { showCampaign(bar, r, f.duration) }}
}
