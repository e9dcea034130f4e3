package coverage

import (
	"slices"
	"strings"
)

// Only returns the rows about a name, counted anew: an operation, an exception, the value of a status, or a
// member by its path or a part of it. Targets finds Targets, Targets[].Key and Command.Targets; Targets.Key
// finds Targets[].Key. Where nothing has the name no row is left.
func (t *Table) Only(name string) *Table {
	var kept []Row
	for i := range t.Rows {
		if t.Rows[i].about(name) {
			row := t.Rows[i]
			row.Cells = slices.Clone(row.Cells)
			kept = append(kept, row)
		}
	}
	return count(kept)
}

func (r *Row) about(name string) bool {
	if name == "" {
		return false
	}
	plain := func(path string) string { return "." + strings.ReplaceAll(path, "[]", "") + "." }
	return r.Operation == name || r.Section == Statuses && r.Rule == name || strings.Contains(plain(r.Member), plain(name))
}
