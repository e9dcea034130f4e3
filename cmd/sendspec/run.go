package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/reference"
)

// The defaults of --timeout and --max-time. A right server of which the agent takes its time needs some two
// minutes for a run.
const (
	defaultTimeout = 10 * time.Second
	defaultMaxTime = 30 * time.Minute
)

type runFlags struct {
	targetFlags
	reportFlags
	startFlags
	baselineFlags
	strict, verbose, quiet, last bool
	profiles, kinds              []string
	timeout, maxTime, wait, fuzz time.Duration
	parallel, maxFail            int
	seed                         uint64
	color                        color
	shard, suite, recorded       string

	picks selector.Selector
	extra []conformance.Option // of the baseline and of what was recorded
}

func newRun(s Streams) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [SELECTOR...]",
		Short: "Run the cases against a server and report where it differs from AWS",
		Long: `run sends the request of every case to the server and reports where the responses differ from AWS. Without
--endpoint it tests the embedded reference. A variable SENDSPEC_NAME stands for the flag --name (SENDSPEC_ENDPOINT,
SENDSPEC_MAX_TIME); where nothing else names a target, sendspec.yaml in the working directory does, or
AWS_ENDPOINT_URL_SSM, or AWS_ENDPOINT_URL. --exec starts the server, and at the end stops it with every process that
it started (outside of Linux, with its process group). --target reads these settings from a file.

With --baseline, only failures that the file does not list fail the run. --update-baseline writes the file: it
repeats the run with other random values, and with a server restarted by --exec, and marks cases whose verdict
varies as flaky.

A SELECTOR is area/Topic/name or a prefix of it, such as constraint/Comment. * matches anything within one
part, ** any number of parts; !PATTERN excludes cases; @FILE reads selectors from a file, one a line.

Fields of a target file: ` + strings.Join(targetFields, ", ") + `,
` + strings.Join(worldFields, ", ") + `.
In its values ${NAME} is a variable of the environment, and $${NAME} that text.

` + boundsHelp() + `

Report formats, for --report FORMAT=FILE (may be repeated; a pipe that nobody reads is given up after a minute):
` + formatsHelp(),
		Example: `  sendspec run --endpoint http://127.0.0.1:5000
  sendspec run --endpoint http://127.0.0.1:5000 --report html=report.html --report junit=junit.xml
  sendspec run --endpoint http://127.0.0.1:5000 --json - '!wire' | jq '.cases[] | select(.verdict == "fail") | .id'
  sendspec run --exec 'moto_server -H 127.0.0.1 -p {port}' --baseline moto.baseline
  sendspec run --endpoint http://127.0.0.1:5000 --recorded fixtures/evidence/recorded/alarms.jsonl
  sendspec run --target ci/sendspec.yaml --seed 1 --shard 2/4 --json shard-2.json
  sendspec run --endpoint https://127.0.0.1:8443 --ca-file ca.pem --wait 30s
  sendspec run --endpoint http://127.0.0.1:5000 --evidence recorded,documented
  sendspec run --endpoint http://127.0.0.1:5000 --node i-0123456789abcdef0 'echo/**' invariant`,
		ValidArgsFunction: completeCases,
		RunE: func(c *cobra.Command, args []string) error {
			if f.fuzz > 0 && !f.given("max-time") {
				f.maxTime += fuzz.Options{For: f.fuzz}.Ends() + f.timeout
			}
			f.findTargetFile(c, s.Err)
			if f.file == "" {
				if err := endpointFromAWS(c, s.Err); err != nil {
					return err
				}
			}
			asked := f.targetFlags
			if err := f.load(c.Context()); err != nil {
				return err
			}
			return f.run(c.Context(), s, args, asked)
		},
	}
	f.targetFlags.register(c)
	f.startFlags.register(c)
	f.baselineFlags.register(c)
	c.Flags().BoolVar(&f.strict, "strict", false, "fail on a missed should as well")
	c.Flags().StringSliceVar(&f.profiles, "profile", nil, "only cases of these `PROFILES`: core, lifecycle, execution, auth")
	c.Flags().StringSliceVar(&f.kinds, "evidence", nil,
		"only cases whose evidence is of these `KINDS`: recorded, documented, model, reported, source, inferred")
	c.Flags().DurationVar(&f.timeout, "timeout", defaultTimeout, "limit for one request, from connecting to the last byte of the response")
	c.Flags().DurationVar(&f.maxTime, "max-time", defaultMaxTime,
		"limit for the whole run, --wait included; the default grows by what --fuzz takes")
	c.Flags().DurationVar(&f.wait, "wait", 0, "how long to wait for the server to come up")
	c.Flags().IntVar(&f.parallel, "parallel", 8, "how many cases run at once")
	c.Flags().Uint64Var(&f.seed, "seed", 0, "seed of the random values in the requests (default random)")
	c.Flags().DurationVar(&f.fuzz, "fuzz", 0, "then fuzz for this long, in the same report")
	c.Flags().StringVar(&f.shard, "shard", "",
		"`I/N`: run only part I of N, or auto/N in a Kubernetes Indexed Job; compare --merge joins the reports of one --seed")
	c.Flags().StringVar(&f.suite, "suite", "",
		"leave out the cases that came after this `VERSION` of the suite, such as "+string(fixtures.Suite))
	c.Flags().StringVar(&f.recorded, "recorded", "",
		"`FILE` of recorded AWS calls, as observe writes it: send those instead of the cases, and compare the answers")
	f.reportFlags.register(c)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list every case, and show warnings and bodies in full")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print only the verdict")
	f.color.register(c)
	c.Flags().IntVar(&f.maxFail, "max-fail", 0, "end the run after `N` failures; the rest is not asked, and the report is partial")
	c.Flags().Bool("no-target-file", false, "do not read sendspec.yaml in the working directory")
	c.Flags().BoolVar(&f.last, "last-failed", false, "only the cases that failed in the last run, which keeps its report in your cache")
	c.MarkFlagsMutuallyExclusive("verbose", "quiet")
	c.MarkFlagsMutuallyExclusive("last-failed", "recorded")
	c.MarkFlagsMutuallyExclusive("last-failed", "update-baseline")
	c.MarkFlagsMutuallyExclusive("max-fail", "update-baseline")
	c.MarkFlagsMutuallyExclusive("fuzz", "update-baseline")
	completeFlag(c, "profile", converted[string](fixtures.Profiles())...)
	completeFlag(c, "evidence", converted[string](evidence.Kinds())...)
	return c
}

// boundsHelp says what bounds a run, whatever the server does.
func boundsHelp() string {
	return fmt.Sprintf(`Whatever the server does, a run ends within --max-time, and usually much sooner. A request that times out is
not repeated. A run spends at most %d times --timeout on requests that time out, and %d times on those of one
operation in one area; it sends --parallel of them at once. Once %d cases have waited %s for a status and no
command has ended, no case waits longer. Where nothing but 5xx comes back, a status is polled for %[5]s; a server
that is gone has %[5]s to come back, and %[6]s in all. A server that runs its commands n times faster than real time
says so in the response header %[7]s, and waits are shorter by that factor. Cases that were not run are counted and reported.`,
		probe.UnansweredInAll, probe.UnansweredOfOne, probe.VainWaits, probe.VainWait, probe.Revival,
		probe.AllRevivals*probe.Revival, reference.ClockScaleHeader)
}

func (f *runFlags) run(ctx context.Context, s Streams, args []string, asked targetFlags) error {
	var err error
	if f.picks, err = selector.Parse(args, selectorFile(ctx)); err != nil {
		return err
	}
	if f.last {
		if f.picks, err = lastFailed(ctx, s, f.picks); err != nil {
			return err
		}
	}
	files := append(f.tls.files(), f.baseline, f.file, f.recorded)
	reports, err := f.sinks(ctx, s, files...) // before a target is started: a wrong name is found at once
	if err != nil {
		return err
	}
	known, err := f.read(ctx, s)
	if err != nil {
		return err
	}
	recorded, err := f.recordedCases(ctx, s)
	if err != nil {
		return err
	}
	f.extra = slices.Concat(known, recorded)
	if err := f.check(ctx, s); err != nil {
		return err
	}
	found, exit := f.ask(ctx, s, func(seed uint64) []event.Sink {
		o := report.Options{Rerun: f.rerun(asked, seed), Version: version()}
		sinks := f.terminalSinks(s.Err, o)
		for _, open := range reports {
			sinks = append(sinks, open(o))
		}
		return sinks
	})
	if (f.endpoint != "" || f.exec != "") && f.recorded == "" {
		s.keepLast(found)
	}
	return f.finish(ctx, s, found, exit)
}

// check finds what is wrong with the command line, before a process is started or a byte sent.
func (f *runFlags) check(ctx context.Context, s Streams) error {
	if err := f.startFlags.check(&f.targetFlags); err != nil {
		return err
	}
	target, err := f.targetFlags.check(ctx, s.Err, f.exec != "")
	if err != nil {
		return err
	}
	_, err = f.runner(target)
	return err
}

// ask makes one run: it starts the target where that is to be started, asks it, and ends it. It leaves the
// flags as they are, so that the next run starts a target of its own. The error is the exit of the run.
func (f runFlags) ask(ctx context.Context, s Streams, sinks func(seed uint64) []event.Sink) (*event.Report, error) {
	runner, end, err := f.opened(ctx, s)
	defer end()
	if err != nil {
		return nil, err
	}
	for _, sink := range sinks(runner.Seed()) {
		if err := conformance.WithSink(sink)(runner); err != nil {
			return nil, err
		}
	}
	found, err := runner.Run(ctx)
	return found, exitOf(found, err)
}

// opened starts the target where that is to be started, and returns the runner of it and a function that ends what was
// started, also where there is an error.
func (f *runFlags) opened(ctx context.Context, s Streams) (*conformance.Runner, func(), error) {
	if err := f.start(ctx, s, &f.targetFlags); err != nil {
		return nil, f.stop, err
	}
	target, end, err := f.target(ctx)
	if err != nil {
		return nil, f.stop, err
	}
	target.Name = cmp.Or(f.name, ownRedactor().Text(f.exec), target.Name) // a port that was free says nothing
	runner, err := f.runner(target)
	return runner, func() { end(); f.stop() }, err
}

// rerun is the command that runs single cases of this run again; asked are the flags of the target as
// they were given.
func (f *runFlags) rerun(asked targetFlags, seed uint64) string {
	words := append(asked.words("run"), "--seed", fmt.Sprint(seed))
	words.add("--target", f.file)
	inFile := f.file != ""
	if !inFile {
		words.add("--exec", f.exec)
		words.add("--setup", f.setup)
	}
	words.addIf(f.strict, "--strict")
	words.add("--recorded", f.recorded)
	if !inFile {
		words.add("--profile", f.profiles...)
		words.add("--suite", f.suite)
	}
	if f.timeout != defaultTimeout {
		words.add("--timeout", f.timeout.String())
	}
	return ownRedactor().Text(words.String())
}

func (f *runFlags) runner(t conformance.Target) (*conformance.Runner, error) {
	switch {
	case f.fuzz < 0:
		return nil, fmt.Errorf("--fuzz %s: want more than 0", f.fuzz)
	case f.timeout <= 0:
		return nil, fmt.Errorf("--timeout %s: want more than 0", f.timeout)
	case f.maxTime <= 0:
		return nil, fmt.Errorf("--max-time %s: want more than 0", f.maxTime)
	case f.maxFail < 0:
		return nil, fmt.Errorf("--max-fail %d: want 1 or more, or 0 for no bound", f.maxFail)
	case f.wait < 0:
		return nil, fmt.Errorf("--wait %s: want no less than 0", f.wait)
	}
	shard, err := parseShard(f.shard)
	if err != nil {
		return nil, err
	}
	if f.shard != "" && !f.given("seed") && f.writesJSON() {
		return nil, errors.New("--shard: want --seed, the same for all shards, so that compare --merge can join their reports")
	}
	suite := when(f.suite != "", conformance.WithSuite(fixtures.Version(f.suite)))
	if err := suite(&conformance.Runner{}); err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	return conformance.New(t, slices.Concat(f.extra, f.guard(), []conformance.Option{
		conformance.WithSelector(f.picks), conformance.WithParallel(f.parallel), conformance.WithLimits(wire.Limits{Timeout: f.timeout}),
		conformance.WithMaxTime(f.maxTime), conformance.WithShard(shard), suite,
		conformance.WithProfiles(converted[fixtures.Profile](f.profiles)...),
		conformance.WithEvidence(converted[evidence.Kind](f.kinds)...),
		when(f.fuzz > 0, fuzz.Append(fuzz.Options{For: f.fuzz, Shard: shard, Parallel: f.parallel, Rate: f.usualRate()})),
		when(f.maxFail > 0, conformance.WithMaxFail(f.maxFail)),
		when(f.server != nil, conformance.WithServer(f.launched)),
		when(f.wait > 0, conformance.WithWait(f.wait)),
		when(f.given("seed"), conformance.WithSeed(f.seed)),
		when(f.whole, conformance.WithWholeAnswers(wholeAnswers)),
		when(f.strict, conformance.WithStrict()),
	})...)
}

// exitOf turns what a run found into the exit code. A failure counts, whatever else could not be judged; where none
// was found and a part could not be judged, that comes first: a gate must not take the rest for the whole.
func exitOf(r *event.Report, err error) error {
	switch {
	case errors.Is(err, context.Canceled) && errors.Is(err, errUnread):
		return &exitError{exitInterrupted, fmt.Errorf("interrupted; %w", err)}
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted; the report is partial and says so")}
	case errors.Is(err, conformance.ErrBinding):
		return &exitError{exitUsage, err}
	case err != nil:
		return &exitError{exitCannotJudge, err}
	case r.Failed():
		return &exitError{exitNonconforming, nil}
	case r.Stale():
		return &exitError{exitStale, nil}
	}
	return nil
}

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
