package mutants

import (
	"fmt"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// typeMutants are one mutant for every member and every JSON type that is not its own.
func typeMutants() []Mutant {
	var all []Mutant
	for _, s := range samples() {
		path, own := s[0], sample(s[0]).Kind
		for _, kind := range []jsontree.Kind{jsontree.Bool, jsontree.Number, jsontree.String, jsontree.Array, jsontree.Object} {
			// Whether AWS reads "true" as a boolean is not known (evidence: framework/serialization-types has no boolean).
			if kind == own || own == jsontree.Bool && kind != jsontree.Array && kind != jsontree.Object {
				continue
			}
			level := Must
			if path == "OutputS3Region" {
				level = Should // the prose of the model says that it is ignored
			}
			m := Mutant{"type/" + path + "/" + kind.String(), fmt.Sprintf("%s takes a JSON %s where it is of type %s", path, kind, own),
				typesSource, level, "", coerced(path, kind)}
			m.expect = "type/" + m.Member()
			all = append(all, m)
		}
	}
	return append(all, Mutant{"type/NotificationConfig/unread", "NotificationConfig is not read where no role is given", typesSource, Must,
		"type/NotificationConfig", overlooking("SerializationException", func(t *jsontree.Value) bool {
			return t.Get("ServiceRoleArn") == nil && without("NotificationConfig")(t)
		})})
}

func coerced(path string, kind jsontree.Kind) answer {
	return func(c *call) *reply {
		if !c.is(reference.SendCommand) {
			return c.ask()
		}
		given := map[string]jsontree.Value{}
		at(c.tree(), path, func(pointer string, v *jsontree.Value) {
			if v.Kind == kind {
				given[pointer] = *v
				*v = sample(path)
			}
		})
		if len(given) == 0 {
			return c.ask()
		}
		return restoreText(c.askTree(), given)
	}
}

// restoreText echoes what was coerced as the text that a lenient server makes of it.
func restoreText(r *reply, given map[string]jsontree.Value) *reply {
	for pointer, v := range given {
		if v.Kind == jsontree.Number || v.Kind == jsontree.Bool {
			given[pointer] = text(string(v.AppendJSON(nil)))
		} else {
			delete(given, pointer)
		}
	}
	return restore(r, given)
}
