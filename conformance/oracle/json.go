package oracle

import "github.com/sendspec/sendspec/reference/jsontree"

// Short names: this package builds trees all day.
var (
	str, number, boolean, array, object, member, literal = jsontree.NewString, jsontree.NewNumber, jsontree.NewBool,
		jsontree.NewArray, jsontree.NewObject, jsontree.NewMember, jsontree.Literal
)
