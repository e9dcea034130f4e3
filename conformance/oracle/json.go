package oracle

import "github.com/sendspec/sendspec/reference/jsontree"

// Value is short for a JSON value.
type Value = jsontree.Value

func str(s string) Value { return jsontree.NewString(s) }

func number(literal string) Value { return jsontree.NewNumber(literal) }

func boolean(b bool) Value { return Value{Kind: jsontree.Bool, Bool: b} }

func array(items ...Value) Value { return Value{Kind: jsontree.Array, Items: items} }

func strs(list []string) Value {
	items := make([]Value, len(list))
	for i, s := range list {
		items[i] = str(s)
	}
	return array(items...)
}

func object(members ...jsontree.Member) Value { return Value{Kind: jsontree.Object, Members: members} }

func member(name string, v Value) jsontree.Member { return jsontree.Member{Name: name, Value: v} }

// literal reads a tree out of a literal of this package; nil where it is none.
func literal(s string) *Value {
	v, err := jsontree.Parse([]byte(s))
	if err != nil {
		return nil
	}
	return v
}
