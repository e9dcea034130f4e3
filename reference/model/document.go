package model

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// document is a model in any of the forms: operations, and shapes that name each other. The Smithy JSON AST has its
// operations among the shapes.
type document struct {
	Smithy, Metadata, Service json.RawMessage // the members that tell the forms apart
	Operations, Shapes        map[string]shape
}

// shape is a shape or an operation. What Smithy says in traits, botocore says in members of the shape.
type shape struct {
	Type          string
	Traits        traits
	Members       map[string]link
	Member, Value *link    // the element of a list, and the values of a map
	Values        []string // of an enum in the extract
	Input, Output link
	Errors        []link

	Min, Max       *json.Number
	Pattern        string
	Enum, Required []string
	Deprecated     bool

	facts Member // what it says of each member that has it: worked out once, since many may have it
}

// link is the use of a shape by another: Target is Smithy's name of it, Shape botocore's.
type link struct {
	Target, Shape string
	Traits        traits
	Deprecated    bool
}

// UnmarshalJSON also takes the bare names of the extract.
func (l *link) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &l.Target)
	}
	type plain link
	return json.Unmarshal(b, (*plain)(l))
}

func (l *link) name() string { return l.Target + l.Shape }

// traits are the traits of a Smithy shape or member that a server may be held to.
type traits struct {
	Length, Range Bounds
	Pattern       string
	Required      *struct{}
	Deprecated    json.RawMessage
	EnumValue     any
	Enum          []struct{ Value string }
}

func (s *shape) member() Member {
	m := Member{
		Type: s.Type, Length: s.Traits.Length, Range: s.Traits.Range, Pattern: s.Traits.Pattern + s.Pattern,
		Deprecated: s.Deprecated || s.Traits.Deprecated != nil, Values: slices.Concat(s.Values, s.Enum),
	}
	for _, e := range s.Traits.Enum {
		m.Values = append(m.Values, e.Value)
	}
	if s.Type == "enum" {
		m.Type = "string"
		for name, member := range s.Members { // its value is that of the trait, or the member's name
			if value, ok := member.Traits.EnumValue.(string); ok {
				name = value
			}
			m.Values = append(m.Values, name)
		}
	}
	slices.Sort(m.Values)
	if s.Min == nil && s.Max == nil {
		return m
	}
	switch s.Type {
	case "string", "list", "map", "blob":
		m.Length = Bounds{whole(s.Min), whole(s.Max)}
	default:
		m.Range = Bounds{whole(s.Min), whole(s.Max)}
	}
	return m
}

// whole is a bound of botocore's, which writes those of other operations as fractions.
func whole(n *json.Number) *int64 {
	if n == nil {
		return nil
	}
	i, err := n.Int64()
	if err != nil {
		return nil
	}
	return &i
}

// of is what the member says beyond the facts of its shape.
func (l *link) of(target Member, required bool) Member {
	target.Required = required || l.Traits.Required != nil
	target.Deprecated = target.Deprecated || l.Deprecated || l.Traits.Deprecated != nil
	if l.Traits.Length != (Bounds{}) {
		target.Length = l.Traits.Length
	}
	if l.Traits.Range != (Bounds{}) {
		target.Range = l.Traits.Range
	}
	if l.Traits.Pattern != "" {
		target.Pattern = l.Traits.Pattern
	}
	// A length cannot be below 0: forms that write that bound and forms that do not say the same.
	if target.Length.Min != nil && *target.Length.Min == 0 {
		target.Length.Min = nil
	}
	return target
}

// The bounds of what a model may unfold to: shapes name each other, and a hostile file may have them go
// round in circles or double at each level. The largest answer has four levels and 40 members.
const (
	maxDepth   = 12
	maxMembers = 5000
)

func (d *document) service() (*Service, error) {
	operations := d.Operations
	if operations == nil {
		operations = map[string]shape{}
	}
	for id, s := range d.Shapes {
		if s.Type == "operation" {
			operations[bare(id)] = s
		}
		s.facts = s.member()
		d.Shapes[id] = s
	}
	s := &Service{Operations: map[string]Operation{}}
	for _, name := range reference.Operations() {
		op, ok := operations[name]
		if !ok {
			continue
		}
		o := Operation{Deprecated: op.member().Deprecated}
		for _, e := range op.Errors {
			o.Errors = append(o.Errors, bare(e.name()))
		}
		slices.Sort(o.Errors)
		var err error
		if o.Request, err = d.flatten(op.Input.name()); err != nil {
			return nil, fmt.Errorf("%w: request of %s: %w", ErrNoModel, name, err)
		}
		if o.Response, err = d.flatten(op.Output.name()); err != nil {
			return nil, fmt.Errorf("%w: answer of %s: %w", ErrNoModel, name, err)
		}
		s.Operations[name] = o
	}
	if _, ok := s.Operations[reference.SendCommand]; !ok {
		return nil, fmt.Errorf("%w: it has no operation SendCommand", ErrNoModel)
	}
	return s, nil
}

// bare is a name without its namespace.
func bare(id string) string { return id[strings.LastIndexByte(id, '#')+1:] }

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
	visit := func(path string, l link, required bool) error {
		target, ok := d.shape(l.name())
		if !ok {
			return fmt.Errorf("%s names the shape %q, which is not there", path, l.name())
		}
		found[path] = l.of(target.facts, required)
		return d.below(path, target, depth+1, found)
	}
	if s.Type != "enum" {
		for name, l := range s.Members {
			if err := visit(strings.TrimPrefix(path+"."+name, "."), l, slices.Contains(s.Required, name)); err != nil {
				return err
			}
		}
	}
	if element := cmp.Or(s.Member, s.Value); element != nil {
		return visit(path+"[]", *element, false)
	}
	return nil
}

// shape also knows the simple shapes of Smithy's prelude, which no model spells out.
func (d *document) shape(name string) (shape, bool) {
	if s, ok := d.Shapes[name]; ok {
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
