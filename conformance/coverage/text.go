package coverage

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// WriteText writes the table in parts, one for each section of each operation: how many cases ask what.
// With all it lists the IDs of the cases, and why a cell is empty.
func WriteText(w io.Writer, t *Table, all bool) error {
	var b strings.Builder
	for rest := t.Rows; len(rest) > 0; {
		end := slices.IndexFunc(rest, func(r Row) bool { return r.Operation != rest[0].Operation || r.Section != rest[0].Section })
		if end < 0 {
			end = len(rest)
		}
		writeTable(&b, rest[:end], all)
		rest = rest[end:]
	}
	for _, g := range t.Gaps() {
		fmt.Fprintf(&b, "gap: %s\n", g)
	}
	s := t.Summary
	fmt.Fprintf(&b, "%d cells: %d covered, %d with nothing to ask (-), %d gaps", s.Cells, s.Covered, s.NotApplicable, s.Gaps)
	if t.undecided > 0 {
		fmt.Fprintf(&b, "; in %d of those covered any answer is accepted, since nobody knows AWS's (?)", t.undecided)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// String names the gap in one line.
func (g Gap) String() string {
	words := []string{g.Row.Operation, string(g.Row.Section), g.Row.label() + ":", g.Cell.Name}
	if len(g.Cell.Missing) > 0 {
		words = append(words, "lacks", strings.Join(g.Cell.Missing, ", "))
	}
	return strings.Join(words, " ")
}

func (r *Row) label() string { return strings.TrimSpace(r.Member + " " + r.Rule) }

func (c *Cell) short() string {
	switch c.State() {
	case NotApplicable:
		return "-"
	case Uncovered:
		return "GAP"
	case Covered:
	}
	if c.Undecided {
		return fmt.Sprintf("%d?", len(c.Cases))
	}
	return fmt.Sprint(len(c.Cases))
}

// widest is how much of a table a label may take; a longer one, which only patterns have, has a line of
// its own.
const widest = 64

func writeTable(b *strings.Builder, rows []Row, all bool) {
	section := sections[rows[0].Section.place()]
	heading := rows[0].Operation + ": " + section.title
	wide := utf8.RuneCountInString(heading)
	for i := range rows {
		if n := utf8.RuneCountInString(rows[i].label()) + 2; n <= widest {
			wide = max(wide, n)
		}
	}
	fmt.Fprintf(b, "%-*s", wide, heading)
	for _, name := range section.cells {
		fmt.Fprintf(b, "  %*s", max(len(name), 5), name)
	}
	b.WriteByte('\n')
	for i := range rows {
		r := &rows[i]
		label := "  " + r.label()
		if utf8.RuneCountInString(label) > widest {
			b.WriteString(label + "\n")
			label = ""
		}
		fmt.Fprintf(b, "%-*s", wide, label)
		for j := range r.Cells {
			fmt.Fprintf(b, "  %*s", max(len(r.Cells[j].Name), 5), r.Cells[j].short())
		}
		b.WriteByte('\n')
		if all {
			writeCases(b, r)
		}
	}
	b.WriteByte('\n')
}

func writeCases(b *strings.Builder, r *Row) {
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Reason != "" {
			fmt.Fprintf(b, "      %s: %s\n", c.Name, c.Reason)
		}
		for _, id := range c.Cases {
			fmt.Fprintf(b, "      %s: %s\n", c.Name, id)
		}
	}
}
