package generate

import "slices"

// Mark is an entry of the constraint coverage: a constraint, or the type, of one place of a request, and a side of it.
type Mark struct {
	Path string // as reference.Constraint has it
	Kind string // of the constraint, or "type"
	Side string // below, at-min, inside, at-max, above, near, outside, absent, null, or a JSON type
}

func (m Mark) String() string { return m.Path + " " + m.Kind + " " + m.Side }

// MarkSet has all marks of a generator, and whether each was asked.
type MarkSet map[Mark]bool

// Marks is the set of all that the generator can ask, none of it asked.
func (g *Generator) Marks() MarkSet {
	s := MarkSet{}
	for i := range g.boundaries {
		s[g.boundaries[i].mark] = false
	}
	return s
}

// Add counts the marks of an input.
func (s MarkSet) Add(marks []Mark) {
	for _, m := range marks {
		if _, has := s[m]; has {
			s[m] = true
		}
	}
}

// NotAsked are the marks that were not asked, sorted.
func (s MarkSet) NotAsked() []string {
	var left []string
	for m, asked := range s {
		if !asked {
			left = append(left, m.String())
		}
	}
	slices.Sort(left)
	return left
}
