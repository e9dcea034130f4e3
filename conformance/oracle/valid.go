package oracle

import (
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// valid: the request is taken, and what comes back is what was given; or it is refused for what it means, as
// it must be by a rule that it breaks, or may be for a reason that the target's world may give.
func (o *Oracle) valid(r *reference.Validation) Expectation {
	m := o.semantics(r.Tree, r.Input)
	if m.open() {
		return open("a valid request that no source describes")
	}
	if hasNull(r.Tree) { // that a null is an absent member is inferred
		for i := range m.refusals {
			if m.refusals[i].cause != noDestination.cause {
				m.refusals[i] = m.refusals[i].at(fixtures.Should)
			}
		}
	}
	if len(m.refusals) > 0 {
		if o.captured { // not even that AWS's documents are there
			m.uncertain(uncertainty{exceptions: []string{"InvalidDocument", "AccessDeniedException", "UnsupportedPlatformType"}})
		}
		return refused(m.refusals, m.uncertainties)
	}
	e := Expectation{
		Rule: "A valid request is taken and comes back as it was given", Level: fixtures.Must,
		Evidence: fixtures.Evidence{"echo/as-received", "echo/members"},
	}
	accepted := Accepted
	accepted.Body = o.echo(r.Tree, r.Input)
	e.Outcomes = []fixtures.Outcome{accepted}
	if o.captured {
		e.Outcomes = append(e.Outcomes, whateverIsThere(reference.SendCommand)...)
	}
	var names []string
	semantic := false
	for _, d := range m.uncertainties {
		if d.level != "" && e.Level != fixtures.May {
			e.Level = d.level
		}
		names = append(names, d.exceptions...)
		semantic = semantic || d.semantic
	}
	for _, name := range distinct(names) {
		e.Outcomes = append(e.Outcomes, Exception(name))
	}
	if semantic {
		e.Outcomes = append(e.Outcomes, refusedForSemantics)
	}
	return e
}

func hasNull(tree *jsontree.Value) bool {
	for v := range tree.All() {
		if v.Kind == jsontree.Null {
			return true
		}
	}
	return false
}
