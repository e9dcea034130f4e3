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
	row := func(first string, cells []string) {
		b.WriteString("| " + markdown(first) + " |")
		for _, c := range cells {
			b.WriteString(" " + markdown(c) + " |")
		}
		b.WriteString("\n")
	}
	row("", m.Columns)
	b.WriteString("|---|" + strings.Repeat("---|", len(m.Columns)) + "\n")
	for _, p := range m.Profiles {
		row("profile "+string(p.Profile), texts(p.Standings))
	}
	for _, a := range append(m.Areas, AreaRow{Area: "all", Cells: m.Total}) {
		row(a.Area, texts(a.Cells))
	}
	for _, n := range m.Notes {
		fmt.Fprintf(&b, "\n%s\n", markdown(n))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdown(s string) string { return report.Prose(untrusted.Cut(s, textShown)) }
