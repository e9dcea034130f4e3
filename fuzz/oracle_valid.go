package fuzz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// doubt is a reason why a server may refuse a valid request, or a sign that taking it is not sure.
type doubt struct {
	exceptions []string       // the declared errors that it may answer
	meaning    bool           // or any other that is about the meaning
	refused    bool           // it must not be taken
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

// membersOfStructure are the members of each structure of a request.
var membersOfStructure = map[string][]string{
	"":                       reference.MemberNames(reference.SendCommand),
	"Targets":                {"Key", "Values"},
	"NotificationConfig":     {"NotificationArn", "NotificationEvents", "NotificationType"},
	"CloudWatchOutputConfig": {"CloudWatchLogGroupName", "CloudWatchOutputEnabled"},
	"AlarmConfiguration":     {"Alarms", "IgnorePollAlarmFailure"},
	"Alarms":                 {"Name"},
}

// strangerDoubts are about members that the model lacks: AWS was seen to ignore them, on Athena. Whether
// it looks at the case of a name was not recorded.
func strangerDoubts(tree *Value) []doubt {
	var doubts []doubt
	if depth(tree) > deepest {
		doubts = append(doubts, doubt{anything: true})
	}
	forStrangers(tree, func(name string, known []string) {
		d := doubt{level: fixtures.Should}
		d.anything = slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		doubts = append(doubts, d)
	})
	return doubts
}

// deepest is how deep a request may nest without a doubt: parsers have limits (RFC 8259 section 9), and
// those of AWS are not known.
const deepest = 64

func depth(v *Value) int {
	below := 0
	for i := range v.Items {
		below = max(below, depth(&v.Items[i]))
	}
	for i := range v.Members {
		below = max(below, depth(&v.Members[i].Value))
	}
	return below + 1
}

// spelledOtherwise tells whether a member has the name of the model's but for the case.
func spelledOtherwise(tree *Value) bool {
	found := false
	forStrangers(tree, func(name string, known []string) {
		found = found || slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
	})
	return found
}

// forStrangers visits the members that the model lacks.
func forStrangers(tree *Value, visit func(name string, known []string)) {
	check := func(v *Value, structure string) {
		for i := range v.Members {
			if known := membersOfStructure[structure]; !slices.Contains(known, v.Members[i].Name) {
				visit(v.Members[i].Name, known)
			}
		}
	}
	check(tree, "")
	for _, name := range []string{"NotificationConfig", "CloudWatchOutputConfig", "AlarmConfiguration"} {
		if m := tree.Get(name); m != nil {
			check(m, name)
		}
	}
	for name, list := range map[string]*Value{"Targets": tree.Get("Targets"), "Alarms": tree.Get("AlarmConfiguration").Get("Alarms")} {
		if list != nil {
			for i := range list.Items {
				check(&list.Items[i], name)
			}
		}
	}
}

// valid: the request is taken, and what comes back is what was given; or else refused for a reason that
// the target's world may give.
func (o *oracle) valid(r *reference.Result) expectation {
	e := expectation{rule: "A valid request is taken and comes back as it was given", level: fixtures.Must, evidence: byTheModel, source: fixtures.Source{
		Doc: "facts.md", Section: "2. Members present with default values",
	}}
	accepted := outcomeAccepted
	accepted.Body = raw(o.echo(r.Tree, r.Input))
	e.outcomes = []fixtures.Outcome{accepted}
	var names []string
	meaning := false
	for _, d := range o.meaning(r.Tree, r.Input) {
		if d.anything {
			o := open("a valid request whose meaning no source tells")
			return o
		}
		if d.level != "" && e.level != fixtures.May {
			e.level = d.level
		}
		names = append(names, d.exceptions...)
		meaning = meaning || d.meaning
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		e.outcomes = append(e.outcomes, exception(name))
	}
	if meaning {
		e.outcomes = append(e.outcomes, outcomeMeaning)
	}
	return e
}

// echo is the body of AWS's answer (facts.md section 2; echo/** of the fixtures), as matchers.
func (o *oracle) echo(tree *Value, in *ssm.SendCommandInput) string {
	var b strings.Builder
	b.WriteString(`{"Command":{"CommandId":{"$uuid":true}`)
	member := func(response, request, fallback string) {
		if m := tree.Get(request); m != nil && m.Kind != jsontree.Null {
			fmt.Fprintf(&b, `,%q:{"$echo":"/%s"}`, response, request)
		} else if fallback != "" {
			fmt.Fprintf(&b, `,%q:%s`, response, fallback)
		}
	}
	member("DocumentName", "DocumentName", "")
	if strings.ContainsAny(aws.ToString(in.DocumentName), ":/") {
		// Whether an ARN comes back as it was given is inferred.
		b.Reset()
		b.WriteString(`{"Command":{"CommandId":{"$uuid":true}`)
	}
	if aws.ToString(in.DocumentVersion) == "$LATEST" {
		b.WriteString(`,"DocumentVersion":{"$should":{"$echo":"/DocumentVersion"}}`) // inferred from that of $DEFAULT
	} else {
		member("DocumentVersion", "DocumentVersion", `"$DEFAULT"`)
	}
	member("Comment", "Comment", `""`)
	member("Parameters", "Parameters", `{"$exact":{}}`)
	if repeats(in.InstanceIds) || len(in.InstanceIds) > 1 {
		fmt.Fprintf(&b, `,"InstanceIds":{"$should":{"$echo":"/InstanceIds"}}`) // their order is not recorded
	} else {
		member("InstanceIds", "InstanceIds", `[]`)
	}
	switch {
	case strangersIn(tree.Get("Targets")):
	case len(in.Targets) > 1 || len(in.Targets) == 1 && len(in.Targets[0].Values) > 1:
		b.WriteString(`,"Targets":{"$should":{"$echo":"/Targets"},"$length":` + integer(int64(len(in.Targets))) + `}`) // as above
	default:
		member("Targets", "Targets", `[]`)
	}
	timeout := `3600`
	if in.Parameters["executionTimeout"] != nil {
		timeout = `{"$should":3600}`
	}
	for _, given := range []struct{ name, fallback string }{
		{"OutputS3BucketName", `""`}, {"OutputS3KeyPrefix", `""`}, {"MaxConcurrency", `"50"`}, {"MaxErrors", `"0"`}, {"TimeoutSeconds", timeout},
	} {
		member(given.name, given.name, given.fallback)
	}
	member("ServiceRole", "ServiceRoleArn", `""`)
	b.WriteString(`,"OutputS3Region":` + string(quoted(o.region)))
	b.WriteString(echoStructures(tree, in))
	fmt.Fprintf(&b, `,"TargetCount":%d,"CompletedCount":0,"ErrorCount":0,"DeliveryTimedOutCount":0,"TriggeredAlarms":[]`, len(in.InstanceIds))
	b.WriteString(`,"Status":{"$in":["Pending","InProgress"],"$should":"Pending"},"StatusDetails":{"$in":["Pending","InProgress","In Progress"],"$should":"Pending"}`)
	b.WriteString(`,"RequestedDateTime":{"$epochSeconds":{"within":"5m"}}`)
	if aws.ToString(in.DocumentName) == "AWS-RunShellScript" && plainParameters(in.Parameters) {
		fmt.Fprintf(&b, `,"ExpiresAfter":{"$after":["/Command/RequestedDateTime","%ds"]}`, expiry(in))
	}
	return b.String() + "}}"
}

// strangersIn tells whether a list of targets has members that do not come back.
func strangersIn(targets *Value) bool {
	return targets != nil && slices.ContainsFunc(targets.Items, func(t Value) bool {
		return slices.ContainsFunc(t.Members, func(m jsontree.Member) bool { return !slices.Contains(membersOfStructure["Targets"], m.Name) })
	})
}

// expiry is TimeoutSeconds and the execution timeout, 3600 each where they are not given (facts.md section
// 2, ExpiresAfter).
func expiry(in *ssm.SendCommandInput) int64 {
	total, execution := int64(3600), int64(3600)
	if in.TimeoutSeconds != nil {
		total = int64(*in.TimeoutSeconds)
	}
	if given := in.Parameters["executionTimeout"]; len(given) == 1 {
		if n, err := strconv.ParseInt(given[0], 10, 64); err == nil {
			execution = n
		}
	}
	return total + execution
}

// echoStructures are the members that are structures: given as they are, with the defaults of what is
// left out of them.
func echoStructures(tree *Value, in *ssm.SendCommandInput) string {
	var b strings.Builder
	if n := in.NotificationConfig; n != nil && aws.ToString(n.NotificationArn) != "" {
		b.WriteString(`,"NotificationConfig":{"NotificationArn":{"$echo":"/NotificationConfig/NotificationArn"}`)
		switch {
		case len(n.NotificationEvents) == 0:
			b.WriteString(`,"NotificationEvents":["All"]`)
		case len(n.NotificationEvents) == 1:
			b.WriteString(`,"NotificationEvents":{"$echo":"/NotificationConfig/NotificationEvents"}`)
		default:
			b.WriteString(`,"NotificationEvents":{"$should":{"$echo":"/NotificationConfig/NotificationEvents"}}`)
		}
		if n.NotificationType == "" {
			b.WriteString(`,"NotificationType":"Command"}`)
		} else {
			b.WriteString(`,"NotificationType":{"$echo":"/NotificationConfig/NotificationType"}}`)
		}
	} else if n == nil {
		b.WriteString(`,"NotificationConfig":{"NotificationArn":"","NotificationEvents":[],"NotificationType":""}`)
	}
	enabled := func(name, member string, on bool) string {
		if c := tree.Get(name); on && c != nil && c.Get(member) != nil {
			return `{"$echo":"/` + name + `/` + member + `"}`
		}
		return "false"
	}
	c := in.CloudWatchOutputConfig
	fmt.Fprintf(&b, `,"CloudWatchOutputConfig":{"CloudWatchOutputEnabled":%s`, enabled("CloudWatchOutputConfig", "CloudWatchOutputEnabled", c != nil && c.CloudWatchOutputEnabled))
	switch {
	case c == nil:
		b.WriteString(`,"CloudWatchLogGroupName":""`)
	case c.CloudWatchLogGroupName != nil:
		b.WriteString(`,"CloudWatchLogGroupName":{"$echo":"/CloudWatchOutputConfig/CloudWatchLogGroupName"}`)
	}
	b.WriteString("}")
	a := in.AlarmConfiguration
	fmt.Fprintf(&b, `,"AlarmConfiguration":{"IgnorePollAlarmFailure":%s,"Alarms":`, enabled("AlarmConfiguration", "IgnorePollAlarmFailure", a != nil && a.IgnorePollAlarmFailure))
	if a == nil {
		b.WriteString("[]}")
	} else {
		b.WriteString(`[{"Name":{"$echo":"/AlarmConfiguration/Alarms/0/Name"}}]}`)
	}
	return b.String()
}
