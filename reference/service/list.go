package service

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// defaultMaxResults is our choice: no document tells the number. The model's bound is 50.
const defaultMaxResults = 50

// maxResults cuts off a fraction, as AWS does of an Integer (evidence: framework/numbers).
func maxResults(tree *jsontree.Value) int {
	if n, ok := tree.Get("MaxResults").Float64(); ok {
		return int(n)
	}
	return defaultMaxResults
}

// selected returns the commands that a List call looks at, newest first: one by its ID, and of
// these those that were sent to the node, where one is given. What is not known is not there:
// recorded, an unknown ID gets an empty list.
func (s *Service) selected(r request) []*command {
	var commands []*command
	if id := text(r.Tree.Get("CommandId")); id == "" {
		commands = s.history.newestFirst(r.region)
	} else if c := s.history.find(r.region, id); c != nil {
		commands = []*command{c}
	}
	node := text(r.Tree.Get("InstanceId"))
	return slices.DeleteFunc(commands, func(c *command) bool { return node != "" && c.indexOf(node) < 0 })
}

// page is one page of a list, while it is written.
type page struct {
	filter  filter
	from    *position // the last entry of the page before
	limit   int
	entries [][]byte
	last    position
	more    bool
}

// add adds the entry of a position where there is room for it.
func (p *page) add(at position, entry any) {
	if p.more = len(p.entries) == p.limit; !p.more {
		p.entries, p.last = append(p.entries, appendValue(nil, reflect.ValueOf(entry))), at
	}
}

// list answers a page of what each command adds to it; the last page has no NextToken.
func (s *Service) list(r request, of reference.Subject, name string, add func(p *page, c *command)) ([]byte, *answer) {
	filter, e := newFilter(r.Tree, of)
	if e != nil {
		return nil, e
	}
	from, e := s.startOf(r)
	if e != nil {
		return nil, e
	}
	p := &page{filter: filter, from: from, limit: maxResults(r.Tree)}
	for _, c := range s.selected(r) {
		if from != nil && (c.number > from.command || c.number == from.command && of == reference.OfCommand) {
			continue
		}
		c.mu.Lock()
		c.advance(s.clock.Now())
		add(p, c)
		c.mu.Unlock()
		if p.more {
			break
		}
	}
	answer := append([]byte(`{"`+name+`":[`), bytes.Join(p.entries, []byte(","))...)
	answer = append(answer, ']')
	if p.more {
		answer = appendMember(answer, "NextToken", reflect.ValueOf(s.nextToken(r, p.last)))
	}
	return append(answer, '}'), nil
}

// listCommands lists newest first, which is our choice: the recordings ask by CommandId.
func (s *Service) listCommands(r request) ([]byte, *answer) {
	return s.list(r, reference.OfCommand, "Commands", func(p *page, c *command) {
		if p.filter.matches(aws.ToTime(c.RequestedDateTime), aws.ToString(c.DocumentName), c.life.Details()) {
			shown := c.shown()
			p.add(position{command: c.number}, &shown)
		}
	})
}

// listCommandInvocations lists newest first, which is recorded for the invocations of one command
// (evidence: alarms/fires-later).
func (s *Service) listCommandInvocations(r request) ([]byte, *answer) {
	node, details := text(r.Tree.Get("InstanceId")), r.Tree.Get("Details")
	return s.list(r, reference.OfInvocation, "CommandInvocations", func(p *page, c *command) {
		for i := len(c.invocations) - 1; i >= 0 && !p.more; i-- {
			requested := c.invocations[i].requested
			before := p.from != nil && c.number == p.from.command && i >= p.from.invocation
			if before || requested.IsZero() || node != "" && c.nodes[i].ID != node ||
				!p.filter.matches(requested, aws.ToString(c.DocumentName), c.life.Invocation(i)) {
				continue
			}
			shown := c.invocation(i, details != nil && details.Bool)
			p.add(position{command: c.number, invocation: i}, &shown)
		}
	})
}

// position is the last entry of a page, by the number of its command and the index of its
// invocation. New commands and forgotten ones do not shift it.
type position struct {
	command    int64
	invocation int
}

func (p position) String() string { return fmt.Sprintf("%d.%d", p.command, p.invocation) }
