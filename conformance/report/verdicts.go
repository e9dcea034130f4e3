package report

import (
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// presentation is how the reports show a verdict. A verdict that is added to conformance needs a line in
// presentations, and nothing else here.
type presentation struct {
	mark  string // beside the word, so that colour is never the only sign
	color sgr
	// shown says how much a reader wants of such a case.
	shown shown
	junit string // the element of a test case; "" for none
	sarif string // the level of a result; "" for none
	// github is the command that annotates a step; "" for none.
	github string
}

type shown int

const (
	counted   shown = iota // in the tallies; a line for those who ask for every case
	onRequest              // in full for those who ask for every case
	always                 // in full
)

var presentations = map[judge.Verdict]presentation{
	judge.Pass:  {"✓", green, counted, "", "", ""},
	judge.Warn:  {"!", yellow, onRequest, "", "warning", "warning"},
	judge.Fail:  {"✗", red, always, "failure", "error", "error"},
	judge.Flaky: {"~", magenta, always, "failure", "error", "error"},
	judge.Known: {"≈", dim, onRequest, "skipped", "", ""},
	judge.Fixed: {"+", yellow, always, "failure", "warning", "warning"},
	judge.Skip:  {"-", dim, counted, "skipped", "", ""},
	judge.Error: {"?", magenta, always, "error", "", "error"},
}

// presentationOf is the presentation of a verdict; one that is not known is shown as an error of ours.
func presentationOf(v judge.Verdict) presentation {
	if p, known := presentations[v]; known {
		return p
	}
	return presentation{"?", magenta, always, "error", "", "error"}
}

// presentationIn is the presentation of a case. Those that an interrupted run did not come to are only counted: that
// the report is partial is said once.
func presentationIn(r *judge.Result) presentation {
	if r.NotAsked() {
		return presentation{"?", dim, counted, "skipped", "", ""}
	}
	if r.LeavesBaseline() {
		return presentation{"-", yellow, always, "failure", "warning", "warning"}
	}
	return presentationOf(r.Verdict)
}

// StandingVerdict is the verdict that a standing looks like.
var StandingVerdict = map[event.Standing]judge.Verdict{
	event.Conformant: judge.Pass, event.Partial: judge.Warn, event.Nonconformant: judge.Fail, event.Untested: judge.Skip,
}

// differs reports whether a case has a divergence to show.
func differs(r *judge.Result) bool { return presentationIn(r).shown != counted }

// sgr is a colour or weight of a terminal (ECMA-48, Select Graphic Rendition).
type sgr string

const (
	none    sgr = ""
	bold    sgr = "1"
	dim     sgr = "2"
	red     sgr = "31"
	green   sgr = "32"
	yellow  sgr = "33"
	magenta sgr = "35"
)

type style struct {
	color bool
	width int // of the terminal in columns; 0 where nothing need be cut
}

func (s style) paint(c sgr, text string) string {
	if !s.color || c == none || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// cut shortens a text after a label to the width of the terminal.
func (s style) cut(text string) string {
	room := s.width - labelColumns
	if s.width == 0 || room < minimumRoom {
		return text
	}
	return cutTo(text, room)
}

// minimumRoom is the width below which a cut line says nothing any more.
const minimumRoom = 24
