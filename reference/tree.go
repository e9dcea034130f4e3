package reference

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// present returns the member's value, or nil where it is absent or null, which AWS treats alike.
func present(v *jsontree.Value, name string) *jsontree.Value {
	found := v.Get(name)
	if found == nil || found.Kind == jsontree.Null {
		return nil
	}
	return found
}

// tree checks the constraints on a value whose types are right.
func (w *walker) tree(s *shape, v *jsontree.Value) {
	switch s.typ {
	case smithy.ShapeTypeStructure:
		for _, m := range s.members {
			value := present(v, m.name)
			w.push(segment{name: m.name})
			if value != nil {
				w.tree(m.shape, value)
			} else if m.required != nil {
				w.missing(m.required)
			}
			w.pop()
		}
	case smithy.ShapeTypeList:
		w.list(s, v)
	case smithy.ShapeTypeInteger:
		n := clamp(v.Text)
		w.bounds(s, int64(n), func() string { return strconv.Itoa(int(n)) })
	case smithy.ShapeTypeString, smithy.ShapeTypeEnum:
		w.text(s, v.Text)
	}
	// The only map of these requests, Parameters, has no constraint in any source.
}

func (w *walker) list(s *shape, v *jsontree.Value) {
	items := withoutNulls(v.Items)
	w.bounds(s, int64(len(items)), func() string { return javaTree(s, v) })
	if s.element.isText() {
		w.elements(s, items)
		return
	}
	for i := range items {
		w.push(segment{isElement: true, index: i})
		w.tree(s.element, &items[i])
		w.pop()
	}
}

func withoutNulls(items []jsontree.Value) []jsontree.Value {
	isNull := func(v jsontree.Value) bool { return v.Kind == jsontree.Null }
	if !slices.ContainsFunc(items, isNull) {
		return items
	}
	return slices.DeleteFunc(slices.Clone(items), isNull)
}

// clamp makes an Integer of a JSON number as AWS does: a fraction is cut off, a value beyond 32
// bits becomes the nearest one (evidence: framework/numbers).
func clamp(literal string) int32 {
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0
	}
	return int32(max(math.MinInt32, min(math.MaxInt32, f)))
}

// javaTree renders a value as Java's toString does, structures as AWS's classes do:
// [Alarm(name=A)].
func javaTree(s *shape, v *jsontree.Value) string {
	if v == nil || v.Kind == jsontree.Null {
		return "null"
	}
	switch s.typ {
	case smithy.ShapeTypeStructure:
		texts := make([]string, len(s.members))
		for i, m := range s.members {
			texts[i] = lowerFirst(m.name) + "=" + javaTree(m.shape, v.Get(m.name))
		}
		return s.name + "(" + strings.Join(texts, ", ") + ")"
	case smithy.ShapeTypeList:
		items := withoutNulls(v.Items)
		texts := make([]string, len(items))
		for i := range items {
			texts[i] = javaTree(s.element, &items[i])
		}
		return javaList(texts)
	case smithy.ShapeTypeInteger:
		return strconv.Itoa(int(clamp(v.Text)))
	case smithy.ShapeTypeBoolean:
		return strconv.FormatBool(v.Bool)
	}
	return v.Text
}
