package fuzz

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// world is what the generators know of the target's world, and the valid values of every member.
//
// No value may let a server run something on a node that it should not: commands are harmless, and
// targets are tags that no node has, but for the nodes that the caller named.
type world struct {
	bindings   fixtures.Bindings
	nodes      []string // may be sent to
	operations []string // that the target knows
	patient    bool     // sequences wait for commands to end
}

// World is what is known of a target.
type World struct {
	// Bindings describe its nodes, documents and so on.
	Bindings fixtures.Bindings
	// MayDispatch allows commands on its nodes.
	MayDispatch bool
	// Operations are those that it knows beside SendCommand.
	Operations []string
}

// WorldOf is the world of a session's target.
func WorldOf(s *conformance.Session) World {
	return World{Bindings: s.Bindings(), MayDispatch: s.MayDispatch(), Operations: s.Started().Preflight.Operations}
}

func newWorld(of World) *world {
	b := of.Bindings
	w := &world{bindings: b, operations: slices.Concat([]string{reference.SendCommand}, of.Operations)}
	if of.MayDispatch {
		w.nodes = oracle.Nodes(b)
	}
	return w
}

// has reports whether value is one that the target's world is known to have under one of these names.
func (w *world) has(value string, names ...string) bool {
	return value != "" && slices.ContainsFunc(names, func(n string) bool { return w.bindings[n] == value })
}

// mayRun reports whether a request names one of the nodes, their tag or their group.
func (w *world) mayRun(x judge.Exchanged) bool {
	if len(w.nodes) == 0 {
		return false
	}
	body := x.Request.Body
	if v, err := jsontree.Parse(body); err == nil {
		body = v.AppendJSON(nil) // without escapes
	}
	for name, value := range w.bindings {
		kind, _, _ := strings.Cut(name, ".")
		if slices.Contains([]string{"node", "group", "tag"}, kind) && name != "tag.key" && bytes.Contains(body, []byte(value)) {
			return true
		}
	}
	return false
}

// requestParts are the structures that a request has.
type requestParts struct{ notification, cloudWatch, alarm bool }

// parts draws what the request has beside its scalars and a target.
func (w *world) parts(d dice) requestParts {
	return requestParts{notification: chance(d, 25), cloudWatch: chance(d, 25), alarm: chance(d, 25)}
}

// members draws the scalar members and Parameters, whose map is there.
func (w *world) members(in *ssm.SendCommandInput, d dice) {
	in.DocumentName = aws.String("AWS-RunShellScript")
	w.parameters(in.Parameters, d)
	optional := func(into **string, percent int, draw func() string) {
		if chance(d, percent) {
			*into = aws.String(draw())
		}
	}
	if chance(d, 8) {
		in.DocumentName = aws.String(pick(d, []string{
			"AWS-RunPowerShellScript", "sendspec-" + word(d, 1+d.Intn(20)), word(d, 3), word(d, 128), "arn:aws:ssm:us-east-1:000000000000:document/" + word(d, 8),
		}))
	}
	optional(&in.DocumentVersion, 25, func() string {
		return pick(d, []string{"$DEFAULT", "$LATEST", "$DEFAULT", "$LATEST", "1", strconv.Itoa(1 + d.Intn(1000000))})
	})
	optional(&in.DocumentHash, 4, func() string { return word(d, pick(d, []int{0, 1, 40, 64, 256})) })
	if chance(d, 4) {
		in.DocumentHashType = pick(d, types.DocumentHashType("").Values())
	}
	if chance(d, 40) {
		in.TimeoutSeconds = aws.Int32(pick(d, []int32{30, 31, 60, 600, 3600, 2591999, 2592000, int32(30 + d.Intn(2591971))}))
	}
	optional(&in.Comment, 40, func() string { return comment(d) })
	optional(&in.OutputS3Region, 15, func() string { return pick(d, []string{"us-east-1", "eu-west-1", word(d, 3), word(d, 20)}) })
	optional(&in.OutputS3BucketName, 15, func() string { return w.known(d, "bucket", "", word(d, 3+d.Intn(61))) })
	optional(&in.OutputS3KeyPrefix, 15, func() string { return text(d, pick(d, []int{0, 1, 12, 499, 500})) })
	optional(&in.MaxConcurrency, 30, func() string { return atMost(d, 1) })
	optional(&in.MaxErrors, 30, func() string { return atMost(d, 0) })
	optional(&in.ServiceRoleArn, 10, func() string { return w.known(d, "role", "arn:aws:iam::000000000000:role/", word(d, 8)) })
}

// comment draws a text, now and then one that a careless server takes for something else.
func comment(d dice) string {
	if chance(d, 10) {
		return pick(d, []string{"0", "null", "false", "true", "1.0", "007", "1e3", "NaN", "[]", "{}", " ", "-", "2020-01-01"})
	}
	return text(d, d.Intn(101))
}

// known draws the world's own value, where it has one, and now and then the other one, which is of two parts.
func (w *world) known(d dice, name, prefix, rest string) string {
	if own := w.bindings[name]; own != "" && chance(d, 80) {
		return own
	}
	return prefix + rest
}

// atMost draws a number or a percentage, as MaxConcurrency (from 1) and MaxErrors (from 0) have them.
func atMost(d dice, least int) string {
	switch d.Intn(3) {
	case 0:
		return strconv.Itoa(least+d.Intn(101-least)) + "%"
	case 1:
		return pick(d, []string{strconv.Itoa(least), "1", "9", "10", "50", "9999999", "100%", "1%", "99%"})
	}
	return strconv.Itoa(least + d.Intn(1000000))
}

// parameters draws those of AWS-RunShellScript.
func (w *world) parameters(p map[string][]string, d dice) {
	room := make([]byte, 0, usualText)
	commands := make([]string, 1+d.Intn(3))
	for i := range commands {
		remark := appendText(append(room, "# "...), d, d.Intn(60))
		commands[i] = pickOr(d, remark, "true", "exit 0", "", ":", "true\nexit 0", "true\r\nexit 0", "# \x00\x07\x1b")
	}
	p["commands"] = commands
	if chance(d, 20) {
		p["executionTimeout"] = []string{pick(d, []string{"1", "5", "60", "3600", "99999", "172800", strconv.Itoa(1 + d.Intn(172800))})}
	}
	if chance(d, 10) {
		p["workingDirectory"] = []string{"/tmp/" + word(d, 1+d.Intn(20))}
	}
}

// target draws one of the documented forms of a target. It matches nothing.
func (w *world) target(t *types.Target, d dice) {
	room := make([]byte, 0, usualText)
	values := make([]string, 1+d.Intn(3))
	for i := range values {
		values[i] = string(strconv.AppendInt(append(appendWord(room, d, 8), '-'), int64(i), 10)) // no two are the same
	}
	switch n := d.Intn(20); {
	case n < 14:
		key := appendWord(append(room, "tag:"...), d, 1+d.Intn(159))
		t.Key = aws.String(pickOr(d, key, "tag:sendspec", "", "tag:Größe", "tag:trailing ", "tag:cost center", "tag:a:b/c=d-e@f_g.h"))
		if chance(d, 10) {
			values[0] = text(d, 1+d.Intn(60)) + values[0]
		}
	case n < 17:
		t.Key = aws.String("tag-key")
	case n < 18 || len(w.nodes) == 0:
		t.Key = aws.String("resource-groups:Name")
		values = values[:1]
	default:
		t.Key = aws.String(pick(d, []string{"InstanceIds", "InstanceIds", "instanceids"}))
		values = []string{pick(d, w.nodes)}
	}
	t.Values = values
}

func (w *world) notification(n *types.NotificationConfig, d dice) {
	n.NotificationArn = aws.String(w.known(d, "topic", "arn:aws:sns:us-east-1:000000000000:", word(d, 8)))
	events := types.NotificationEvent("").Values()
	if chance(d, 80) {
		n.NotificationEvents = []types.NotificationEvent{}
		if chance(d, 5) {
			n.NotificationEvents = slices.Concat(events, events[:2]) // no bound forbids it
		}
		for range 1 + d.Intn(3) {
			if e := pick(d, events); !slices.Contains(n.NotificationEvents, e) {
				n.NotificationEvents = append(n.NotificationEvents, e)
			}
		}
	}
	if chance(d, 80) {
		n.NotificationType = pick(d, types.NotificationType("").Values())
	}
}

func (w *world) cloudWatch(o *types.CloudWatchOutputConfig, d dice) {
	o.CloudWatchOutputEnabled = chance(d, 50)
	if chance(d, 70) {
		o.CloudWatchLogGroupName = aws.String(pick(d, []string{"sendspec", word(d, 1), word(d, 512), "Größe", "/sendspec/" + word(d, 8)}))
	}
}

func (w *world) alarm(a *types.AlarmConfiguration, d dice) {
	a.IgnorePollAlarmFailure = chance(d, 80)
	name := pick(d, []string{"sendspec-" + word(d, 8), word(d, 255), " x", "#*?!%&+,;:/\\\"'", "Größe " + word(d, 4)})
	a.Alarms = []types.Alarm{{Name: aws.String(w.known(d, "alarm.ok", "", name))}}
}

// agree takes out of a drawn request what does not go together.
func (w *world) agree(in *ssm.SendCommandInput, d dice) {
	if in.NotificationConfig != nil && (in.ServiceRoleArn == nil || w.bindings["role"] != "") {
		in.ServiceRoleArn = aws.String(w.known(d, "role", "arn:aws:iam::000000000000:role/", word(d, 8)))
	}
	groups := func(t types.Target) bool { return strings.HasPrefix(aws.ToString(t.Key), "resource-groups:") }
	if slices.ContainsFunc(in.Targets, groups) {
		i := slices.IndexFunc(in.Targets, groups)
		in.Targets = in.Targets[i : i+1]
		if chance(d, 30) {
			in.Targets = append(in.Targets, types.Target{
				Key: aws.String("resource-groups:ResourceTypeFilters"), Values: []string{"AWS::EC2::Instance", "AWS::SSM::ManagedInstance"}[:1+d.Intn(2)],
			})
		}
	}
	kept := in.Targets[:0]
	for _, t := range in.Targets {
		if !slices.ContainsFunc(kept, func(k types.Target) bool { return *k.Key == *t.Key }) {
			kept = append(kept, t)
		}
	}
	in.Targets = kept
	if chance(d, 15) {
		in.InstanceIds = w.instanceIDs(d)
		in.Targets = nil
		if chance(d, 10) {
			in.Targets = []types.Target{}
		}
	} else if chance(d, 10) {
		in.InstanceIds = []string{}
	}
}

// instanceIDs draws IDs of nodes: those that may be sent to, or some that do not exist.
func (w *world) instanceIDs(d dice) []string {
	if len(w.nodes) > 0 && chance(d, 80) {
		n := 1 + d.Intn(min(3, len(w.nodes)))
		first := d.Intn(len(w.nodes))
		ids := make([]string, 0, n)
		for i := range n {
			ids = append(ids, w.nodes[(first+i)%len(w.nodes)])
		}
		return ids
	}
	n := pick(d, []int{1, 1, 2, 49, 50})
	ids := make([]string, n)
	for i := range ids {
		number := strconv.Itoa(i) // no two are the same
		ids[i] = pick(d, []string{"i-", "mi-"}) + "000000000000"[len(number):] + number + hexadecimal(d, 5)
	}
	return ids
}
