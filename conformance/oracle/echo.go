package oracle

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

var (
	theCommandID = member("CommandId", matcher("$uuid", boolean(true)))
	// asGiven are the members of a Command that come back as they were given, with what stands for those that were not.
	asGiven = literal(`{
		"DocumentVersion": "$DEFAULT", "Comment": "", "Parameters": {"$exact": {}}, "InstanceIds": [], "Targets": [],
		"OutputS3BucketName": "", "OutputS3KeyPrefix": "", "MaxConcurrency": "50", "MaxErrors": "0", "TimeoutSeconds": 3600}`)
	// fresh are the members that do not depend on the request: the command may have begun meanwhile.
	fresh = literal(`{
		"CompletedCount": 0, "ErrorCount": 0, "DeliveryTimedOutCount": 0, "TriggeredAlarms": [],
		"Status": {"$in": ["Pending", "InProgress"], "$should": "Pending"},
		"StatusDetails": {"$in": ["Pending", "InProgress", "In Progress"], "$should": "Pending"},
		"RequestedDateTime": {"$epochSeconds": {"within": "5m"}}}`)
	noNotification = literal(`{"NotificationArn": "", "NotificationEvents": [], "NotificationType": ""}`)
)

func integer(n int64) jsontree.Value { return number(strconv.FormatInt(n, 10)) }

// command is the body of an answer whose Command has the members.
func command(members ...jsontree.Member) *jsontree.Value {
	return expect(object(member("Command", object(members...))))
}

// echo is the body of AWS's answer (evidence: echo/as-received), as matchers.
func (o *Oracle) echo(tree *jsontree.Value, in *ssm.SendCommandInput) *jsontree.Value {
	c := object(theCommandID)
	given := func(name string) bool {
		m := tree.Get(name)
		return m != nil && m.Kind != jsontree.Null
	}
	if given("DocumentName") && !strings.ContainsAny(*in.DocumentName, ":/") { // whether an ARN comes back as it was given is inferred
		c.Set("DocumentName", echoed("/DocumentName"))
	}
	for _, m := range asGiven.Members {
		if given(m.Name) {
			m.Value = echoed("/" + m.Name)
		}
		c.Members = append(c.Members, m)
	}
	if aws.ToString(in.DocumentVersion) == "$LATEST" {
		c.Set("DocumentVersion", shouldBe(echoed("/DocumentVersion"))) // inferred from that of $DEFAULT
	}
	if len(in.InstanceIds) > 1 {
		c.Set("InstanceIds", shouldBe(echoed("/InstanceIds"))) // their order is not recorded
	}
	if len(in.Targets) > 1 || len(in.Targets) == 1 && len(in.Targets[0].Values) > 1 { // as above
		c.Set("Targets", object(member("$should", echoed("/Targets")), member("$length", integer(int64(len(in.Targets))))))
	}
	visitUnknown(request.Member("Targets"), tree.Get("Targets"), func(string, []string) { c.Remove("Targets") }) // which do not come back
	if in.Parameters["executionTimeout"] != nil && !given("TimeoutSeconds") {
		c.Set("TimeoutSeconds", shouldBe(*asGiven.Get("TimeoutSeconds")))
	}
	add := func(name string, v jsontree.Value) { c.Members = append(c.Members, member(name, v)) }
	if given("ServiceRoleArn") {
		add("ServiceRole", echoed("/ServiceRoleArn"))
	} else {
		add("ServiceRole", str(""))
	}
	if o.region != "" {
		add("OutputS3Region", str(o.region))
	}
	if in.NotificationConfig == nil || aws.ToString(in.NotificationConfig.NotificationArn) != "" {
		add("NotificationConfig", echoOfNotification(in.NotificationConfig))
	}
	add("CloudWatchOutputConfig", echoOfCloudWatch(tree, in))
	add("AlarmConfiguration", echoOfAlarms(tree, in))
	add("TargetCount", integer(int64(len(in.InstanceIds))))
	c.Members = append(c.Members, fresh.Members...)
	if after, known := o.expiry(in); known {
		add("ExpiresAfter", after)
	}
	for _, name := range []string{"DocumentHash", "DocumentHashType", "ServiceRoleArn"} { // which Command does not have
		if given(name) {
			add(name, shouldBe(absent))
		}
	}
	beside := member("CommandId", shouldBe(absent))
	return expect(object(member("Command", c), beside))
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

func echoOfNotification(n *types.NotificationConfig) jsontree.Value {
	if n == nil {
		return *noNotification
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
	return object(member("NotificationArn", echoed("/NotificationConfig/NotificationArn")),
		member("NotificationEvents", events), member("NotificationType", kind))
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
		v.Set("CloudWatchLogGroupName", str(""))
	case c.CloudWatchLogGroupName != nil:
		v.Set("CloudWatchLogGroupName", echoed("/CloudWatchOutputConfig/CloudWatchLogGroupName"))
	}
	return v
}

func echoOfAlarms(tree *jsontree.Value, in *ssm.SendCommandInput) jsontree.Value {
	a, alarms := in.AlarmConfiguration, array()
	if a != nil {
		alarms = array(object(member("Name", echoed("/AlarmConfiguration/Alarms/0/Name"))))
	}
	ignore := enabled(tree, "AlarmConfiguration", "IgnorePollAlarmFailure", a != nil && a.IgnorePollAlarmFailure)
	return object(member("IgnorePollAlarmFailure", ignore), member("Alarms", alarms))
}
