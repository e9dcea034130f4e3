package generate

// Mark is an entry of the constraint coverage: a constraint, or the type, of one place of a request, and a side of it.
type Mark struct {
	Path string `json:"path"` // as reference.Constraint has it
	Kind string `json:"kind"` // of the constraint, or "type"
	Side string `json:"side"` // below, at-min, inside, at-max, above, near, outside, absent, null, or a JSON type
}

func (m Mark) String() string { return m.Path + " " + m.Kind + " " + m.Side }

// Coverage counts which constraints, types and sides of them were asked.
type Coverage struct {
	all  map[Mark]bool
	seen map[Mark]bool
}

// Coverage is an empty coverage of all that the generator can ask.
func (g *Generator) Coverage() *Coverage {
	c := &Coverage{map[Mark]bool{}, map[Mark]bool{}}
	for i := range g.boundaries {
		c.all[g.boundaries[i].mark] = true
	}
	return c
}

// Add counts the marks of an input.
func (c *Coverage) Add(marks []Mark) {
	for _, m := range marks {
		if c.all[m] {
			c.seen[m] = true
		}
	}
}

// Asked is how many entries were asked, of how many.
func (c *Coverage) Asked() (asked, of int) { return len(c.seen), len(c.all) }
