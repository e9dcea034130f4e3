package compare

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// textShown is how many bytes of a text of a report are shown: its names and verdicts are far shorter.
const textShown = 1000

// clean makes a text of a report fit for one line on a terminal or a page.
func clean(s string) string { return untrusted.Line(untrusted.Cut(s, textShown)) }

// Text writes a diff for people.
func (d Diff) Text(w io.Writer, notes []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n%s: %s\n", clean(d.Before.File), clean(d.Before.Verdict), clean(d.After.File), clean(d.After.Verdict))
	for _, n := range notes {
		b.WriteString("note: " + clean(n) + "\n")
	}
	for _, g := range d.groups() {
		fmt.Fprintf(&b, "\n%d %s: %s\n", len(g.Changes), g.Kind, g.Words)
		for _, c := range g.Changes {
			fmt.Fprintf(&b, "  %s: %s\n", clean(c.ID), clean(c.how()))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", d.summary())
	_, err := io.WriteString(w, b.String())
	return err
}

func (d Diff) summary() string {
	var parts []string
	for _, k := range kinds {
		parts = append(parts, fmt.Sprintf("%d %s", len(d.Of(k.ChangeKind)), k.ChangeKind))
	}
	return strings.Join(parts, ", ") + fmt.Sprintf("; %d as before", d.Same)
}

// how says what changed: the verdicts, and the fingerprints where there are some.
func (c Change) how() string {
	s := orNone(c.Before, c.Was) + " -> " + orNone(c.After, c.Is)
	if c.Reason != "" {
		s += " (" + c.Reason + ")"
	}
	return s
}

func orNone(v judge.Verdict, fingerprint string) string {
	return strings.TrimSpace(string(cmp.Or(v, "none")) + " " + fingerprint)
}

// Text writes the matrix for people: profiles and areas, then the cases in which a target differs.
func (m Matrix) Text(w io.Writer) error {
	for _, n := range m.Notes {
		if _, err := fmt.Fprintf(w, "note: %s\n", clean(n)); err != nil {
			return err
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(t, strings.Join(cells, "\t")) }
	for _, row := range m.rows("") {
		line(row...)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, a := range m.Areas {
		if len(a.Cases) == 0 {
			continue
		}
		fmt.Fprintf(t, "\n%s\n", clean(a.Area))
		for _, c := range a.Cases {
			line(append([]string{"  " + clean(c.ID)}, texts(c.Verdicts)...)...)
		}
	}
	return t.Flush()
}

// rows are the table of profiles and areas, each row with its name first.
func (m Matrix) rows(beforeProfile string) [][]string {
	rows := [][]string{append([]string{""}, m.Columns...)}
	for _, p := range m.Profiles {
		rows = append(rows, append([]string{beforeProfile + string(p.Profile)}, texts(p.Standings)...))
	}
	for _, a := range append(m.Areas, AreaRow{Area: "all", Cells: m.Total}) {
		rows = append(rows, append([]string{clean(a.Area)}, texts(a.Cells)...))
	}
	return rows
}

// texts are the words of cells; "-" for none.
func texts[T any](cells []T) []string {
	var list []string
	for _, c := range cells {
		list = append(list, cmp.Or(clean(fmt.Sprint(c)), "-"))
	}
	return list
}

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
