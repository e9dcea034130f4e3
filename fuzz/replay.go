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

// Replay asks the session's target a saved finding again, and says what became of it, and why.
func Replay(ctx context.Context, session *conformance.Session, f *Divergence) (status Status, why string) {
	r := session.RunCase(ctx, f.replayed())
	if r.Verdict == judge.Error || r.Verdict == judge.Skip {
		return Errored, r.Reason
	}
	for _, now := range slices.Concat(r.Findings, r.Invariants()) {
		if f.Fingerprint.Check == now.Check && f.Fingerprint.Place == judge.PlaceOf(now.Path) && now.Level == f.Fingerprint.Level {
			return Failing, fmt.Sprintf("want %s, got %s", now.Want, now.Got)
		}
	}
	if r.Verdict == judge.Fail {
		now := r.Findings[0]
		return Failing, fmt.Sprintf("in another way: %s: want %s, got %s", now.Path, now.Want, now.Got)
	}
	return Fixed, "the answer conforms"
}
