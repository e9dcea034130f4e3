package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// plan is every selected case, and why the target is not asked it, as far as the preflight shows.
func (r *Runner) plan(found *probe.Preflight) []event.Planned {
	var plan []event.Planned
	for _, c := range r.cases {
		if !r.invariantsOnly && !r.selector.Match(c.ID) {
			continue
		}
		if !r.settings.of(c) || !r.settings.shard.Has(c.ID) {
			continue
		}
		plan = append(plan, event.Planned{Case: c, Skip: cmp.Or(r.lacks(c, found), r.cannotAsk(c, found.Bindings))})
	}
	return plan
}

// cannotAsk is why a target of which this is known is not asked a case, "" where it is.
func (r *Runner) cannotAsk(c *fixtures.Case, known fixtures.Bindings) string {
	if c.Safety != fixtures.Inert && !r.mayDispatch() {
		return event.MayRun
	}
	if r.target.Handler != nil && slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return probe.RawFraming(s.Request.Framing) }) {
		return "the framing of an in-process handler's requests cannot be at fault"
	}
	var missing []string
	for _, name := range c.Needs() {
		if known[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Sprintf("needs %s, which the target is not known to have", strings.Join(missing, ", "))
	}
	return ""
}

// lacks says which part of a profile the target does not have at all. Asked for by name, the
// profile is judged all the same.
func (r *Runner) lacks(c *fixtures.Case, found *probe.Preflight) string {
	if slices.Contains(r.settings.profiles, c.Profile) {
		return ""
	}
	if c.Profile == fixtures.Auth && !found.Verifies {
		return "the target accepts unsigned requests, so it verifies no signature"
	}
	if c.Profile == fixtures.Execution && slices.Contains(found.Synthetic, "node") {
		return "the target does not look at node IDs, so it runs nothing"
	}
	for _, s := range c.Steps {
		if op := s.Request.Operation; slices.Contains(probe.LifecycleOperations, op) && !slices.Contains(found.Operations, op) {
			return "the target does not know " + op
		}
	}
	return ""
}

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

// Explained is a step of a case as it would be sent.
type Explained struct {
	Name   string
	Curl   string // a shell command that sends it
	Expect []fixtures.Outcome
}

// Explain shows what asking the target the case would send, and what would conform. A binding that
// the target is not known to have stays as ${name}.
func Explain(t Target, c *fixtures.Case) ([]Explained, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	b := fixtures.Bindings{}
	for name := range fixtures.KnownBindings() {
		b[name] = "${" + name + "}"
	}
	maps.Copy(b, t.bindings())
	b[fixtures.NonceBinding] = probe.Nonce(0, c.ID, 0)
	steps, err := c.Bind(b)
	if err != nil {
		return nil, err
	}
	client := probe.Client{URL: t.URL, Signer: wire.NewSigner(t.Credentials, t.Region), Denied: t.Denied}
	var explained []Explained
	for i := range steps {
		req, err := client.Compose(&steps[i].Request, time.Now())
		if err != nil {
			return nil, err
		}
		explained = append(explained, Explained{steps[i].Name, wire.Curl(t.URL, t.Region, t.redactor().Request(req)), steps[i].Expect})
	}
	return explained, nil
}
