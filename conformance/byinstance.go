package conformance

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// plainTargets is the target of a request that is about something else: a tag that no node has.
const plainTargets = `"Targets":[{"Key":"tag:sendspec","Values":["${nonce}"]}]`

// nodeInstead is the node to which a case goes instead of its tag, "" where it goes to the tag. A target that refuses
// every tag would show nothing but that in the cases about everything else.
func (x *Session) nodeInstead(c *fixtures.Case) string {
	found := &x.started.Preflight
	if !found.ByInstanceIDs || !x.runner.mayDispatch() || !aboutNoTarget(c) {
		return ""
	}
	return found.Bindings["node"]
}

// aboutNoTarget reports whether all that a case asks and expects is the same whatever its command is sent to.
func aboutNoTarget(c *fixtures.Case) bool {
	return !slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool {
		if s.Poll != nil || s.Request.Body == nil || s.Request.Framing != nil && s.Request.Framing.RawChunks != nil ||
			s.Request.Operation != "" && s.Request.Operation != reference.SendCommand {
			return true
		}
		text := string(s.Request.Body.JSON)
		if s.Request.Body.Text != nil {
			text = *s.Request.Body.Text
		}
		expected, err := json.Marshal(s.Expect)
		return err != nil || strings.Count(text, plainTargets) != 1 || strings.Contains(text, `"InstanceIds"`) ||
			namesTargets(expected)
	})
}

func namesTargets(expected []byte) bool {
	return slices.ContainsFunc([]string{"target", "instanceid", "noinstances"}, func(name string) bool {
		return bytes.Contains(bytes.ToLower(expected), []byte(name))
	})
}

// sendToNode sends the step to the node instead of the tag.
func (a *attempt) sendToNode(bound *fixtures.BoundStep) {
	if a.node == "" {
		return
	}
	tag := strings.Replace(plainTargets, "${nonce}", a.bindings[fixtures.NonceBinding], 1)
	node := append(jsontree.AppendString([]byte(`"InstanceIds":[`), a.node), ']')
	bound.Request.Body = bytes.Replace(bound.Request.Body, []byte(tag), node, 1)
}
