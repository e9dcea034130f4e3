package model

import (
	"encoding/json"
	"slices"
	"strings"
)

// traits are the traits of a Smithy shape or member that a server may be held to; the extract names
// them without their namespace.
type traits struct {
	Length     *bounds
	Range      *bounds
	Pattern    string
	Required   *struct{}
	Deprecated json.RawMessage
	EnumValue  string
	Enum       []struct{ Value string }
}

type bounds struct{ Min, Max *int64 }

func (t traits) facts(typ string) Member {
	m := Member{Type: typ, Required: t.Required != nil, Pattern: t.Pattern, Deprecated: t.Deprecated != nil}
	if t.Length != nil {
		m.Length = Bounds(*t.Length)
	}
	if t.Range != nil {
		m.Range = Bounds(*t.Range)
	}
	for _, e := range t.Enum {
		m.Values = append(m.Values, e.Value)
	}
	slices.Sort(m.Values)
	return m
}

// smithyTraits reads the traits under their names in Smithy's prelude.
type smithyTraits struct{ traits }

func (t *smithyTraits) UnmarshalJSON(b []byte) error {
	var s struct {
		Length     *bounds                  `json:"smithy.api#length"`
		Range      *bounds                  `json:"smithy.api#range"`
		Pattern    string                   `json:"smithy.api#pattern"`
		Required   *struct{}                `json:"smithy.api#required"`
		Deprecated json.RawMessage          `json:"smithy.api#deprecated"`
		EnumValue  json.RawMessage          `json:"smithy.api#enumValue"`
		Enum       []struct{ Value string } `json:"smithy.api#enum"`
	}
	err := json.Unmarshal(b, &s)
	t.traits = traits{s.Length, s.Range, s.Pattern, s.Required, s.Deprecated, "", s.Enum}
	if err == nil && s.EnumValue != nil && s.EnumValue[0] == '"' {
		err = json.Unmarshal(s.EnumValue, &t.EnumValue)
	}
	return err
}

type smithyLink struct {
	Target string
	Traits smithyTraits
}

func (l smithyLink) link() link { return link{l.Target, l.Traits.facts("")} }

func readSmithy(text []byte) (*document, error) {
	var ast struct {
		Shapes map[string]struct {
			Type          string
			Traits        smithyTraits
			Members       map[string]smithyLink
			Member, Value *smithyLink
			Input, Output *smithyLink
			Errors        []smithyLink
		}
	}
	if err := json.Unmarshal(text, &ast); err != nil {
		return nil, err
	}
	d := &document{map[string]operation{}, map[string]shape{}}
	for id, s := range ast.Shapes {
		if s.Type == "operation" {
			op := operation{deprecated: s.Traits.Deprecated != nil}
			if s.Input != nil {
				op.input = s.Input.Target
			}
			if s.Output != nil {
				op.output = s.Output.Target
			}
			for _, e := range s.Errors {
				op.errors = append(op.errors, e.Target)
			}
			d.operations[id[strings.LastIndexByte(id, '#')+1:]] = op
			continue
		}
		flat := shape{facts: s.Traits.facts(s.Type)}
		if s.Type == "enum" {
			flat.facts.Type, flat.facts.Values = "string", enumValues(s.Members)
		} else {
			flat.members = links(s.Members, smithyLink.link)
		}
		for _, element := range []*smithyLink{s.Member, s.Value} {
			if element != nil {
				l := element.link()
				flat.element = &l
			}
		}
		d.shapes[id] = flat
	}
	return d, nil
}

// enumValues are the values of an enum: that of the trait, or the member's name.
func enumValues(members map[string]smithyLink) []string {
	values := make([]string, 0, len(members))
	for name, m := range members {
		if m.Traits.EnumValue != "" {
			name = m.Traits.EnumValue
		}
		values = append(values, name)
	}
	slices.Sort(values)
	return values
}

func links[T any](members map[string]T, of func(T) link) map[string]link {
	found := make(map[string]link, len(members))
	for name, m := range members {
		found[name] = of(m)
	}
	return found
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
			members: links(s.Members, botocoreLink.link)}
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
		for _, element := range []*botocoreLink{s.Member, s.Value} {
			if element != nil {
				l := element.link()
				flat.element = &l
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

func readExtract(text []byte) (*document, error) {
	type member struct {
		Target string
		Traits traits
	}
	var extract struct {
		Operations map[string]struct {
			Input, Output string
			Errors        []string
		}
		Shapes map[string]struct {
			Type          string
			Traits        traits
			Members       map[string]member
			Member, Value string
			Values        []string
		}
	}
	if err := json.Unmarshal(text, &extract); err != nil {
		return nil, err
	}
	d := &document{map[string]operation{}, map[string]shape{}}
	for name, op := range extract.Operations {
		d.operations[name] = operation{input: op.Input, output: op.Output, errors: op.Errors}
	}
	for name, s := range extract.Shapes {
		flat := shape{facts: s.Traits.facts(s.Type), members: links(s.Members,
			func(m member) link { return link{m.Target, m.Traits.facts("")} })}
		if s.Type == "enum" {
			flat.facts.Type, flat.facts.Values = "string", s.Values
			slices.Sort(flat.facts.Values)
		}
		for _, element := range []string{s.Member, s.Value} {
			if element != "" {
				flat.element = &link{target: element}
			}
		}
		d.shapes[name] = flat
	}
	return d, nil
}
