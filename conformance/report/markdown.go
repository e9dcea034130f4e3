package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// markdownBytes bounds the report: a comment on GitHub has at most 65,536 characters, and a longer one is refused.
const markdownBytes = 60_000

// writeMarkdown writes the scores and the first divergences, for a step summary or a comment. What the
// target sent is in fenced code, longer fenced than anything within.
func writeMarkdown(w io.Writer, r *event.Report, o Options) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "## sendspec: %s\n\n", Prose(Verdict(r)))
	if !r.Complete {
		fmt.Fprintf(b, "> **This report is partial**: %s.\n\n", Prose(r.Stopped))
	}
	fmt.Fprintf(b, "Target %s in %s, seed %d.\n\n", Prose(r.Target.Name), Prose(r.Target.Region), r.Seed)
	if failures := failuresIn(r).String(); failures != "" {
		fmt.Fprintf(b, "Failures by evidence: %s.\n\n", failures)
	}
	for _, line := range suiteLines(r) {
		fmt.Fprintf(b, "%s.\n\n", Prose(line))
	}
	markdownCauses(b, r, o)
	if len(r.Profiles) > 0 {
		b.WriteString("| profile | standing | why |\n|---|---|---|\n")
		for _, p := range r.Profiles {
			fmt.Fprintf(b, "| %s | **%s** | %s |\n", p.Profile, p.Standing, Prose(p.Why))
		}
		b.WriteString("\n")
	}
	if len(r.Areas) > 0 {
		markdownAreas(b, r)
	}
	markdownCases(b, r, o)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownCauses(b *strings.Builder, r *event.Report, o Options) {
	list := Causes(r)
	if len(list) == 0 {
		return
	}
	b.WriteString("### What to fix first\n\n")
	for i, c := range list[:min(len(list), causesShown)] {
		fmt.Fprintf(b, "<details><summary>%d. <b>%s</b> (%s)</summary>\n\n", i+1, Prose(c.Title), event.Count(len(c.Cases), "case"))
		fmt.Fprintf(b, "%s\n\n", Prose(c.Fact))
		lines := []string{"case  " + c.Example, "rule  " + c.Rule}
		if c.Sent != "" {
			lines = append(lines, "sent  "+cutTo(c.Sent, markdownExample))
		}
		lines = append(lines, "want  "+cutTo(c.Want, markdownExample), "got   "+cutTo(c.Got, markdownExample))
		if again := c.example.rerun(o.Rerun); again != "" {
			lines = append(lines, "rerun "+again)
		}
		b.WriteString(fenced(inLines(lines)) + "\n</details>\n\n")
	}
	if left := len(list) - causesShown; left > 0 {
		fmt.Fprintf(b, "and %s.\n\n", event.Count(left, "more cause"))
	}
}

// markdownExample is to how many characters the lines of a cause's example are cut.
const markdownExample = 600

func markdownAreas(b *strings.Builder, r *event.Report) {
	b.WriteString("| area |")
	for _, verdict := range judge.Verdicts() {
		fmt.Fprintf(b, " %s |", verdict)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(judge.Verdicts())) + "\n")
	for _, a := range append(r.Areas[:len(r.Areas):len(r.Areas)], event.AreaTally{Area: "**all**", Tally: r.Totals}) {
		fmt.Fprintf(b, "| %s |", a.Area)
		for _, verdict := range judge.Verdicts() {
			if n := a.Tally[verdict]; n > 0 {
				fmt.Fprintf(b, " %d |", n)
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// markdownCases writes the cases that fail the gate, in full as far as there is room.
func markdownCases(b *strings.Builder, r *event.Report, o Options) {
	shown, left := 0, 0
	for i := range r.Results {
		res := &r.Results[i]
		if presentationIn(res).shown != always {
			continue
		}
		c := &strings.Builder{}
		fmt.Fprintf(c, "<details><summary>%s %s <b>%s</b> (%s): %s</summary>\n\n", presentationOf(res.Verdict).mark, res.Verdict,
			Prose(res.Case.ID), weight(res), Prose(res.Case.Title))
		markdownEvidence(c, res.Case.Evidence)
		c.WriteString(fenced(Failure(r.Target, res, rerun(o.Rerun, res))) + "\n</details>\n\n")
		if left > 0 || b.Len()+c.Len() > markdownBytes {
			left++
			continue
		}
		if shown == 0 {
			b.WriteString("### What differs\n\n")
		}
		shown++
		b.WriteString(c.String())
	}
	if left > 0 {
		fmt.Fprintf(b, "and %d more, which the other reports show.\n", left)
	}
}

// markdownEvidence writes the facts of a case, with links where they can be read.
func markdownEvidence(b *strings.Builder, e fixtures.Evidence) {
	for i := range e {
		fact := e[i : i+1]
		fmt.Fprintf(b, "- %s", Prose(evidenceLine(fact)))
		for _, s := range fact.Sources() {
			if s.URL == "" {
				fmt.Fprintf(b, " · %s", Prose(s.String()))
			} else {
				fmt.Fprintf(b, " · [%s](<%s>)", Prose(s.String()), s.URL)
			}
		}
		b.WriteString("\n")
	}
	if len(e) > 0 {
		b.WriteString("\n")
	}
}

// Prose is a text in one line of Markdown. Every mark that Markdown or HTML would read is a character reference (CommonMark,
// entity and numeric character references): in the HTML of a summary no backslash escapes.
func Prose(s string) string {
	var b strings.Builder
	s = clean(s)
	for i, r := range s {
		address := strings.HasPrefix(s[i:], "://") || strings.HasPrefix(s[i:], "www.") // a bare one becomes a link
		if address || strings.ContainsRune("<>&\"'@#`|*_[]~!\\$", r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var backticks = regexp.MustCompile("`+")

// fenced is a text as a code block, with a fence that the text cannot close.
func fenced(s string) string {
	fence := "```"
	for _, run := range backticks.FindAllString(s, -1) {
		fence = strings.Repeat("`", max(len(fence), len(run)+1))
	}
	return fence + "text\n" + strings.TrimRight(s, "\n") + "\n" + fence + "\n"
}
