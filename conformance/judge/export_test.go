package judge

// InspectTogether holds exchanges against one another.
func InspectTogether(exchanges []Exchanged) []Finding {
	var found []Finding
	together := NewTogether()
	for i := range exchanges {
		found = append(found, together.inspect(&exchanges[i])...)
	}
	return found
}
