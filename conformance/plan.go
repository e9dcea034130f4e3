package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/fixtures"
)

// plan is every selected case, and why the target is not asked it, as far as the preflight shows.
func (r *Runner) plan(found *probe.Preflight) []event.Planned {
	var plan []event.Planned
	all := r.carriesInvariantsOnly()
	for _, c := range r.cases {
		if !all && !r.selector.Match(c.ID) {
			continue
		}
		if !r.settings.of(c) || !r.settings.shard.Has(c.ID) {
			continue
		}
		plan = append(plan, event.Planned{Case: c, Skip: cmp.Or(r.lacks(c, found), r.cannotAsk(c, found.Bindings))})
	}
	return plan
}

// carriesInvariantsOnly reports whether nothing but invariants is selected: they hold of whatever is
// sent, so everything is sent, and only they are reported.
func (r *Runner) carriesInvariantsOnly() bool {
	return !slices.ContainsFunc(r.cases, func(c *fixtures.Case) bool { return r.selector.Match(c.ID) })
}

// cannotAsk is why a target of which this is known is not asked a case, "" where it is.
func (r *Runner) cannotAsk(c *fixtures.Case, known fixtures.Bindings) string {
	if c.Safety != fixtures.Inert && !r.mayDispatch() {
		return event.MayRun
	}
	if r.target.Handler != nil && slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return probe.RawFraming(s.Request.Framing) }) {
		return "the framing of an in-process handler's requests cannot be at fault"
	}
	var missing []string
	for _, name := range c.Needs() {
		if known[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Sprintf("needs %s, which the target is not known to have", strings.Join(missing, ", "))
	}
	return ""
}

// lacks says which part of a profile the target does not have at all. Asked for by name, the
// profile is judged all the same.
func (r *Runner) lacks(c *fixtures.Case, found *probe.Preflight) string {
	if slices.Contains(r.settings.profiles, c.Profile) {
		return ""
	}
	if c.Profile == fixtures.Auth && !found.Verifies {
		return "the target accepts unsigned requests, so it verifies no signature"
	}
	if c.Profile == fixtures.Execution && slices.Contains(found.Synthetic, "node") {
		return "the target does not look at node IDs, so it runs nothing"
	}
	for _, s := range c.Steps {
		if op := s.Request.Operation; slices.Contains(probe.LifecycleOperations, op) && !slices.Contains(found.Operations, op) {
			return "the target does not know " + op
		}
	}
	return ""
}
