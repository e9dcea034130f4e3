package observe_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// replayed asks the calls of a recording of the repository of the embedded service, or of a wrong server of that name.
func replayed(t *testing.T, file, mutant string) *event.Report {
	t.Helper()
	b, err := fs.ReadFile(evidence.Files(), file)
	require.NoError(t, err)
	lines, err := evidence.ReadRecordings(b)
	require.NoError(t, err)
	return replayedLines(t, file, lines, mutant)
}

func replayedLines(t *testing.T, file string, lines []evidence.Recording, mutant string) *event.Report {
	t.Helper()
	cases, _, err := observe.Replay(file, lines)
	require.NoError(t, err)
	world := service.Demo("", "")
	options := append(world.Options, service.WithClockScale(100))
	target := conformance.Target{Handler: service.New(options...), Bindings: world.Bindings}
	for _, m := range mutants.All() {
		if m.Name == mutant {
			target.Handler, mutant = m.Handler(options...), ""
		}
	}
	require.Empty(t, mutant, "no such wrong server")
	runner, err := conformance.New(target, conformance.WithCases(cases))
	require.NoError(t, err)
	report, err := runner.Run(t.Context())
	require.NoError(t, err)
	return report
}

// The embedded service answers what was recorded as AWS did.
func TestTheRecordedCallsAreAnsweredAsByAWS(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, file := range []string{"alarms", "control-edges", "document-expiry", "managed-execution", "notifications"} {
		report := replayed(t, "recorded/"+file+".jsonl", "")
		for _, r := range report.Results {
			if strings.HasPrefix(r.Case.ID, observe.Area+"/") {
				asked++
				assert.Equal(t, judge.Pass, r.Verdict, "%s: %v %s", r.Case.ID, r.Findings, r.Reason)
				assert.Equal(t, evidence.Recorded, r.Case.Evidence.Kind(), r.Case.ID)
			}
		}
	}
	assert.Greater(t, asked, 40)
}

func TestAServerThatAnswersOtherThanAWSDidFails(t *testing.T) {
	t.Parallel()
	for mutant, c := range map[string]struct{ file, id string }{
		"response/InstanceIds/default": {"managed-execution", "recorded/SendCommand/command-success-output"},
		"response/ExpiresAfter/lost":   {"document-expiry", "recorded/SendCommand/expiry-send-hardcoded-omitted"},
		"response/Comment/lost":        {"alarms", "recorded/SendCommand/OK-ignore-False"},
	} {
		failed := map[string]bool{}
		for _, r := range replayed(t, "recorded/"+c.file+".jsonl", mutant).Results {
			failed[r.Case.ID] = r.Verdict == judge.Fail
		}
		assert.True(t, failed[c.id], "%s by %s: %v", mutant, c.id, failed)
	}
}

// A file is its author's: whatever names its calls and the members of an answer have, it is read, and the IDs of cases print.
func TestARecordingMayHaveAnyNames(t *testing.T) {
	t.Parallel()
	file := path.Join("recorded", "notifications.jsonl")
	b, err := fs.ReadFile(evidence.Files(), file)
	require.NoError(t, err)
	lines, err := evidence.ReadRecordings(b)
	require.NoError(t, err)
	odd := 0
	for i := range lines {
		if r := &lines[i]; r.Operation == "SendCommand" && r.HTTPStatus == 200 {
			text := strings.Replace(string(r.Output), "{", `{"\u0007\u007f":{"RequestedDateTime":1,"ExpiresAfter":2},`, 1)
			r.Output = []byte(text)
			r.Label += "\x1b[31m\n::error::"
			odd++
		}
	}
	require.Positive(t, odd)
	cases, _, err := observe.Replay(file, lines)
	require.NoError(t, err)
	assert.NotEmpty(t, cases)
	for _, c := range cases {
		assert.Equal(t, untrusted.Line(c.ID), c.ID)
	}
}

// What observe wrote is asked of another server in the same way, its made-up framing and headers too, and what was answered
// from below AWS JSON.
func TestAnObservationIsReplayed(t *testing.T) {
	t.Parallel()
	lines, _ := observed(t, "error/InvalidDocument", "echo/Targets", "wire/Content-Type", "constraint/Comment", "lifecycle/ListCommands",
		"wire/DuplicateKeys", "wire/Nesting")
	report := replayedLines(t, "observed.jsonl", lines, "")
	asked := 0
	for _, r := range report.Results {
		if r.Verdict != judge.Skip {
			asked++
			assert.Contains(t, []judge.Verdict{judge.Pass, judge.Warn}, r.Verdict, "%s: %v %s", r.Case.ID, r.Findings, r.Reason)
		}
	}
	assert.Greater(t, asked, 50)
}
