package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

func newEvidence(s Streams) *cobra.Command {
	var open, asJSON bool
	c := &cobra.Command{
		Use:   "evidence [ID|TEXT]",
		Short: "Show what is known of AWS, how, and where it was seen; --open: what nobody knows",
		Long: `evidence shows the facts that the cases rest on. Without an argument it counts them by topic and kind. ID shows one
fact: the statement, what exactly was seen, where and when, what AWS answered in other years, and the cases that
rest on it. A topic lists its facts, and any other TEXT those with it in their ID, statement, or what was seen.

--open lists the questions that nobody has answered: what to send to AWS to find out, and the cases whose
expectation the answer would settle.

Kinds, surest first: recorded (seen from AWS, by machine), documented (AWS's documentation, or a standard
that it follows), model (the public service model), reported (by a user of AWS), source (AWS's own code, such as an
SDK), inferred (deduced from other facts).`,
		Example: `  sendspec evidence expiry/sum
  sendspec evidence TimeoutSeconds
  sendspec evidence --open targets
  sendspec evidence --json echo | jq -r '.[].statement'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeFacts,
		RunE: func(c *cobra.Command, args []string) error {
			b, err := newBook()
			if err != nil {
				return err
			}
			text := strings.Join(args, "")
			if text == "" && !open {
				return b.counts(s.Out, asJSON)
			}
			found, err := b.find(text, open)
			switch {
			case err != nil:
				return err
			case asJSON:
				return untrusted.WriteJSON(s.Out, b.rows(found))
			case open:
				return b.write(s.Out, found, b.question)
			case len(found) == 1:
				return b.write(s.Out, found, b.whole)
			}
			return b.write(s.Out, found, oneLine)
		},
	}
	c.Flags().BoolVar(&open, "open", false, "only open questions, and how each would be settled")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(newEvidenceAdd(s))
	return c
}

type book struct {
	facts []*evidence.Fact
	cases map[string][]string // by the fact's ID
}

func newBook() (*book, error) {
	base, err := evidence.Embedded()
	if err != nil {
		return nil, err
	}
	cases, err := judge.AllCases()
	if err != nil {
		return nil, err
	}
	b := &book{base.Facts(), map[string][]string{}}
	for _, c := range cases {
		for _, id := range c.Evidence {
			b.cases[id] = append(b.cases[id], c.ID)
		}
	}
	return b, nil
}

// find returns the fact of this ID, those whose IDs begin with it, or else those that have the text in them.
func (b *book) find(text string, open bool) ([]*evidence.Fact, error) {
	text = strings.Trim(text, "/")
	known := false
	for _, matches := range []func(f *evidence.Fact) bool{
		func(f *evidence.Fact) bool { return f.ID == text },
		func(f *evidence.Fact) bool { return strings.HasPrefix(f.ID, text+"/") },
		func(f *evidence.Fact) bool { return has(f, text) },
	} {
		var found []*evidence.Fact
		for _, f := range b.facts {
			if matches(f) {
				known = true
				if !open || f.Question != nil {
					found = append(found, f)
				}
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	if known {
		return nil, fmt.Errorf("evidence %s: no open question has that in it (sendspec evidence --open lists all)", untrusted.Quote(text))
	}
	ids := mapped(b.facts, func(f *evidence.Fact) string { return f.ID })
	return nil, fmt.Errorf("evidence %s: no fact has that ID or text; the nearest IDs are %s",
		untrusted.Quote(text), strings.Join(nearest.First(text, ids)[:min(3, len(ids))], ", "))
}

func has(f *evidence.Fact, text string) bool {
	all := append([]string{f.ID, f.Statement}, f.Seen...)
	if f.Question != nil {
		all = append(all, f.Question.Text)
	}
	return strings.Contains(strings.ToLower(strings.Join(all, "\n")), strings.ToLower(text))
}

func (b *book) counts(w io.Writer, asJSON bool) error {
	type row struct {
		Topic string                `json:"topic"`
		Facts int                   `json:"facts"`
		Kinds map[evidence.Kind]int `json:"kinds"`
		Open  int                   `json:"open"`
	}
	all := row{"all", 0, map[evidence.Kind]int{}, 0}
	var rows []row
	for _, f := range b.facts {
		topic, _, _ := strings.Cut(f.ID, "/")
		if len(rows) == 0 || rows[len(rows)-1].Topic != topic {
			rows = append(rows, row{topic, 0, map[evidence.Kind]int{}, 0})
		}
		for _, r := range []*row{&rows[len(rows)-1], &all} {
			r.Facts++
			r.Kinds[f.Kind]++
			if f.Question != nil {
				r.Open++
			}
		}
	}
	if asJSON {
		return untrusted.WriteJSON(w, append(rows, all))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%-14s", "topic")
	for _, k := range evidence.Kinds() {
		fmt.Fprintf(&text, "%11s", k)
	}
	fmt.Fprintf(&text, "%9s%9s\n", "facts", "open")
	for _, r := range append(rows, all) {
		fmt.Fprintf(&text, "%-14s", r.Topic)
		for _, k := range evidence.Kinds() {
			fmt.Fprintf(&text, "%11s", orDot(r.Kinds[k]))
		}
		fmt.Fprintf(&text, "%9d%9s\n", r.Facts, orDot(r.Open))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func orDot(n int) string {
	if n == 0 {
		return "."
	}
	return fmt.Sprint(n)
}

// rows are facts as JSON: as their files have them, with their sources and the cases that rest on them.
func (b *book) rows(facts []*evidence.Fact) any {
	type row struct {
		*evidence.Fact
		Sources []fixtures.Citation `json:"sources"`
		Cases   []string            `json:"cases"`
	}
	return mapped(facts, func(f *evidence.Fact) row {
		return row{f, append([]fixtures.Citation{}, fixtures.Evidence{f.ID}.Sources()...), append([]string{}, b.cases[f.ID]...)}
	})
}

func (b *book) write(w io.Writer, facts []*evidence.Fact, one func(*strings.Builder, *evidence.Fact)) error {
	var text strings.Builder
	for _, f := range facts {
		one(&text, f)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func oneLine(b *strings.Builder, f *evidence.Fact) {
	fmt.Fprintf(b, "%-40s %s: %s\n", f.ID, knownHow(f), f.Statement)
}

func knownHow(f *evidence.Fact) string {
	how := f.Kind.Words()
	if date := f.Date(); date != "" {
		how += ", " + date
	}
	return how
}

func (b *book) whole(w *strings.Builder, f *evidence.Fact) {
	fmt.Fprintf(w, "%s (%s)\n\n  %s\n", f.ID, knownHow(f), f.Statement)
	section(w, "seen", mapped(f.Seen, shown)...)
	if len(f.Where) > 0 {
		w.WriteString("\nwhere\n")
		writePlaces(w, "  ", f.Where)
	}
	section(w, "deduced from", f.From...)
	for _, o := range f.Older {
		section(w, "in "+o.Years, shown(o.Seen))
		writePlaces(w, "  ", o.Where)
	}
	if q := f.Question; q != nil {
		section(w, "open", q.Text, "to settle it: "+q.How)
	}
	if f.Unasked != "" {
		fmt.Fprintf(w, "\nno case asks it: %s\n", f.Unasked)
	}
	section(w, "cases", withoutVariants(b.cases[f.ID])...)
}

func section(w *strings.Builder, title string, lines ...string) {
	if len(lines) > 0 {
		fmt.Fprintf(w, "\n%s\n  %s\n", title, strings.Join(lines, "\n  "))
	}
}

// withoutVariants are the IDs up to the name of the case, which selects its variants, each once.
func withoutVariants(ids []string) []string {
	var short []string
	for _, id := range ids {
		parts := strings.SplitN(id, "/", 4)
		if id = strings.Join(parts[:min(3, len(parts))], "/"); !slices.Contains(short, id) {
			short = append(short, id)
		}
	}
	return short
}

func (b *book) question(w *strings.Builder, f *evidence.Fact) {
	q := f.Question
	fmt.Fprintf(w, "%s\n  %s\n  known     %s (%s)\n  to settle %s\n", f.ID, q.Text, f.Statement, knownHow(f), q.How)
	fmt.Fprintf(w, "  case      %s\n\n", cmp.Or(strings.Join(q.SettledBy, "\n            "), "no case can"))
}

// writePlaces writes where something was seen: the date, the title, and the address or why there is none.
func writePlaces(w *strings.Builder, indent string, places []evidence.Place) {
	for _, p := range places {
		title := p.Source.Title
		if p.At != "" {
			title += ", " + p.At
		}
		fmt.Fprintf(w, "%s%-10s %s\n", indent, cmp.Or(p.Date, p.Source.Date), title)
		for _, more := range []string{fixtures.RecordingAt(p), cmp.Or(p.Source.URL, "no link: "+p.Source.Unlinked)} {
			if more != "" {
				fmt.Fprintf(w, "%s%-10s %s\n", indent, "", more)
			}
		}
	}
}

func completeFacts(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	base, err := evidence.Embedded()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, f := range base.Facts() {
		if strings.HasPrefix(f.ID, typed) {
			found = append(found, f.ID)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
