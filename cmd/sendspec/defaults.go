package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// variablePrefix begins the variables that stand for flags of the commands that ask a target: SENDSPEC_MAX_TIME is
// --max-time.
const variablePrefix = "SENDSPEC_"

// noVariable are flags that say what to do once, which a variable that is always set must not. --json is a file here, and
// a way to list there.
var noVariable = []string{"help", "update-baseline", "baseline-runs", "promote", "to", "last-failed", "json", "no-target-file"}

// endpointVariables are those of AWS's SDKs that name an endpoint, the more special one first.
var endpointVariables = []string{"AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL"}

func variableOf(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment gives the flags of a command that asks a target, where they were not given, the values of their
// variables, and says which. A variable counts as much as the flag: it goes before a target file.
func fromEnvironment(c *cobra.Command, people io.Writer) error {
	if c.Flags().Lookup("endpoint") == nil {
		return nil
	}
	var used []string
	var err error
	beside := typedBeside(c)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		value, set := os.LookupEnv(variableOf(f.Name))
		if err != nil || !set || f.Changed || slices.Contains(noVariable, f.Name) || slices.Contains(beside, f.Name) {
			return
		}
		used = append(used, variableOf(f.Name))
		if isBlank(value) {
			err = fmt.Errorf("%s %w", variableOf(f.Name), errEmpty)
		} else if wrong := c.Flags().Set(f.Name, value); wrong != nil {
			err = fmt.Errorf("%s: %s", variableOf(f.Name), strings.ReplaceAll(ownRedactor().Text(wrong.Error()), "\n", " "))
		}
	})
	if err == nil {
		tellUsed(people, used)
	}
	return err
}

// typedBeside are the flags that have an alternative on the command line, which goes before their variables: another name
// of the target, or a flag that excludes them.
func typedBeside(c *cobra.Command) []string {
	groups := [][]string{{"endpoint", "exec", "target"}}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		for _, group := range f.Annotations["cobra_annotation_mutually_exclusive"] { // as MarkFlagsMutuallyExclusive leaves it
			groups = append(groups, strings.Fields(group))
		}
	})
	var list []string
	for _, group := range groups {
		if slices.ContainsFunc(group, c.Flags().Changed) {
			list = append(list, group...)
		}
	}
	return list
}

// endpointFromAWS takes the endpoint of AWS's SDKs where nothing else names a target, and says so. What asks AWS itself
// must not be led elsewhere by a variable that is set for an emulator.
func endpointFromAWS(c *cobra.Command, people io.Writer) error {
	if targetGiven(c) || c.Flags().Lookup("endpoint") == nil || os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true" {
		return nil
	}
	for _, name := range endpointVariables {
		value, set := os.LookupEnv(name)
		if !set {
			continue
		}
		if isBlank(value) {
			return fmt.Errorf("%s %w", name, errEmpty)
		}
		tellUsed(people, []string{name})
		return c.Flags().Set("endpoint", value)
	}
	return nil
}

func targetGiven(c *cobra.Command) bool {
	return slices.ContainsFunc([]string{"endpoint", "exec", "target", "aws"}, c.Flags().Changed)
}

func tellUsed(people io.Writer, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(people, "sendspec: uses %s of the environment\n", strings.Join(names, ", "))
	}
}

// foundTargetFile is the file that run reads where nothing names a target.
const foundTargetFile = "sendspec.yaml"

// findTargetFile uses the target file in the working directory where nothing else names a target, and says so.
func (f *runFlags) findTargetFile(c *cobra.Command, people io.Writer) {
	if targetGiven(c) || f.given("no-target-file") {
		return
	}
	if info, err := os.Stat(foundTargetFile); err == nil && !info.IsDir() {
		f.file = foundTargetFile
		fmt.Fprintf(people, "sendspec: uses %s (--no-target-file leaves it out)\n", foundTargetFile)
	}
}

// checkEnvironment refuses variables that are set, that matter to the target, and that are empty. To people it says
// which name an endpoint that is not asked.
func (f *targetFlags) checkEnvironment(embedded bool, people io.Writer) error {
	var matter []string
	if f.region == "" {
		matter = append(matter, "AWS_REGION")
	}
	if !embedded {
		matter = slices.Concat(matter, keyPairs[0], keyPairs[1])
	}
	for _, name := range matter {
		if value, set := os.LookupEnv(name); set && isBlank(value) {
			return fmt.Errorf("%s %w", name, errEmpty)
		}
	}
	for _, pair := range keyPairs {
		_, id := os.LookupEnv(pair[0])
		if _, secret := os.LookupEnv(pair[1]); id != secret && !embedded {
			return fmt.Errorf("%s and %s: one of them is set: want both, or neither", pair[0], pair[1])
		}
	}
	var unused []string
	for _, name := range append([]string{"SENDSPEC_ENDPOINT"}, endpointVariables...) {
		if value := strings.TrimRight(os.Getenv(name), "/"); value != "" && value != strings.TrimRight(f.endpoint, "/") {
			unused = append(unused, name)
		}
	}
	if len(unused) > 0 {
		fmt.Fprintf(people, "sendspec: set and not used: %s; the target is named otherwise\n", strings.Join(unused, ", "))
	}
	return nil
}
