package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/cause"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// annotationsShown is how many annotations of a kind GitHub shows for a step; it drops the rest
// without a word, so that ours says how many there are.
const annotationsShown = 10

type note struct{ title, message string }

// writeGitHub writes workflow commands: one annotation for each cause of failures and for each other case to show, as
// far as GitHub shows them, and the verdict.
func writeGitHub(w io.Writer, r *event.Report, o Options) error {
	notes := map[string][]note{}
	for i, c := range Causes(r) {
		title := fmt.Sprintf("sendspec: %d. %s (%s)", i+1, clean(c.Title), event.Count(len(c.Cases), "case"))
		notes["error"] = append(notes["error"], note{title, causeAnnotation(&c, o)})
	}
	for i := range r.Results {
		res := &r.Results[i]
		if command := presentationIn(res).github; command != "" && cause.SymptomsOf(res) == nil {
			notes[command] = append(notes[command], note{"sendspec: " + clean(res.Case.ID), annotation(res)})
		}
	}
	b := &strings.Builder{}
	for _, command := range []string{"error", "warning"} {
		all, room := notes[command], annotationsShown
		if command == "error" {
			room-- // the verdict is one
		}
		for _, n := range all[:min(room, len(all))] {
			annotate(b, command, n.title, n.message)
		}
		if left := len(all) - room; left > 0 {
			annotate(b, "notice", fmt.Sprintf("sendspec: %d more of kind %s", left, command),
				"GitHub shows ten of a kind; the reports show them all")
		}
	}
	verdict := clean(Verdict(r))
	if failures := failuresIn(r).String(); failures != "" {
		verdict += "\nFailures by evidence: " + failures
	}
	verdict = strings.Join(append([]string{verdict}, suiteLines(r)...), "\n")
	command := "notice"
	if r.Failed() || !r.Complete {
		command = "error"
	}
	annotate(b, command, "sendspec", verdict)
	_, err := io.WriteString(w, b.String())
	return err
}

// causeAnnotation is the message on a cause: its example, what is known, and how it is asked again.
func causeAnnotation(c *CauseInfo, o Options) string {
	lines := []string{c.Example + ": " + c.Rule, "want " + c.Want, "got " + c.Got, c.Fact}
	if again := c.example.rerun(o.Rerun); again != "" {
		lines = append(lines, again)
	}
	return inLines(lines)
}

// annotation is the message on a case: the rule, what differs, and what the rule rests on.
func annotation(r *judge.Result) string {
	lines := []string{r.Case.Title, view{}.summary(r)}
	if e := r.Case.Evidence; len(e) > 0 {
		lines = append(lines, evidenceLine(e), sourceLine(e.Source()))
	}
	return strings.TrimSpace(inLines(lines))
}

// annotate writes one workflow command, with the escapes that the runner undoes.
func annotate(b *strings.Builder, command, title, message string) {
	fmt.Fprintf(b, "::%s title=%s::%s\n", command, propertyEscapes.Replace(title), dataEscapes.Replace(message))
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
