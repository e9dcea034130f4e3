package judge

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
)

// InvariantArea is the area of the invariants among the case IDs: invariant/Command/status.
const InvariantArea = "invariant"

// A check is an invariant: what must hold of every exchange, in every case. A run reports each
// as one case of its own, judged on every exchange, so that a target that breaks one fails once
// and not as often as it is asked.
type check struct {
	rule    *fixtures.Case // says what must hold, and the source of it
	inspect func(*Exchanged) []Finding
}

// findingsKept is how many findings of one answer each check keeps: more tell nobody more, and their number would be the
// target's to choose.
const findingsKept = 64

// Inspect returns how an exchange breaks the invariants that look at one exchange alone.
func Inspect(e *Exchanged) []Finding {
	var found []Finding
	for _, c := range checks {
		found = append(found, named(c.rule, c.inspect(e))...)
	}
	return found
}

// named are the first findings of a check, with its ID.
func named(rule *fixtures.Case, found []Finding) []Finding {
	found = found[:min(len(found), findingsKept)]
	for i := range found {
		found[i].Check = rule.ID
	}
	return found
}

// A new invariant is a check in a check_*.go and a line here, an answer that breaks it in TestInvariantsAreBroken, and a
// wrong server in reference/mutants that expects it; no test notices where one of the last two is missing.
// TestNoInvariantFailsARecordedAnswer holds it against AWS, but for headers, which the recordings do not have. After the first
// release the Since of its rule is fixtures.Suite. go test ./conformance -run Readme says what to count anew in README.md.
var checks = []check{
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

func broken(level fixtures.Level, path, want string, got Description) []Finding {
	return []Finding{{Path: path, Want: anything(want), Got: got, Level: level}}
}

// belowProtocol reports whether the case allows an answer of this status from below AWS JSON: then
// nothing is asked of its form.
func belowProtocol(e *Exchanged) bool {
	return expectsStatus(e, func(o *fixtures.Outcome) bool { return o.Format == fixtures.FormatAny })
}

// expectsStatus reports whether one of such outcomes of the case has the answer's status.
func expectsStatus(e *Exchanged, such func(*fixtures.Outcome) bool) bool {
	return slices.ContainsFunc(e.Step.Expect, func(o fixtures.Outcome) bool {
		return such(&o) && (&matching{answer: e, level: fixtures.Must}).status(&o)
	})
}
