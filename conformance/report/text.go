package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/wire"
)

// Text writes a run for people: failures as they come, then the totals and the verdict in words.
type Text struct {
	w       io.Writer
	verbose bool
	rerun   string
	start   conformance.Started
}

// NewText returns a sink that writes to w. Verbose tells every case, with warnings and notes in full.
// Rerun is the command line that asks single cases again, without selectors: "" leaves it out.
func NewText(w io.Writer, verbose bool, rerun string) *Text {
	return &Text{w: w, verbose: verbose, rerun: rerun}
}

// Event writes what there is to say of an event.
func (t *Text) Event(e conformance.Event) error {
	var b strings.Builder
	switch e := e.(type) {
	case conformance.Started:
		t.start = e
		started(&b, e)
	case conformance.Judged:
		t.judged(&b, &e.Result)
	case conformance.Ended:
		ended(&b, e.Report, t.verbose)
	}
	_, err := io.WriteString(t.w, redactor(t.start.Target).Replace(b.String()))
	return err
}

// Close does nothing: every event is written at once.
func (t *Text) Close() error { return nil }

func started(b *strings.Builder, s conformance.Started) {
	fmt.Fprintf(b, "sendspec: %s in %s, seed %d\n", clean(s.Target.Name), s.Target.Region, s.Seed)
	fmt.Fprintf(b, "knows %s", strings.Join(s.Preflight.Operations, ", "))
	if len(s.Preflight.MadeUp) > 0 {
		fmt.Fprintf(b, "; does not look at %s, so made-up ones are sent", kinds(s.Preflight.MadeUp))
	}
	var skipped []string
	for _, p := range s.Plan {
		if p.Skip != "" {
			skipped = append(skipped, p.Case.ID)
		}
	}
	if len(skipped) > 0 {
		fmt.Fprintf(b, "; skips %d of %d cases, which need what it is not known to have", len(skipped), len(s.Plan))
	}
	b.WriteString("\n\n")
}

// kinds names the kinds of bindings: node, node.2 and node.short are all node IDs.
func kinds(bindings []string) string {
	words := map[string]string{"node": "node IDs", "role": "roles", "topic": "topics", "alarm": "alarms", "bucket": "buckets"}
	var list []string
	seen := map[string]bool{}
	for _, name := range bindings {
		kind, _, _ := strings.Cut(name, ".")
		if !seen[kind] {
			seen[kind] = true
			list = append(list, words[kind])
		}
	}
	return strings.Join(list, ", ")
}

func (t *Text) judged(b *strings.Builder, r *conformance.Result) {
	switch r.Verdict {
	case conformance.Fail, conformance.Flaky:
		t.failure(b, r)
	case conformance.Error:
		fmt.Fprintf(b, "ERROR %s\n  %s\n", r.Case.ID, clean(r.Reason))
	case conformance.Warn, conformance.Known:
		if t.verbose {
			t.failure(b, r)
		}
	case conformance.Fixed:
		fmt.Fprintf(b, "FIXED %s (%s)\n  %s\n\n", r.Case.ID, r.Case.Level, baselineLine(r.Baseline))
	default:
		if t.verbose {
			line := fmt.Sprintf("%-5s %s", r.Verdict, r.Case.ID)
			if r.Reason != "" {
				line += ": " + clean(r.Reason)
			}
			b.WriteString(line + "\n")
			for _, f := range r.Findings {
				fmt.Fprintf(b, "      %s\n", clean(difference(f)))
			}
		}
	}
}

// findingsShown is how many differences of one case are written out.
const findingsShown = 4

func (t *Text) failure(b *strings.Builder, r *conformance.Result) {
	again := ""
	if t.rerun != "" {
		id := r.Case.ID
		if first, ok := strings.CutPrefix(r.Reason, firstSeen); ok {
			id = first + " " + id
		}
		again = t.rerun + " " + wire.ShellQuote(id)
	}
	b.WriteString(Failure(t.start.Target, r, again) + "\n")
}

// firstSeen begins the reason of a broken invariant, with the case behind it.
const firstSeen = "first seen in "

// Failure tells all about a case that is no pass, in about ten lines: the rule and where it comes from,
// what was wanted and what came, both bodies, and how to ask again. Again is a command, or "".
func Failure(target conformance.Target, r *conformance.Result, again string) string {
	b := &strings.Builder{}
	c := r.Case
	fmt.Fprintf(b, "%-5s %s (%s)\n", strings.ToUpper(string(r.Verdict)), c.ID, c.Level)
	fmt.Fprintf(b, "  rule    %s\n", clean(c.Title))
	fmt.Fprintf(b, "  source  %s\n", clean(sourceLine(c)))
	if c.Note != "" {
		fmt.Fprintf(b, "  note    %s\n", clean(c.Note))
	}
	for i, f := range r.Findings {
		if i == findingsShown {
			fmt.Fprintf(b, "  …       and %d more differences\n", len(r.Findings)-i)
			break
		}
		fmt.Fprintf(b, "  want    %s\n  got     %s\n", clean(where(f)+f.Want), clean(f.Got))
	}
	if len(r.Named) > 1 {
		fmt.Fprintf(b, "  allowed %s\n", clean(strings.Join(r.Named, ", ")))
	}
	if r.Broken > 0 {
		fmt.Fprintf(b, "  seen    in %d of %d answers, first in %s\n", r.Broken, r.Seen, strings.TrimPrefix(r.Reason, firstSeen))
	} else if r.Reason != "" {
		fmt.Fprintf(b, "  seen    %s\n", clean(r.Reason))
	}
	if r.Baseline != nil {
		fmt.Fprintf(b, "  listed  %s\n", baselineLine(r.Baseline))
	}
	if r.Fingerprint != "" {
		fmt.Fprintf(b, "  entry   %s %s\n", c.ID, r.Fingerprint)
	}
	exchange(b, target, r, again)
	return redactor(target).Replace(b.String())
}

func exchange(b *strings.Builder, target conformance.Target, r *conformance.Result, again string) {
	if len(r.Exchanges) == 0 {
		return
	}
	x := r.Exchanges[len(r.Exchanges)-1]
	for _, candidate := range r.Exchanges {
		if len(r.Findings) > 0 && candidate.Step.Number == r.Findings[0].Step {
			x = candidate
		}
	}
	fmt.Fprintf(b, "  sent    %s\n", clean(requestLine(x.Request)))
	switch {
	case x.Response != nil:
		fmt.Fprintf(b, "  answer  %d %s\n", x.Response.Status, clean(excerpt(x.Response.Body)))
	case x.Err != nil:
		fmt.Fprintf(b, "  answer  none: %s\n", clean(excerpt([]byte(x.Err.Error()))))
	}
	if again != "" {
		fmt.Fprintf(b, "  again   %s\n", again)
	}
	if target.URL == "" {
		return
	}
	curl := wire.Curl(target.URL, target.Region, x.Request)
	switch {
	case curl == "":
	case len(curl) <= curlShown:
		fmt.Fprintf(b, "  curl    %s\n", curl)
	default:
		fmt.Fprintf(b, "  curl    (%d bytes; sendspec explain prints it)\n", len(curl))
	}
}

// curlShown bounds the curl line: a megabyte is no help on a terminal.
const curlShown = 4000

// where names the place of a finding, with a colon behind it.
func where(f conformance.Finding) string {
	s := f.Path
	if f.Step > 0 {
		s = fmt.Sprintf("step %d, %s", f.Step, s)
	}
	if s == "" {
		return ""
	}
	return s + ": "
}

func difference(f conformance.Finding) string {
	return fmt.Sprintf("%s%s (%s), got %s", where(f), f.Want, f.Level, f.Got)
}
