package conformance

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// Finding is one difference between an exchange and what conforms.
type Finding struct {
	// Check is "outcome" where the case's own expectation is missed, or else the ID of the invariant.
	Check string `json:"check"`
	// Step is the number of the step within the case, from 1; 0 where the case has one step.
	Step int `json:"step,omitempty"`
	// Path is where: "status", "error type", "error message", "header NAME", "body", or a JSON
	// pointer into the answer's body.
	Path  string         `json:"path"`
	Want  Description    `json:"want"`
	Got   Description    `json:"got"`
	Level fixtures.Level `json:"level"`

	noted bool // behind a $should or $may: no reason for another outcome
}

// Verdict is what is said of a case.
type Verdict string

// The verdicts. Fail is the target's fault, error is ours.
const (
	Pass  Verdict = "pass"
	Warn  Verdict = "warn"  // a should is missed
	Fail  Verdict = "fail"  // a must is missed
	Flaky Verdict = "flaky" // failed, and answered otherwise when asked again
	Known Verdict = "known" // failed as the baseline says
	Fixed Verdict = "fixed" // did not fail, although the baseline says that it does
	Skip  Verdict = "skip"  // not asked: Reason says why
	Error Verdict = "error" // could not be judged: Reason says why
)

// Verdicts returns every verdict in the order in which reports count them.
func Verdicts() []Verdict { return []Verdict{Pass, Warn, Fail, Flaky, Known, Fixed, Skip, Error} }

// Result is the verdict of one case with what led to it.
type Result struct {
	Case    *fixtures.Case
	Verdict Verdict
	Reason  string // of a skip or an error, or why a failing case was not asked again; in one line
	Outcome string // the name of the outcome that matched, of the last step
	// Findings are the differences from the nearest outcome, or the notes on the one that matched.
	Findings []Finding
	// Named are the names of all outcomes that would have conformed, where none matched.
	Named []string
	// Exchanges are the requests and answers of the case's steps, in order; a polled step has several.
	Exchanges []Exchanged
	// Fingerprint names what differs, the same in every run; "" where nothing does.
	Fingerprint string
	// Baseline is how the case stands to the baseline; nil where that does not name it.
	Baseline *BaselineNote
	// Seen counts, for an invariant, the exchanges that it was judged on and that broke it.
	Seen, Broken int

	invariants []invariantFinding
	limit      string // of the reader's, that an answer is beyond on which the verdict depends
	final      bool   // asking again would tell no more
}

// How the reason of a case begins that the end of the run came before: before its turn, or before its
// last answer.
const (
	notAsked    = "not asked: "
	notFinished = "not finished: "
)

// NotAsked reports whether the case has no verdict since the run ended before it was asked, or answered.
func (r *Result) NotAsked() bool {
	return r.Verdict == Error && (strings.HasPrefix(r.Reason, notAsked) || strings.HasPrefix(r.Reason, notFinished))
}

// looser returns the weaker of two levels.
func looser(a, b fixtures.Level) fixtures.Level {
	if a.Weight() < b.Weight() {
		return a
	}
	return b
}

// worst returns the strongest level among findings, or "".
func worst(findings []Finding) fixtures.Level {
	if len(findings) == 0 {
		return ""
	}
	return slices.MaxFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Level.Weight(), b.Level.Weight()) }).Level
}

// VerdictOf is the verdict that the findings of a case add up to, where a missed should only warns.
func VerdictOf(findings []Finding) Verdict { return verdictOf(findings, false) }

// verdictOf is the verdict that findings of these levels add up to.
func verdictOf(findings []Finding, strict bool) Verdict {
	switch worst(findings) {
	case fixtures.Must:
		return Fail
	case fixtures.Should:
		if strict {
			return Fail
		}
		return Warn
	}
	return Pass
}
