package reference

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// InputOf turns the tree of a SendCommand request whose types are right (Validation.TypeErrors is empty) into
// the SDK's request, although it breaks constraints. The SDK can only write requests, not read them.
func InputOf(v *jsontree.Value) *ssm.SendCommandInput {
	in := &ssm.SendCommandInput{
		InstanceIds:        stringList(present(v, "InstanceIds")),
		DocumentName:       stringOf(v, "DocumentName"),
		DocumentVersion:    stringOf(v, "DocumentVersion"),
		DocumentHash:       stringOf(v, "DocumentHash"),
		DocumentHashType:   types.DocumentHashType(textOf(v, "DocumentHashType")),
		Comment:            stringOf(v, "Comment"),
		OutputS3Region:     stringOf(v, "OutputS3Region"),
		OutputS3BucketName: stringOf(v, "OutputS3BucketName"),
		OutputS3KeyPrefix:  stringOf(v, "OutputS3KeyPrefix"),
		MaxConcurrency:     stringOf(v, "MaxConcurrency"),
		MaxErrors:          stringOf(v, "MaxErrors"),
		ServiceRoleArn:     stringOf(v, "ServiceRoleArn"),
	}
	if n := present(v, "TimeoutSeconds"); n != nil {
		seconds := clamp(n.Text)
		in.TimeoutSeconds = &seconds
	}
	if list := present(v, "Targets"); list != nil {
		in.Targets = []types.Target{}
		for _, item := range withoutNulls(list.Items) {
			in.Targets = append(in.Targets, types.Target{Key: stringOf(&item, "Key"), Values: stringList(present(&item, "Values"))})
		}
	}
	if object := present(v, "Parameters"); object != nil {
		in.Parameters = make(map[string][]string, len(object.Members))
		for i := range object.Members {
			m := &object.Members[i]
			if m.Value.Kind != jsontree.Null {
				in.Parameters[m.Name] = stringList(&m.Value)
			}
		}
	}
	if c := present(v, "NotificationConfig"); c != nil {
		in.NotificationConfig = &types.NotificationConfig{
			NotificationArn:  stringOf(c, "NotificationArn"),
			NotificationType: types.NotificationType(textOf(c, "NotificationType")),
		}
		if list := present(c, "NotificationEvents"); list != nil {
			in.NotificationConfig.NotificationEvents = []types.NotificationEvent{}
			for _, event := range stringList(list) {
				in.NotificationConfig.NotificationEvents = append(in.NotificationConfig.NotificationEvents, types.NotificationEvent(event))
			}
		}
	}
	if c := present(v, "CloudWatchOutputConfig"); c != nil {
		in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{
			CloudWatchLogGroupName:  stringOf(c, "CloudWatchLogGroupName"),
			CloudWatchOutputEnabled: boolOf(c, "CloudWatchOutputEnabled"),
		}
	}
	if c := present(v, "AlarmConfiguration"); c != nil {
		in.AlarmConfiguration = &types.AlarmConfiguration{IgnorePollAlarmFailure: boolOf(c, "IgnorePollAlarmFailure")}
		if list := present(c, "Alarms"); list != nil {
			in.AlarmConfiguration.Alarms = []types.Alarm{}
			for _, item := range withoutNulls(list.Items) {
				in.AlarmConfiguration.Alarms = append(in.AlarmConfiguration.Alarms, types.Alarm{Name: stringOf(&item, "Name")})
			}
		}
	}
	return in
}

func stringOf(v *jsontree.Value, name string) *string {
	found := present(v, name)
	if found == nil {
		return nil
	}
	text := found.Text
	return &text
}

func textOf(v *jsontree.Value, name string) string {
	if s := stringOf(v, name); s != nil {
		return *s
	}
	return ""
}

func boolOf(v *jsontree.Value, name string) bool {
	found := present(v, name)
	return found != nil && found.Bool
}

// stringList is nil for an absent list and empty for an empty one.
func stringList(v *jsontree.Value) []string {
	if v == nil {
		return nil
	}
	items := withoutNulls(v.Items)
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = items[i].Text
	}
	return texts
}

// TreeOf turns the SDK's request into the tree that a client would send: as in the SDK, a nil pointer, list or map and an
// empty enum value are absent members.
func TreeOf(in *ssm.SendCommandInput) *jsontree.Value {
	o := make(objectWriter, 0, 8)
	o.text("DocumentName", in.DocumentName)
	o.texts("InstanceIds", in.InstanceIds)
	if in.Targets != nil {
		o.set("Targets", listOf(in.Targets, func(o *objectWriter, t *types.Target) {
			o.text("Key", t.Key)
			o.texts("Values", t.Values)
		}))
	}
	if in.Parameters != nil {
		parameters := make(objectWriter, 0, len(in.Parameters))
		for name, values := range in.Parameters {
			parameters.set(name, jsontree.NewStrings(values))
		}
		slices.SortFunc(parameters, func(a, b jsontree.Member) int { return strings.Compare(a.Name, b.Name) })
		o.set("Parameters", parameters.object())
	}
	o.text("DocumentVersion", in.DocumentVersion)
	o.text("DocumentHash", in.DocumentHash)
	o.enum("DocumentHashType", string(in.DocumentHashType))
	if in.TimeoutSeconds != nil {
		o.set("TimeoutSeconds", jsontree.NewNumber(strconv.Itoa(int(*in.TimeoutSeconds))))
	}
	o.text("Comment", in.Comment)
	o.text("OutputS3Region", in.OutputS3Region)
	o.text("OutputS3BucketName", in.OutputS3BucketName)
	o.text("OutputS3KeyPrefix", in.OutputS3KeyPrefix)
	o.text("MaxConcurrency", in.MaxConcurrency)
	o.text("MaxErrors", in.MaxErrors)
	o.text("ServiceRoleArn", in.ServiceRoleArn)
	if c := in.NotificationConfig; c != nil {
		var notification objectWriter
		notification.text("NotificationArn", c.NotificationArn)
		if c.NotificationEvents != nil {
			notification.set("NotificationEvents", jsontree.NewStrings(c.NotificationEvents))
		}
		notification.enum("NotificationType", string(c.NotificationType))
		o.set("NotificationConfig", notification.object())
	}
	if c := in.CloudWatchOutputConfig; c != nil {
		output := objectWriter{jsontree.NewMember("CloudWatchOutputEnabled", jsontree.NewBool(c.CloudWatchOutputEnabled))}
		output.text("CloudWatchLogGroupName", c.CloudWatchLogGroupName)
		o.set("CloudWatchOutputConfig", output.object())
	}
	if c := in.AlarmConfiguration; c != nil {
		alarms := objectWriter{jsontree.NewMember("IgnorePollAlarmFailure", jsontree.NewBool(c.IgnorePollAlarmFailure))}
		if c.Alarms != nil {
			alarms.set("Alarms", listOf(c.Alarms, func(o *objectWriter, a *types.Alarm) { o.text("Name", a.Name) }))
		}
		o.set("AlarmConfiguration", alarms.object())
	}
	tree := o.object()
	return &tree
}

// objectWriter collects the members of an object.
type objectWriter []jsontree.Member

func (o *objectWriter) object() jsontree.Value { return jsontree.NewObject(*o...) }

func (o *objectWriter) set(name string, v jsontree.Value) {
	*o = append(*o, jsontree.NewMember(name, v))
}

func (o *objectWriter) text(name string, s *string) {
	if s != nil {
		o.set(name, jsontree.NewString(*s))
	}
}

func (o *objectWriter) enum(name, s string) {
	if s != "" {
		o.text(name, &s)
	}
}

func (o *objectWriter) texts(name string, list []string) {
	if list != nil {
		o.set(name, jsontree.NewStrings(list))
	}
}

func listOf[T any](list []T, write func(*objectWriter, *T)) jsontree.Value {
	items := make([]jsontree.Value, len(list))
	for i := range list {
		o := make(objectWriter, 0, 2)
		write(&o, &list[i])
		items[i] = o.object()
	}
	return jsontree.NewArray(items...)
}
