package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// A caseCheck holds of several exchanges together: each command or invocation in an answer is held against what was seen of
// it in the exchanges before.
type caseCheck struct {
	rule    *fixtures.Case
	inspect func(h *history, e *Exchanged, s *subject) []Finding
}

var caseChecks = []caseCheck{statusOrderCheck, asSentCheck, endedCheck}

// mostRemembered bounds how many commands, statuses and ends are held against what comes later; the rest is judged by itself.
const mostRemembered = 1 << 15

// Together holds exchanges against those before them: the exchanges of a case, or what was captured of one server.
type Together struct {
	commands map[string]*history   // by their IDs
	statuses map[string]statusSeen // by operation, command and node
	ends     int                   // of invocations that are remembered
	texts    int                   // bytes that are
}

// roomForTexts is how many bytes of requests and answers are remembered: what a capture holds must not decide how much
// memory it takes.
const roomForTexts = 64 << 20

// history is what was seen of a command.
type history struct {
	*Together
	sent, shown map[string]known // members of the request and of answers

	counts      [len(countNames)]int64
	counted     place
	hasCounts   bool
	end         reference.Details // "" before it
	ended       place
	invocations map[string]statusSeen     // those that have ended, by node
	all         map[reference.Details]int // of them
	sum         reference.Counts
	last        place            // that showed one of them
	output      map[string]known // what they left behind
}

type statusSeen struct {
	details reference.Details
	by      place
}

// known is a value that came: its text, since a tree keeps all of its answer in memory.
type known struct {
	text  string
	empty bool
	by    place
}

func (h *history) remember(in map[string]known, name string, v *jsontree.Value, by place) {
	text := string(v.AppendJSON(nil))
	if h.texts += len(text) + len(name) + 100; h.texts < roomForTexts {
		in[name] = known{text, isEmpty(v), by}
	}
}

// value is nil where nothing is known.
func (k known) value() *jsontree.Value {
	v, _ := jsontree.Parse([]byte(k.text))
	return v
}

// differs is the finding that a member is not what it was.
func (k known) differs(level fixtures.Level, path, whence string, got *jsontree.Value) []Finding {
	v := k.value()
	return []Finding{{Path: path, Want: Description{Words: show(v) + whence, Kind: kindOf(v)}, Got: described(got), Level: level}}
}

// inspect returns the findings on the exchange that follows.
func (t *Together) inspect(e *Exchanged) []Finding {
	found := make([][]Finding, len(caseChecks))
	for _, s := range e.subjects() {
		h := t.history(e, &s)
		for i := range caseChecks {
			if h != nil && len(found[i]) < findingsKept { // no more are kept, and each takes time
				found[i] = append(found[i], caseChecks[i].inspect(h, e, &s)...)
			}
		}
	}
	for i, c := range caseChecks {
		found[i] = named(c.rule, found[i])
	}
	return slices.Concat(found...)
}

// history is that of a subject's command, nil where there are too many.
func (t *Together) history(e *Exchanged, s *subject) *history {
	if h := t.commands[s.command]; h != nil && e.Step.Request.Operation != reference.SendCommand {
		return h
	}
	if len(t.commands) >= mostRemembered {
		return nil
	}
	if t.commands == nil {
		t.commands, t.statuses = map[string]*history{}, map[string]statusSeen{}
	}
	h := &history{
		Together: t, sent: map[string]known{}, shown: map[string]known{},
		invocations: map[string]statusSeen{}, all: map[reference.Details]int{}, output: map[string]known{},
	}
	t.commands[s.command] = h
	return h
}

// HoldAgainst holds the exchanges of a result, before it is made compact, against what was seen before. What differs
// counts for the result as for the invariant, whose rule it then shows where its own breaks no more.
func (r *Result) HoldAgainst(t *Together, strict bool) {
	own := worst(r.Findings)
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		found := t.inspect(e)
		r.add(e, found...)
		r.addInvariants(e, found)
		if level := worst(found); level.Weight() > own.Weight() {
			c := *r.Case
			broken := found[slices.IndexFunc(found, func(f Finding) bool { return f.Level == level })].Check
			rule := caseChecks[slices.IndexFunc(caseChecks, func(c caseCheck) bool { return c.rule.ID == broken })].rule
			c.Title, c.Evidence = rule.Title, rule.Evidence
			r.Case, own = &c, level
		}
	}
	if r.Verdict != Error {
		r.Verdict = verdictOf(r.Findings, strict)
	}
}

// place names an exchange in findings about another. End is when its answer had come.
type place struct {
	name string
	end  time.Time
}

func (p place) String() string { return p.name }

// placeOf names an exchange by its step, or by its equivalent in a capture.
func placeOf(e *Exchanged) place {
	name := e.Step.Name
	if e.Step.Number > 0 || name == "" {
		name = fmt.Sprintf("step %d", e.Step.Number)
	}
	return place{name, e.Sent.Add(e.Elapsed)}
}

// subject is a command or an invocation in an answer.
type subject struct {
	placed
	by            place
	of            reference.Subject
	command, node string // their IDs
	again         bool   // the answer has it twice
}

// subjects lists the commands and invocations in an answer that have their IDs.
func (e *Exchanged) subjects() []subject {
	if !e.OK() {
		return nil
	}
	var parts []placed
	of, body := reference.OfInvocation, placed{"", e.Body}
	switch e.Step.Request.Operation {
	case reference.SendCommand:
		of, parts = reference.OfCommand, []placed{{"/Command", e.Body.Get("Command")}}
	case reference.ListCommands:
		of, parts = reference.OfCommand, elementsOf(body, "Commands")
	case reference.ListCommandInvocations:
		parts = elementsOf(body, "CommandInvocations")
	case reference.GetCommandInvocation:
		parts = []placed{body}
	}
	var list []subject
	by, seen := placeOf(e), map[[2]string]bool{}
	for _, p := range parts {
		s := subject{placed: p, by: by, of: of, command: p.value.Get("CommandId").Str()}
		if of == reference.OfInvocation {
			s.node = p.value.Get("InstanceId").Str()
		}
		if s.command != "" && (s.node != "" || of == reference.OfCommand) {
			id := [2]string{s.command, s.node}
			s.again, seen[id] = seen[id], true
			list = append(list, s)
		}
	}
	return list
}

// details are the StatusDetails, "" where the reference does not know them.
func (s *subject) details() reference.Details {
	d := reference.Details(strings.ReplaceAll(s.value.Get("StatusDetails").Str(), " ", ""))
	if reference.StatusOf(d) == "" {
		return ""
	}
	return d
}

// statusOrderCheck looks at what one operation shows at a time: the operations may lag behind one another (evidence: output/readiness).
var statusOrderCheck = caseCheck{
	rule("Status/order", "Asked again by the same operation, a command or invocation that had ended has the StatusDetails it ended with, "+
		"and one that is being cancelled does not go back",
		fixtures.Must, "status/order", "status/success-terminal", "status/phase"),
	func(h *history, e *Exchanged, s *subject) []Finding {
		operation := e.Step.Request.Operation
		if operation == reference.SendCommand {
			operation = reference.ListCommands // a list shows what was answered, and later
		}
		details, key := s.details(), operation+" "+s.command+" "+s.node
		before, seen := h.statuses[key]
		if details == "" || !seen && len(h.statuses) >= mostRemembered || seen && e.Sent.Before(before.by.end) {
			return nil // where both were under way nobody knows which answer is the later one
		}
		h.statuses[key] = statusSeen{details, s.by}
		if !seen || s.of.CanFollow(before.details, details) {
			return nil
		}
		level, want := fixtures.Should, "%s, as in %s, or what may follow it"
		if reference.Terminal(before.details) {
			level, want = fixtures.Must, "%s, as in %s, where it had ended"
		}
		return broken(level, s.path+"/StatusDetails", fmt.Sprintf(want, before.details, before.by), anything(string(details)))
	},
}
