package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/cause"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// CauseInfo is a cause of failures, with the case that shows it best.
type CauseInfo struct {
	cause.Cause
	Rule string `json:"rule"` // the example's
	Fact string `json:"fact,omitempty"`
	Sent string `json:"sent,omitempty"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`

	example *CaseInfo // nil in a document that was read
}

// Causes are the causes of the failures of a run, the one of most cases first.
func Causes(r *event.Report) []CauseInfo {
	var failed []CaseInfo
	for i := range r.Results {
		if isFailure(r.Results[i].Verdict) {
			failed = append(failed, view{}.caseInfo(&r.Results[i]))
		}
	}
	return causesOf(failed)
}

func isFailure(v judge.Verdict) bool { return v == judge.Fail || v == judge.Flaky }

// causesOf are the causes of cases, of which those count that failed.
func causesOf(cases []CaseInfo) []CauseInfo {
	byID := map[string]*CaseInfo{}
	var failures []cause.Failure
	for i := range cases {
		c := &cases[i]
		if !isFailure(c.Verdict) || len(c.Symptoms) == 0 {
			continue
		}
		byID[c.ID] = c
		f := cause.Failure{
			ID: c.ID, Title: c.Title, Level: c.Level, Evidence: c.Kind, Symptoms: c.Symptoms, Exchanges: len(c.Exchanges),
		}
		f.FirstSeen = (&judge.Result{Reason: c.Reason}).FirstSeen()
		if x := c.decisive(); x != nil {
			f.Size = len(x.Sent)
		}
		failures = append(failures, f)
	}
	list := []CauseInfo{}
	for _, c := range cause.Group(failures) {
		list = append(list, causeInfo(c, byID[c.Example]))
	}
	return list
}

func causeInfo(c cause.Cause, example *CaseInfo) CauseInfo {
	info := CauseInfo{Cause: c, Rule: example.Title, example: example}
	if e := fixtures.Evidence(example.Evidence); e.Kind() != "" {
		info.Fact = evidenceLine(e)
	}
	if f := cause.Decisive(example.Findings); f != nil {
		info.Want, info.Got = strings.TrimPrefix(where(*f)+f.Want.Words, "status: "), f.Got.Words
	}
	if x := example.decisive(); x != nil {
		info.Sent = requestLine(x.Method, x.Path, x.Sent)
	}
	return info
}

// rerun is the command that runs the case again, "" where there is none.
func (c *CaseInfo) rerun(command string) string {
	r := c.Result()
	return rerun(command, &r)
}

// decisive is the exchange that the failure is about; nil where there is none.
func (c *CaseInfo) decisive() *ExchangeInfo {
	f := cause.Decisive(c.Findings)
	for i := range c.Exchanges {
		if f == nil || c.Exchanges[i].Step == f.Step || f.Step == 0 {
			return &c.Exchanges[i]
		}
	}
	return nil
}

// causesShown is how many causes a summary has.
const causesShown = 10

// causeWidth is to how many columns the lines of a cause are cut where the width of the terminal is not known.
const causeWidth = 120

// causes writes what to fix first: each cause with its smallest example, in three lines.
func (s style) causes(b *strings.Builder, list []CauseInfo) {
	if len(list) == 0 {
		return
	}
	if s.width == 0 {
		s.width = causeWidth
	}
	failures := 0
	for _, c := range list {
		failures += len(c.Cases)
	}
	fmt.Fprintf(b, "%s: %s of %s\n", s.paint(bold, "What to fix first"), event.Count(len(list), "cause"), event.Count(failures, "failure"))
	for i, c := range list[:min(len(list), causesShown)] {
		title, count := clean(c.Title), fmt.Sprintf(" (%s)", event.Count(len(c.Cases), "case"))
		fmt.Fprintf(b, "%s %s%s\n", s.paint(bold, fmt.Sprintf("%2d.", i+1)), s.paint(bold, s.fitEnds(title, len(count)+4, 4)), count)
		if c.Sent == "" {
			fmt.Fprintf(b, "    rule  %s\n", s.fit(clean(c.Rule), causeColumns))
		} else {
			fmt.Fprintf(b, "    sent  %s\n", s.fitEnds(clean(c.Sent), causeColumns, 1))
		}
		room := max(s.width-causeColumns-len("; got "), minimumRoom)
		want := cutTo(clean(c.Want), room*3/5)
		got := cutTo(clean(c.Got), room-len([]rune(want)))
		fmt.Fprintf(b, "    want  %s; got %s\n", want, s.paint(red, got))
	}
	if left := len(list) - causesShown; left > 0 {
		fmt.Fprintf(b, "    and %s\n", event.Count(left, "more cause"))
	}
	b.WriteString("\n")
}

// causeColumns is how far the labels of a cause's lines reach.
const causeColumns = 10

// fit cuts a text to the width of the terminal, of which some columns are taken.
func (s style) fit(text string, taken int) string {
	return cutTo(text, max(s.width-taken, minimumRoom))
}

func cutTo(text string, room int) string {
	runes := []rune(text)
	if len(runes) <= room {
		return text
	}
	return string(runes[:room-1]) + "…"
}

// fitEnds cuts a text after so many fifths of its room, and keeps the end: what is special about a request mostly comes last,
// and so does how many more a list has.
func (s style) fitEnds(text string, taken, fifths int) string {
	runes, room := []rune(text), max(s.width-taken, minimumRoom)
	if len(runes) <= room {
		return text
	}
	head := room * fifths / 5
	return string(runes[:head]) + " … " + string(runes[len(runes)-(room-head-3):])
}

// WriteFirst writes what to fix first.
func WriteFirst(w io.Writer, r *event.Report, o TextOptions) error {
	b := &strings.Builder{}
	style{o.Color, o.Width}.causes(b, Causes(r))
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteCauses writes every cause of a document's failures in two lines.
func WriteCauses(w io.Writer, d *Document, o TextOptions) error {
	s, b := style{o.Color, o.Width}, &strings.Builder{}
	switch {
	case len(d.Causes) > 0:
	case d.Totals.Failed() > 0:
		return fmt.Errorf("the report has no causes: it is of an older version, or a summary; run again with --json")
	default:
		fmt.Fprintf(b, "no case failed: %s\n", clean(d.Verdict))
	}
	for i, c := range d.Causes {
		fmt.Fprintf(b, "%s %s (%s)\n", s.paint(bold, fmt.Sprintf("%3d.", i+1)), clean(c.Title), event.Count(len(c.Cases), "case"))
		labelled(b, "such as", s.cut(clean(c.Example+": "+c.Rule)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteCause writes one cause in full, by its number from 1: its evidence, the example, and the IDs of its cases.
func WriteCause(w io.Writer, d *Document, n int, o TextOptions) error {
	if n < 1 || n > len(d.Causes) {
		return fmt.Errorf("cause %d: want 1 to %d", n, len(d.Causes))
	}
	c, s, b := d.Causes[n-1], style{color: o.Color}, &strings.Builder{}
	fmt.Fprintf(b, "%s (%s)\n", s.paint(bold, clean(c.Title)), event.Count(len(c.Cases), "case"))
	labelled(b, "example", c.Example)
	labelled(b, "rule", clean(c.Rule))
	again := ""
	for i := range d.Cases {
		if example := &d.Cases[i]; example.ID == c.Example {
			s.evidence(b, example.Evidence)
			again = example.rerun(o.Rerun)
		}
	}
	labelled(b, "sent", clean(c.Sent))
	labelled(b, "want", clean(c.Want))
	labelled(b, "got", s.paint(red, clean(c.Got)))
	if again != "" {
		labelled(b, "rerun", again)
	}
	b.WriteString("\n")
	for _, id := range c.Cases {
		b.WriteString(clean(id) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
