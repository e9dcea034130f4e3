package observe_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/service"
)

// observed is an observation of the embedded service, in an account of its own, and what was concluded at once.
func observed(t *testing.T, patterns ...string) ([]evidence.Recording, map[string]observe.ConclusionKind) {
	t.Helper()
	world := service.Demo("", "406213975428")
	picks, err := selector.Parse(patterns, nil)
	require.NoError(t, err)
	target := conformance.Target{Handler: service.New(append(world.Options, service.WithClockScale(100))...), Bindings: world.Bindings}
	runner, err := conformance.New(target, conformance.WithSelector(picks), conformance.WithAWS(), conformance.WithWholeAnswers(64<<20))
	require.NoError(t, err)
	session, err := runner.Open(t.Context())
	require.NoError(t, err)
	defer session.Close()
	verdicts := map[string]observe.ConclusionKind{}
	each := func(c observe.Conclusion, _ string) error { verdicts[c.Case.ID] = c.Kind; return nil }
	observer := observe.Observer{Session: session, Masker: observe.NewMasker(wire.NewRedactor(), ""), Each: each}
	seen, err := observer.Run(t.Context())
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, evidence.WriteRecordings(&b, seen.Lines))
	assert.NotContains(t, b.String(), "406213975428")
	lines, err := evidence.ReadRecordings(b.Bytes())
	require.NoError(t, err)
	return lines, verdicts
}

// What was concluded while AWS was asked is concluded from the file as well, although it is masked.
func TestAReviewOfTheRecordingsConcludesTheSame(t *testing.T) {
	t.Parallel()
	lines, verdicts := observed(t, "error/InvalidDocument", "error/AccessDeniedException", "echo/ServiceRole", "echo/Targets",
		"lifecycle/ListCommands", "metamorphic/Null", "accept/NotificationConfig")
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	require.Greater(t, len(verdicts), 60)
	reviewed := map[string]observe.ConclusionKind{}
	for _, c := range observe.Review(lines, cases) {
		reviewed[c.Case.ID] = c.Kind
		assert.Equal(t, verdicts[c.Case.ID], c.Kind, "%s: %s", c.Case.ID, c.Line())
	}
	for id, v := range verdicts {
		if v != observe.Unknown {
			assert.Contains(t, reviewed, id)
		}
	}
}

// An answer as a $should has it may raise that, too; the text of an error stays at should.
func TestWhatWasMetAtShouldMayBeRaised(t *testing.T) {
	t.Parallel()
	const unknown = "lifecycle/GetCommandInvocation/unknown-command-and-node"
	lines, _ := observed(t, unknown, "error/InvalidDocument")
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	raises := map[string]string{}
	for _, c := range observe.Review(lines, cases) {
		raises[c.Case.ID] = c.Raises()
	}
	assert.Contains(t, raises[unknown], "; $should -> must: step 1 status, step 1 error/type")
	for id, r := range raises {
		assert.NotContains(t, r, "message", id)
	}
}

func TestWhatIsOpenIsAskedFirstAndNothingThatMayRun(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	var plan []event.Planned
	for _, c := range cases {
		plan = append(plan, event.Planned{Case: c})
	}
	order := observe.Order(plan)
	require.Greater(t, len(order), 2000)
	sure := false
	for _, p := range order {
		require.Equal(t, fixtures.Inert, p.Case.Safety)
		open := observe.IsOpen(p.Case) || p.Case.Evidence.Kind() == evidence.Inferred
		assert.False(t, open && sure, "%s is open or inferred, and comes late", p.Case.ID)
		sure = sure || !open
	}
	assert.True(t, sure)
	assert.True(t, slices.ContainsFunc(order, func(p event.Planned) bool { return p.Case.Evidence.Kind() == evidence.Recorded }))
}

// The recordings that are in the repository could be taken in: nothing in them is private.
func TestTheRecordingsOfTheRepositoryAreMasked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"alarms", "control-edges", "document-expiry", "managed-execution", "notifications"} {
		f, err := evidence.Files().Open("recorded/" + name + ".jsonl")
		require.NoError(t, err)
		var b bytes.Buffer
		_, err = b.ReadFrom(f)
		require.NoError(t, err)
		for line := range bytes.Lines(b.Bytes()) {
			assert.False(t, observe.NewMasker(wire.NewRedactor(), "").Private(string(line)), "%s: %.60s", name, line)
		}
	}
}
