package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/cause"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

// Text writes a run for people: failures as they come, then the totals and the verdict in words.
type Text struct {
	w     io.Writer
	o     TextOptions
	start event.Started
	begun bool

	grouped bool // causes are shown in place of failures
}

// TextOptions say how much is shown, and how it looks.
type TextOptions struct {
	Options
	Verbose bool // every case, with warnings and notes in full
	Quiet   bool // the verdict alone
	Color   bool // for a terminal
	Width   int  // of the terminal, to which long quotes are cut; 0 leaves them whole
}

// NewText returns a sink that writes to w. Where nothing could be asked it writes nothing: the error
// of the run says it.
func NewText(w io.Writer, o TextOptions) *Text { return &Text{w: w, o: o} }

func writeText(w io.Writer, r *event.Report, o Options) error {
	t := NewText(w, TextOptions{Options: o, Verbose: true})
	plan := make([]event.Planned, len(r.Results))
	for i := range r.Results {
		plan[i].Case = r.Results[i].Case
		if r.Results[i].Verdict == judge.Skip {
			plan[i].Skip = r.Results[i].Reason
		}
	}
	start := event.Started{Target: r.Target, Seed: r.Seed, Strict: r.Strict, Preflight: r.Preflight, Plan: plan, Began: r.Began}
	events := []event.Event{start}
	for _, result := range r.Results {
		events = append(events, event.Judged{Result: result})
	}
	for _, e := range append(events, event.Ended{Report: r}) {
		if err := t.Event(e); err != nil {
			return err
		}
	}
	return nil
}

// Event writes what there is to say of an event.
func (t *Text) Event(e event.Event) error {
	var b strings.Builder
	switch e := e.(type) {
	case event.Started:
		t.start, t.begun = e, true
		if !t.o.Quiet {
			started(&b, e)
		}
	case event.Judged:
		if t.o.Verbose {
			t.judged(&b, &e.Result)
		}
	case event.Ended:
		switch {
		case !t.begun:
		case t.o.Quiet:
			b.WriteString(clean(Verdict(e.Report)) + "\n")
		default:
			t.ended(&b, e.Report)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

// Failures are written in full while they are few; of many, their causes are written.
const (
	FailuresInFull = 5
	othersInFull   = 10
)

// failures writes the cases that fail the run: each of a few, the causes of many.
func (t *Text) failures(b *strings.Builder, r *event.Report) {
	var failed, others []*judge.Result
	for i := range r.Results {
		switch res := &r.Results[i]; {
		case presentationIn(res).shown != always:
		case cause.SymptomsOf(res) != nil:
			failed = append(failed, res)
		default:
			others = append(others, res)
		}
	}
	for i, res := range others {
		if i == othersInFull {
			fmt.Fprintf(b, "and %d more, which -v shows\n", len(others)-i)
			break
		}
		t.judged(b, res)
	}
	if t.grouped = len(failed) > FailuresInFull; t.grouped {
		style{t.o.Color, t.o.Width}.causes(b, Causes(r))
		return
	}
	for _, res := range failed {
		t.judged(b, res)
	}
}

func started(b *strings.Builder, s event.Started) {
	fmt.Fprintf(b, "sendspec: %s in %s, seed %d\n", clean(s.Target.Name), s.Target.Region, s.Seed)
	if len(s.Preflight.Operations) > 0 {
		fmt.Fprintf(b, "knows %s", strings.Join(s.Preflight.Operations, ", "))
	} else {
		b.WriteString("was not found to know anything")
	}
	switch refusal := clean(excerpt(s.Preflight.Refusal)); {
	case s.Preflight.ByInstanceIDs:
		fmt.Fprintf(b, "; refuses a plain request by Targets (%s) and takes it by InstanceIds, as which it is asked whatever is not "+
			"about targets", refusal)
	case refusal != "" && s.Preflight.Bindings["node"] == "":
		fmt.Fprintf(b, "; refuses a plain request (%s), so that a refusal in these words shows nothing (if it takes InstanceIds, name a "+
			"node with --node)", refusal)
	case refusal != "":
		fmt.Fprintf(b, "; refuses a plain request (%s), so that a refusal in these words shows nothing", refusal)
	}
	if len(s.Preflight.Synthetic) > 0 {
		fmt.Fprintf(b, "; does not look at %s, so synthetic ones are sent", kinds(s.Preflight.Synthetic))
	}
	skipped, leftOut := -s.LeftOut(), s.LeftOut()
	for _, p := range s.Plan {
		if p.Skip != "" {
			skipped++
		}
	}
	if leftOut > 0 {
		fmt.Fprintf(b, "; leaves out %d of %d cases, which may run a command on a node of a target that is AWS or not on loopback "+
			"(--allow-dispatch asks them)",
			leftOut, len(s.Plan))
	}
	if skipped > 0 {
		fmt.Fprintf(b, "; skips %d of %d cases that need something it is not known to have", skipped, len(s.Plan))
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

// judged writes a case: where not all of it is asked for, one that fails the run.
func (t *Text) judged(b *strings.Builder, r *judge.Result) {
	m, look := presentationIn(r), style{t.o.Color, t.o.Width}
	word := look.paint(m.color, fmt.Sprintf("%-5s", strings.ToUpper(string(r.Verdict))))
	switch {
	case r.LeavesBaseline():
		fmt.Fprintf(b, "%s %s (%s)\n  %s\n  %s\n\n", word, r.Case.ID, r.Case.Level, clean(r.Reason), baselineLine(r.Baseline))
	case r.Verdict == judge.Fixed:
		fmt.Fprintf(b, "%s %s (%s)\n  %s\n\n", word, r.Case.ID, r.Case.Level, baselineLine(r.Baseline))
	case m.shown == always && len(r.Findings) == 0:
		fmt.Fprintf(b, "%s %s\n  %s\n", word, r.Case.ID, clean(r.Reason))
	case m.shown != counted:
		if t.o.Verbose {
			look.width = 0
		}
		look.failure(b, t.start.Target, r, rerun(t.o.Rerun, r))
		b.WriteString("\n")
	default:
		line := look.paint(m.color, fmt.Sprintf("%-5s", r.Verdict)) + " " + r.Case.ID
		if r.Reason != "" {
			line += ": " + clean(r.Reason)
		}
		b.WriteString(line + "\n")
		for _, f := range r.Findings {
			fmt.Fprintf(b, "      %s\n", clean(fmt.Sprintf("%s%s (%s), got %s", where(f), f.Want, f.Level, f.Got)))
		}
	}
}

// findingsShown is how many differences of one case are written out.
const findingsShown = 4

// rerun is the command that runs a case again, "" where there is none: no selector finds a fuzzed input. That of an
// invariant runs the case that broke it first.
func rerun(command string, r *judge.Result) string {
	if command == "" || strings.HasPrefix(r.Case.ID, fuzzed) {
		return ""
	}
	if first := r.FirstSeen(); first != "" {
		command += " " + wire.ShellQuote(first)
	}
	return command + " " + wire.ShellQuote(r.Case.ID)
}

// Line is a case that did not pass in one line: what was wanted, and what came.
func Line(r *judge.Result) string {
	line := fmt.Sprintf("%-5s %s", strings.ToUpper(string(r.Verdict)), clean(r.Case.ID))
	if len(r.Findings) > 0 {
		f := r.Findings[0]
		line += ": " + cutTo(clean(where(f)+"want "+f.Want.Words), causeWidth) + ", got " + cutTo(clean(f.Got.Words), causeWidth)
	}
	return line
}

// Failure describes a case that did not pass, in about ten lines: the rule and its source, what was wanted and what
// came, both bodies, and how to run it again. Rerun is a command, or "".
func Failure(target event.Target, r *judge.Result, rerun string) string {
	b := &strings.Builder{}
	style{}.failure(b, target, r, rerun)
	return b.String()
}

// labelColumns is how far the labels of a failure's lines reach.
const labelColumns = 11

func labelled(b *strings.Builder, label, text string) { fmt.Fprintf(b, "  %-8s %s\n", label, text) }

func weight(r *judge.Result) string {
	if r.Provisional {
		return string(r.Case.Level) + ", provisional"
	}
	return string(r.Case.Level)
}

func (s style) failure(b *strings.Builder, target event.Target, r *judge.Result, rerun string) {
	c := r.Case
	word := s.paint(presentationOf(r.Verdict).color, fmt.Sprintf("%-5s", strings.ToUpper(string(r.Verdict))))
	fmt.Fprintf(b, "%s %s (%s)\n", word, s.paint(bold, c.ID), weight(r))
	labelled(b, "rule", clean(c.Title))
	s.evidence(b, c.Evidence)
	if c.Note != "" {
		labelled(b, "note", clean(c.Note))
	}
	s.differences(b, r)
	if r.Broken > 0 {
		labelled(b, "seen", fmt.Sprintf("in %d of %d answers, first in %s", r.Broken, r.Seen, cmp.Or(r.FirstSeen(), "the preflight")))
	} else if r.Reason != "" {
		labelled(b, "seen", clean(r.Reason))
	}
	if r.Baseline != nil {
		labelled(b, "listed", baselineLine(r.Baseline))
	}
	if r.Fingerprint != "" {
		labelled(b, "baseline", c.ID+" "+r.Fingerprint)
	}
	s.exchange(b, target, r, rerun)
}

// differences writes what was wanted and what came. Of a step of several outcomes it writes them all: the nearest alone
// would look like the rule.
func (s style) differences(b *strings.Builder, r *judge.Result) {
	color := presentationOf(r.Verdict).color
	several := map[int]bool{}
	for i, a := range r.Alternatives {
		label := "or"
		if !several[a.Finding.Step] {
			several[a.Finding.Step], label = true, "want"
		}
		if i == alternativesShown {
			left := len(r.Alternatives) - i
			labelled(b, "or", plural(left, "", "one of ")+event.Count(left, "more outcome"))
			break
		}
		labelled(b, label, clean(alternative(a))+", "+s.paint(color, "not "+clean(a.Finding.Got.Words)))
	}
	shown, left := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.Check == judge.OutcomeCheck && several[f.Step]:
		case shown == findingsShown:
			left++
		default:
			shown++
			labelled(b, "want", clean(where(f)+f.Want.Words))
			labelled(b, "got", s.paint(color, clean(f.Got.Words)))
		}
	}
	if left > 0 {
		labelled(b, "…", "and "+event.Count(left, "more difference"))
	}
}

// alternativesShown is how many outcomes of a case are written out.
const alternativesShown = 6

// alternative names an outcome, and what differs most from it.
func alternative(a judge.Alternative) string {
	return a.Name + ": " + where(a.Finding) + a.Finding.Want.Words
}

func (v view) conforming(r *judge.Result) []string {
	var list []string
	for _, a := range r.Alternatives {
		list = append(list, v.line(alternative(a)))
	}
	return list
}

// decisive is the exchange of a case that its first finding is about; nil where there is none.
func decisive(r *judge.Result) *judge.Exchanged {
	if len(r.Exchanges) == 0 {
		return nil
	}
	x := &r.Exchanges[len(r.Exchanges)-1]
	for i := range r.Exchanges {
		if len(r.Findings) > 0 && r.Exchanges[i].Step.Number == r.Findings[0].Step {
			x = &r.Exchanges[i]
		}
	}
	return x
}

func (s style) exchange(b *strings.Builder, target event.Target, r *judge.Result, rerun string) {
	x := decisive(r)
	if x == nil {
		return
	}
	labelled(b, "sent", s.cut(clean(requestLine(x.Request.Method, x.Request.Path, view{}.excerpt(sentBody(x.Request))))))
	switch {
	case x.Response != nil:
		labelled(b, "answer", s.cut(fmt.Sprintf("%d %s", x.Response.Status, clean(view{}.excerpt(x.Response.Body)))))
	case x.Err != nil:
		labelled(b, "answer", "none: "+clean(excerpt(x.Err.Error())))
	}
	if rerun != "" {
		labelled(b, "rerun", rerun)
	}
	if curl := curlLine(target, x.Request); curl != "" {
		labelled(b, "curl", curl)
	}
}

// curlLine is the command that sends a request, or says where it is found.
func curlLine(target event.Target, r *wire.Request) string {
	if target.URL == "" {
		return ""
	}
	if len(r.Body)+len(r.Raw) <= curlShown {
		if curl := wire.Curl(target.URL, target.Region, r); len(curl) <= curlShown {
			return curl
		}
	}
	return fmt.Sprintf("(more than %d bytes; sendspec explain prints it)", curlShown)
}

// curlShown bounds the curl line: a megabyte is no help on a terminal.
const curlShown = 4000

// where names the place of a finding, with a colon.
func where(f judge.Finding) string {
	s := f.Path
	if f.Step > 0 {
		s = fmt.Sprintf("step %d, %s", f.Step, s)
	}
	if s == "" {
		return ""
	}
	return s + ": "
}
