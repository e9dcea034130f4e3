package generate

import "slices"

// Mark is an entry of the constraint coverage: a constraint, or the type, of one place of a request, and a side of it.
type Mark struct {
	Path string `json:"path"` // as reference.Constraint has it
	Kind string `json:"kind"` // of the constraint, or "type"
	Side string `json:"side"` // below, at-min, inside, at-max, above, near, outside, absent, null, or a JSON type
}

func (m Mark) String() string { return m.Path + " " + m.Kind + " " + m.Side }

// MarkSet counts which marks of a generator were asked.
type MarkSet struct {
	all  map[Mark]bool
	seen map[Mark]bool
}

// Marks is the set of all that the generator can ask, none of it asked.
func (g *Generator) Marks() *MarkSet {
	c := &MarkSet{map[Mark]bool{}, map[Mark]bool{}}
	for i := range g.boundaries {
		c.all[g.boundaries[i].mark] = true
	}
	return c
}

// Add counts the marks of an input.
func (c *MarkSet) Add(marks []Mark) {
	for _, m := range marks {
		if c.all[m] {
			c.seen[m] = true
		}
	}
}

// Asked is how many entries were asked, of how many.
func (c *MarkSet) Asked() (asked, of int) { return len(c.seen), len(c.all) }

// NotAsked are the entries that were not asked, sorted.
func (c *MarkSet) NotAsked() []string {
	var left []string
	for m := range c.all {
		if !c.seen[m] {
			left = append(left, m.String())
		}
	}
	slices.Sort(left)
	return left
}
