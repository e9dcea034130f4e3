package judge

import (
	"github.com/sendspec/sendspec/fixtures"
)

// InvariantArea is the area of the invariants among the case IDs: invariant/Status/details-agree.
const InvariantArea = "invariant"

// Check is an invariant: what must hold of every exchange, in every case. A run reports each
// as one case of its own, judged on every exchange, so that a target that breaks one fails once
// and not as often as it is asked.
type Check struct {
	rule    *fixtures.Case
	inspect func(*Exchanged) []Finding
}

// Rule says what must hold, and the source of it.
func (c Check) Rule() *fixtures.Case { return c.rule }

// Inspect returns how the exchange breaks the invariant. It is pure.
func (c Check) Inspect(e *Exchanged) []Finding { return c.inspect(e) }

// Checks returns the invariants that look at one exchange alone.
func Checks() []Check { return checks }

// A new invariant is a Check in a check_*.go and a line here, an answer that breaks it in TestInvariantsAreBroken, and a
// wrong server in reference/mutants that expects it. TestNoInvariantFailsARecordedAnswer holds it against AWS. The Since of its
// rule is fixtures.Suite.
var checks = []Check{
	countsCheck,
	statusCheck,
	invocationCheck,
	executionTimesCheck,
	timesCheck,
	errorTypeCheck,
	bareTypeCheck,
	serverErrorCheck,
	contentTypeCheck,
	requestIDCheck,
	duplicateKeysCheck,
	oneValueCheck,
	memberTypesCheck,
	unknownMembersCheck,
	sdkCheck,
}

func rule(id, title string, level fixtures.Level, evidence ...string) *fixtures.Case {
	return &fixtures.Case{
		ID: InvariantArea + "/" + id, Title: title, Since: fixtures.FirstSuite, Level: level, Profile: fixtures.Core,
		Safety: fixtures.Inert, Evidence: evidence,
	}
}

func broken(level fixtures.Level, path string, want, got Description) []Finding {
	return []Finding{{Path: path, Want: want, Got: got, Level: level}}
}

// belowProtocol reports whether the case allows an answer of this status from below AWS JSON: then
// nothing is asked of its form.
func belowProtocol(e *Exchanged) bool {
	if !e.levelKnown {
		e.below, e.levelKnown = allowedBelowProtocol(e), true
	}
	return e.below
}

func allowedBelowProtocol(e *Exchanged) bool {
	for _, o := range e.Step.Expect {
		if o.Format != fixtures.FormatAny {
			continue
		}
		m := &matching{answer: e, level: fixtures.Must}
		if m.status(&o) {
			return true
		}
	}
	return false
}
