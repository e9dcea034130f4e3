package jsontree

import "slices"

// Literal parses a JSON literal of the program; nil where it is no JSON.
func Literal(text string) *Value {
	v, err := Parse([]byte(text))
	if err != nil {
		return nil
	}
	return v
}

// NewString returns a String.
func NewString(s string) Value { return Value{Kind: String, Text: s} }

// NewNumber returns a Number that is written as this literal.
func NewNumber(literal string) Value { return Value{Kind: Number, Text: literal} }

// NewBool returns a Bool.
func NewBool(b bool) Value { return Value{Kind: Bool, Bool: b} }

// NewArray returns an Array.
func NewArray(items ...Value) Value { return Value{Kind: Array, Items: items} }

// NewStrings returns an Array of Strings.
func NewStrings[S ~string](texts []S) Value {
	items := make([]Value, len(texts))
	for i, text := range texts {
		items[i] = NewString(string(text))
	}
	return NewArray(items...)
}

// NewObject returns an Object.
func NewObject(members ...Member) Value { return Value{Kind: Object, Members: members} }

// NewMember returns a member of an Object.
func NewMember(name string, v Value) Member { return Member{Name: name, Value: v} }

// Clone copies a tree, so that a change to the copy is none to the original.
func (v *Value) Clone() *Value {
	c := *v
	c.Items = slices.Clone(v.Items)
	for i := range c.Items {
		c.Items[i] = *c.Items[i].Clone()
	}
	c.Members = slices.Clone(v.Members)
	for i := range c.Members {
		c.Members[i].Value = *c.Members[i].Value.Clone()
	}
	return &c
}

// Set replaces a member of an Object, or adds it after the others. Of another kind of value it changes nothing.
func (v *Value) Set(name string, to Value) {
	if v == nil || v.Kind != Object {
		return
	}
	if old := v.Get(name); old != nil {
		*old = to
		return
	}
	v.Members = append(slices.Clip(v.Members), Member{Name: name, Value: to})
}

// Remove takes every member of this name out of an Object.
func (v *Value) Remove(name string) {
	if v != nil {
		v.Members = slices.DeleteFunc(v.Members, func(m Member) bool { return m.Name == name })
	}
}
