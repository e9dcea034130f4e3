package judge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// shown are answers of one operation, a StatusDetails each, all of one command on one node.
func shown(operation string, details ...string) []judge.Exchanged {
	const member = `{"CommandId":"00000000-0000-4000-8000-000000000000","InstanceId":"i-0123456789abcdef0","StatusDetails":"$"}`
	bodies := map[string]string{
		"SendCommand": `{"Command":` + member + `}`, "ListCommands": `{"Commands":[` + member + `]}`,
		"ListCommandInvocations": `{"CommandInvocations":[` + member + `]}`, "GetCommandInvocation": member,
	}
	var list []judge.Exchanged
	for _, d := range details {
		step := fixtures.BoundStep{Request: fixtures.Message{Operation: operation}}
		list = append(list, judge.Read(step, answered(200, strings.ReplaceAll(bodies[operation], "$", d))))
	}
	return list
}

func TestAStatusThatHasEndedStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		exchanges []judge.Exchanged
		level     fixtures.Level // "" where nothing is found
	}{
		"the way a command goes":              {shown("ListCommands", "Pending", "InProgress", "Success", "Success"), ""},
		"with spaces":                         {shown("ListCommands", "In Progress", "Delivery Timed Out", "DeliveryTimedOut"), ""},
		"a command that ran again":            {shown("ListCommands", "Success", "InProgress"), fixtures.Must},
		"another end":                         {shown("ListCommands", "Failed", "Success"), fixtures.Must},
		"an invocation that ran again":        {shown("ListCommandInvocations", "Cancelled", "InProgress"), fixtures.Must},
		"an invocation with another end":      {shown("GetCommandInvocation", "Failed", "", "Success"), fixtures.Must},
		"recorded: a node that was rebooting": {shown("GetCommandInvocation", "InProgress", "Delayed", "InProgress", "Success"), ""},
		"a command that waits again":          {shown("ListCommands", "InProgress", "Pending", "Delayed", "Success"), ""},
		"a command whose cancellation is off": {shown("ListCommands", "Cancelling", "InProgress"), fixtures.Should},
		"a list after what was sent": {append(shown("SendCommand", "Success"), shown("ListCommands", "Pending")...),
			fixtures.Must},
		"one operation lags behind another": {append(shown("ListCommandInvocations", "Success"),
			shown("GetCommandInvocation", "InProgress")...), ""},
		"a value that nobody knows": {shown("ListCommands", "Success", "Sleeping", "Success"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := judge.InspectTogether(c.exchanges)
			if c.level == "" {
				assert.Empty(t, found)
				return
			}
			require.NotEmpty(t, found)
			assert.Equal(t, c.level, found[0].Level)
		})
	}
}
