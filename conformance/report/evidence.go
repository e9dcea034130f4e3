package report

import (
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// FactInfo is a fact that a case rests on.
type FactInfo struct {
	Kind      evidence.Kind       `json:"kind"`
	Statement string              `json:"statement"`
	Date      string              `json:"date,omitempty"`
	Sources   []fixtures.Citation `json:"sources,omitempty"`
}

// factsOf are the facts that the cases with something to show rest on, by their IDs.
func factsOf(r *event.Report) map[string]FactInfo {
	facts := map[string]FactInfo{}
	for i := range r.Results {
		if differs(&r.Results[i]) {
			addFacts(facts, r.Results[i].Case.Evidence)
		}
	}
	return facts
}

func addFacts(facts map[string]FactInfo, ids []string) {
	for _, id := range ids {
		e := fixtures.Evidence{id}
		if _, ok := facts[id]; !ok && e.Kind() != "" { // an old report may name one that is gone
			facts[id] = FactInfo{e.Kind(), e.Statement(), e.Date(), e.Sources()}
		}
	}
}

// Failures counts the cases that fail by how it is known that they do.
type Failures map[evidence.Kind]int

func (f Failures) add(v judge.Verdict, k evidence.Kind) {
	if k != "" && (v == judge.Fail || v == judge.Flaky) {
		f[k]++
	}
}

func failuresIn(r *event.Report) Failures {
	f := Failures{}
	for i := range r.Results {
		f.add(r.Results[i].Verdict, kindOf(&r.Results[i]))
	}
	return f
}

// kindOf is the kind of evidence of a case. A summary that was read has no more of the evidence.
func kindOf(r *judge.Result) evidence.Kind {
	if saved, ok := r.Saved.(*CaseInfo); ok {
		return saved.Kind
	}
	return r.Case.Evidence.Kind()
}

// String is the counts in words, surest first; "" where nothing fails.
func (f Failures) String() string {
	var parts []string
	for _, k := range evidence.Kinds() {
		if f[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", f[k], k.Words()))
		}
	}
	return strings.Join(parts, ", ")
}

// evidenceLine is the fact that a case asks, with how and since when it is known, in one line.
func evidenceLine(e fixtures.Evidence) string {
	how := e.Kind().Words()
	if date := e.Date(); date != "" {
		how += ", " + date
	}
	return fmt.Sprintf("%s (%s): %s", e[0], how, e.Statement())
}

// sourceLine is where the evidence can be read, in one line: the address first, since programs make a link of it.
func sourceLine(s fixtures.Citation) string {
	if s.URL == "" {
		return s.String()
	}
	if s.Section == "" {
		return s.URL
	}
	return s.URL + " (" + s.Section + ")"
}

// evidence writes what a case rests on. Where the terminal has no room for the address, the ID in the first line leads
// to it.
func (s style) evidence(b *strings.Builder, e fixtures.Evidence) {
	if len(e) == 0 {
		return
	}
	labelled(b, "evidence", s.cut(clean(evidenceLine(e))))
	source := e.Source()
	for _, line := range []string{sourceLine(source), source.URL} {
		if line = clean(line); line != "" && s.cut(line) == line {
			labelled(b, "source", s.paint(dim, line))
			return
		}
	}
}
