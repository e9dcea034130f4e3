package reference

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
)

// JSONSchema is the JSON Schema (draft 2020-12) of the request of an operation: its members, their types and their
// constraints. What a schema cannot say, such as what AWS converts (true for "true"), or what depends on the account, it
// leaves to Validate.
func JSONSchema(operation string) ([]byte, error) {
	root := inputs()[operation]
	if root == nil {
		return nil, fmt.Errorf("no operation %q; want one of %s", operation, strings.Join(Operations(), ", "))
	}
	schema := root.jsonSchema()
	schema["type"] = "object"
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["$id"] = "https://github.com/sendspec/sendspec/" + operation + ".request.schema.json"
	schema["title"] = "The request of " + operation
	schema["description"] = "Lengths count code points. Null is a member left out. Each $comment names facts of fixtures/evidence."
	b, err := json.MarshalIndent(schema, "", "  ")
	return append(b, '\n'), err
}

func (s *shape) jsonSchema() map[string]any {
	schema := map[string]any{}
	facts := []string{}
	for i := range s.rules {
		facts = append(facts, s.rules[i].Evidence)
		s.rules[i].addTo(schema, s.typ)
	}
	if len(facts) > 0 {
		schema["$comment"] = strings.Join(facts, ", ")
	}
	name := JSONKind(s.typ).String()
	switch s.typ {
	case smithy.ShapeTypeStructure:
		properties := map[string]any{}
		var required []string
		var each []any
		for _, m := range s.members {
			properties[m.name] = m.shape.jsonSchema()
			if m.required != nil {
				required = append(required, m.name)
				notNull := map[string]any{"not": map[string]any{"type": "null"}}
				each = append(each, map[string]any{"properties": map[string]any{m.name: notNull}})
			}
		}
		schema["properties"] = properties
		if required != nil {
			schema["required"], schema["allOf"] = required, each
		}
	case smithy.ShapeTypeList:
		schema["items"] = s.element.jsonSchema()
	case smithy.ShapeTypeMap:
		schema["additionalProperties"] = s.element.jsonSchema()
	case smithy.ShapeTypeInteger, smithy.ShapeTypeLong:
		name = "integer"
	}
	schema["type"] = []string{name, "null"}
	return schema
}

func (r *rule) addTo(schema map[string]any, typ smithy.ShapeType) {
	least, most := "minimum", "maximum"
	switch {
	case r.Kind == Enum:
		values := []any{nil}
		for _, v := range r.Values {
			values = append(values, v)
		}
		schema["enum"] = values
	case r.Kind == Pattern:
		schema["pattern"] = "^(?:" + portable(r.Pattern) + ")$"
	case r.Kind == Length && typ == smithy.ShapeTypeString:
		least, most = "minLength", "maxLength"
	case r.Kind == Length && typ == smithy.ShapeTypeList:
		least, most = "minItems", "maxItems"
	case r.Kind == Length:
		least, most = "minProperties", "maxProperties"
	}
	if r.Min != nil {
		schema[least] = *r.Min
	}
	if r.Max != nil {
		schema[most] = *r.Max
	}
}

// portable is a pattern of the table without what Java's regular expressions have of their own. JSON Schema wants those of
// ECMAScript with the flag u.
func portable(pattern string) string {
	const ends = `\n\r` + "\u0085\u2028\u2029" // the line ends of Java; ECMAScript, Python and RE2 have other lists
	switch pattern {
	case `^.{0,100}$`:
		return "[^" + ends + "]{0,100}"
	case `^(?!\s*$).+`: // a lookahead, which RE2 has not: some character is no white space
		return "[^" + ends + `]*[^ \t\x0B\f` + ends + "][^" + ends + "]*"
	}
	return pattern
}
