package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance"
)

// annotationsShown is how many annotations of a kind GitHub shows for a step; it drops the rest
// without a word, so that ours says how many there are.
const annotationsShown = 10

// writeGitHub writes workflow commands: one annotation for each divergence as far as GitHub shows them,
// worst first, and the verdict.
func writeGitHub(w io.Writer, r *conformance.Report, _ Options) error {
	v, b := view{exact: true}, &strings.Builder{}
	commands := []string{"error", "warning"}
	for _, command := range commands {
		room, left := annotationsShown, 0
		if command == "error" {
			room-- // the verdict is one
		}
		for i := range r.Results {
			res := &r.Results[i]
			if presentationIn(res).github != command {
				continue
			}
			if room == 0 {
				left++
				continue
			}
			room--
			annotate(b, command, "sendspec: "+v.line(res.Case.ID), v.line(res.Case.Title)+"\n"+v.summary(res))
		}
		if left > 0 {
			annotate(b, "notice", fmt.Sprintf("sendspec: %d more of kind %s", left, command),
				"GitHub shows ten of a kind; the reports show them all")
		}
	}
	switch {
	case r.Failed() || !r.Complete:
		annotate(b, "error", "sendspec", v.line(Verdict(r)))
	default:
		annotate(b, "notice", "sendspec", v.line(Verdict(r)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// annotate writes one workflow command, with the escapes that the runner undoes.
func annotate(b *strings.Builder, command, title, message string) {
	fmt.Fprintf(b, "::%s title=%s::%s\n", command, propertyEscapes.Replace(title), dataEscapes.Replace(message))
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
