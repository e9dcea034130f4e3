package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Of the cases and of the invariants only those of the kinds are judged.
func TestOnlyCasesOfTheKindsOfEvidenceAreAsked(t *testing.T) {
	t.Parallel()
	target := conformance.Target{Handler: answering(always200)}
	plan := func(opts ...conformance.Option) []event.Planned {
		runner, err := conformance.New(target, opts...)
		require.NoError(t, err)
		session, err := runner.Open(t.Context())
		require.NoError(t, err)
		defer session.Close()
		return session.Started().Plan
	}
	all, recorded := plan(), plan(conformance.WithEvidence(evidence.Recorded, evidence.Documented))
	want := 0
	for _, p := range all {
		if k := p.Case.Evidence.Kind(); k == evidence.Recorded || k == evidence.Documented {
			want++
		}
	}
	assert.Len(t, recorded, want)
	assert.Less(t, want, len(all))

	_, err := conformance.New(target, conformance.WithEvidence("hearsay"))
	require.ErrorContains(t, err, `evidence "hearsay": want one of recorded, documented, model, reported, source, inferred`)
	picks, err := selector.Parse([]string{"auth"}, nil)
	require.NoError(t, err)
	_, err = conformance.New(target, conformance.WithSelector(picks), conformance.WithEvidence(evidence.SourceCode))
	require.ErrorContains(t, err, "no selected case has evidence of kind [source]")
}
