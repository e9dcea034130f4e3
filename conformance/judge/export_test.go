package judge

import "slices"

// VerdictOf is the verdict that findings add up to.
func VerdictOf(findings []Finding, strict bool) Verdict { return verdictOf(findings, strict) }

// InspectTogether holds exchanges against one another.
func InspectTogether(exchanges []Exchanged) []Finding {
	var found []Finding
	together := &Together{}
	for i := range exchanges {
		found = append(found, together.inspect(&exchanges[i])...)
	}
	return found
}

// InspectInvocation gives what the invariants on invocations find.
func InspectInvocation(e *Exchanged) []Finding {
	return slices.Concat(invocationCheck.inspect(e), executionTimesCheck.inspect(e))
}
