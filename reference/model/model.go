package model

import "strconv"

// Service is what a model says of the operations that package reference knows, by operation name.
// Others are left out.
type Service struct {
	Operations map[string]Operation
}

// Operation is one operation, with every member of its request and answer by path. Paths are those of
// reference.Constraint: Targets[].Key, and Parameters[] for the values of a map as for the elements of
// a list.
type Operation struct {
	Request    map[string]Member
	Response   map[string]Member
	Errors     []string // shape names, sorted
	Deprecated bool
}

// Member is a member, or an element of a list, with the constraints of its shape and its own.
type Member struct {
	Type       string // of Smithy: structure, list, map, string, integer, boolean, timestamp ...
	Required   bool
	Length     Bounds
	Range      Bounds
	Pattern    string
	Values     []string // of an enum, sorted
	Deprecated bool
}

// Bounds are inclusive; nil where there is none.
type Bounds struct{ Min, Max *int64 }

func bound(n *int64) string {
	if n == nil {
		return none
	}
	return strconv.FormatInt(*n, 10)
}

// none is written for what one of the two sides does not have.
const none = "none"
