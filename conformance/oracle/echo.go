package oracle

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The members of an answer that do not depend on the request.
var (
	theCommandID   = member("CommandId", matcher("$uuid", boolean(true)))
	defaultVersion = str("$DEFAULT")
	emptyText      = str("")
	emptyList      = array()
	noCounts       = []jsontree.Member{
		member("CompletedCount", number("0")), member("ErrorCount", number("0")), member("DeliveryTimedOutCount", number("0")),
		member("TriggeredAlarms", emptyList),
		member("Status", begun("Pending", "InProgress")), member("StatusDetails", begun("Pending", "InProgress", "In Progress")),
		member("RequestedDateTime", matcher("$epochSeconds", object(member("within", str("5m"))))),
	}
	noNotification = member("NotificationConfig", object(
		member("NotificationArn", emptyText), member("NotificationEvents", emptyList), member("NotificationType", emptyText)))
)

// begun is a status of a command that may have begun meanwhile.
func begun(statuses ...string) jsontree.Value {
	return object(member("$in", jsontree.NewStrings(statuses)), member("$should", str(statuses[0])))
}

func integer(n int64) jsontree.Value { return number(strconv.FormatInt(n, 10)) }

// command is the body of an answer whose Command has the members.
func command(members ...jsontree.Member) *jsontree.Value {
	return expect(object(member("Command", object(members...))))
}

// echo is the body of AWS's answer (evidence: echo/as-received), as matchers.
func (o *Oracle) echo(tree *jsontree.Value, in *ssm.SendCommandInput) *jsontree.Value {
	members := []jsontree.Member{theCommandID}
	add := func(name string, v jsontree.Value) { members = append(members, member(name, v)) }
	given := func(name string) bool {
		m := tree.Get(name)
		return m != nil && m.Kind != jsontree.Null
	}
	addEchoed := func(name string, fallback jsontree.Value) {
		if given(name) {
			add(name, echoed("/"+name))
		} else {
			add(name, fallback)
		}
	}
	if given("DocumentName") && !strings.ContainsAny(*in.DocumentName, ":/") { // whether an ARN comes back as it was given is inferred
		add("DocumentName", echoed("/DocumentName"))
	}
	if aws.ToString(in.DocumentVersion) == "$LATEST" {
		add("DocumentVersion", shouldBe(echoed("/DocumentVersion"))) // inferred from that of $DEFAULT
	} else {
		addEchoed("DocumentVersion", defaultVersion)
	}
	addEchoed("Comment", emptyText)
	addEchoed("Parameters", matcher("$exact", object()))
	if len(in.InstanceIds) > 1 {
		add("InstanceIds", shouldBe(echoed("/InstanceIds"))) // their order is not recorded
	} else {
		addEchoed("InstanceIds", emptyList)
	}
	unknownInTargets := false
	visitUnknown(request.Member("Targets"), tree.Get("Targets"), func(string, []string) { unknownInTargets = true })
	switch {
	case unknownInTargets: // which do not come back
	case len(in.Targets) > 1 || len(in.Targets) == 1 && len(in.Targets[0].Values) > 1: // as above
		add("Targets", object(member("$should", echoed("/Targets")), member("$length", integer(int64(len(in.Targets))))))
	default:
		addEchoed("Targets", emptyList)
	}
	addEchoed("OutputS3BucketName", emptyText)
	addEchoed("OutputS3KeyPrefix", emptyText)
	addEchoed("MaxConcurrency", str("50"))
	addEchoed("MaxErrors", str("0"))
	timeout := number("3600")
	if in.Parameters["executionTimeout"] != nil {
		timeout = shouldBe(timeout)
	}
	addEchoed("TimeoutSeconds", timeout)
	if given("ServiceRoleArn") {
		add("ServiceRole", echoed("/ServiceRoleArn"))
	} else {
		add("ServiceRole", emptyText)
	}
	if o.region != "" {
		add("OutputS3Region", str(o.region))
	}
	members = append(members, echoOfNotification(in)...)
	add("CloudWatchOutputConfig", echoOfCloudWatch(tree, in))
	add("AlarmConfiguration", echoOfAlarms(tree, in))
	add("TargetCount", integer(int64(len(in.InstanceIds))))
	members = append(members, noCounts...)
	if after, known := o.expiry(in); known {
		add("ExpiresAfter", after)
	}
	for _, name := range []string{"DocumentHash", "DocumentHashType", "ServiceRoleArn"} { // which Command does not have
		if given(name) {
			add(name, shouldBe(absent))
		}
	}
	beside := member("CommandId", shouldBe(absent))
	return expect(object(member("Command", object(members...)), beside))
}

// expiry is ExpiresAfter: TimeoutSeconds and the execution timeouts of the document's steps, 3600 each where
// they are not given (evidence: expiry/sum). Nothing where the document is not known.
func (o *Oracle) expiry(in *ssm.SendCommandInput) (after jsontree.Value, known bool) {
	document := o.documents[aws.ToString(in.DocumentName)]
	if document == nil {
		return after, false
	}
	steps, known := document.stepsOf(aws.ToString(in.DocumentVersion))
	if !known {
		return after, false
	}
	timeout := reference.DefaultTimeout
	if in.TimeoutSeconds != nil {
		timeout = time.Duration(*in.TimeoutSeconds) * time.Second
	}
	seconds := int64((timeout + reference.ExecutionTimeout(steps, in.Parameters)).Seconds())
	after = matcher("$after", array(str("/Command/RequestedDateTime"), str(strconv.FormatInt(seconds, 10)+"s")))
	if slices.Contains(steps, "") || !sureOfTimeouts(steps, in.Parameters) { // inferred
		after = shouldBe(after)
	}
	return after, true
}

// The members that are structures come back as they are, with the defaults of what is left out of them.

func echoOfNotification(in *ssm.SendCommandInput) []jsontree.Member {
	n := in.NotificationConfig
	if n == nil {
		return []jsontree.Member{noNotification}
	}
	if aws.ToString(n.NotificationArn) == "" {
		return nil
	}
	events, kind := echoed("/NotificationConfig/NotificationEvents"), echoed("/NotificationConfig/NotificationType")
	switch {
	case len(n.NotificationEvents) == 0:
		events = array(str("All"))
	case len(n.NotificationEvents) > 1:
		events = shouldBe(events)
	}
	if n.NotificationType == "" {
		kind = str("Command")
	}
	return []jsontree.Member{member("NotificationConfig", object(
		member("NotificationArn", echoed("/NotificationConfig/NotificationArn")),
		member("NotificationEvents", events), member("NotificationType", kind)))}
}

// enabled is the echo of a boolean inside of a structure.
func enabled(tree *jsontree.Value, name, inside string, on bool) jsontree.Value {
	if on && tree.Get(name).Get(inside) != nil {
		return echoed("/" + name + "/" + inside)
	}
	return boolean(false)
}

func echoOfCloudWatch(tree *jsontree.Value, in *ssm.SendCommandInput) jsontree.Value {
	c := in.CloudWatchOutputConfig
	on := enabled(tree, "CloudWatchOutputConfig", "CloudWatchOutputEnabled", c != nil && c.CloudWatchOutputEnabled)
	v := object(member("CloudWatchOutputEnabled", on))
	switch {
	case c == nil:
		v.Set("CloudWatchLogGroupName", emptyText)
	case c.CloudWatchLogGroupName != nil:
		v.Set("CloudWatchLogGroupName", echoed("/CloudWatchOutputConfig/CloudWatchLogGroupName"))
	}
	return v
}

func echoOfAlarms(tree *jsontree.Value, in *ssm.SendCommandInput) jsontree.Value {
	a, alarms := in.AlarmConfiguration, emptyList
	if a != nil {
		alarms = array(object(member("Name", echoed("/AlarmConfiguration/Alarms/0/Name"))))
	}
	ignore := enabled(tree, "AlarmConfiguration", "IgnorePollAlarmFailure", a != nil && a.IgnorePollAlarmFailure)
	return object(member("IgnorePollAlarmFailure", ignore), member("Alarms", alarms))
}
