package generate

import (
	"bytes"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/conformance"
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
	nodes      []string  // may be sent to
	operations []string  // that the target knows
	waits      bool      // sequences wait for commands to end
	fuzzers    sync.Pool // of gofuzz: to seed the source of a new one takes longer than to fill a request
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
	found := s.Started().Preflight
	return World{Bindings: found.Bindings, MayDispatch: s.MayDispatch(), Operations: found.Operations}
}

func newWorld(of World) *world {
	w := &world{bindings: of.Bindings, operations: slices.Concat([]string{reference.SendCommand}, of.Operations)}
	if of.MayDispatch {
		w.nodes = oracle.Nodes(of.Bindings)
	}
	return w
}

// has reports whether value is one that the target's world is known to have under one of these names.
func (w *world) has(value string, names ...string) bool {
	return value != "" && slices.ContainsFunc(names, func(n string) bool { return w.bindings[n] == value })
}

// MayRun reports whether a body names one of the nodes that may be sent to, their tag or their group.
func (g *Generator) MayRun(body []byte) bool {
	if len(g.world.nodes) == 0 {
		return false
	}
	if v, err := jsontree.Parse(body); err == nil {
		body = v.AppendJSON(nil) // without escapes
	}
	for name, value := range g.world.bindings {
		kind, _, _ := strings.Cut(name, ".")
		if slices.Contains([]string{"node", "group", "tag"}, kind) && name != "tag.key" && bytes.Contains(body, []byte(value)) {
			return true
		}
	}
	return false
}

// members draws the scalar members and Parameters, whose map is there.
func (w *world) members(in *ssm.SendCommandInput, r *rand.Rand) {
	in.DocumentName = aws.String("AWS-RunShellScript")
	w.parameters(in.Parameters, r)
	optional := func(into **string, percent int, draw func() string) {
		if chance(r, percent) {
			*into = aws.String(draw())
		}
	}
	if chance(r, 8) {
		in.DocumentName = aws.String(pick(r, []string{
			"AWS-RunPowerShellScript", "sendspec-" + word(r, 1+r.Intn(20)), word(r, 3), word(r, 128),
			"arn:aws:ssm:us-east-1:000000000000:document/" + word(r, 8),
		}))
	}
	optional(&in.DocumentVersion, 25, func() string {
		return pick(r, []string{"$DEFAULT", "$LATEST", "$DEFAULT", "$LATEST", "1", strconv.Itoa(1 + r.Intn(1000000))})
	})
	optional(&in.DocumentHash, 4, func() string { return word(r, pick(r, []int{0, 1, 40, 64, 256})) })
	if chance(r, 4) {
		in.DocumentHashType = pick(r, types.DocumentHashType("").Values())
	}
	if chance(r, 40) {
		in.TimeoutSeconds = aws.Int32(pick(r, []int32{30, 31, 60, 600, 3600, 2591999, 2592000, 30 + r.Int31n(2591971)}))
	}
	optional(&in.Comment, 40, func() string { return comment(r) })
	optional(&in.OutputS3Region, 15, func() string { return pick(r, []string{"us-east-1", "eu-west-1", word(r, 3), word(r, 20)}) })
	optional(&in.OutputS3BucketName, 15, func() string { return w.known(r, "bucket", "", word(r, 3+r.Intn(61))) })
	optional(&in.OutputS3KeyPrefix, 15, func() string { return text(r, pick(r, []int{0, 1, 12, 499, 500})) })
	optional(&in.MaxConcurrency, 30, func() string { return atMost(r, 1) })
	optional(&in.MaxErrors, 30, func() string { return atMost(r, 0) })
	optional(&in.ServiceRoleArn, 10, func() string { return w.known(r, "role", "arn:aws:iam::000000000000:role/", word(r, 8)) })
}

// comment draws a text, now and then one that a careless server takes for something else.
func comment(r *rand.Rand) string {
	if chance(r, 10) {
		return pick(r, []string{"0", "null", "false", "true", "1.0", "007", "1e3", "NaN", "[]", "{}", " ", "-", "2020-01-01"})
	}
	return text(r, r.Intn(101))
}

// known draws the world's own value, where it has one, and now and then the other one, which is of two parts.
func (w *world) known(r *rand.Rand, name, prefix, rest string) string {
	if own := w.bindings[name]; own != "" && chance(r, 80) {
		return own
	}
	return prefix + rest
}

// atMost draws a number or a percentage, as MaxConcurrency (from 1) and MaxErrors (from 0) have them.
func atMost(r *rand.Rand, least int) string {
	switch r.Intn(3) {
	case 0:
		return strconv.Itoa(least+r.Intn(101-least)) + "%"
	case 1:
		return pick(r, []string{strconv.Itoa(least), "1", "9", "10", "50", "9999999", "100%", "1%", "99%"})
	}
	return strconv.Itoa(least + r.Intn(1000000))
}

// parameters draws those of AWS-RunShellScript.
func (w *world) parameters(p map[string][]string, r *rand.Rand) {
	commands := make([]string, 1+r.Intn(3))
	for i := range commands {
		commands[i] = pickOr(r, "# "+text(r, r.Intn(60)), "true", "exit 0", "", ":", "true\nexit 0", "true\r\nexit 0", "# \x00\x07\x1b")
	}
	p["commands"] = commands
	if chance(r, 20) {
		p["executionTimeout"] = []string{pick(r, []string{"1", "5", "60", "3600", "99999", "172800", strconv.Itoa(1 + r.Intn(172800))})}
	}
	if chance(r, 10) {
		p["workingDirectory"] = []string{"/tmp/" + word(r, 1+r.Intn(20))}
	}
}

// target draws one of the documented forms of a target. It matches nothing.
func (w *world) target(t *types.Target, r *rand.Rand) {
	values := make([]string, 1+r.Intn(3))
	for i := range values {
		values[i] = word(r, 8) + "-" + strconv.Itoa(i) // no two are the same
	}
	switch n := r.Intn(20); {
	case n < 14:
		key := "tag:" + word(r, 1+r.Intn(159))
		t.Key = aws.String(pickOr(r, key, "tag:sendspec", "", "tag:Größe", "tag:trailing ", "tag:cost center", "tag:a:b/c=d-e@f_g.h"))
		if chance(r, 10) {
			values[0] = text(r, 1+r.Intn(60)) + values[0]
		}
	case n < 17:
		t.Key = aws.String("tag-key")
	case n < 18 || len(w.nodes) == 0:
		t.Key = aws.String("resource-groups:Name")
		values = values[:1]
	default:
		t.Key = aws.String(pick(r, []string{"InstanceIds", "InstanceIds", "instanceids"}))
		values = []string{pick(r, w.nodes)}
	}
	t.Values = values
}

func (w *world) notification(n *types.NotificationConfig, r *rand.Rand) {
	n.NotificationArn = aws.String(w.known(r, "topic", "arn:aws:sns:us-east-1:000000000000:", word(r, 8)))
	events := types.NotificationEvent("").Values()
	if chance(r, 80) {
		n.NotificationEvents = []types.NotificationEvent{}
		if chance(r, 5) {
			n.NotificationEvents = slices.Concat(events, events[:2]) // no bound forbids it
		}
		for range 1 + r.Intn(3) {
			if e := pick(r, events); !slices.Contains(n.NotificationEvents, e) {
				n.NotificationEvents = append(n.NotificationEvents, e)
			}
		}
	}
	if chance(r, 80) {
		n.NotificationType = pick(r, types.NotificationType("").Values())
	}
}

func (w *world) cloudWatch(o *types.CloudWatchOutputConfig, r *rand.Rand) {
	o.CloudWatchOutputEnabled = chance(r, 50)
	if chance(r, 70) {
		o.CloudWatchLogGroupName = aws.String(pick(r, []string{"sendspec", word(r, 1), word(r, 512), "Größe", "/sendspec/" + word(r, 8)}))
	}
}

func (w *world) alarm(a *types.AlarmConfiguration, r *rand.Rand) {
	a.IgnorePollAlarmFailure = chance(r, 80)
	name := pick(r, []string{"sendspec-" + word(r, 8), word(r, 255), " x", "#*?!%&+,;:/\\\"'", "Größe " + word(r, 4)})
	a.Alarms = []types.Alarm{{Name: aws.String(w.known(r, "alarm.ok", "", name))}}
}

// agree takes out of a drawn request what does not go together.
func (w *world) agree(in *ssm.SendCommandInput, r *rand.Rand) {
	if in.NotificationConfig != nil && (in.ServiceRoleArn == nil || w.bindings["role"] != "") {
		in.ServiceRoleArn = aws.String(w.known(r, "role", "arn:aws:iam::000000000000:role/", word(r, 8)))
	}
	groups := func(t types.Target) bool { return strings.HasPrefix(aws.ToString(t.Key), "resource-groups:") }
	if slices.ContainsFunc(in.Targets, groups) {
		i := slices.IndexFunc(in.Targets, groups)
		in.Targets = in.Targets[i : i+1]
		if chance(r, 30) {
			in.Targets = append(in.Targets, types.Target{
				Key:    aws.String("resource-groups:ResourceTypeFilters"),
				Values: []string{"AWS::EC2::Instance", "AWS::SSM::ManagedInstance"}[:1+r.Intn(2)],
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
	if chance(r, 15) {
		in.InstanceIds = w.instanceIDs(r)
		in.Targets = nil
		if chance(r, 10) {
			in.Targets = []types.Target{}
		}
	} else if chance(r, 10) {
		in.InstanceIds = []string{}
	}
}

// instanceIDs draws IDs of nodes: those that may be sent to, or some that do not exist.
func (w *world) instanceIDs(r *rand.Rand) []string {
	if len(w.nodes) > 0 && chance(r, 80) {
		n := 1 + r.Intn(min(3, len(w.nodes)))
		first := r.Intn(len(w.nodes))
		ids := make([]string, 0, n)
		for i := range n {
			ids = append(ids, w.nodes[(first+i)%len(w.nodes)])
		}
		return ids
	}
	n := pick(r, []int{1, 1, 2, 49, 50})
	ids := make([]string, n)
	for i := range ids {
		number := strconv.Itoa(i) // no two are the same
		ids[i] = pick(r, []string{"i-", "mi-"}) + "000000000000"[len(number):] + number + hexadecimal(r, 5)
	}
	return ids
}
