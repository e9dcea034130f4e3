package jsontree

import "slices"

// NewString returns a String.
func NewString(s string) Value { return Value{Kind: String, Text: s} }

// NewNumber returns a Number that is written as this literal.
func NewNumber(literal string) Value { return Value{Kind: Number, Text: literal} }

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
