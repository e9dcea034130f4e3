package generate

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The expectation of a sequence: after each Call, what the calls before it allow to be seen. What comes back of a send
// the oracle says; that the calls after it show the same, and how a status moves, the judge holds against each other
// (invariant/Command/as-sent, invariant/Command/ended, invariant/Status/order).
var (
	sequenceEvidence = fixtures.Evidence{"status/order", "echo/whole-later"}
	sequenceRule     = "Whatever was sent, listed and cancelled before, " +
		"a command shows what it was sent with and a status that it can have come to"
)

// sequenceCase is a sequence as a case, a step for each call.
func sequenceCase(id string, calls []SequenceCall, o *oracle.Oracle) *fixtures.Case {
	c := &fixtures.Case{
		ID: id, Title: sequenceRule, Level: fixtures.Must, Profile: fixtures.Lifecycle, Safety: fixtures.Inert,
		Evidence: sequenceEvidence,
	}
	states := map[int]*sentCommand{}
	for i, made := range calls {
		if made.action == send {
			states[made.command] = &sentCommand{SequenceCall: made}
			if len(made.nodes) > 0 {
				c.Safety = fixtures.Dispatch
			}
		}
		c.Steps = append(c.Steps, made.step(i+1, states[made.command], o))
	}
	return c
}

// sentCommand is what the calls so far say of a command.
type sentCommand struct {
	SequenceCall
	cancelled bool
}

// id is the CommandId as a later step names it.
func (c SequenceCall) id() string {
	if c.command == unknownCommand {
		return "00000000-0000-4000-8000-999000999000"
	}
	return "${" + fixtures.CapturedPrefix + c.captured() + "}"
}

func (c SequenceCall) captured() string { return fmt.Sprintf("command%d", c.command+1) }

// comment tells the commands of a sequence apart.
func (c SequenceCall) comment() string { return fmt.Sprintf("sendspec ${nonce} %d", c.command+1) }

// step is the call as a step; sent is its command, nil where no server has it.
func (c SequenceCall) step(number int, sent *sentCommand, o *oracle.Oracle) fixtures.Step {
	s := fixtures.Step{Name: fmt.Sprintf("%d: %s", number, c.action), Request: fixtures.Request{Operation: operationOf[c.action]}}
	s.Request.Body = &fixtures.Body{JSON: encoded(c.body())}
	switch c.action {
	case send:
		s.Capture = map[string]string{c.captured(): "/Command/CommandId"}
		s.Expect = slices.DeleteFunc(o.Text(s.Request.Body.JSON).Outcomes,
			func(o fixtures.Outcome) bool { return o.Name != oracle.Accepted.Name })
	case list, wait:
		s.Expect = []fixtures.Outcome{sent.listed()}
		if c.action == wait {
			s.Poll = &fixtures.Poll{
				Within: waitFor,
				Until:  asTree(map[string]any{"Commands": []any{map[string]any{"StatusDetails": detailsIn(sent.terminal())}}}),
			}
		}
	case listInvocations:
		s.Expect = []fixtures.Outcome{sent.invocations()}
	case get:
		s.Expect = sent.invocation(c.node)
	case cancel:
		if sent == nil {
			s.Expect = []fixtures.Outcome{oracle.Exception("InvalidCommandId")}
			break
		}
		sent.cancelled = true
		s.Expect = []fixtures.Outcome{bodied("cancelled", map[string]any{})}
	}
	return s
}

// body is what the call sends.
func (c SequenceCall) body() map[string]any {
	switch {
	case c.action == send:
		return c.sendBody()
	case c.action == get:
		return map[string]any{"CommandId": c.id(), "InstanceId": c.node}
	case c.action == cancel && c.node != "":
		return map[string]any{"CommandId": c.id(), "InstanceIds": []string{c.node}}
	}
	return map[string]any{"CommandId": c.id()}
}

// waitFor is how long a command that does next to nothing may take to end: AWS takes up to three seconds.
const waitFor = "30s"

func (c SequenceCall) sendBody() map[string]any {
	body := map[string]any{
		"DocumentName": "AWS-RunShellScript", "Comment": c.comment(),
		"Parameters": map[string]any{"commands": []string{c.script}, "executionTimeout": []string{"60"}}, "TimeoutSeconds": 30,
	}
	if len(c.nodes) > 0 {
		body["InstanceIds"] = c.nodes
	} else {
		body["Targets"] = []any{map[string]any{"Key": "tag:sendspec", "Values": []string{"${nonce}"}}}
	}
	return body
}

// shown is what a list has of a command.
func (c *sentCommand) shown() map[string]any {
	counts := []int{0}
	if n := len(c.nodes); n > 0 {
		counts = append(counts, n)
	}
	return map[string]any{
		"CommandId": c.id(), "Status": c.statusIn(reference.OfCommand), "StatusDetails": detailsIn(c.possible(reference.OfCommand)),
		"TargetCount": map[string]any{"$in": counts},
	}
}

// listed is the answer of ListCommands for one ID.
func (c *sentCommand) listed() fixtures.Outcome {
	if c == nil {
		return bodied("nothing", map[string]any{"Commands": []any{}})
	}
	return bodied("the command", map[string]any{"Commands": []any{c.shown()}})
}

// invocations is the answer of ListCommandInvocations for one ID: as many as there are by now.
func (c *sentCommand) invocations() fixtures.Outcome {
	if c == nil || len(c.nodes) == 0 {
		return bodied("nothing", map[string]any{"CommandInvocations": []any{}})
	}
	var lengths []any
	for n := range len(c.nodes) + 1 {
		lengths = append(lengths, map[string]any{"$length": n})
	}
	each := map[string]any{
		"CommandId": c.id(), "InstanceId": map[string]any{"$in": c.nodes},
		"Status": c.statusIn(reference.OfInvocation), "StatusDetails": detailsIn(c.possible(reference.OfInvocation)),
	}
	return bodied("its invocations", map[string]any{"CommandInvocations": map[string]any{"$each": each, "$in": lengths}})
}

// invocation is the answer of GetCommandInvocation: there may be none yet.
func (c *sentCommand) invocation(node string) []fixtures.Outcome {
	none := oracle.Exception("InvocationDoesNotExist")
	if c == nil || !slices.Contains(c.nodes, node) {
		return []fixtures.Outcome{none}
	}
	return []fixtures.Outcome{bodied("the invocation", map[string]any{
		"CommandId": c.id(), "InstanceId": node, "StatusDetails": detailsIn(c.possible(reference.OfInvocation)),
	}), none}
}

// possible are the StatusDetails that a command, or its invocation, can have come to by now: none that
// nobody asked for. A node that is up runs what ends well to its end, and what fails too.
func (c *sentCommand) possible(of reference.Subject) []reference.Details {
	if len(c.nodes) == 0 {
		possible := []reference.Details{reference.Pending, reference.InProgress, reference.NoInstancesInTag}
		if c.cancelled {
			possible = append(possible, reference.Cancelling, reference.Cancelled)
		}
		return possible
	}
	return slices.DeleteFunc(of.Details(), func(d reference.Details) bool {
		switch d {
		case reference.Cancelled, reference.Cancelling:
			return !c.cancelled
		case reference.NoInstancesInTag, reference.FailedDueToAlarm, reference.FailedDueToUnknownAlarmState, reference.Terminated,
			reference.InvalidPlatform:
			return true
		case reference.Success:
			return c.script == "exit 3"
		case reference.Failed:
			return c.script == "true" || c.script == "sleep 1"
		default:
			return false
		}
	})
}

func (c *sentCommand) terminal() []reference.Details {
	return slices.DeleteFunc(c.possible(reference.OfCommand), func(d reference.Details) bool { return !reference.Terminal(d) })
}

// statusIn are the values of Status that go with the possible StatusDetails; Delayed is one of its own for an
// invocation in the model, and was never seen.
func (c *sentCommand) statusIn(of reference.Subject) map[string]any {
	var list []reference.Status
	possible := c.possible(of)
	for _, d := range possible {
		list = append(list, reference.StatusesOf(d)...)
	}
	if !c.cancelled { // InProgress has it too, but for what is being cancelled
		list = slices.DeleteFunc(list, func(s reference.Status) bool { return s == reference.StatusOf(reference.Cancelling) })
	}
	if slices.Contains(possible, reference.Delayed) {
		list = append(list, reference.Status(reference.Delayed))
	}
	slices.Sort(list)
	return map[string]any{"$in": slices.Compact(list)}
}

func detailsIn(possible []reference.Details) map[string]any {
	var list []any
	for _, d := range possible {
		list = append(list, map[string]any{"$details": d})
	}
	return map[string]any{"$in": list}
}

func bodied(name string, body map[string]any) fixtures.Outcome {
	return fixtures.Outcome{Name: name, Status: literal(`200`), Body: asTree(body)}
}

func asTree(v any) *jsontree.Value { return literal(string(encoded(v))) }

// encoded writes a value as JSON. What is given has only strings, numbers, lists and objects in it.
func encoded(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}
