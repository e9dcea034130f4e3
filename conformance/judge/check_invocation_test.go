package judge_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

func TestTheTimesOfAnInvocation(t *testing.T) {
	t.Parallel()
	const start = `"ExecutionStartDateTime":"2026-09-27T00:38:21.786Z",`
	for name, c := range map[string]struct {
		members string
		level   fixtures.Level // "" where nothing is found
	}{
		"recorded: running": {`"Status":"InProgress","StatusDetails":"InProgress","ExecutionEndDateTime":""`, ""},
		"recorded: 3.175 seconds": {start + `"Status":"Success","StatusDetails":"Success","ExecutionElapsedTime":"PT3.175S",` +
			`"ExecutionEndDateTime":"2026-09-27T00:38:24.786Z"`, ""},
		"recorded: an hour": {start + `"Status":"Success","StatusDetails":"Success","ExecutionElapsedTime":"PT1H0.271S",` +
			`"ExecutionEndDateTime":"2026-09-27T01:38:21.786Z"`, ""},
		"with the milliseconds": {start + `"Status":"Success","StatusDetails":"Success","ExecutionElapsedTime":"PT3.175S",` +
			`"ExecutionEndDateTime":"2026-09-27T00:38:24.961Z"`, fixtures.Should},
		"another end": {start + `"Status":"Success","StatusDetails":"Success","ExecutionElapsedTime":"PT3.175S",` +
			`"ExecutionEndDateTime":"2026-09-27T00:38:26Z"`, fixtures.Must},
		"a start before the start": {start + `"Status":"Pending","StatusDetails":"Delayed"`, fixtures.Must},
		"an empty start":           {`"Status":"Pending","StatusDetails":"Delayed","ExecutionStartDateTime":""`, fixtures.Should},
		"elapsed before the start": {`"Status":"Pending","StatusDetails":"Pending","ExecutionElapsedTime":"PT0S"`, fixtures.Must},
		"what never ran":           {`"Status":"Failed","StatusDetails":"Undeliverable","ExecutionEndDateTime":""`, ""},
		"no StatusDetails":         {`"Status":"Success"`, fixtures.Must},
		"spaces":                   {`"Status":"InProgress","StatusDetails":"In Progress"`, fixtures.Should},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := fixtures.BoundStep{Request: fixtures.Message{Operation: "GetCommandInvocation"}}
			e := judge.Read(step, answered(200, "{"+c.members+"}"))
			var strongest fixtures.Level
			for _, f := range judge.InspectInvocation(&e) {
				if f.Level.Weight() > strongest.Weight() {
					strongest = f.Level
				}
			}
			assert.Equal(t, c.level, strongest)
		})
	}
}
