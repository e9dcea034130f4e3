package service

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// defaultMaxResults is our choice: no document tells the number. The model's bound is 50.
const defaultMaxResults = 50

func maxResults(tree *jsontree.Value) int {
	if n, ok := tree.Get("MaxResults").Int64(); ok {
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
		commands = s.newestFirst(r)
	} else if c := s.find(r, id); c != nil {
		commands = []*command{c}
	}
	node := text(r.Tree.Get("InstanceId"))
	return slices.DeleteFunc(commands, func(c *command) bool { return node != "" && c.indexOf(node) < 0 })
}

// listCommands lists newest first, which is our choice: the recordings ask by CommandId.
func (s *Service) listCommands(r request) ([]byte, *exception) {
	filter, e := newFilter(r.Tree, reference.OfCommand)
	if e != nil {
		return nil, e
	}
	from, e := s.startOf(r)
	if e != nil {
		return nil, e
	}
	now, limit := s.clock.Now(), maxResults(r.Tree)
	w := &writer{b: make([]byte, 0, 4096)}
	w.open("")
	w.openList("Commands")
	var last position
	written, more := 0, false
	for _, c := range s.selected(r) {
		if from != nil && c.number >= from.command {
			continue
		}
		c.mu.Lock()
		c.advance(now)
		shown := c.shown()
		c.mu.Unlock()
		details := reference.Details(aws.ToString(shown.StatusDetails))
		if !filter.matches(aws.ToTime(shown.RequestedDateTime), aws.ToString(shown.DocumentName), details) {
			continue
		}
		if written == limit {
			more = true
			break
		}
		w.command("", &shown)
		written, last = written+1, position{command: c.number}
	}
	return s.endList(w, r, last, more), nil
}

// listCommandInvocations lists newest first, which is recorded for the invocations of one command
// (evidence: alarms/fires-later).
func (s *Service) listCommandInvocations(r request) ([]byte, *exception) {
	filter, e := newFilter(r.Tree, reference.OfInvocation)
	if e != nil {
		return nil, e
	}
	from, e := s.startOf(r)
	if e != nil {
		return nil, e
	}
	details := r.Tree.Get("Details")
	l := invocationLister{
		service: s, filter: filter, from: from, limit: maxResults(r.Tree), node: text(r.Tree.Get("InstanceId")),
		details: details != nil && details.Bool, w: &writer{b: make([]byte, 0, 4096)},
	}
	l.w.open("")
	l.w.openList("CommandInvocations")
	for _, c := range s.selected(r) {
		if from != nil && c.number > from.command {
			continue
		}
		if l.list(c); l.more {
			break
		}
	}
	return s.endList(l.w, r, l.last, l.more), nil
}

// invocationLister writes one page of invocations.
type invocationLister struct {
	service *Service
	filter  filter
	from    *position
	limit   int
	node    string
	details bool
	w       *writer
	written int
	last    position
	more    bool
}

func (l *invocationLister) list(c *command) {
	now := l.service.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	for i := len(c.invocations) - 1; i >= 0; i-- {
		requested := c.invocations[i].requested
		later := l.from != nil && c.number == l.from.command && i >= l.from.invocation
		if later || requested.IsZero() || l.node != "" && c.nodes[i].ID != l.node {
			continue
		}
		if !l.filter.matches(requested, aws.ToString(c.DocumentName), c.life.Invocation(i)) {
			continue
		}
		if l.written == l.limit {
			l.more = true
			return
		}
		l.w.invocation(c, i, c.time(now), l.details)
		l.written++
		l.last = position{command: c.number, invocation: i}
	}
}

func (w *writer) openList(name string) {
	w.name(name)
	w.b = append(w.b, '[')
}

// endList closes the list and the answer; the last page has no NextToken.
func (s *Service) endList(w *writer, r request, last position, more bool) []byte {
	w.b = append(w.b, ']')
	if more {
		w.text("NextToken", s.nextToken(r, last))
	}
	w.end()
	return w.b
}

// position is the last entry of a page, by the number of its command and the index of its
// invocation. New commands and forgotten ones do not shift it.
type position struct {
	command    int64
	invocation int
}

func (p position) String() string {
	return strconv.FormatInt(p.command, 10) + "." + strconv.Itoa(p.invocation)
}
