package report

import (
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// baselineLine compares a case with its baseline entry, in one line.
func baselineLine(n *judge.BaselineNote) string {
	var b strings.Builder
	b.WriteString(n.Entry + ": ")
	switch n.State {
	case judge.BaselineKnown:
		b.WriteString("known")
	case judge.BaselineFlaky:
		b.WriteString("its verdict is known to vary")
	case judge.BaselineChanged:
		b.WriteString("fails in another way than the entry says, " + n.Was)
	case judge.BaselineExpired:
		b.WriteString("the entry held until " + n.Until)
	case judge.BaselineStale:
		b.WriteString("no longer fails; take it out of the entry (--update-baseline does)")
	case judge.BaselineUnjudged:
		b.WriteString("expects it to fail; if it is to be skipped, take it out of the entry (--update-baseline does)")
	}
	if n.Until != "" && n.State != judge.BaselineExpired {
		b.WriteString(", until " + n.Until)
	}
	if n.Reason != "" {
		b.WriteString("; " + n.Reason)
	}
	if n.Reference != "" {
		b.WriteString(" (" + n.Reference + ")")
	}
	return clean(b.String())
}

func baselineCounts(r *event.Report) string {
	counts := r.Baseline()
	var parts []string
	count := func(state judge.BaselineState, words string) {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	count(judge.BaselineKnown, "known")
	count(judge.BaselineFlaky, "known to vary")
	count(judge.BaselineChanged, plural(counts[judge.BaselineChanged], "fails", "fail")+" in another way")
	count(judge.BaselineExpired, "past their date")
	count(judge.BaselineStale, "no longer "+plural(counts[judge.BaselineStale], "fails", "fail"))
	count(judge.BaselineUnjudged, "no longer judged")
	if len(parts) == 0 {
		return ""
	}
	return "baseline: " + strings.Join(parts, ", ")
}

// knownVerdict says in one line what a run without a new failure means against a baseline.
func knownVerdict(r *event.Report) string {
	known, fixed := r.Totals[judge.Known], r.Totals[judge.Fixed]
	line := r.Target.Name
	if known == 0 {
		line = conformsIn(r)
	} else {
		line += fmt.Sprintf(" differs as known: %d of %d cases fail, none is new", known, r.Totals.Judged())
	}
	var stale []string
	if fixed > 0 {
		stale = append(stale, ofCases(fixed, "in it no longer fails", "in it no longer fail"))
	}
	if n := r.Baseline()[judge.BaselineUnjudged]; n > 0 {
		stale = append(stale, ofCases(n, "in it is no longer judged", "in it are no longer judged"))
	}
	if len(stale) > 0 {
		line += "; the baseline is stale: " + strings.Join(stale, ", ")
	}
	return line
}
