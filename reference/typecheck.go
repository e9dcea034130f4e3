package reference

import (
	"math"
	"strconv"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// typer compares the JSON types of a tree with the shapes of a request.
type typer struct {
	walker
	result *Validation
}

// pointer renders the path as an RFC 6901 pointer.
func (t *typer) pointer() string {
	var b strings.Builder
	for _, s := range t.steps() {
		b.WriteByte('/')
		if s.isElement {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(jsontree.EscapeToken(s.name))
		}
	}
	return b.String()
}

func (t *typer) check(s *shape, v *jsontree.Value) {
	if v.Kind == jsontree.Null {
		return
	}
	switch s.typ {
	case smithy.ShapeTypeStructure:
		if t.want(v, jsontree.Object, "a structure", "Expected null") {
			t.members(s, v)
		}
	case smithy.ShapeTypeMap:
		if !t.want(v, jsontree.Object, "a map", "") {
			return
		}
		for i := range v.Members {
			m := &v.Members[i]
			t.push(segment{name: m.Name})
			t.element(s, &m.Value)
			t.pop()
		}
	case smithy.ShapeTypeList:
		if !t.want(v, jsontree.Array, "a list", "Expected list or null") {
			return
		}
		for i := range v.Items {
			t.push(segment{isElement: true, index: i})
			t.element(s, &v.Items[i])
			t.pop()
		}
	case smithy.ShapeTypeInteger:
		if t.want(v, jsontree.Number, "an Integer", "can not be converted to an Integer") && strings.ContainsAny(v.Text, ".eE") {
			t.result.uncertain(t.pointer(),
				"whether AWS takes an integer with a fraction or an exponent is known of another service only, "+
					"which truncates")
		} else if n, ok := v.Int64(); v.Kind == jsontree.Number && (!ok || n > math.MaxInt32 || n < math.MinInt32) {
			t.result.uncertain(t.pointer(), "which error AWS answers to an integer beyond 32 bits is known of another service only, "+
				"which clamps it")
		}
	case smithy.ShapeTypeBoolean:
		t.want(v, jsontree.Bool, "a Boolean", "can not be converted to a Boolean")
	default:
		t.want(v, jsontree.String, "a String", "can not be converted to a String")
	}
}

func (t *typer) members(s *shape, v *jsontree.Value) {
	for i := range v.Members {
		m := &v.Members[i]
		known := s.member(m.Name)
		if known == nil {
			// AWS ignores members it does not know (evidence: framework/unknown-members).
			continue
		}
		t.push(segment{name: m.Name})
		t.check(known.shape, &m.Value)
		t.pop()
	}
}

func (t *typer) element(s *shape, v *jsontree.Value) {
	if v.Kind == jsontree.Null {
		t.result.uncertain(t.pointer(), "what AWS makes of null in a list or map that is not sparse is not known; here it is left out")
		return
	}
	t.check(s.element, v)
}

// want records a type error unless v is of the kind. The text for a list or object where
// something else belongs does not depend on what belongs there (evidence: framework/serialization-types).
func (t *typer) want(v *jsontree.Value, kind jsontree.Kind, wanted, otherwise string) bool {
	if v.Kind == kind {
		return true
	}
	message := otherwise
	switch v.Kind {
	case jsontree.Array:
		message = "Start of list found where not expected"
	case jsontree.Object:
		message = "Start of structure or map found where not expected."
	default:
		if strings.HasPrefix(message, "can not") {
			message = tokenName(v) + " " + message
		}
	}
	t.result.TypeErrors = append(t.result.TypeErrors, TypeError{
		Path: t.apiPath(), Offset: int(v.Offset), Want: wanted, Got: v.Kind.String(), Message: message,
	})
	return false
}

// tokenName is the name of a scalar in AWS's texts.
func tokenName(v *jsontree.Value) string {
	switch {
	case v.Kind == jsontree.String:
		return "STRING_VALUE"
	case v.Kind == jsontree.Number:
		return "NUMBER_VALUE"
	case v.Bool:
		return "TRUE_VALUE"
	}
	return "FALSE_VALUE"
}
