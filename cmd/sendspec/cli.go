package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// Streams are where a command reads and writes. Machine output goes to Out, everything for people
// to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// Cache is the folder where the report of the last run is kept; "" for none.
	Cache string
}

const (
	exitConforms      = 0
	exitNonconforming = 1   // the target is at fault
	exitUsage         = 2   // the call, a file or a fixture is
	exitCannotJudge   = 3   // no verdict was possible
	exitStale         = 4   // the baseline names what no longer fails or is no longer judged, and nothing is worse
	exitInterrupted   = 130 // ended by a signal
)

// exitError carries an exit code; its Err, if any, is still to be printed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, args []string, s Streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitConforms
	}
	code, text := exitUsage, err.Error()
	var exit *exitError
	switch {
	case errors.As(err, &exit):
		code, text = exit.code, exit.Error()
	case errors.Is(err, context.Canceled):
		code, text = exitInterrupted, "interrupted"
	case errors.Is(err, conformance.ErrCannotJudge):
		code = exitCannotJudge
	}
	if text != "" && !errors.Is(err, errGone) { // whoever closed a pipe knows it
		fmt.Fprintln(s.Err, "sendspec: "+excerpt(strings.ReplaceAll(text, "\n", " "), errorShown))
	}
	return code
}

// errorShown is how many bytes of an error are shown: what it quotes of others is cut where it is quoted.
const errorShown = 4000

// excerpt is the beginning of a text for people: redacted before it is cut, and escaped.
func excerpt(s string, length int) string {
	return untrusted.Line(untrusted.Cut(ownRedactor().Text(s), length))
}

// shown is a text of a file or a target as people see it: redacted, cut and escaped.
func shown(s string) string { return excerpt(s, textShown) }

func newRoot(s Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "sendspec",
		Short: "Conformance suite for servers that implement AWS Systems Manager SendCommand",
		Long: `sendspec finds where a server that implements AWS Systems Manager SendCommand differs from AWS,
and shows the requests and responses that prove it.

Exit codes:
  0    the server conforms
  1    it does not
  2    usage, configuration or fixture error
  3    could not judge: the server is unreachable, or no case ran
  4    the baseline is stale: a known failure no longer fails, and nothing else is wrong
  130  interrupted by Ctrl-C, SIGTERM or SIGHUP; a second signal exits at once and stops the server that --exec started`,
		Example: `  sendspec run                                         test the embedded reference
  sendspec run --endpoint http://127.0.0.1:5000        test your server
  sendspec run --endpoint http://127.0.0.1:5000 echo   run some of the cases
  sendspec explain constraint/Comment/above-max/n=101  show one case`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := fromEnvironment(c, s.Err); err != nil {
			return err
		}
		if c.Flags().Lookup("target") != nil || c.Name() == "observe" { // a target file goes before it; observe asks AWS
			return nil
		}
		return endpointFromAWS(c, s.Err)
	}
	root.DisableSuggestions = true // ours are in the one line of an error
	root.Args = knownCommand
	asked := root.Flags().Bool("version", false, "print what sendspec version prints")
	root.RunE = func(c *cobra.Command, _ []string) error {
		if *asked {
			return printVersion(s)
		}
		return c.Help()
	}
	root.AddCommand(newRun(s), newFuzz(s), newReplay(s), newJudge(s), newObserve(s), newCompare(s), newReport(s), newCauses(s), newList(s),
		newExplain(s), newEvidence(s), newCoverage(s), newValidate(s), newServe(s), newMutants(), newBindings(), newMan(), newExport(s),
		newInit(s), newVersion(s))
	checkArguments(root)
	return root
}

func flagError(c *cobra.Command, err error) error {
	text := err.Error()
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		text += nearest.Question("--"+unknown.GetSpecifiedName(), names)
	}
	return fmt.Errorf("%s (see %s --help)", text, c.CommandPath())
}

func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := mapped(c.Commands(), (*cobra.Command).Name)
	return fmt.Errorf("unknown command %q%s (see %s --help)", args[0], nearest.Question(args[0], names), c.CommandPath())
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func mapped[From, To any](list []From, one func(From) To) []To {
	result := make([]To, len(list))
	for i, from := range list {
		result[i] = one(from)
	}
	return result
}

func converted[To, From ~string](names []From) []To {
	return mapped(names, func(name From) To { return To(name) })
}
