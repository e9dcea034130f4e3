package oracle

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// request is the structure of the requests.
var request = reference.RequestSchema(reference.SendCommand)

// deepest is how deep a request may nest without uncertainty: parsers have limits (RFC 8259 section 9), and
// those of AWS are not known.
const deepest = 64

func depth(v *jsontree.Value) int {
	below := 0
	for i := range v.Items {
		below = max(below, depth(&v.Items[i]))
	}
	for i := range v.Members {
		below = max(below, depth(&v.Members[i].Value))
	}
	return below + 1
}

// spelledOtherwise reports whether a member has the name of one that is known but for the case.
func spelledOtherwise(name string, known []string) bool {
	return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
}

// visitUnknown visits the members that the model lacks, with the names of those that it has in their place.
func visitUnknown(s *smithy.Schema, v *jsontree.Value, visit func(name string, known []string)) {
	switch {
	case v == nil:
	case s.Type() == smithy.ShapeTypeList:
		for i := range v.Items {
			visitUnknown(s.ListMember(), &v.Items[i], visit)
		}
	case s.Type() == smithy.ShapeTypeStructure:
		for i := range v.Members {
			if m := &v.Members[i]; s.Member(m.Name) != nil {
				visitUnknown(s.Member(m.Name), &m.Value, visit)
			} else {
				visit(m.Name, slices.Collect(maps.Keys(s.Members())))
			}
		}
	}
}
