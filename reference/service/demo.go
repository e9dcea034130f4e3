package service

import (
	"fmt"
	"strconv"
	"strings"
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

// Names of what is in the demo world.
const (
	demoTagKey      = "sendspec-demo"
	demoTagValue    = "blue"
	demoGroup       = "sendspec-group"
	demoEmptyGroup  = "sendspec-group-empty"
	demoBucket      = "sendspec-output"
	demoMissing     = "sendspec-no-such-bucket"
	demoAlarmOK     = "sendspec-alarm-ok"
	demoAlarmNoData = "sendspec-alarm-insufficient"
	demoAlarmFiring = "sendspec-alarm-firing"
	demoAlarmLater  = "sendspec-alarm-trigger"
	demoAlarmVanish = "sendspec-alarm-vanish"
	demoDeniedGroup = "sendspec-group-denied"
	demoUnreadGroup = "sendspec-group-unread"
	demoDenied      = "denied" // as access key and secret
	demoRateTag     = "sendspec-rate"
	demoRateValue   = "exceeded"
)

// demoPendingLimit is below the number of nodes that carry the tag of RateExceeded, and above that
// of every other selection.
const demoPendingLimit = 20

// demoAlarmDelay is when the alarms of alarm.trigger and alarm.vanish change.
const demoAlarmDelay = 5 * time.Second

// Demo returns a world in which every documented answer of SendCommand and every StatusDetails can
// be provoked, in the given region and account; DefaultRegion and DefaultAccount where they are
// empty.
func Demo(region, account string) DemoWorld {
	if region == "" {
		region = DefaultRegion
	}
	if account == "" {
		account = DefaultAccount
	}
	role := "arn:aws:iam::" + account + ":role/sendspec-notifications"
	w := DemoWorld{
		Region: region, Account: account, Denied: aws.Credentials{AccessKeyID: demoDenied, SecretAccessKey: demoDenied},
		Options: []Option{
			WithRegion(region), WithAccount(account), WithRole(role), WithMissingBucket(demoMissing),
			WithAlarm(demoAlarmOK, AlarmOK), WithAlarm(demoAlarmNoData, AlarmInsufficientData), WithAlarm(demoAlarmFiring, AlarmFiring),
			WithAlarm(demoAlarmLater, AlarmOK), WithAlarmSchedule(demoAlarmLater, demoAlarmDelay, AlarmFiring),
			WithAlarm(demoAlarmVanish, AlarmOK), WithAlarmSchedule(demoAlarmVanish, demoAlarmDelay, AlarmUnknown),
			WithDeniedResourceGroup(demoDeniedGroup), WithPendingLimit(demoPendingLimit),
		},
		Bindings: map[string]string{
			"role": role, "topic": "arn:aws:sns:" + region + ":" + account + ":sendspec-topic",
			"bucket": demoBucket, "bucket.missing": demoMissing, "group": demoGroup, "group.empty": demoEmptyGroup,
			"tag.key": demoTagKey, "tag.value": demoTagValue,
			"alarm.ok": demoAlarmOK, "alarm.insufficient": demoAlarmNoData, "alarm.firing": demoAlarmFiring,
			"alarm.trigger": demoAlarmLater, "alarm.vanish": demoAlarmVanish, "group.denied": demoDeniedGroup,
			"group.arn": groupARN(region, account, demoGroup), "group.empty.arn": groupARN(region, account, demoEmptyGroup),
			"group.empty.unread": demoUnreadGroup,
			"rate.tag.key":       demoRateTag, "rate.tag.value": demoRateValue,
		},
	}
	w.Options = append(w.Options, WithDeniedCaller(w.Denied))
	nodes := demoNodes()
	for _, n := range nodes {
		w.Options = append(w.Options, WithNode(n.node))
		w.Bindings[n.binding] = n.node.ID
	}
	for i := range demoPendingLimit + 1 {
		w.Options = append(w.Options, WithNode(Node{
			ID: fmt.Sprintf("i-0fedcba98765432%02x", i), Platform: Linux, Online: true, Tags: map[string]string{demoRateTag: demoRateValue},
		}))
	}
	w.Options = append(w.Options, WithResourceGroup(demoGroup, nodes[0].node.ID), WithResourceGroup(demoEmptyGroup))
	// Only the list of its members counts (evidence: targets/denied-others).
	w.Options = append(w.Options, WithResourceGroup(demoUnreadGroup))
	for binding, d := range demoDocuments() {
		w.Options = append(w.Options, WithDocument(d))
		w.Bindings[binding] = d.Name
		if binding == "document" {
			content := parseContent(d.Contents[0])
			w.Bindings["document.arn"] = d.ARN(region, account)
			w.Bindings["document.sha256"], w.Bindings["document.sha1"] = content.sha256, content.sha1
		}
	}
	return w
}

type demoNode struct {
	binding string
	node    Node
}

func demoNodes() []demoNode {
	tags := map[string]string{demoTagKey: demoTagValue}
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

// demoDocuments are the documents by their binding. Those of the expiry rules are the recorded
// ones (evidence: expiry/hardcoded).
func demoDocuments() map[string]SSMDocument {
	return map[string]SSMDocument{
		"document":           {Name: "sendspec-plain", Contents: []string{shellDocument("", "")}},
		"document.hardcoded": {Name: "sendspec-hardcoded", Contents: []string{shellDocument("", "5")}},
		"document.arbitrary": {
			Name: "sendspec-arbitrary", Contents: []string{shellDocument(`"t": {"type": "String", "default": "5"}`, "{{ t }}")},
		},
		"document.execution": {
			Name:     "sendspec-execution",
			Contents: []string{shellDocument(`"executionTimeout": {"type": "String", "default": "5"}`, "{{ executionTimeout }}")},
		},
		"document.two-steps":           {Name: "sendspec-two-steps", Contents: []string{shellDocument("", "5", "7")}},
		"document.properties":          {Name: "sendspec-properties", Contents: []string{propertiesDocument("5", "70")}},
		"document.properties-reversed": {Name: "sendspec-properties-reversed", Contents: []string{propertiesDocument("70", "5")}},
		"document.schema-2.0": {
			Name:     "sendspec-schema-2.0",
			Contents: []string{strings.Replace(shellDocument("", "5", "70"), `"schemaVersion": "2.2"`, `"schemaVersion": "2.0"`, 1)},
		},
		"document.typed": {
			Name: "sendspec-typed",
			Contents: []string{shellDocument(`"name": {"type": "String"}, `+
				`"choice": {"type": "String", "default": "a", "allowedValues": ["a", "b"]}, `+
				`"digits": {"type": "String", "default": "1", "allowedPattern": "^[0-9]+$"}, `+
				`"list": {"type": "StringList", "default": ["true"]}, `+
				`"number": {"type": "Integer", "default": 1}, `+
				`"flag": {"type": "Boolean", "default": false}, `+
				`"map": {"type": "StringMap", "default": {}}, `+
				`"maps": {"type": "MapList", "default": []}`, "")},
		},
		"document.step": {
			Name: "sendspec-step",
			Contents: []string{`{"schemaVersion": "2.2", "description": "sendspec: two steps", ` +
				`"parameters": {"commands": {"type": "StringList"}}, "mainSteps": [` +
				`{"action": "aws:runShellScript", "name": "first", "inputs": {"runCommand": ["{{ commands }}"]}}, ` +
				`{"action": "aws:runShellScript", "name": "second", "inputs": {"runCommand": ["{{ commands }}"]}}]}`},
		},
		"document.versions": {
			Name:           "sendspec-versions",
			Contents:       []string{versionDocument(1, "11"), versionDocument(2, "22"), versionDocument(3, "33")},
			DefaultVersion: 2,
		},
		"document.powershell-only": {
			Name: "sendspec-powershell", PlatformTypes: []string{Windows},
			Contents: []string{`{"schemaVersion": "2.2", "description": "sendspec: Windows only", "mainSteps": [` +
				`{"action": "aws:runPowerShellScript", "name": "step0", "inputs": {"runCommand": ["exit 0"]}}]}`},
		},
		"document.automation": {
			Name: "sendspec-automation", Type: "Automation",
			Contents: []string{`{"schemaVersion": "0.3", "description": "sendspec: not for Run Command", "mainSteps": [` +
				`{"action": "aws:sleep", "name": "step0", "inputs": {"Duration": "PT1S"}}]}`},
		},
		"document.denied": {Name: "sendspec-denied", Denied: true, Contents: []string{shellDocument("", "")}},
		"document.broken": {Name: "sendspec-broken", Contents: []string{`{"schemaVersion": "2.2", "mainSteps": [`}},
	}
}

// propertiesDocument is a schema 1.2 document, of which the first property alone counts (evidence: expiry/first-property).
func propertiesDocument(first, second string) string {
	return `{"schemaVersion": "1.2", "description": "sendspec: only the first property counts", "parameters": {}, ` +
		`"runtimeConfig": {"aws:runShellScript": {"properties": [` +
		`{"id": "0.aws:runShellScript", "runCommand": ["true"], "timeoutSeconds": "` + first + `"}, ` +
		`{"id": "1.aws:runShellScript", "runCommand": ["true"], "timeoutSeconds": "` + second + `"}]}}}`
}

// versionDocument prints which version it is.
func versionDocument(n int, timeout string) string {
	return strings.Replace(shellDocument("", timeout), `"true"`, `"echo version `+strconv.Itoa(n)+`"`, 1)
}

// shellDocument is a schema 2.2 document with a step for every timeout; "" leaves it out.
func shellDocument(parameters string, timeouts ...string) string {
	steps := ""
	for i, timeout := range timeouts {
		if i > 0 {
			steps += ", "
		}
		if timeout != "" {
			timeout = `, "timeoutSeconds": "` + timeout + `"`
		}
		steps += `{"action": "aws:runShellScript", "name": "step` + strconv.Itoa(i) +
			`", "inputs": {"runCommand": ["true"]` + timeout + `}}`
	}
	return `{"schemaVersion": "2.2", "description": "sendspec", "parameters": {` + parameters + `}, "mainSteps": [` + steps + `]}`
}
