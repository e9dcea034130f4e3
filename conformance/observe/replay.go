package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Area is the area of the cases that are made of recordings: recorded/SendCommand/LABEL.
const Area = "recorded"

// Replay makes cases of recorded calls: the request as it was sent, and the answer that AWS gave, with matchers where a
// value is new each time. Calls that follow a SendCommand by its CommandId are steps of its case. A node, a document, an
// alarm, a role and a topic of the recorded account become the bindings of that kind. Left says of each call that cannot
// be asked of another server why.
func Replay(file string, lines []evidence.Recording) (cases []*fixtures.Case, left []string, err error) {
	p := replay{facts: factsOf(file), labels: map[string]int{}, sent: map[string]int{}}
	for i := range lines {
		if o := lines[i].Observation; o != nil {
			p.bindings = o.Bindings
			p.region = o.Region
			continue
		}
		if why := p.add(&lines[i]); why != "" {
			left = append(left, lines[i].Label+": "+why)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, c := range p.cases {
		b.Reset()
		if err := e.Encode(map[string]any{"cases": []*replayCase{c}}); err != nil {
			return nil, nil, err
		}
		made, err := fixtures.Parse(Area+"/"+c.topic+".json", b.Bytes())
		if err != nil {
			return nil, nil, err
		}
		cases = append(cases, made...)
	}
	return cases, left, nil
}

type replay struct {
	facts    map[string][]string // by label
	bindings map[string]string
	region   string
	labels   map[string]int
	sent     map[string]int // CommandId: its case
	cases    []*replayCase
}

// replayCase is a case in the form of a fixture.
type replayCase struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Level    string        `json:"level"`
	Profile  string        `json:"profile"`
	Safety   string        `json:"safety"`
	Evidence []string      `json:"evidence"`
	Steps    []*replayStep `json:"steps"`

	topic string
	nodes map[string]string // of the recording, and their bindings
	names map[string]string // all texts that are replaced
	// ownOutput reports whether the script prints what only the node it ran on prints.
	ownOutput bool
}

type replayStep struct {
	Name    string            `json:"name"`
	Request map[string]any    `json:"request"`
	Expect  []map[string]any  `json:"expect"`
	Capture map[string]string `json:"capture,omitempty"`
	Poll    map[string]any    `json:"poll,omitempty"`
	same    string
}

// factsOf are the facts that rest on the lines of a recording, by its labels: what was recorded first.
func factsOf(file string) map[string][]string {
	base, err := evidence.Embedded()
	if err != nil {
		return nil
	}
	facts := map[string][]string{}
	for _, f := range base.Facts() {
		for _, place := range f.Where {
			if place.Source.File == "" || path.Base(place.Source.File) != path.Base(strings.ReplaceAll(file, `\`, "/")) {
				continue
			}
			for _, label := range place.Lines {
				if f.Kind == evidence.Recorded {
					facts[label] = slices.Insert(facts[label], 0, f.ID)
				} else {
					facts[label] = append(facts[label], f.ID)
				}
			}
		}
	}
	return facts
}

// add makes a step of a call, and returns why not where it cannot.
func (p *replay) add(line *evidence.Recording) string {
	switch {
	case !slices.Contains(reference.Operations(), line.Operation):
		return "an operation that is not tested"
	case line.HTTPStatus == 0 || line.Failure != "":
		return "no whole answer was recorded"
	case slices.Contains(reference.ThrottlingErrors(), line.Code):
		return "AWS was asked too often"
	case line.Response != nil && line.Response.Cut > 0 || line.Request != nil && line.Request.Cut > 0:
		return "not all of it was recorded"
	}
	input, err := jsontree.Parse(line.Input)
	if err != nil {
		input = nil
	}
	answer, err := answerOf(line)
	if err != nil {
		return "its answer is no JSON"
	}
	of := input.Get("CommandId").Str()
	n, follows := p.sent[of]
	follows = follows && line.Operation != reference.SendCommand
	if !follows && line.Operation != reference.SendCommand && line.HTTPStatus == 200 && (of == "" || !isEmptyList(answer)) {
		return "it shows a command whose SendCommand is not asked"
	}
	c := &replayCase{nodes: map[string]string{}, topic: line.Operation}
	if follows {
		c = p.cases[n]
	}
	names := p.names(line, c, input)
	if names == nil {
		return "it names what only the recorded account has"
	}
	if follows {
		names[of] = "${captured.id}"
	}
	step := p.step(line, input, answer, names, c.ownOutput)
	if follows {
		c.follow(step)
		return ""
	}
	p.begin(c, line, step, input, answer)
	return ""
}

// begin makes a case that begins with the call.
func (p *replay) begin(c *replayCase, line *evidence.Recording, step *replayStep, input, answer *jsontree.Value) {
	p.labels[line.Operation+line.Label]++
	c.ID = Area + "/" + line.Operation + "/" + untrusted.Line(strings.ReplaceAll(line.Label, " ", "-"))
	if n := p.labels[line.Operation+line.Label]; n > 1 {
		c.ID += fmt.Sprintf("/n=%d", n)
	}
	c.Title = "The answer is the one that AWS gave to " + line.Label
	c.Level, c.Profile, c.Safety = string(fixtures.Must), string(fixtures.Lifecycle), string(fixtures.Inert)
	if line.Operation == reference.SendCommand {
		c.Profile = string(fixtures.Core)
		if line.Case == "" && (len(listOf(input, "InstanceIds")) > 0 || len(listOf(input, "Targets")) > 0) {
			c.Safety = string(fixtures.Dispatch)
		}
	}
	c.Evidence = p.facts[line.Label]
	if fixtures.Evidence(c.Evidence).Kind() != evidence.Recorded { // others only deduce from the recording
		c.Evidence = append([]string{"suite/recorded"}, c.Evidence...)
	}
	if id := answer.Pointer("/Command/CommandId").Str(); line.Operation == reference.SendCommand && id != "" {
		p.sent[id] = len(p.cases)
		step.Capture = map[string]string{"id": "/Command/CommandId"}
	}
	c.Steps = []*replayStep{step}
	p.cases = append(p.cases, c)
}

// follow adds a step, in place of an earlier one that asked the same: what was seen last is compared.
func (c *replayCase) follow(step *replayStep) {
	c.Steps = slices.DeleteFunc(c.Steps, func(s *replayStep) bool { return s.same == step.same })
	c.Steps = append(c.Steps, step)
	c.Profile = string(fixtures.Lifecycle)
	if len(c.nodes) > 0 {
		c.Profile = string(fixtures.Execution)
	}
	for i, s := range c.Steps {
		s.Name = fmt.Sprintf("call-%d", i+1)
	}
}

// answerOf is the recorded answer, with times as the wire has them where its bytes were kept.
func answerOf(line *evidence.Recording) (*jsontree.Value, error) {
	switch {
	case line.Response != nil && line.Code == "Success":
		return jsontree.Parse([]byte(line.Response.Body))
	case line.Output != nil:
		return jsontree.Parse(line.Output)
	}
	return &jsontree.Value{Kind: jsontree.Object}, nil
}

func listOf(v *jsontree.Value, name string) []jsontree.Value {
	if list := v.Get(name); list != nil {
		return list.Items
	}
	return nil
}

func isEmptyList(answer *jsontree.Value) bool {
	for _, name := range []string{"Commands", "CommandInvocations"} {
		if list := answer.Get(name); list != nil && list.Kind == jsontree.Array {
			return len(list.Items) == 0
		}
	}
	return false
}

// shellWords are the words of the shell that print the same everywhere.
var shellWords = []string{"", "echo", "printf", "exit", "sleep", "true", "false"}

// callsPrograms reports whether a script calls more than the shell, so that its output is that of its node.
func callsPrograms(input *jsontree.Value) bool {
	for _, line := range listOf(input.Get("Parameters"), "commands") {
		for _, call := range strings.FieldsFunc(line.Text, func(r rune) bool { return strings.ContainsRune(";|&\n", r) }) {
			word, _, _ := strings.Cut(strings.TrimSpace(call), " ")
			if !slices.Contains(shellWords, word) {
				return true
			}
		}
	}
	return false
}

// documents are those of the recordings that are of a kind for which there is a binding, by the end of their names.
var documents = []string{"hardcoded", "arbitrary", "execution", "two-steps"}

// alarms are the states that labels of the recordings begin with, and alarms that are in them.
var alarms = []struct{ label, binding string }{
	{"OK-", "${alarm.ok}"}, {"INSUFFICIENT_DATA-", "${alarm.insufficient}"}, {"ALARM-", "${alarm.firing}"},
}

// names are the texts of a call that refer to something of the recorded account, and what takes their place; nil where
// there is nothing in their place.
func (p *replay) names(line *evidence.Recording, c *replayCase, input *jsontree.Value) map[string]string {
	names := map[string]string{}
	for name, value := range p.bindings {
		if len(value) > 3 {
			names[value] = "${" + name + "}"
		}
	}
	if line.Nonce != "" {
		names[line.Nonce] = "${" + fixtures.NonceBinding + "}"
	}
	maps.Copy(names, c.names)
	if line.Case != "" || line.Operation != reference.SendCommand {
		return names
	}
	for _, node := range listOf(input, "InstanceIds") {
		if id := node.Text; nodeID.MatchString(id) && !strings.HasSuffix(id, "-00000000000000000") && c.nodes[id] == "" {
			c.nodes[id] = "${node}"
			if n := len(c.nodes); n > 1 {
				c.nodes[id] = fmt.Sprintf("${node.%d}", n)
			}
		}
	}
	maps.Copy(names, c.nodes)
	if document := input.Get("DocumentName").Str(); !strings.HasPrefix(document, "AWS-") && line.Code == "Success" {
		i := slices.IndexFunc(documents, func(end string) bool { return strings.HasSuffix(document, "-expiry-"+end) })
		if i < 0 {
			return nil
		}
		names[document] = "${document." + documents[i] + "}"
	}
	for _, alarm := range listOf(input.Get("AlarmConfiguration"), "Alarms") {
		i := slices.IndexFunc(alarms, func(a struct{ label, binding string }) bool { return strings.HasPrefix(line.Label, a.label) })
		switch name := alarm.Get("Name").Str(); {
		case i >= 0:
			names[name] = alarms[i].binding
		case line.Code == "Success" && !strings.HasSuffix(name, "-absent"):
			return nil
		}
	}
	for _, arn := range []struct{ value, binding string }{
		{input.Get("ServiceRoleArn").Str(), "${role}"}, {input.Pointer("/NotificationConfig/NotificationArn").Str(), "${topic}"},
	} {
		if arn.value != "" {
			names[arn.value] = arn.binding
		}
	}
	c.names, c.ownOutput = maps.Clone(names), callsPrograms(input)
	return names
}
