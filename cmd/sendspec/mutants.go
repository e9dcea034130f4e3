package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/reference/mutants"
)

func newMutants() *cobra.Command {
	return &cobra.Command{
		Use:   "mutants [TEXT]",
		Short: "List the servers with a defect that serve --mutant can run",
		Long: `mutants lists variants of the embedded reference with one defect each, such as real emulators have. The suite
must find every one (make mutants). serve --mutant NAME runs one, to try a gate or a report on.

TEXT selects those whose name or defect contains it.`,
		Example: `  sendspec mutants Comment
  sendspec serve --mutant type/Comment/number`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			text := strings.ToLower(strings.Join(args, ""))
			found := false
			for _, m := range mutants.All() {
				if !strings.Contains(strings.ToLower(m.Name+" "+m.Wrong), text) {
					continue
				}
				found = true
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\n    %s (%s; %s)\n", m.Name, m.Wrong, m.Level, m.Source); err != nil {
					return err
				}
			}
			if !found {
				return fmt.Errorf("no wrong server has %q in its name or defect (sendspec mutants lists all)", args[0])
			}
			return nil
		},
	}
}

// mutantNamed returns the wrong server of this name, or an error that names the one that may have been meant.
func mutantNamed(name string) (mutants.Mutant, error) {
	near := ""
	var names []string
	for _, m := range mutants.All() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
		if near == "" && strings.Contains(strings.ToLower(m.Name), strings.ToLower(name)) {
			near = "; did you mean " + m.Name + "?"
		}
	}
	return mutants.Mutant{}, fmt.Errorf("--mutant %q: no such wrong server%s (sendspec mutants lists them)", name,
		cmp.Or(near, nearest.Question(name, names)))
}
