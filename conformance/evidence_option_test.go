package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Of the cases and of the invariants only those of the kinds are judged.
func TestOnlyCasesOfTheKindsOfEvidenceAreAsked(t *testing.T) {
	t.Parallel()
	target := conformance.Target{URL: "http://127.0.0.1:1"}
	all, err := conformance.New(target)
	require.NoError(t, err)
	recorded, err := conformance.New(target, conformance.WithEvidence(evidence.Recorded, evidence.Documented))
	require.NoError(t, err)
	want := 0
	for _, p := range all.Plan() {
		if k := p.Case.Evidence.Kind(); k == evidence.Recorded || k == evidence.Documented {
			want++
		}
	}
	assert.Len(t, recorded.Plan(), want)
	assert.Less(t, want, len(all.Plan()))

	_, err = conformance.New(target, conformance.WithEvidence("hearsay"))
	require.ErrorContains(t, err, `evidence "hearsay": want one of recorded, documented, model, reported, source, inferred`)
	picks, err := selector.Parse([]string{"auth"}, nil)
	require.NoError(t, err)
	_, err = conformance.New(target, conformance.WithSelector(picks), conformance.WithEvidence(evidence.SourceCode))
	require.ErrorContains(t, err, "no selected case has evidence of kind [source]")
}
