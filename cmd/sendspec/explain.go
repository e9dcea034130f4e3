package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

func newExplain(s Streams) *cobra.Command {
	var f targetFlags
	c := &cobra.Command{
		Use:   "explain CASE",
		Short: "Show one case: its rule and source, the request as a curl command, the responses that conform",
		Example: `  sendspec explain accept/minimal/tag-target
  sendspec explain --endpoint http://127.0.0.1:5000 constraint/Comment/above-max/n=101 | grep ^curl | sh`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeOneCase,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := oneCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := f.checkEnvironment(true, s.Err); err != nil {
				return err
			}
			return f.explain(s.Out, c)
		},
	}
	f.register(c)
	return c
}

func (f *targetFlags) explain(w io.Writer, c *fixtures.Case) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n  rule      %s\n  level     %s\n  profile   %s, %s\n  since     suite %s\n", c.ID, c.Title, c.Level,
		c.Profile, c.Safety, c.Since)
	for _, fact := range c.Evidence.Facts() {
		fmt.Fprintf(&b, "  evidence  %s (%s)\n            %s\n", fact.ID, knownHow(fact), fact.Statement)
		writePlaces(&b, "            ", fact.Where)
		if fact.Question != nil {
			fmt.Fprintf(&b, "            open: %s\n", fact.Question.Text)
		}
	}
	if c.Note != "" {
		fmt.Fprintf(&b, "  note      %s\n", c.Note)
	}
	if needs := c.Needs(); len(needs) > 0 {
		fmt.Fprintf(&b, "  needs     %s\n", strings.Join(needs, ", "))
	}
	if c.File == "" {
		b.WriteString("\nAn invariant: judged on every answer of a run, and not sent by itself.\n")
	} else if err := f.explainSteps(&b, c); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *targetFlags) explainSteps(b *strings.Builder, c *fixtures.Case) error {
	t := conformance.Target{URL: cmp.Or(f.endpoint, "http://127.0.0.1:4014"), Region: f.regionOrEnv(), Nodes: f.nodes, Bindings: f.bind}
	steps, err := conformance.Explain(t, c)
	if err != nil {
		return err
	}
	for i, step := range steps {
		name := ""
		if len(steps) > 1 {
			name = fmt.Sprintf("step %d", i+1)
			if step.Name != "" {
				name += " (" + step.Name + ")"
			}
			name += ": "
		}
		curl := cmp.Or(f.tls.curl(step.Curl), "(signed otherwise than by the caller, or wrongly on purpose; sendspec run sends it)")
		fmt.Fprintf(b, "\n%sthe request\n\n%s\n\n%[1]sconforming answers\n", name, curl)
		for _, o := range step.Expect {
			text, err := untrusted.JSON(o) // as a fixture has it
			if err != nil {
				return err
			}
			fmt.Fprintf(b, "\n  %s\n", strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n  "))
		}
	}
	return nil
}
