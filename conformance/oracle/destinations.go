package oracle

import (
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/fixtures"
)

// destinations looks at roles, topics, buckets, log groups and alarms.
func (o *Oracle) destinations(m *semantics, in *ssm.SendCommandInput) {
	if n := in.NotificationConfig; n != nil {
		o.notification(m, n, in.ServiceRoleArn)
	}
	if in.ServiceRoleArn != nil && !o.has(*in.ServiceRoleArn, "role") {
		m.uncertain(uncertainty{exceptions: []string{"InvalidRole"}, semantic: true, level: fixtures.Should})
	}
	if b := in.OutputS3BucketName; b != nil && !o.has(*b, "bucket") {
		m.uncertain(uncertainty{exceptions: []string{"InvalidOutputFolder"}, semantic: true, level: fixtures.Should})
	}
	if p := in.OutputS3KeyPrefix; p != nil {
		m.uncertain(uncertainty{exceptions: []string{"InvalidOutputFolder"}})
		if strings.ContainsFunc(*p, notPlain) {
			m.uncertain(unrecorded)
		}
	}
	if c := in.CloudWatchOutputConfig; c != nil {
		if strings.ContainsFunc(aws.ToString(c.CloudWatchLogGroupName), notPlain) {
			m.uncertain(unrecorded)
		}
	}
	if a := in.AlarmConfiguration; a != nil {
		for _, alarm := range a.Alarms {
			o.alarm(m, aws.ToString(alarm.Name), a.IgnorePollAlarmFailure)
		}
	}
}

// notification looks at who is to be told, and whether the role may tell them.
func (o *Oracle) notification(m *semantics, n *types.NotificationConfig, role *string) {
	asks := len(n.NotificationEvents) > 0 || n.NotificationType != ""
	topic := aws.ToString(n.NotificationArn)
	roleKnown := o.has(aws.ToString(role), "role")
	switch {
	case n.NotificationArn == nil && asks && role == nil:
		m.refuse(missingTopic.at(fixtures.Must, "InvalidNotificationConfig", "InvalidRole"))
	case n.NotificationArn == nil && asks && roleKnown:
		m.refuse(missingTopic)
	case n.NotificationArn == nil && asks:
		m.refuse(missingTopic.ofAnyType(fixtures.Must, "InvalidNotificationConfig", "InvalidRole", "AccessDeniedException"))
	case n.NotificationArn == nil:
	case topic == "" && asks:
		m.refuse(missingTopic.ofAnyType(fixtures.Should, "InvalidNotificationConfig", "InvalidRole", "ValidationException"))
	case topic != "" && role == nil && asks:
		m.refuse(missingRole)
	case topic != "" && role == nil:
		m.refuse(missingRole.at(fixtures.Should))
	case topic != "" && *role == "":
		m.refuse(missingRole.ofAnyType(fixtures.Should, "InvalidRole", "ValidationException"))
	}
	if topic != "" && !asks {
		m.uncertain(uncertainty{level: fixtures.Should})
	}
	if topic != "" && role != nil && *role != "" && !strings.HasPrefix(*role, "arn:") {
		m.refuse(noRoleARN)
	}
	if topic != "" && (!strings.HasPrefix(topic, "arn:") || !strings.Contains(topic, ":sns:")) {
		m.refuse(noTopicARN)
	}
	unbound := aws.ToString(role) != "" && !roleKnown || topic != "" && !o.has(topic, "topic")
	if unbound || !asks && topic == "" || repeats(texts(n.NotificationEvents)) {
		m.uncertain(uncertainty{exceptions: []string{"InvalidRole", "InvalidNotificationConfig"}, semantic: true})
	}
}

func (o *Oracle) alarm(m *semantics, name string, ignore bool) {
	switch {
	case o.has(name, "alarm.firing"):
		m.refuse(firingAlarm)
	case o.has(name, "alarm.ok", "alarm.insufficient"):
	case o.has(name, "alarm.trigger", "alarm.vanish"):
		m.uncertain(uncertainty{semantic: true})
	case o.captured || !strings.HasPrefix(name, "sendspec-"): // there may be one, in any state
		m.uncertain(uncertainty{semantic: true})
	case !ignore: // nobody else's alarm has that name
		m.refuse(missingAlarm)
	}
	if strings.TrimFunc(name, unicode.IsSpace) == "" {
		m.uncertain(uncertainty{level: fixtures.May, semantic: true})
	} else if strings.ContainsFunc(name, notPlain) {
		m.uncertain(uncertainty{level: fixtures.Should})
	}
}
