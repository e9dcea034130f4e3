package fuzz

import (
	"cmp"
	"slices"
)

// Mark is an entry of the ledger: a constraint, or the type, of one place of a request, and a side of it.
type Mark struct {
	Path string `json:"path"` // as reference.Constraint has it
	Kind string `json:"kind"` // of the constraint, or "type"
	Side string `json:"side"` // below, at-min, inside, at-max, above, near, outside, absent, null, or a JSON type
}

func (m Mark) String() string { return m.Path + " " + m.Kind + " " + m.Side }

// Ledger counts which entries were asked.
type Ledger struct {
	all  map[Mark]bool
	seen map[Mark]int
}

func newLedger(boundaries []boundary) *Ledger {
	l := &Ledger{map[Mark]bool{}, map[Mark]int{}}
	for i := range boundaries {
		l.all[boundaries[i].mark] = true
	}
	return l
}

func (l *Ledger) add(marks []Mark) {
	for _, m := range marks {
		if l.all[m] {
			l.seen[m]++
		}
	}
}

// Asked is how many entries were asked, of how many.
func (l *Ledger) Asked() (asked, of int) { return len(l.seen), len(l.all) }

// Missing lists the entries that were not asked.
func (l *Ledger) Missing() []Mark {
	var list []Mark
	for m := range l.all {
		if l.seen[m] == 0 {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Side, b.Side))
	})
	return list
}
