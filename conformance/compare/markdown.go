package compare

import (
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// casesShown bounds a list in Markdown: a comment on GitHub may have 65,536 characters.
const casesShown = 100

// Markdown writes a diff for a comment or a step summary.
func (d Diff) Markdown(w io.Writer, notes []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n\n- before: %s\n- after: %s\n", markdown(d.summary()), markdown(d.Before.Verdict), markdown(d.After.Verdict))
	for _, n := range notes {
		fmt.Fprintf(&b, "- note: %s\n", markdown(n))
	}
	for _, g := range d.groups() {
		n := len(g.Changes)
		fmt.Fprintf(&b, "\n#### %d %s\n\nCases that %s.\n\n", n, g.Kind, g.Words)
		for _, c := range g.Changes[:min(n, casesShown)] {
			fmt.Fprintf(&b, "- %s: %s\n", markdown(c.ID), markdown(c.how()))
		}
		if n > casesShown {
			fmt.Fprintf(&b, "- and %d more\n", n-casesShown)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes the matrix as tables of profiles and areas. The cases are left to the other formats.
func (m Matrix) Markdown(w io.Writer) error {
	var b strings.Builder
	for i, row := range m.rows("profile ") {
		b.WriteString("|")
		for _, cell := range row {
			b.WriteString(" " + markdown(cell) + " |")
		}
		b.WriteString("\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	for _, n := range m.Notes {
		fmt.Fprintf(&b, "\n%s\n", markdown(n))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdown(s string) string { return report.Prose(untrusted.Cut(s, textShown)) }
