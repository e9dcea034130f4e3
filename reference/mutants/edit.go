package mutants

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// value parses a literal of this package's tables.
func value(literal string) jsontree.Value {
	v, err := jsontree.Parse([]byte(literal))
	if err != nil {
		return jsontree.Value{}
	}
	return *v
}

func text(s string) jsontree.Value { return jsontree.Value{Kind: jsontree.String, Text: s} }

// set replaces or adds a member.
func set(v *jsontree.Value, name string, to jsontree.Value) {
	if v == nil || v.Kind != jsontree.Object {
		return
	}
	if old := v.Get(name); old != nil {
		*old = to
		return
	}
	v.Members = append(slices.Clip(v.Members), jsontree.Member{Name: name, Value: to})
}

func remove(v *jsontree.Value, name string) {
	if v != nil {
		v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool { return m.Name == name })
	}
}

// at finds every value at a path such as Targets[].Key or Parameters.*[], with its pointer.
func at(v *jsontree.Value, path string, visit func(pointer string, v *jsontree.Value)) {
	walk(v, strings.Split(strings.ReplaceAll(path, "[]", ".[]"), "."), "", visit)
}

func walk(v *jsontree.Value, parts []string, pointer string, visit func(string, *jsontree.Value)) {
	switch {
	case v == nil:
	case len(parts) == 0:
		visit(pointer, v)
	case parts[0] == "[]":
		if v.Kind != jsontree.Array {
			return
		}
		for i := range v.Items {
			walk(&v.Items[i], parts[1:], pointer+"/"+strconv.Itoa(i), visit)
		}
	case parts[0] == "*":
		if v.Kind != jsontree.Object {
			return
		}
		for i := range v.Members {
			walk(&v.Members[i].Value, parts[1:], pointer+"/"+jsontree.EscapeToken(v.Members[i].Name), visit)
		}
	default:
		walk(v.Get(parts[0]), parts[1:], pointer+"/"+parts[0], visit)
	}
}

// restore puts what the request had back into a good answer, where AWS echoes it.
func restore(r *reply, given map[string]jsontree.Value) *reply {
	return r.editCommands(func(command *jsontree.Value) {
		for pointer, v := range given {
			if strings.HasPrefix(pointer, "/ServiceRoleArn") {
				pointer = "/ServiceRole"
			}
			if there := command.Pointer(pointer); there != nil {
				*there = v
			}
		}
	})
}
