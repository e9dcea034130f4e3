package judge

// InspectTogether holds exchanges against the invariants that look at those of a case together.
func InspectTogether(exchanges []Exchanged) []Finding {
	var found []Finding
	for _, check := range caseChecks {
		for _, f := range check.inspect(exchanges) {
			f.Check = check.rule.ID
			found = append(found, f.Finding)
		}
	}
	return found
}
