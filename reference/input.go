package reference

import (
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// InputOf turns the tree of a SendCommand request whose types are right (Result.TypeErrors is empty) into
// the SDK's request, although it breaks constraints.
func InputOf(tree *jsontree.Value) *ssm.SendCommandInput { return sendCommandInput(tree) }

// sendCommandInput turns a body whose types are right into the SDK's request. The SDK can only
// write requests, not read them.
func sendCommandInput(v *jsontree.Value) *ssm.SendCommandInput {
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
