package service

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// DemoWorld is a ready-made account: options for New, and the names of what is in it.
type DemoWorld struct {
	// Options make the world. Give them to New before options of your own.
	Options []Option
	// Region and Account are where the world is.
	Region, Account string
	// Bindings tell what is in the world, by the names that fixtures use as ${name}: node,
	// document, document.arn, alarm.ok ... The caller may change the map.
	Bindings map[string]string
	// Denied is a caller that no policy lets call GetCommandInvocation.
	Denied aws.Credentials
}

// demoPendingLimit is below the number of nodes that carry the tag of RateExceeded, and above that
// of every other selection.
const demoPendingLimit = 20

// demoAlarmDelay is when the alarms of alarm.trigger and alarm.vanish change.
const demoAlarmDelay = 5 * time.Second

// Demo returns a world in which every documented answer of SendCommand and every StatusDetails can
// be provoked, in the given region and account; DefaultRegion and DefaultAccount where they are
// empty.
func Demo(region, account string) DemoWorld {
	region, account = cmp.Or(region, DefaultRegion), cmp.Or(account, DefaultAccount)
	b := map[string]string{
		"role":   "arn:aws:iam::" + account + ":role/sendspec-notifications",
		"topic":  "arn:aws:sns:" + region + ":" + account + ":sendspec-topic",
		"bucket": "sendspec-output", "bucket.missing": "sendspec-no-such-bucket",
		"group": "sendspec-group", "group.arn": groupARN(region, account, "sendspec-group"),
		"group.empty": "sendspec-group-empty", "group.empty.arn": groupARN(region, account, "sendspec-group-empty"),
		"group.empty.unread": "sendspec-group-unread", "group.denied": "sendspec-group-denied",
		"tag.key": "sendspec-demo", "tag.value": "blue", "rate.tag.key": "sendspec-rate", "rate.tag.value": "exceeded",
		"alarm.ok": "sendspec-alarm-ok", "alarm.insufficient": "sendspec-alarm-insufficient", "alarm.firing": "sendspec-alarm-firing",
		"alarm.trigger": "sendspec-alarm-trigger", "alarm.vanish": "sendspec-alarm-vanish",
	}
	w := DemoWorld{
		Region: region, Account: account, Bindings: b, Denied: aws.Credentials{AccessKeyID: "denied", SecretAccessKey: "denied"},
		Options: []Option{
			WithRegion(region), WithAccount(account), WithRole(b["role"]), WithMissingBucket(b["bucket.missing"]),
			WithAlarm(b["alarm.ok"], AlarmOK), WithAlarm(b["alarm.insufficient"], AlarmInsufficientData),
			WithAlarm(b["alarm.firing"], AlarmFiring),
			WithAlarm(b["alarm.trigger"], AlarmOK), WithAlarmSchedule(b["alarm.trigger"], demoAlarmDelay, AlarmFiring),
			WithAlarm(b["alarm.vanish"], AlarmOK), WithAlarmSchedule(b["alarm.vanish"], demoAlarmDelay, AlarmUnknown),
			WithDeniedResourceGroup(b["group.denied"]), WithPendingLimit(demoPendingLimit),
		},
	}
	w.Options = append(w.Options, WithDeniedCaller(w.Denied))
	nodes := demoNodes(map[string]string{b["tag.key"]: b["tag.value"]})
	for _, n := range nodes {
		w.Options = append(w.Options, WithNode(n.node))
		b[n.binding] = n.node.ID
	}
	for i := range demoPendingLimit + 1 {
		w.Options = append(w.Options, WithNode(Node{
			ID: fmt.Sprintf("i-0fedcba98765432%02x", i), Platform: Linux, Online: true,
			Tags: map[string]string{b["rate.tag.key"]: b["rate.tag.value"]},
		}))
	}
	// Of the last only the list of its members counts (evidence: targets/denied-others).
	w.Options = append(w.Options, WithResourceGroup(b["group"], nodes[0].node.ID), WithResourceGroup(b["group.empty"]),
		WithResourceGroup(b["group.empty.unread"]))
	for binding, d := range documents() {
		if d.Public {
			continue
		}
		w.Options = append(w.Options, WithDocument(d))
		b[binding] = d.Name
		if binding == "document" {
			content := parseContent(d.Contents[0])
			b["document.arn"] = d.ARN(region, account)
			b["document.sha256"], b["document.sha1"] = content.sha256, content.sha1
		}
	}
	return w
}

type demoNode struct {
	binding string
	node    Node
}

func demoNodes(tags map[string]string) []demoNode {
	nodes := []demoNode{
		{"node", Node{ID: "i-0123456789abcdef0", Platform: Linux, Online: true, Tags: tags}},
		{"node.2", Node{ID: "i-0123456789abcdef1", Platform: Linux, Online: true, Tags: tags}},
		{"node.3", Node{ID: "i-0123456789abcdef2", Platform: Linux, Online: true}},
		{"node.short", Node{ID: "i-01234567", Platform: Linux, Online: true}},
		{"node.hybrid", Node{ID: "mi-0123456789abcdef3", Platform: Linux, Online: true}},
		{"node.windows", Node{ID: "i-0123456789abcdef4", Platform: Windows, Online: true}},
		{"node.offline", Node{ID: "i-0123456789abcdef5", Platform: Linux, Online: true, AgentStopped: true}},
		{"node.denied", Node{ID: "i-0123456789abcdef6", Platform: Linux, Online: true, Denied: true}},
		{"node.silent", Node{ID: "i-0123456789abcdef7", Platform: Linux, Online: true, Silent: true}},
		{"node.returning", Node{ID: "i-0123456789abcdef9", Platform: Linux, Online: true, Away: 45 * time.Second}},
		{"node.reboot", Node{ID: "i-0123456789abcdefb", Platform: Linux, Online: true}},
		{"node.lost", Node{ID: "i-0123456789abcdefa", Platform: Linux, Online: true, Unreachable: true}},
		{"node.stopped", Node{ID: "i-0123456789abcdef8", Platform: Linux}},
	}
	for n := 4; n <= 12; n++ {
		node := Node{ID: fmt.Sprintf("i-0123456789abcd%03x", 0x100+n), Platform: Linux, Online: true}
		nodes = append(nodes, demoNode{fmt.Sprintf("node.%d", n), node})
	}
	for i := range nodes {
		nodes[i].node.Name = "ip-10-0-0-" + strconv.Itoa(10+i) + ".ec2.internal"
	}
	return nodes
}
