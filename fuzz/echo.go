package fuzz

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

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
	b.WriteString(o.expiry(in))
	return b.String() + "}}"
}

// strangersIn tells whether a list of targets has members that do not come back.
func strangersIn(targets *Value) bool {
	return targets != nil && slices.ContainsFunc(targets.Items, func(t Value) bool {
		return slices.ContainsFunc(t.Members, func(m jsontree.Member) bool { return !slices.Contains(membersOfStructure["Targets"], m.Name) })
	})
}

// expiry is ExpiresAfter: TimeoutSeconds and the execution timeouts of the document's steps, 3600 each where
// they are not given (facts.md section 2, ExpiresAfter). Nothing where the document is not known.
func (o *oracle) expiry(in *ssm.SendCommandInput) string {
	document := o.world.documents[aws.ToString(in.DocumentName)]
	if document == nil {
		return ""
	}
	steps, known := document.stepsOf(aws.ToString(in.DocumentVersion))
	if !known {
		return ""
	}
	timeout := reference.DefaultTimeout
	if in.TimeoutSeconds != nil {
		timeout = time.Duration(*in.TimeoutSeconds) * time.Second
	}
	after := fmt.Sprintf(`{"$after":["/Command/RequestedDateTime","%ds"]}`, int64((timeout + reference.ExecutionTimeout(steps, in.Parameters)).Seconds()))
	if slices.Contains(steps, "") || !sureOfTimeouts(steps, in.Parameters) { // inferred
		after = `{"$should":` + after + `}`
	}
	return `,"ExpiresAfter":` + after
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
