package observe

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Order returns the cases of a plan that may be observed: those that run nothing and can be asked, the ones whose answer
// would tell most before the others.
func Order(plan []event.Planned) []event.Planned {
	asked := slices.DeleteFunc(slices.Clone(plan), func(p event.Planned) bool {
		return p.Skip != "" || p.Case.Safety != fixtures.Inert
	})
	slices.SortStableFunc(asked, func(a, b event.Planned) int { return cmp.Compare(rank(a.Case), rank(b.Case)) })
	return asked
}

// rank is less the more there is to learn from a case.
func rank(c *fixtures.Case) int {
	switch {
	case settles(c):
		return 0
	case IsOpen(c):
		return 1
	}
	kinds := evidence.Kinds()
	return 1 + len(kinds) - slices.Index(kinds, c.Evidence.Kind())
}

// settles reports whether a fact names the case as one that would settle an open question.
func settles(c *fixtures.Case) bool {
	for _, f := range c.Evidence.Facts() {
		if f.Question == nil {
			continue
		}
		for _, id := range f.Question.SettledBy {
			if id == c.ID || strings.HasPrefix(c.ID, id+"/") {
				return true
			}
		}
	}
	return false
}

// IsOpen reports whether the case leaves open what AWS answers: a fact says so, or several answers conform.
func IsOpen(c *fixtures.Case) bool {
	if settles(c) {
		return true
	}
	return slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool {
		return len(s.Expect) > 1 || slices.ContainsFunc(s.Expect, leavesOpen)
	})
}

// leavesOpen reports whether an outcome allows several statuses or types of an error.
func leavesOpen(o fixtures.Outcome) bool {
	several := func(v *jsontree.Value) bool {
		if v == nil {
			return false
		}
		in := v.Get("$in")
		return in != nil && len(in.Items) > 1 || v.Get("$class") != nil && v.Get("$should") == nil
	}
	return several(o.Status) || o.Error != nil && several(o.Error.Type)
}
