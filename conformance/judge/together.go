package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// A caseCheck holds of several exchanges together, in the order in which they were made. Begin returns what inspects
// one after the other, and remembers.
type caseCheck struct {
	rule  *fixtures.Case
	begin func() func(*Exchanged) []Finding
}

// mostRemembered bounds how many commands, or invocations, are held against what comes later; the rest is judged by itself.
const mostRemembered = 1 << 15

var caseChecks = []caseCheck{statusOrderCheck, asSentCheck, endedCheck}

// Together holds exchanges against those before them: the exchanges of a case, or what was captured of one server.
type Together struct {
	inspects []func(*Exchanged) []Finding
}

// NewTogether returns a Together that has seen nothing.
func NewTogether() *Together {
	t := &Together{}
	for _, c := range caseChecks {
		t.inspects = append(t.inspects, c.begin())
	}
	return t
}

// inspect returns the findings on the exchange that follows.
func (t *Together) inspect(e *Exchanged) []Finding {
	var found []Finding
	for i, inspect := range t.inspects {
		found = append(found, named(caseChecks[i].rule, inspect(e))...)
	}
	return found
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
	of            reference.Subject
	command, node string // their IDs
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
	for _, p := range parts {
		s := subject{placed: p, of: of, command: p.value.Get("CommandId").Str()}
		if of == reference.OfInvocation {
			s.node = p.value.Get("InstanceId").Str()
		}
		if s.command != "" && (s.node != "" || of == reference.OfCommand) {
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
	func() func(*Exchanged) []Finding {
		last := map[string]statusSeen{}
		return func(e *Exchanged) []Finding {
			var found []Finding
			operation := e.Step.Request.Operation
			if operation == reference.SendCommand {
				operation = reference.ListCommands // a list shows what was answered, and later
			}
			for _, s := range e.subjects() {
				details, key := s.details(), operation+" "+s.command+" "+s.node
				before, seen := last[key]
				if details == "" || !seen && len(last) >= mostRemembered || seen && e.Sent.Before(before.by.end) {
					continue // where both were under way nobody knows which answer is the later one
				}
				last[key] = statusSeen{details, placeOf(e)}
				if !seen || s.of.CanFollow(before.details, details) {
					continue
				}
				level, want := fixtures.Should, "%s, as in %s, or what may follow it"
				if reference.Terminal(before.details) {
					level, want = fixtures.Must, "%s, as in %s, where it had ended"
				}
				found = append(found, Finding{
					Path: s.path + "/StatusDetails", Level: level, Want: anything(fmt.Sprintf(want, before.details, before.by)),
					Got: anything(string(details)),
				})
			}
			return found
		}
	},
}

type statusSeen struct {
	details reference.Details
	by      place
}
