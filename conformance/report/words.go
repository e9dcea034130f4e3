package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// Summary is what a run ends with: the causes of its failures, the totals and the verdict.
func Summary(r *event.Report) string {
	b := &strings.Builder{}
	style{}.causes(b, Causes(r))
	(&Text{o: TextOptions{Verbose: true}}).totals(b, r)
	return b.String()
}

func (t *Text) ended(b *strings.Builder, r *event.Report) {
	if !t.o.Verbose {
		t.failures(b, r)
	}
	t.totals(b, r)
}

// The widths of the table of areas.
const (
	areaColumns    = 12
	verdictColumns = 7
)

func (t *Text) totals(b *strings.Builder, r *event.Report) {
	look := style{color: t.o.Color}
	verdicts := judge.Verdicts()
	if width := t.o.Width; width > 0 && width < areaColumns+verdictColumns*len(verdicts) { // what no case has needs no column
		verdicts = slices.DeleteFunc(verdicts, func(v judge.Verdict) bool { return r.Totals[v] == 0 })
	}
	fmt.Fprintf(b, "%-*s", areaColumns, "area")
	for _, v := range verdicts {
		b.WriteString(look.paint(bold, fmt.Sprintf("%*s", verdictColumns, v)))
	}
	b.WriteString("\n")
	for _, a := range append(slices.Clone(r.Areas), event.AreaTally{Area: "all", Tally: r.Totals}) {
		fmt.Fprintf(b, "%-*s", areaColumns, a.Area)
		for _, v := range verdicts {
			if a.Tally[v] == 0 {
				b.WriteString(look.paint(dim, fmt.Sprintf("%*s", verdictColumns, ".")))
				continue
			}
			b.WriteString(look.paint(presentationOf(v).color, fmt.Sprintf("%*d", verdictColumns, a.Tally[v])))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, p := range r.Profiles {
		color := presentationOf(StandingVerdict[p.Standing]).color
		fmt.Fprintf(b, "%-10s %s: %s\n", p.Profile, look.paint(color, string(p.Standing)), clean(p.Why))
	}
	if failures := failuresIn(r).String(); failures != "" {
		fmt.Fprintf(b, "failures by evidence: %s\n", failures)
	}
	discarded(b, r.Results)
	if !t.o.Verbose && t.grouped {
		b.WriteString("sendspec causes N shows a cause in full, with its cases; -v shows every failure\n")
	}
	if n := r.Totals[judge.Warn]; !t.o.Verbose && n > 0 {
		them := plural(n, "it", "them")
		fmt.Fprintf(b, "%s: -v shows %s, --strict makes %s fail\n", event.Count(n, "warning"), them, them)
	}
	for _, line := range suiteLines(r) {
		b.WriteString(line + "\n")
	}
	if r.Server != nil && r.Server.Ended != "" {
		fmt.Fprintf(b, "the server under test ended by itself (%s): %s\n", clean(r.Server.Ended), clean(r.Server.Command))
		b.WriteString(Output("the server", r.Server.Output))
	} else if r.Server != nil && t.o.Verbose {
		b.WriteString("the last of what the server wrote:\n" + Output("the server", r.Server.Output))
	}
	if line := baselineCounts(r); line != "" {
		b.WriteString(line + "\n")
	}
	fmt.Fprintf(b, "%s\n", look.paint(bold, clean(Verdict(r))))
}

// plural is the form of a word that goes with a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func ofCases(n int, one, many string) string {
	return event.Count(n, "case") + " " + plural(n, one, many)
}

func conformsIn(r *event.Report) string {
	n := r.Totals.Judged()
	return r.Target.Name + " conforms in " + plural(n, "the one case", fmt.Sprintf("all %d cases", n)) + " asked"
}

// suiteLines say which cases do not count as they will later, or elsewhere.
func suiteLines(r *event.Report) (lines []string) {
	if n := r.Spared(); n > 0 {
		lines = append(lines, fmt.Sprintf("%s of provisional cases, new in suite %s: warnings until the next version, failures with "+
			"--strict", event.Count(n, "failure"), clean(string(r.Suite.Version))))
	}
	if r.Suite.Pin != "" {
		lines = append(lines, "suite "+clean(r.Suite.String()))
	}
	return lines
}

// discarded says how many cases were asked and not judged, a line for each reason.
func discarded(b *strings.Builder, results []judge.Result) {
	count := map[string]int{}
	for i := range results {
		if results[i].Discarded() {
			count[results[i].Reason]++
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintf(b, "%d not judged: %s\n", count[reason], reason)
	}
}

// Verdict says in one line what a run means.
func Verdict(r *event.Report) string { return verdict(r) + brokenBefore(r) }

// brokenBefore says which of the operations that were judged failed before the first case.
func brokenBefore(r *event.Report) string {
	judged := map[string]bool{}
	for i := range r.Results {
		if r.Results[i].Verdict == judge.Skip {
			continue
		}
		for _, s := range r.Results[i].Case.Steps {
			judged[s.Request.Operation] = true
		}
	}
	var names []string
	answer := ""
	for _, b := range r.Preflight.Broken {
		if judged[b.Operation] {
			names, answer = append(names, b.Operation), b.Answer
		}
	}
	if len(names) == 0 {
		return ""
	}
	note := fmt.Sprintf("; %s failed before the first case (%s)", strings.Join(names, ", "), answer)
	if r.Server == nil && !r.Preflight.Fresh {
		note += ": if the server was asked before, start it anew"
	}
	return note
}

func verdict(r *event.Report) string {
	name := r.Target.Name
	switch {
	case !r.Complete && r.Totals.Total() == 0:
		return fmt.Sprintf("INCOMPLETE: %s: no case was judged", r.Stopped)
	case !r.Complete && (r.Cut || !r.Failed()):
		return fmt.Sprintf("INCOMPLETE: %s: %d of %d cases were judged, %d of them fail", r.Stopped, r.Totals.Judged(), r.Totals.Total(),
			r.Totals.Failed())
	case r.Failed():
		line := fmt.Sprintf("%s does not conform: %d of %d cases fail", name, r.Totals.Failed(), r.Totals.Judged())
		if n := r.Totals[judge.Error]; n > 0 {
			line += fmt.Sprintf("; %d could not be judged", n)
		}
		return line
	case r.Totals[judge.Known] > 0, r.Stale():
		return knownVerdict(r)
	case r.Totals[judge.Error] > 0:
		return name + " could not be judged: " + ofCases(r.Totals[judge.Error], "has no verdict", "have no verdict")
	case r.Totals[judge.Skip] > 0:
		return fmt.Sprintf("%s; %d %s skipped", conformsIn(r), r.Totals[judge.Skip], plural(r.Totals[judge.Skip], "was", "were"))
	}
	return fmt.Sprintf("%s conforms: %d of %d cases", name, r.Totals.Judged(), r.Totals.Total())
}

// endedServer is nil for a server that lived: what it wrote is then no matter of the report, and would
// be new in each run.
func endedServer(s *event.LaunchedServer) *event.LaunchedServer {
	if s == nil || s.Ended == "" {
		return nil
	}
	return &event.LaunchedServer{Command: clean(s.Command), Ended: clean(s.Ended), Output: outputLines(s.Output)}
}

func outputLines(lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = clean(excerpt(line))
	}
	return list
}

// Output tells the last of what a process wrote, escaped, in lines for people.
func Output(who string, lines []string) string {
	if len(lines) == 0 {
		return "  " + who + " wrote nothing\n"
	}
	var b strings.Builder
	for _, line := range outputLines(lines) {
		b.WriteString("  | " + line + "\n")
	}
	return b.String()
}

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
