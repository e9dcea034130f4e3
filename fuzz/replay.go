package fuzz

import (
	"context"
	"fmt"
	"slices"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
)

// Status is what became of a saved finding.
type Status string

// The statuses.
const (
	Fixed   Status = "fixed"   // the answer conforms now
	Failing Status = "failing" // it differs still, there or elsewhere
	Errored Status = "error"   // it could not be judged
)

// Replayed is a saved finding asked again.
type Replayed struct {
	Saved  Saved
	Status Status
	Why    string
	Result judge.Result
}

// Replay asks the session's target a saved finding again.
func Replay(ctx context.Context, session *conformance.Session, s Saved) Replayed {
	r := Replayed{Saved: s, Result: session.RunCase(ctx, s.tc())}
	if v := r.Result.Verdict; v == judge.Error || v == judge.Skip {
		r.Status, r.Why = Errored, r.Result.Reason
		return r
	}
	found := slices.Concat(r.Result.Findings, r.Result.Invariants())
	for _, f := range found {
		if s.Fingerprint.Check == f.Check && s.Fingerprint.Place == judge.PlaceOf(f.Path) && f.Level == s.Fingerprint.Level {
			r.Status, r.Why = Failing, fmt.Sprintf("want %s, got %s", f.Want, f.Got)
			r.Result.Findings = []judge.Finding{f}
			return r
		}
	}
	if r.Result.Verdict == judge.Fail {
		f := r.Result.Findings[0]
		r.Status, r.Why = Failing, fmt.Sprintf("in another way: %s: want %s, got %s", f.Path, f.Want, f.Got)
		return r
	}
	r.Status, r.Why = Fixed, "the answer conforms"
	return r
}
