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

// given is a kind of binding that can be checked with one request, which a target that has it takes.
type given struct {
	names []string
	// request is the body of the request that names these values.
	request func(c *Client, values []string) string
	// refusals are the errors that say that the value is at fault. Of ValidationException the text names it, too.
	refusals []string
	dispatch bool // the request runs a command, which does nothing
}

// givens are the kinds. Nodes, documents and alarms that are there to be refused are not among them, nor is what one
// request changes, nor node IDs of a rarer form (node.short, node.hybrid): a server may be wrong to refuse the form.
var givens = []given{
	{linuxNodes(), onNodes("AWS-RunShellScript"), []string{"InvalidInstanceId"}, true},
	{[]string{"node.windows"}, onNodes("AWS-RunPowerShellScript"), []string{"InvalidInstanceId"}, true},
	{[]string{
		"document", "document.arn", "document.hardcoded", "document.arbitrary", "document.execution",
		"document.two-steps", "document.properties",
		"document.properties-reversed", "document.schema-2.0", "document.typed", "document.step",
		"document.versions", "document.powershell-only",
	}, onDocument, []string{"InvalidDocument"}, false},
	{
		[]string{"role"},
		withMember(
			`,"ServiceRoleArn":$value,"NotificationConfig":{"NotificationArn":$topic,"NotificationEvents":["All"],` +
				`"NotificationType":"Command"}`),
		[]string{"InvalidRole"},
		false,
	},
	{[]string{"bucket"}, withMember(`,"OutputS3BucketName":$value`), []string{"InvalidOutputFolder"}, false},
	{[]string{"alarm.ok", "alarm.insufficient"}, withMember(`,"AlarmConfiguration":{"Alarms":[{"Name":$value}]}`),
		[]string{"ValidationException"}, false},
}

func linuxNodes() []string {
	names := []string{"node"}
	for n := 2; n <= fixtures.Nodes; n++ {
		names = append(names, fmt.Sprintf("node.%d", n))
	}
	return names
}

func onNodes(document string) func(*Client, []string) string {
	return func(_ *Client, ids []string) string {
		return fmt.Sprintf(`{"DocumentName":%q,"Parameters":{"commands":["exit 0"]},"InstanceIds":%s}`, document, quoted(ids))
	}
}

func onDocument(c *Client, names []string) string {
	return fmt.Sprintf(`{"DocumentName":%s,"Targets":[{"Key":"tag:sendspec","Values":["%s"]}]}`, quoted(names[0]),
		Nonce(c.Seed, "preflight", 0))
}

// withMember is a plain request with one member more, of which $value and $topic are filled in.
func withMember(member string) func(*Client, []string) string {
	return func(c *Client, values []string) string {
		topic := cmp.Or(c.Given["topic"], "arn:aws:sns:"+c.Region+":123456789012:sendspec")
		return c.minimal(strings.NewReplacer("$value", quoted(values[0]), "$topic", quoted(topic)).Replace(member))
	}
}

func quoted(v any) string {
	b, _ := json.Marshal(v) // strings
	return string(b)
}

// CheckGiven asks the target about the bindings that the caller gave and that are needed. It returns an error only where
// the target says clearly that it has no such thing; the cases judge all else.
func (c *Client) CheckGiven(ctx context.Context, needed map[string]bool, p *Preflight) error {
	for _, g := range givens {
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

func (c *Client) check(ctx context.Context, g given, names map[string]string, p *Preflight) error {
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
func (c *Client) refused(ctx context.Context, g given, values []string, p *Preflight) (string, error) {
	e, err := c.Ask(ctx, "SendCommand", g.request(c, values))
	if err != nil || e.Response == nil || e.Response.Status/100 != 4 || !slices.Contains(g.refusals, e.ErrorType) ||
		judge.Refusal(e) == p.Refusal {
		return "", err
	}
	if e.ErrorType == "ValidationException" && !strings.Contains(e.Message, values[0]) {
		return "", nil
	}
	return e.Summary(), nil
}
