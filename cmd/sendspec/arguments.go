package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sendspec/sendspec/conformance/judge"
)

// errEmpty refuses a value that was given and has nothing in it, most often from a variable that is not set. Empty is
// no way to leave something out: the embedded reference would be asked in place of the target that was meant.
var errEmpty = errors.New("is empty: want a value, or leave it out")

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// checkArguments makes every flag and argument of the command, and of those below it, refuse to be empty, and the
// commands below say what they want where they were given more or fewer arguments.
func checkArguments(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		switch f.Value.Type() { // other types have no empty value
		case "string", "stringToString":
			f.Value = notEmpty{f.Value}
		case "stringSlice", "stringArray":
			f.Value = notEmptyList{notEmpty{f.Value}, f.Value.(pflag.SliceValue)}
			f.DefValue = "" // help would show an empty list
		}
	})
	if check := c.Args; c.Runnable() {
		c.Args = func(c *cobra.Command, args []string) error {
			for i, arg := range args {
				if isBlank(arg) {
					return fmt.Errorf("argument %d %w", i+1, errEmpty)
				}
			}
			if check == nil {
				return nil
			}
			err := check(c, args)
			if err != nil && c.HasParent() {
				err = fmt.Errorf("want %s (see %s --help)", strings.TrimSuffix(c.UseLine(), " [flags]"), c.CommandPath())
			}
			return err
		}
	}
	for _, below := range c.Commands() {
		checkArguments(below)
	}
}

// notEmpty is the value of a flag that refuses to be empty.
type notEmpty struct{ pflag.Value }

// notEmptyList is one that may be given several times.
type notEmptyList struct {
	notEmpty
	pflag.SliceValue
}

func (v notEmpty) Set(text string) error {
	if isBlank(text) {
		return errEmpty
	}
	return v.Value.Set(text)
}

// completeCases completes a selector part by part: areas first, then topics, then cases.
func completeCases(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	cases, err := judge.AllCases()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	not, prefix := "", typed
	if rest, ok := strings.CutPrefix(typed, "!"); ok {
		not, prefix = "!", rest
	}
	var found []cobra.Completion
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, c := range cases {
		if !strings.HasPrefix(c.ID, prefix) {
			continue
		}
		word := not + c.ID
		if part, _, more := strings.Cut(c.ID[len(prefix):], "/"); more {
			word = not + prefix + part + "/"
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		found = append(found, word)
	}
	slices.Sort(found)
	return slices.Compact(found), directive
}

func completeOneCase(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeCases(c, args, typed)
}

func completeFlag(c *cobra.Command, flag string, values ...string) {
	directive := cobra.ShellCompDirectiveNoFileComp
	if slices.ContainsFunc(values, func(v string) bool { return strings.HasSuffix(v, "=") }) {
		directive = cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveDefault
	}
	// The one error is a flag that is not there, which the test of completion sees.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, directive))
}
