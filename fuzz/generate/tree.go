package generate

import (
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// Short names: this package builds trees all day.
var (
	str, number, boolean, array, object, member, literal = jsontree.NewString, jsontree.NewNumber, jsontree.NewBool,
		jsontree.NewArray, jsontree.NewObject, jsontree.NewMember, jsontree.Literal
)

// step is a member on the way along a path; [] is a list's element and * the value of a map.
type step struct {
	name string
	path string // that leads up to it and includes it
}

// steps cuts a path such as AlarmConfiguration.Alarms[].Name into its members.
func steps(path string) []step {
	var list []step
	end := 0
	for name := range strings.SplitSeq(strings.ReplaceAll(path, "[]", ".[]"), ".") {
		if end > 0 && name != "[]" {
			end++ // the dot
		}
		end += len(name)
		list = append(list, step{name, path[:end]})
	}
	return list
}
