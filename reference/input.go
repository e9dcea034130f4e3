package reference

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// InputOf turns the tree of a SendCommand request whose types are right (Validation.TypeErrors is empty) into
// the SDK's request, even if it breaks constraints. The SDK can only write requests, not read them, but its members have
// the wire's names.
func InputOf(v *jsontree.Value) *ssm.SendCommandInput {
	taken, in := inputs()[SendCommand].taken(v), &ssm.SendCommandInput{}
	_ = json.Unmarshal(taken.AppendJSON(nil), in)
	return in
}

// taken is what AWS takes of a value whose types are right: no null, no member that it does not know, 32 bits of a number.
func (s *shape) taken(v *jsontree.Value) jsontree.Value {
	kept := jsontree.Value{Kind: v.Kind, Bool: v.Bool, Text: v.Text}
	switch s.typ {
	case smithy.ShapeTypeStructure:
		for _, m := range s.members {
			if value := present(v, m.name); value != nil {
				kept.Members = append(kept.Members, jsontree.NewMember(m.name, m.shape.taken(value)))
			}
		}
	case smithy.ShapeTypeMap:
		for _, m := range v.Members {
			if m.Value.Kind != jsontree.Null {
				kept.Members = append(kept.Members, jsontree.NewMember(m.Name, s.element.taken(&m.Value)))
			}
		}
	case smithy.ShapeTypeList:
		for _, item := range withoutNulls(v.Items) {
			kept.Items = append(kept.Items, s.element.taken(&item))
		}
	case smithy.ShapeTypeInteger:
		kept.Text = strconv.Itoa(int(clamp(v.Text)))
	}
	return kept
}

// writeOrder is the order in which TreeOf writes the members of structures.
var writeOrder = strings.Fields("DocumentName InstanceIds Targets Key Values Parameters DocumentVersion DocumentHash DocumentHashType " +
	"TimeoutSeconds Comment OutputS3Region OutputS3BucketName OutputS3KeyPrefix MaxConcurrency MaxErrors ServiceRoleArn " +
	"NotificationConfig NotificationArn NotificationEvents NotificationType " +
	"CloudWatchOutputConfig CloudWatchOutputEnabled CloudWatchLogGroupName AlarmConfiguration IgnorePollAlarmFailure Alarms Name")

// TreeOf turns the SDK's request into the tree that a client would send: as in the SDK, a nil pointer, list or map and an
// empty enum value are absent members.
func TreeOf(in *ssm.SendCommandInput) *jsontree.Value {
	text, err := json.Marshal(in)
	if err != nil {
		panic(err) // it has nothing that JSON has not
	}
	tree := jsontree.Literal(string(text))
	leaveOutAbsent(tree)
	return tree
}

func leaveOutAbsent(v *jsontree.Value) {
	for i := range v.Items {
		leaveOutAbsent(&v.Items[i])
	}
	v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool {
		isEnum := m.Name == "DocumentHashType" || m.Name == "NotificationType"
		return m.Value.Kind == jsontree.Null || isEnum && m.Value.Text == ""
	})
	slices.SortFunc(v.Members, func(a, b jsontree.Member) int {
		return slices.Index(writeOrder, a.Name) - slices.Index(writeOrder, b.Name)
	})
	for i := range v.Members {
		if m := &v.Members[i]; m.Name != "Parameters" {
			leaveOutAbsent(&m.Value)
		}
	}
}
