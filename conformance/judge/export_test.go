package judge

import "slices"

// InspectTogether holds exchanges against one another.
func InspectTogether(exchanges []Exchanged) []Finding {
	var found []Finding
	together := NewTogether()
	for i := range exchanges {
		found = append(found, together.inspect(&exchanges[i])...)
	}
	return found
}

// InspectInvocation gives what the invariants on invocations find.
func InspectInvocation(e *Exchanged) []Finding {
	return slices.Concat(invocationCheck.inspect(e), executionTimesCheck.inspect(e))
}
