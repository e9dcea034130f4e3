package model

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// traits are the traits of a Smithy shape or member that a server may be held to.
type traits struct {
	Length, Range Bounds
	Pattern       string
	Required      *struct{}
	Deprecated    json.RawMessage
	EnumValue     any
	Enum          []struct{ Value string }
}

func (t traits) facts(typ string) Member {
	m := Member{
		Type: typ, Length: t.Length, Range: t.Range, Required: t.Required != nil, Pattern: t.Pattern, Deprecated: t.Deprecated != nil,
	}
	for _, e := range t.Enum {
		m.Values = append(m.Values, e.Value)
	}
	slices.Sort(m.Values)
	return m
}

type smithyLink struct {
	Target string
	Traits traits
}

// UnmarshalJSON also takes the bare names of the extract.
func (l *smithyLink) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &l.Target)
	}
	type plain smithyLink
	return json.Unmarshal(b, (*plain)(l))
}

func (l smithyLink) link() link { return link{l.Target, l.Traits.facts("")} }

type smithyShape struct {
	Type          string
	Traits        traits
	Members       map[string]smithyLink
	Member, Value *smithyLink
	Values        []string // of an enum in the extract
	Input, Output smithyLink
	Errors        []smithyLink
}

// traitNames are the names of traits, which have the namespace of Smithy's prelude in front; the extract has them without.
var traitNames = regexp.MustCompile(`"smithy\.api#(\w+)"\s*:`)

// readSmithy reads the Smithy JSON AST, and the extract, which has operations and shapes apart.
func readSmithy(text []byte) (*document, error) {
	var ast struct{ Operations, Shapes map[string]smithyShape }
	if err := json.Unmarshal(traitNames.ReplaceAll(text, []byte(`"$1":`)), &ast); err != nil {
		return nil, err
	}
	d := &document{map[string]operation{}, map[string]shape{}}
	for name, op := range ast.Operations {
		d.operations[name] = op.operation()
	}
	for id, s := range ast.Shapes {
		if s.Type == "operation" {
			d.operations[id[strings.LastIndexByte(id, '#')+1:]] = s.operation()
		} else {
			d.shapes[id] = s.shape()
		}
	}
	return d, nil
}

func (s smithyShape) operation() operation {
	op := operation{input: s.Input.Target, output: s.Output.Target, deprecated: s.Traits.Deprecated != nil}
	for _, e := range s.Errors {
		op.errors = append(op.errors, e.Target)
	}
	return op
}

func (s smithyShape) shape() shape {
	flat := shape{facts: s.Traits.facts(s.Type), element: element(s.Member, s.Value)}
	if s.Type != "enum" {
		flat.members = links(s.Members)
		return flat
	}
	flat.facts.Type, flat.facts.Values = "string", s.Values
	for name, m := range s.Members { // its value is that of the trait, or the member's name
		if value, ok := m.Traits.EnumValue.(string); ok {
			name = value
		}
		flat.facts.Values = append(flat.facts.Values, name)
	}
	slices.Sort(flat.facts.Values)
	return flat
}

type linker interface{ link() link }

func links[T linker](members map[string]T) map[string]link {
	found := make(map[string]link, len(members))
	for name, m := range members {
		found[name] = m.link()
	}
	return found
}

// element is that of a list, or of a map its value; nil where there is none.
func element[T linker](either ...*T) *link {
	for _, e := range either {
		if e != nil {
			l := (*e).link()
			return &l
		}
	}
	return nil
}

type botocoreLink struct {
	Shape      string
	Deprecated bool
}

func (l botocoreLink) link() link { return link{l.Shape, Member{Deprecated: l.Deprecated}} }

func readBotocore(text []byte) (*document, error) {
	var service struct {
		Operations map[string]struct {
			Input, Output botocoreLink
			Errors        []botocoreLink
			Deprecated    bool
		}
		Shapes map[string]struct {
			Type          string
			Min, Max      *json.Number
			Pattern       string
			Enum          []string
			Required      []string
			Deprecated    bool
			Members       map[string]botocoreLink
			Member, Value *botocoreLink
		}
	}
	if err := json.Unmarshal(text, &service); err != nil {
		return nil, err
	}
	d := &document{map[string]operation{}, map[string]shape{}}
	for name, op := range service.Operations {
		o := operation{input: op.Input.Shape, output: op.Output.Shape, deprecated: op.Deprecated}
		for _, e := range op.Errors {
			o.errors = append(o.errors, e.Shape)
		}
		d.operations[name] = o
	}
	for name, s := range service.Shapes {
		flat := shape{facts: Member{Type: s.Type, Pattern: s.Pattern, Values: s.Enum, Deprecated: s.Deprecated},
			members: links(s.Members), element: element(s.Member, s.Value)}
		slices.Sort(flat.facts.Values)
		limits := Bounds{whole(s.Min), whole(s.Max)}
		switch s.Type {
		case "string", "list", "map", "blob":
			flat.facts.Length = limits
		default:
			flat.facts.Range = limits
		}
		for _, required := range s.Required {
			if m, ok := flat.members[required]; ok {
				m.facts.Required = true
				flat.members[required] = m
			}
		}
		d.shapes[name] = flat
	}
	return d, nil
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
