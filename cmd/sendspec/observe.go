package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

const (
	observeRate = 2 // requests a second
	// maxAWSRate is how many of them AWS may be asked for.
	maxAWSRate   = 10
	observeLimit = 200 // cases
)

type observeFlags struct {
	targetFlags
	out              string
	rate             float64
	limit            int
	seed             uint64
	timeout, maxTime time.Duration
}

func newObserve(s Streams) *cobra.Command {
	var f observeFlags
	c := &cobra.Command{
		Use:   "observe [SELECTOR...]",
		Short: "Ask AWS itself, and record what it answers: does it agree with the cases?",
		Long: `observe slowly sends AWS the cases that run nothing on any node, and says what each answer means:

  agrees       it is what the case expects
  settles      the case leaves open what AWS answers, and this is it
  contradicts  the case is wrong: what differs
  varies       asked again, the answer was another
  unknown      nothing can be concluded, for the reason given

Cases whose expectation is open come first, then inferred ones, then the others. It stops after --limit cases or
--max-time. What may run a command is never sent; no flag allows it.

--out has every request and answer, one a line, without credentials, account IDs and the names in ARNs; sendspec
evidence add takes it into a checkout. Without --aws, a server on loopback can be observed, for practice.

Exit codes: 0 no answer contradicts a case, 1 one does, 2 usage, 3 nothing could be concluded, 130 interrupted.`,
		Example: `  sendspec observe --aws --region us-east-1
  sendspec observe --aws --region us-east-1 error/InvalidDocument accept/Comment
  sendspec observe --endpoint http://127.0.0.1:5000 --rate 100 --out practice.jsonl constraint`,
		ValidArgsFunction: completeCases,
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c.Context(), s, args) },
	}
	f.registerInert(c)
	c.Flags().Lookup("endpoint").Usage = "`URL` to ask instead of https://ssm.REGION.amazonaws.com; on loopback, unless with --aws"
	c.Flags().StringVar(&f.out, "out", "observed.jsonl", "`FILE` for the recordings; an existing one is not replaced")
	c.Flags().Float64Var(&f.rate, "rate", observeRate, "requests a second; at most 10 with --aws")
	c.Flags().IntVar(&f.limit, "limit", observeLimit, "how many cases are asked at most")
	c.Flags().Uint64Var(&f.seed, "seed", 0, "seed of the random values in the requests (default random)")
	c.Flags().DurationVar(&f.timeout, "timeout", defaultTimeout, "limit for one request, from connecting to the last byte of the response")
	c.Flags().DurationVar(&f.maxTime, "max-time", defaultMaxTime, "limit for all of it")
	return c
}

// check finds what is wrong with the flags, and fills in the endpoint of AWS.
func (f *observeFlags) check(ctx context.Context) error {
	switch {
	case f.out == "-":
		return errors.New("--out -: want a file: what is recorded is taken by its name into a checkout")
	case f.limit < 1:
		return fmt.Errorf("--limit %d: want 1 or more", f.limit)
	case !(f.rate > 0):
		return fmt.Errorf("--rate %g: want more than 0", f.rate)
	case f.maxTime <= 0:
		return fmt.Errorf("--max-time %s: want more than 0", f.maxTime)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %s: want more than 0", f.timeout)
	case f.aws && f.rate > maxAWSRate:
		return fmt.Errorf("--rate %g: want at most %d with --aws", f.rate, maxAWSRate)
	case !f.aws && f.endpoint == "":
		return errors.New("want --aws and --region, or the --endpoint of a server on loopback")
	case f.aws && f.endpoint == "" && f.regionOrEnv() == "":
		return errors.New("--aws: want --region, such as us-east-1")
	}
	if f.aws && f.endpoint == "" {
		e, err := ssm.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, ssm.EndpointParameters{Region: aws.String(f.regionOrEnv())})
		if err != nil {
			return fmt.Errorf("--region %s: %w", f.regionOrEnv(), err)
		}
		f.endpoint = e.URI.String()
	}
	u, err := url.Parse(f.endpoint)
	if err == nil && !f.aws && !wire.IsLoopback(u.Hostname()) {
		return fmt.Errorf("--endpoint %s: want one on loopback, or --aws where it leads to AWS", f.endpoint)
	}
	if _, err := os.Lstat(f.out); err == nil {
		return fmt.Errorf("--out %s: is there already; want another name, so that no recording is lost", f.out)
	}
	if err := atomicfile.Check(f.out); err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	return nil
}

func (f *observeFlags) run(ctx context.Context, s Streams, args []string) error {
	picks, err := selector.Parse(args, selectorFile(ctx))
	if err != nil {
		return err
	}
	if err := f.check(ctx); err != nil {
		return err
	}
	if _, err := f.targetFlags.check(ctx, s.Err, false); err != nil {
		return err
	}
	target, end, err := f.target(ctx)
	if err != nil {
		return err
	}
	defer end()
	// It is asked as AWS is: with nothing that may run a command.
	runner, err := conformance.New(target, conformance.WithAWS(), conformance.WithSelector(picks), conformance.WithParallel(1),
		conformance.WithRate(f.rate), conformance.WithMaxTime(f.maxTime), conformance.WithWholeAnswers(wholeAnswers),
		conformance.WithLimits(wire.Limits{Timeout: f.timeout}), when(f.given("seed"), conformance.WithSeed(f.seed)))
	if err != nil {
		return err
	}
	c := target.Credentials
	redactor := wire.NewRedactor(append(ownSecrets(), c.AccessKeyID, c.SecretAccessKey, c.SessionToken)...)
	return f.observe(ctx, s, runner, observe.NewMasker(redactor, c.AccessKeyID))
}

// observe asks, and writes what was answered, also where it was interrupted.
func (f *observeFlags) observe(ctx context.Context, s Streams, runner *conformance.Runner, masker *observe.Masker) error {
	bounded, cancel := runner.Bounded(ctx)
	defer cancel()
	session, err := runner.Open(bounded)
	if err != nil {
		return err
	}
	defer session.Close()
	if len(observe.Order(session.Started().Plan)) == 0 {
		return &exitError{exitCannotJudge, errors.New("none of the cases that were selected can be observed: each may run a command, or " +
			"needs what --bind or --node does not name")}
	}
	observer := observe.Observer{Session: session, Masker: masker, Limit: f.limit, Each: func(_ observe.Conclusion, line string) error {
		_, err := fmt.Fprintln(s.Out, shown(line))
		return err
	}}
	seen, asking := observer.Run(bounded)
	if len(seen.Lines) > 0 {
		seen.Lines[0].Observation.Program = strings.TrimSpace("sendspec " + version())
		write := func(w io.Writer) error { return evidence.WriteRecordings(w, seen.Lines) }
		if err := atomicfile.Write(f.out, write); err != nil {
			return &exitError{exitCannotJudge, fmt.Errorf("--out %s: %w", f.out, err)}
		}
		fmt.Fprintf(s.Err, "%s: calls recorded: %d\n", f.out, len(seen.Lines)-1)
	}
	fmt.Fprintln(s.Err, seen.Summary())
	if seen.Left > 0 {
		fmt.Fprintf(s.Err, "%d more cases could be asked: --limit was %d\n", seen.Left, f.limit)
	}
	return observeExit(ctx, seen, asking)
}

func observeExit(ctx context.Context, seen *observe.Observed, asking error) error {
	concluded := seen.Counts[observe.Agrees] + seen.Counts[observe.Settles] + seen.Counts[observe.Contradicts]
	switch {
	case asking != nil:
		return &exitError{exitCannotJudge, asking}
	case ctx.Err() != nil:
		return &exitError{exitInterrupted, errors.New("interrupted; the recordings are incomplete and say so")}
	case seen.Counts[observe.Contradicts] > 0:
		return &exitError{exitNonconforming, nil}
	case seen.Stopped != "":
		return &exitError{exitCannotJudge, fmt.Errorf("not all was asked: %s; the recordings say so", seen.Stopped)}
	case concluded == 0:
		return &exitError{exitCannotJudge, errors.New("nothing could be concluded of any case")}
	}
	return nil
}
