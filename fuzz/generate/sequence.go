package generate

import (
	"math/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// action is what one call of a sequence does.
type action string

// The actions. All but send are about a command that the sequence sent, or about none.
const (
	send            action = "send"
	list            action = "list"
	listInvocations action = "list invocations"
	get             action = "get"
	cancel          action = "cancel"
	wait            action = "wait"
)

// operationOf is the API operation of each action.
var operationOf = map[action]string{
	send: reference.SendCommand, list: reference.ListCommands, listInvocations: reference.ListCommandInvocations,
	get: reference.GetCommandInvocation, cancel: reference.CancelCommand, wait: reference.ListCommands,
}

// SequenceCall is one call of a sequence.
type SequenceCall struct {
	action action
	// command numbers the commands of the sequence; unknownCommand is an ID that no server gave.
	command int
	// node is the managed node of a get, and of a cancel that names one; "" of one that does not.
	node string
	// nodes and script are what a send sends, and where. Without nodes it goes to a tag that none has.
	nodes  []string
	script string
}

// Operation is the API operation that the call asks for.
func (c SequenceCall) Operation() string { return operationOf[c.action] }

const unknownCommand = -1

// unknownNode is the ID of a node that no command of a sequence is sent to.
const unknownNode = "i-00000000000000000"

// scripts are what a sequence runs on a node. They end by themselves within seconds, but for one that is
// there to be cancelled and ends with its execution timeout.
var scripts = []string{"true", "exit 3", "sleep 1", longScript}

const longScript = "sleep 60"

// longestSequence bounds how many calls a sequence has.
const longestSequence = 14

// sequence draws calls: some sends, and then what may be asked of what was sent. Operations are those
// that the target knows.
func (w *world) sequence(r *rand.Rand) []SequenceCall {
	calls := []SequenceCall{w.drawSend(r, 0)}
	sent := 1
	var actions []action
	for _, a := range []action{send, list, list, listInvocations, listInvocations, get, get, cancel} {
		if slices.Contains(w.operations, operationOf[a]) {
			actions = append(actions, a)
		}
	}
	for n := 2 + r.Intn(longestSequence-2); n > 0; n-- {
		a := pick(r, actions)
		if a == send {
			calls = append(calls, w.drawSend(r, sent))
			sent++
			continue
		}
		c := SequenceCall{action: a, command: r.Intn(sent)}
		if chance(r, 6) {
			c.command = unknownCommand
		}
		var to []string
		if i := sendOf(calls, c.command); i >= 0 {
			to = calls[i].nodes
		}
		switch {
		case a == get:
			c.node = unknownNode
			if len(to) > 0 && !chance(r, 10) {
				c.node = pick(r, to)
			}
		case a == cancel && len(to) > 1 && chance(r, 30):
			c.node = pick(r, to)
		}
		calls = append(calls, c)
	}
	if last := calls[sendOf(calls, sent-1)]; w.waits && last.script != longScript && chance(r, 30) {
		calls = append(calls, SequenceCall{action: wait, command: sent - 1}, SequenceCall{action: list, command: sent - 1})
	}
	return calls
}

// sequences reports whether the target can be asked what becomes of a command.
func (w *world) sequences() bool { return slices.Contains(w.operations, reference.ListCommands) }

// sendOf is the index of the call that sends a command of the sequence, -1 where none does.
func sendOf(calls []SequenceCall, command int) int {
	return slices.IndexFunc(calls, func(c SequenceCall) bool { return c.action == send && c.command == command })
}

func (w *world) drawSend(r *rand.Rand, number int) SequenceCall {
	c := SequenceCall{action: send, command: number, script: "true"}
	if len(w.nodes) == 0 || chance(r, 30) {
		return c
	}
	c.script = pick(r, scripts)
	for _, i := range r.Perm(len(w.nodes))[:1+r.Intn(min(3, len(w.nodes)))] {
		c.nodes = append(c.nodes, w.nodes[i])
	}
	return c
}

// what says in a few words what a sequence does.
func what(calls []SequenceCall) string {
	var parts []string
	for _, c := range calls {
		part := string(c.action)
		if c.command == unknownCommand {
			part += " of an unknown command"
		} else if c.command > 0 {
			part += " " + strconv.Itoa(c.command+1)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// Shorter are the sequences with one call less, the last calls first: without a send, nothing is left of
// what was asked of its command.
func Shorter(calls []SequenceCall) [][]SequenceCall {
	var list [][]SequenceCall
	for i, gone := range slices.Backward(calls) {
		rest := slices.Concat(calls[:i], calls[i+1:])
		if gone.action == send {
			rest = slices.DeleteFunc(rest, func(c SequenceCall) bool { return c.command == gone.command })
		}
		if len(rest) > 0 {
			list = append(list, rest)
		}
	}
	return list
}

// Simpler are the sequences as long, in which a send is plainer.
func Simpler(calls []SequenceCall) [][]SequenceCall {
	var list [][]SequenceCall
	for i, c := range calls {
		if c.action != send || len(c.nodes) == 0 {
			continue
		}
		if c.script != "true" {
			plain := slices.Clone(calls)
			plain[i].script = "true"
			list = append(list, plain)
		}
		for j := range c.nodes {
			one := slices.Clone(calls)
			one[i].nodes = slices.Delete(slices.Clone(c.nodes), j, j+1)
			if len(one[i].nodes) > 0 && !slices.ContainsFunc(one,
				func(o SequenceCall) bool { return o.command == c.command && o.node == c.nodes[j] }) {
				list = append(list, one)
			}
		}
	}
	return list
}
