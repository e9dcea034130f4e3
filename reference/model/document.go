package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// document is what the forms have in common: operations, and shapes that name each other.
type document struct {
	operations map[string]operation
	shapes     map[string]shape
}

type operation struct {
	input, output string // names of shapes; "" for none
	errors        []string
	deprecated    bool
}

type shape struct {
	facts   Member
	members map[string]link
	element *link // of a list, or the values of a map
}

// link is the use of a shape by another, with what it says beyond that shape.
type link struct {
	target string
	facts  Member
}

// The bounds of what a model may unfold to: shapes name each other, and a hostile file may have them go
// round in circles or double at each level. The largest answer has four levels and 40 members.
const (
	maxDepth   = 12
	maxMembers = 5000
)

func (d *document) service() (*Service, error) {
	s := &Service{Operations: map[string]Operation{}}
	for _, name := range reference.Operations() {
		op, ok := d.operations[name]
		if !ok {
			continue
		}
		o := Operation{Deprecated: op.deprecated}
		for _, id := range op.errors {
			o.Errors = append(o.Errors, id[strings.LastIndexByte(id, '#')+1:])
		}
		slices.Sort(o.Errors)
		var err error
		if o.Request, err = d.flatten(op.input); err != nil {
			return nil, fmt.Errorf("%w: request of %s: %w", ErrNoModel, name, err)
		}
		if o.Response, err = d.flatten(op.output); err != nil {
			return nil, fmt.Errorf("%w: answer of %s: %w", ErrNoModel, name, err)
		}
		s.Operations[name] = o
	}
	if _, ok := s.Operations[reference.SendCommand]; !ok {
		return nil, fmt.Errorf("%w: it has no operation SendCommand", ErrNoModel)
	}
	return s, nil
}

func (d *document) flatten(root string) (map[string]Member, error) {
	found := map[string]Member{}
	if root == "" {
		return found, nil
	}
	s, ok := d.shape(root)
	if !ok {
		return nil, fmt.Errorf("it names the shape %q, which is not there", root)
	}
	return found, d.below("", s, 0, found)
}

func (d *document) below(path string, s shape, depth int, found map[string]Member) error {
	if depth > maxDepth || len(found) > maxMembers {
		return fmt.Errorf("more than %d levels or %d members at %q", maxDepth, maxMembers, path)
	}
	members := map[string]link{}
	for name, m := range s.members {
		members[strings.TrimPrefix(path+"."+name, ".")] = m
	}
	if s.element != nil {
		members[path+"[]"] = *s.element
	}
	for path, l := range members {
		target, ok := d.shape(l.target)
		if !ok {
			return fmt.Errorf("%s names the shape %q, which is not there", path, l.target)
		}
		found[path] = l.facts.over(target.facts)
		if err := d.below(path, target, depth+1, found); err != nil {
			return err
		}
	}
	return nil
}

// over is the shape's facts with those of the member that uses it; the member's win.
func (m Member) over(target Member) Member {
	target.Required = m.Required
	target.Deprecated = target.Deprecated || m.Deprecated
	if m.Length != (Bounds{}) {
		target.Length = m.Length
	}
	if m.Range != (Bounds{}) {
		target.Range = m.Range
	}
	if m.Pattern != "" {
		target.Pattern = m.Pattern
	}
	// A length cannot be below 0: forms that write that bound and forms that do not say the same.
	if target.Length.Min != nil && *target.Length.Min == 0 {
		target.Length.Min = nil
	}
	return target
}

// shape also knows the simple shapes of Smithy's prelude, which no model spells out.
func (d *document) shape(name string) (shape, bool) {
	if s, ok := d.shapes[name]; ok {
		return s, true
	}
	simple, ok := strings.CutPrefix(name, "smithy.api#")
	if !ok {
		return shape{}, false
	}
	if simple == "Unit" {
		return shape{facts: Member{Type: "structure"}}, true
	}
	return shape{facts: Member{Type: strings.ToLower(strings.TrimPrefix(simple, "Primitive"))}}, true
}
