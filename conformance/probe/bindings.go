package probe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// ErrBinding is wrapped by errors that name a node, document or other binding which the target
// refuses: the caller is mistaken about what the target has.
var ErrBinding = errors.New("wrong binding")

// part is a part of the target's world that one request can be about: a target that has it takes the request, and so does
// one that does not look at it.
type part struct {
	names []string
	// body is the request, or the members of it that a plain request has not. $value is a value, $values are those that go
	// together, $topic is an SNS topic.
	body string
	// refusals are the errors that say that the value is at fault. Of ValidationException the text names it, too.
	refusals []string
	dispatch bool // the request runs a command, which does nothing
	// made are values that may do where none was given; nil where none can be made up.
	made func(seed uint64) fixtures.Bindings
}

// world are the parts. Nodes, documents and alarms that are there to be refused are not among them, nor is what one
// request changes, nor node IDs of a rarer form (node.short, node.hybrid): a server may be wrong to refuse the form.
var world = []part{
	{linuxNodes(), onNodes("AWS-RunShellScript"), []string{"InvalidInstanceId"}, true, madeNodes},
	{[]string{"node.windows"}, onNodes("AWS-RunPowerShellScript"), []string{"InvalidInstanceId"}, true, nil},
	{[]string{
		"document", "document.arn", "document.hardcoded", "document.arbitrary", "document.execution",
		"document.two-steps", "document.properties",
		"document.properties-reversed", "document.schema-2.0", "document.typed", "document.step",
		"document.versions", "document.powershell-only",
	}, `{"DocumentName":$value,"Targets":[{"Key":"tag:sendspec","Values":[$nonce]}]}`, []string{"InvalidDocument"}, false, nil},
	{
		[]string{"role"},
		`,"ServiceRoleArn":$value,` +
			`"NotificationConfig":{"NotificationArn":$topic,"NotificationEvents":["All"],"NotificationType":"Command"}`,
		[]string{"InvalidRole"}, false,
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + Nonce(seed, "role", 0)
			return fixtures.Bindings{
				"role": "arn:aws:iam::123456789012:role/" + name, "topic": "arn:aws:sns:us-east-1:123456789012:" + name,
			}
		},
	},
	{[]string{"bucket"}, `,"OutputS3BucketName":$value`, []string{"InvalidOutputFolder"}, false, func(seed uint64) fixtures.Bindings {
		return fixtures.Bindings{"bucket": "sendspec-" + Nonce(seed, "bucket", 0)}
	}},
	{
		[]string{"alarm.ok", "alarm.insufficient"},
		`,"AlarmConfiguration":{"IgnorePollAlarmFailure":false,"Alarms":[{"Name":$value}]}`,
		[]string{"ValidationException"}, false,
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + Nonce(seed, "alarm", 0)
			return fixtures.Bindings{"alarm.ok": name + "-ok", "alarm.insufficient": name + "-insufficient"}
		},
	},
}

func linuxNodes() []string {
	names := []string{"node"}
	for n := 2; n <= fixtures.Nodes; n++ {
		names = append(names, fmt.Sprintf("node.%d", n))
	}
	return names
}

func madeNodes(seed uint64) fixtures.Bindings {
	id := func(name string, length int) string { return (Nonce(seed, name, 0) + Nonce(seed, name, 1))[:length] }
	made := fixtures.Bindings{"node.short": "i-" + id("node.short", 8), "node.hybrid": "mi-" + id("node.hybrid", 17)}
	for _, name := range linuxNodes() {
		made[name] = "i-" + id(name, 17)
	}
	return made
}

func onNodes(document string) string {
	return `{"DocumentName":"` + document + `","Parameters":{"commands":["exit 0"]},"InstanceIds":$values}`
}

// request is the body of a request that names these values.
func (c *Client) request(p *part, topic string, values ...string) string {
	topic = cmp.Or(topic, "arn:aws:sns:"+c.Region+":123456789012:sendspec")
	body := strings.NewReplacer("$values", quoted(values), "$value", quoted(values[0]), "$topic", quoted(topic),
		"$nonce", quoted(Nonce(c.Seed, "preflight", 0))).Replace(p.body)
	if body[0] == ',' {
		return c.minimal(body)
	}
	return body
}

func quoted(v any) string {
	b, _ := json.Marshal(v) // strings
	return string(b)
}

// CheckGiven asks the target about the bindings that the caller gave and that are needed. It returns an error only where
// the target says clearly that it has no such thing; the cases judge all else.
func (c *Client) CheckGiven(ctx context.Context, needed map[string]bool, p *Preflight) error {
	for i := range world {
		g := &world[i]
		if g.dispatch && !c.MayDispatch {
			continue
		}
		values := map[string]string{}
		for _, name := range g.names {
			if v := c.Given[name]; v != "" && needed[name] {
				values[v] = name
			}
		}
		if err := c.check(ctx, g, values, p); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) check(ctx context.Context, g *part, names map[string]string, p *Preflight) error {
	values := slices.Sorted(maps.Keys(names))
	if g.dispatch && len(values) > 1 {
		if answer, err := c.refused(ctx, g, values, p); err != nil || answer == "" {
			return err // all of them are taken together
		}
	}
	for _, v := range values {
		answer, err := c.refused(ctx, g, []string{v}, p)
		if err != nil {
			return err
		}
		if answer == "" {
			continue
		}
		flag := fmt.Sprintf("--bind %s=%s", names[v], v)
		if slices.Contains(c.Nodes, v) {
			flag = "--node " + v
		}
		return fmt.Errorf("%w: %s: %s refuses it (%s); give one that it has", ErrBinding, printable(flag), c.Name, printable(answer))
	}
	return nil
}

// refused is what the target answers where it says that it has no such thing, "" otherwise.
func (c *Client) refused(ctx context.Context, g *part, values []string, p *Preflight) (string, error) {
	e, err := c.Ask(ctx, "SendCommand", c.request(g, c.Given["topic"], values...))
	if err != nil || e.Response == nil || e.Response.Status/100 != 4 || !slices.Contains(g.refusals, e.ErrorType) ||
		judge.Refusal(e) == p.Refusal {
		return "", err
	}
	if e.ErrorType == "ValidationException" && !strings.Contains(e.Message, values[0]) {
		return "", nil
	}
	return e.Summary(), nil
}

// tryMade asks whether the target takes made-up values of a part of its world that the user did not describe.
func (c *Client) tryMade(ctx context.Context, g *part, p *Preflight) error {
	if g.made == nil || g.dispatch && !c.MayDispatch {
		return nil
	}
	made := g.made(c.Seed)
	for name := range made {
		if p.Bindings[name] != "" {
			return nil
		}
	}
	e, err := c.Ask(ctx, "SendCommand", c.request(g, made["topic"], made[g.names[0]]))
	if err != nil {
		return err
	}
	c.keep(&e)
	p.inspect(e)
	if !e.OK() {
		return nil
	}
	for name, value := range made {
		p.Bindings[name] = value
		p.Synthetic = append(p.Synthetic, name)
	}
	return nil
}
