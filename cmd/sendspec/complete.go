package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/judge"
)

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
		if len(found) == 0 || found[len(found)-1] != word {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), directive
}

// completeOneCase is completeCases for a command that takes one.
func completeOneCase(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeCases(c, args, typed)
}

// completeFlag completes the values of a flag of the command.
func completeFlag(c *cobra.Command, flag string, values ...string) {
	directive := cobra.ShellCompDirectiveNoFileComp
	if slices.ContainsFunc(values, func(v string) bool { return strings.HasSuffix(v, "=") }) {
		directive = cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveDefault
	}
	// The one error is a flag that is not there, which the test of completion sees.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, directive))
}
