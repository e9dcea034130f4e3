package reference

import (
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// sendShapes are the shapes Validate needs, looked up once.
type sendShapes struct {
	instanceIDs, targets, targetKey, targetValues                 *shape
	documentName, documentVersion, documentHash, documentHashType *shape
	timeoutSeconds, comment                                       *shape
	s3Region, s3BucketName, s3KeyPrefix                           *shape
	maxConcurrency, maxErrors, serviceRole                        *shape
	notificationArn, notificationEvents, notificationType         *shape
	logGroupName, alarms, alarmName                               *shape
	documentNameRequired, alarmsRequired, alarmNameRequired       *rule
}

var sendShapesOf = sync.OnceValue(func() *sendShapes {
	root := inputs()[SendCommand]
	of := func(names ...string) *member {
		s := root
		var m *member
		for _, name := range names {
			if s.element != nil {
				s = s.element
			}
			m = s.member(name)
			s = m.shape
		}
		return m
	}
	return &sendShapes{
		instanceIDs: of("InstanceIds").shape,
		targets:     of("Targets").shape, targetKey: of("Targets", "Key").shape, targetValues: of("Targets", "Values").shape,
		documentName: of("DocumentName").shape, documentNameRequired: of("DocumentName").required,
		documentVersion: of("DocumentVersion").shape, documentHash: of("DocumentHash").shape,
		documentHashType: of("DocumentHashType").shape, timeoutSeconds: of("TimeoutSeconds").shape, comment: of("Comment").shape,
		s3Region: of("OutputS3Region").shape, s3BucketName: of("OutputS3BucketName").shape, s3KeyPrefix: of("OutputS3KeyPrefix").shape,
		maxConcurrency: of("MaxConcurrency").shape, maxErrors: of("MaxErrors").shape, serviceRole: of("ServiceRoleArn").shape,
		notificationArn:    of("NotificationConfig", "NotificationArn").shape,
		notificationEvents: of("NotificationConfig", "NotificationEvents").shape,
		notificationType:   of("NotificationConfig", "NotificationType").shape,
		logGroupName:       of("CloudWatchOutputConfig", "CloudWatchLogGroupName").shape,
		alarms:             of("AlarmConfiguration", "Alarms").shape, alarmsRequired: of("AlarmConfiguration", "Alarms").required,
		alarmName: of("AlarmConfiguration", "Alarms", "Name").shape, alarmNameRequired: of("AlarmConfiguration", "Alarms", "Name").required,
	}
})

// Validate returns every constraint that the request breaks, in the order of the members, or
// nil for a valid request, in which case it allocates nothing. A nil in is a request without
// members. As in the SDK a nil pointer, a nil list and an empty enum value are absent members.
//
// It looks at the request alone: whether the document, the nodes or the alarm exist is the
// business of reference/service. It never changes in.
func Validate(in *ssm.SendCommandInput) []Violation {
	if in == nil {
		in = &ssm.SendCommandInput{}
	}
	s := sendShapesOf()
	var w walker
	if len(in.InstanceIds) > 0 {
		w.push(segment{name: "InstanceIds"})
		if r, text := s.instanceIDs.boundsFailed(Length, int64(len(in.InstanceIds))); r != nil {
			w.add(r, text, javaList(in.InstanceIds))
		}
		w.elements(s.instanceIDs, in.InstanceIds)
		w.pop()
	}
	w.targets(s, in.Targets)
	if in.DocumentName == nil {
		w.push(segment{name: "DocumentName"})
		w.missing(s.documentNameRequired)
		w.pop()
	}
	w.member(s.documentName, "DocumentName", in.DocumentName)
	w.member(s.documentVersion, "DocumentVersion", in.DocumentVersion)
	w.member(s.documentHash, "DocumentHash", in.DocumentHash)
	if in.DocumentHashType != "" {
		w.member(s.documentHashType, "DocumentHashType", (*string)(&in.DocumentHashType))
	}
	if in.TimeoutSeconds != nil {
		if r, text := s.timeoutSeconds.boundsFailed(Range, int64(*in.TimeoutSeconds)); r != nil {
			w.push(segment{name: "TimeoutSeconds"})
			w.add(r, text, strconv.Itoa(int(*in.TimeoutSeconds)))
			w.pop()
		}
	}
	w.member(s.comment, "Comment", in.Comment)
	w.member(s.s3Region, "OutputS3Region", in.OutputS3Region)
	w.member(s.s3BucketName, "OutputS3BucketName", in.OutputS3BucketName)
	w.member(s.s3KeyPrefix, "OutputS3KeyPrefix", in.OutputS3KeyPrefix)
	w.member(s.maxConcurrency, "MaxConcurrency", in.MaxConcurrency)
	w.member(s.maxErrors, "MaxErrors", in.MaxErrors)
	w.member(s.serviceRole, "ServiceRoleArn", in.ServiceRoleArn)
	w.notification(s, in.NotificationConfig)
	if c := in.CloudWatchOutputConfig; c != nil {
		w.push(segment{name: "CloudWatchOutputConfig"})
		w.member(s.logGroupName, "CloudWatchLogGroupName", c.CloudWatchLogGroupName)
		w.pop()
	}
	w.alarms(s, in.AlarmConfiguration)
	return w.found
}

func (w *walker) member(s *shape, name string, value *string) {
	if value == nil {
		return
	}
	w.push(segment{name: name})
	w.text(s, *value)
	w.pop()
}

func (w *walker) targets(s *sendShapes, targets []types.Target) {
	if len(targets) == 0 {
		return
	}
	w.push(segment{name: "Targets"})
	if r, text := s.targets.boundsFailed(Length, int64(len(targets))); r != nil {
		w.add(r, text, javaTargets(targets))
	}
	for i := range targets {
		w.push(segment{isElement: true, index: i})
		w.member(s.targetKey, "Key", targets[i].Key)
		if r, text := s.targetValues.boundsFailed(Length, int64(len(targets[i].Values))); r != nil {
			w.push(segment{name: "Values"})
			w.add(r, text, javaList(targets[i].Values))
			w.pop()
		}
		w.pop()
	}
	w.pop()
}

func (w *walker) notification(s *sendShapes, c *types.NotificationConfig) {
	if c == nil {
		return
	}
	w.push(segment{name: "NotificationConfig"})
	w.member(s.notificationArn, "NotificationArn", c.NotificationArn)
	if c.NotificationType != "" {
		w.member(s.notificationType, "NotificationType", (*string)(&c.NotificationType))
	}
	for _, event := range c.NotificationEvents {
		if _, failed := s.notificationEvents.element.rules[0].fails(string(event)); failed {
			events := make([]string, len(c.NotificationEvents))
			for i := range c.NotificationEvents {
				events[i] = string(c.NotificationEvents[i])
			}
			w.push(segment{name: "NotificationEvents"})
			w.elements(s.notificationEvents, events)
			w.pop()
			break
		}
	}
	w.pop()
}

func (w *walker) alarms(s *sendShapes, c *types.AlarmConfiguration) {
	if c == nil {
		return
	}
	w.push(segment{name: "AlarmConfiguration"})
	w.push(segment{name: "Alarms"})
	if c.Alarms == nil {
		w.missing(s.alarmsRequired)
	} else if r, text := s.alarms.boundsFailed(Length, int64(len(c.Alarms))); r != nil {
		w.add(r, text, javaAlarms(c.Alarms))
	}
	for i := range c.Alarms {
		w.push(segment{isElement: true, index: i})
		if c.Alarms[i].Name == nil {
			w.push(segment{name: "Name"})
			w.missing(s.alarmNameRequired)
			w.pop()
		}
		w.member(s.alarmName, "Name", c.Alarms[i].Name)
		w.pop()
	}
	w.pop()
	w.pop()
}

// javaString renders a string member inside a structure; that an absent one is printed as null
// is inferred from Java's convention.
func javaString(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func javaAlarms(alarms []types.Alarm) string {
	texts := make([]string, len(alarms))
	for i := range alarms {
		texts[i] = "Alarm(name=" + javaString(alarms[i].Name) + ")"
	}
	return javaList(texts)
}

func javaTargets(targets []types.Target) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range targets {
		if i > 0 {
			b.WriteString(", ")
		}
		values := "null"
		if targets[i].Values != nil {
			values = javaList(targets[i].Values)
		}
		b.WriteString("Target(key=" + javaString(targets[i].Key) + ", values=" + values + ")")
	}
	b.WriteByte(']')
	return b.String()
}
