package conformance_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// statusLog notes which case first saw which Status and StatusDetails, of commands and of invocations.
type statusLog struct{ command, invocation map[string]string }

func (l *statusLog) Event(e event.Event) error {
	judged, ok := e.(event.Judged)
	if !ok {
		return nil
	}
	for _, x := range judged.Result.Exchanges {
		if x.Response == nil {
			continue
		}
		body, err := jsontree.Parse(x.Response.Body)
		if err != nil {
			continue
		}
		body.Walk(func(pointer string, v *jsontree.Value) bool {
			seen := l.command
			if strings.Contains(pointer, "CommandInvocations") || x.Step.Request.Operation == "GetCommandInvocation" {
				seen = l.invocation
			}
			for _, member := range []string{"Status", "StatusDetails"} {
				if strings.HasSuffix(pointer, "/"+member) && v.Kind == jsontree.String && seen[member+" "+v.Text] == "" {
					seen[member+" "+v.Text] = judged.Result.Case.ID
				}
			}
			return true
		})
	}
	return nil
}

// Every status path that the API reference names is walked by a case, and the embedded service shows
// it. The log lists which case saw which first.
func TestEveryStatusIsSeen(t *testing.T) {
	t.Parallel()
	log := &statusLog{map[string]string{}, map[string]string{}}
	now := time.Now()
	synctest.Test(t, func(t *testing.T) { // where no busy machine lets a status pass unseen
		time.Sleep(time.Until(now))
		world := service.Demo("", "")
		target := conformance.Target{Handler: service.New(append(world.Options, service.WithClockScale(60))...), Bindings: world.Bindings}
		runner, err := conformance.New(target, conformance.WithProfiles(fixtures.Lifecycle, fixtures.Execution), conformance.WithSink(log))
		require.NoError(t, err)
		report, err := runner.Run(t.Context())
		require.NoError(t, err)
		assert.False(t, report.Failed())
	})

	for subject, seen := range map[reference.Subject]map[string]string{reference.OfCommand: log.command,
		reference.OfInvocation: log.invocation} {
		what := map[reference.Subject]string{reference.OfCommand: "command", reference.OfInvocation: "invocation"}[subject]
		for _, details := range subject.Details() {
			first := seen["StatusDetails "+string(details)]
			assert.NotEmpty(t, first, "no case saw StatusDetails %s of a %s", details, what)
			t.Logf("%s %s: %s", what, details, first)
		}
	}
	for _, status := range []string{"Pending", "InProgress", "Success", "Cancelled", "Failed", "TimedOut", "Cancelling"} {
		assert.NotEmpty(t, log.command["Status "+status], "no case saw Status %s of a command", status)
	}
}
