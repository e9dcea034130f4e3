package judge

import (
	"math"
	"strconv"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

var memberTypesCheck = check{
	rule("Member/types",
		"Every member of an answer has the JSON type of its shape; lengths and enums are not looked at, since AWS breaks its own there",
		fixtures.Must, "shape/member-types", "shape/answers-break-it"),
	func(e *Exchanged) []Finding { return walkMembers(e, false) },
}

var unknownMembersCheck = check{
	rule("Member/unknown", "An answer has no member that the model lacks; clients ignore them, and AWS itself sends a few", fixtures.May,
		"echo/unmodelled", "protocol/unknown-members"),
	func(e *Exchanged) []Finding { return walkMembers(e, true) },
}

// unmodelled are the members that AWS is known to send although the model lacks them (evidence: echo/unmodelled).
var unmodelled = map[string]bool{"Interactive": true, "ClientName": true, "ClientSourceId": true}

// memberWalk looks for members that the model lacks, or else for values of wrong types.
type memberWalk struct {
	unknown bool
	found   []Finding
}

// walkMembers holds an answer against the structure of its operation's output.
func walkMembers(e *Exchanged, unknown bool) []Finding {
	w := memberWalk{unknown: unknown}
	if schema := reference.ResponseSchema(e.Step.Request.Operation); e.OK() && e.Body != nil && schema != nil {
		w.walk("", schema, e.Body)
	}
	return w.found
}

func (w *memberWalk) add(unknown bool, level fixtures.Level, path, want string, got *jsontree.Value) {
	if unknown == w.unknown {
		w.found = append(w.found, broken(level, path, want, described(got))...)
	}
}

func (w *memberWalk) walk(path string, s *smithy.Schema, v *jsontree.Value) {
	if len(w.found) >= findingsKept {
		return
	}
	want := reference.JSONKind(s.Type())
	if v.Kind == jsontree.Null {
		// Smithy: servers do not serialize null members of a structure; clients drop them.
		w.add(false, fixtures.Should, path, matcher.Article(want.String())+", or no member", v)
		return
	}
	if !fits(s, v) {
		w.add(false, fixtures.Must, path, matcher.Article(typeName(s)), v)
		return
	}
	switch s.Type() {
	case smithy.ShapeTypeStructure:
		members := s.Members()
		for i := range v.Members {
			m := &v.Members[i]
			member := members[m.Name]
			if member != nil && m.Value.Kind < jsontree.Array && fits(member, &m.Value) {
				continue // the path is of use to a finding only
			}
			at := path + "/" + jsontree.EscapeToken(m.Name)
			if member != nil {
				w.walk(at, member, &m.Value)
			} else if !unmodelled[m.Name] && len(w.found) < findingsKept {
				w.add(true, fixtures.May, at, "no such member", &m.Value)
			}
		}
	case smithy.ShapeTypeList:
		list := elements(v)
		for i := range list {
			w.walk(path+"/"+strconv.Itoa(i), s.ListMember(), &list[i])
		}
	case smithy.ShapeTypeMap:
		for i := range v.Members {
			w.walk(path+"/"+jsontree.EscapeToken(v.Members[i].Name), s.MapValue(), &v.Members[i].Value)
		}
	default: // nothing below it
	}
}

func fits(s *smithy.Schema, v *jsontree.Value) bool {
	n, integer := v.Int64()
	return v.Kind == reference.JSONKind(s.Type()) &&
		(s.Type() != smithy.ShapeTypeInteger || integer && n >= math.MinInt32 && n <= math.MaxInt32)
}

func typeName(s *smithy.Schema) string {
	switch s.Type() {
	case smithy.ShapeTypeInteger:
		return "integer of 32 bits"
	case smithy.ShapeTypeTimestamp:
		return "number of seconds since 1970"
	default:
		return reference.JSONKind(s.Type()).String()
	}
}
