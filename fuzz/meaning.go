package fuzz

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// doubt is a reason why a server may refuse a valid request, or a sign that taking it is not sure.
type doubt struct {
	exceptions []string       // the declared errors that it may answer
	meaning    bool           // or any other that is about the meaning
	level      fixtures.Level // of the whole expectation, where it is weaker than must
	anything   bool           // not even that it is an answer of AWS JSON
}

// meaning looks for what a server may say to a request that breaks no constraint; nil where nothing.
func (o *oracle) meaning(tree *Value, in *ssm.SendCommandInput) []doubt {
	doubts := o.document(in)
	doubts = append(doubts, o.selection(in)...)
	doubts = append(doubts, o.destinations(in)...)
	return append(doubts, textDoubts(tree, in)...)
}

// meaningBeside is the same of a request whose members named by broken break a constraint.
func (o *oracle) meaningBeside(tree *Value, broken map[string]bool) []doubt {
	left := *tree
	left.Members = slices.Clone(tree.Members)
	for name := range broken {
		drop(&left, name)
	}
	if broken["DocumentName"] {
		put(&left, "DocumentName", str("AWS-RunShellScript"))
	}
	if broken["Targets"] || broken["InstanceIds"] {
		drop(&left, "InstanceIds")
		put(&left, "Targets", *plain("x").Get("Targets"))
	}
	return o.meaning(&left, reference.InputOf(&left))
}

// document looks at the document, its version and hash, and the parameters.
func (o *oracle) document(in *ssm.SendCommandInput) []doubt {
	var doubts []doubt
	name := aws.ToString(in.DocumentName)
	shell := name == "AWS-RunShellScript"
	if !shell && !o.world.has(name, "document") {
		doubts = append(doubts, doubt{exceptions: []string{"InvalidDocument", "AccessDeniedException", "InvalidParameters", "UnsupportedPlatformType"}})
		if strings.ContainsAny(name, ":/") {
			doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
		}
	}
	if v := aws.ToString(in.DocumentVersion); v != "" && v != "$DEFAULT" && v != "$LATEST" {
		d := doubt{exceptions: []string{"InvalidDocumentVersion"}}
		if len(v) > 18 {
			d.meaning, d.level = true, fixtures.May
		}
		doubts = append(doubts, d)
	}
	if in.DocumentHash != nil || in.DocumentHashType != "" {
		doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
	}
	if _, given := in.Parameters["workingDirectory"]; given {
		doubts = append(doubts, doubt{level: fixtures.Should})
	}
	if t := in.Parameters["executionTimeout"]; len(t) > 0 && (t[0] == "1" || t[0] == "3600") {
		doubts = append(doubts, doubt{level: fixtures.Should}) // less than the agent's least, or the document's default
	}
	if !shell || !plainParameters(in.Parameters) {
		doubts = append(doubts, doubt{exceptions: []string{"InvalidParameters", "MaxDocumentSizeExceeded", "ValidationException"}, meaning: len(in.Parameters) > 0})
	}
	return doubts
}

// plainParameters tells whether AWS-RunShellScript takes the parameters without a doubt.
func plainParameters(p map[string][]string) bool {
	size := 0
	for name, values := range p {
		for _, v := range values {
			size += len(v)
			if strings.Contains(v, "{{") {
				return false
			}
		}
		switch name {
		case "commands":
			if len(values) == 0 || slices.Contains(values, "") {
				return false
			}
		case "executionTimeout":
			if len(values) != 1 {
				return false
			}
			n, err := strconv.Atoi(values[0])
			if err != nil || n < 1 || n > 172800 || values[0] != strconv.Itoa(n) {
				return false
			}
		case "workingDirectory":
			if len(values) != 1 {
				return false
			}
		default:
			return false
		}
	}
	return len(p["commands"]) > 0 && size < 20000
}

// selection looks at what the command is for.
func (o *oracle) selection(in *ssm.SendCommandInput) []doubt {
	var doubts []doubt
	if len(in.InstanceIds) > 0 {
		known := !slices.ContainsFunc(in.InstanceIds, func(id string) bool { return !slices.Contains(o.world.nodes, id) })
		if !known {
			doubts = append(doubts, doubt{exceptions: []string{"InvalidInstanceId", "UnsupportedPlatformType", "AccessDeniedException"}})
		}
		if repeats(in.InstanceIds) {
			doubts = append(doubts, doubt{exceptions: []string{"DuplicateInstanceId", "InvalidInstanceId"}, meaning: true, level: fixtures.Should})
		}
	}
	switch {
	case len(in.InstanceIds) == 0 && len(in.Targets) == 0, len(in.InstanceIds) > 0 && len(in.Targets) > 0:
		return append(doubts, doubt{anything: true}) // no recording tells
	case in.Targets != nil && len(in.Targets) == 0:
		doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
	}
	keys := make([]string, len(in.Targets))
	groups, others := false, false
	for i := range in.Targets {
		t := &in.Targets[i]
		keys[i] = aws.ToString(t.Key)
		if strings.HasPrefix(keys[i], "resource-groups:") {
			groups = true
		} else {
			others = true
		}
		doubts = append(doubts, o.target(t)...)
	}
	if repeats(keys) || groups && (others || !slices.Contains(keys, "resource-groups:Name")) {
		doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
	}
	if len(keys) > 1 && keys[0] == "resource-groups:ResourceTypeFilters" {
		doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
	}
	if slices.Contains(keys, "tag-key") && slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, "tag:") }) {
		doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
	}
	return doubts
}

func repeats(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) < len(list)
}

func (o *oracle) target(t *types.Target) []doubt {
	key, soft := aws.ToString(t.Key), doubt{meaning: true, level: fixtures.Should}
	switch {
	case t.Key == nil || len(t.Values) == 0:
		return []doubt{{anything: true}}
	case repeats(t.Values), len(t.Values) > 5:
		return []doubt{soft}
	case key == "resource-groups:Name":
		if len(t.Values) > 1 {
			return []doubt{soft}
		}
	case key == "resource-groups:ResourceTypeFilters":
		if slices.ContainsFunc(t.Values, func(v string) bool { return v != "AWS::EC2::Instance" && v != "AWS::SSM::ManagedInstance" }) {
			return []doubt{soft}
		}
	case key == "InstanceIds":
		if slices.ContainsFunc(t.Values, func(v string) bool { return !slices.Contains(o.world.nodes, v) }) {
			return []doubt{soft, {exceptions: []string{"InvalidInstanceId"}}}
		}
	case key == "tag-key":
	case strings.HasPrefix(key, "tag:") && len(key) > len("tag:"):
		if strings.ContainsFunc(key[len("tag:"):], notPlain) {
			return []doubt{soft}
		}
	default:
		return []doubt{soft}
	}
	for _, v := range t.Values {
		if v == "" || len(v) > 200 || strings.ContainsFunc(v, notPlain) {
			return []doubt{soft}
		}
	}
	return nil
}

// notPlain tells whether a character of a name may be a reason to refuse the name: nobody has recorded which
// are for AWS.
func notPlain(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// destinations looks at roles, topics, buckets, log groups and alarms.
func (o *oracle) destinations(in *ssm.SendCommandInput) []doubt {
	var doubts []doubt
	roleKnown := o.world.has(aws.ToString(in.ServiceRoleArn), "role")
	if in.ServiceRoleArn != nil && !roleKnown {
		doubts = append(doubts, doubt{exceptions: []string{"InvalidRole"}, meaning: true, level: fixtures.Should})
	}
	if n := in.NotificationConfig; n != nil && (!roleKnown || !o.world.has(aws.ToString(n.NotificationArn), "topic") || repeats(texts(n.NotificationEvents))) {
		doubts = append(doubts, doubt{exceptions: []string{"InvalidRole", "InvalidNotificationConfig"}, meaning: true})
	}
	if b := in.OutputS3BucketName; b != nil && !o.world.has(*b, "bucket") {
		doubts = append(doubts, doubt{exceptions: []string{"InvalidOutputFolder"}, meaning: true, level: fixtures.Should})
	}
	if p := in.OutputS3KeyPrefix; p != nil {
		d := doubt{exceptions: []string{"InvalidOutputFolder"}}
		if strings.ContainsFunc(*p, notPlain) {
			d.meaning, d.level = true, fixtures.Should
		}
		doubts = append(doubts, d)
	}
	if c := in.CloudWatchOutputConfig; c != nil {
		if g := aws.ToString(c.CloudWatchLogGroupName); strings.ContainsFunc(g, notPlain) {
			doubts = append(doubts, doubt{meaning: true, level: fixtures.Should})
		} else if g == "" {
			doubts = append(doubts, doubt{level: fixtures.Should})
		}
	}
	if a := in.AlarmConfiguration; a != nil {
		for _, alarm := range a.Alarms {
			name := aws.ToString(alarm.Name)
			if !a.IgnorePollAlarmFailure && !o.world.has(name, "alarm.ok", "alarm.insufficient") {
				doubts = append(doubts, doubt{meaning: true})
			}
			if strings.TrimFunc(name, unicode.IsSpace) == "" {
				doubts = append(doubts, doubt{level: fixtures.May, meaning: true})
			} else if strings.ContainsFunc(name, notPlain) {
				doubts = append(doubts, doubt{level: fixtures.Should})
			}
		}
	}
	return doubts
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// textDoubts looks at what strings are made of, and at members that the model lacks.
func textDoubts(tree *Value, in *ssm.SendCommandInput) []doubt {
	var doubts []doubt
	if hasControl(tree) {
		doubts = append(doubts, doubt{anything: true})
	}
	for _, s := range []struct {
		value *string
		most  int
	}{{in.Comment, 100}, {in.OutputS3KeyPrefix, 500}, {in.DocumentHash, 256}, {in.OutputS3Region, 20}, {in.OutputS3BucketName, 63}} {
		if utf16Length(aws.ToString(s.value)) > s.most {
			doubts = append(doubts, doubt{exceptions: []string{"ValidationException"}, level: fixtures.Should})
		}
	}
	for i := range in.Targets {
		if utf16Length(aws.ToString(in.Targets[i].Key)) > 163 {
			doubts = append(doubts, doubt{exceptions: []string{"ValidationException"}, level: fixtures.Should})
		}
	}
	if a := in.AlarmConfiguration; a != nil && len(a.Alarms) == 1 && utf16Length(aws.ToString(a.Alarms[0].Name)) > 255 {
		doubts = append(doubts, doubt{exceptions: []string{"ValidationException"}, level: fixtures.Should})
	}
	return append(doubts, strangerDoubts(tree)...)
}
