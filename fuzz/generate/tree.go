package generate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// Value is short for a JSON value, which this package builds and changes all day.
type Value = jsontree.Value

func str(s string) Value { return Value{Kind: jsontree.String, Text: s} }

func number(literal string) Value { return Value{Kind: jsontree.Number, Text: literal} }

func numberOf(n int32) Value { return number(strconv.Itoa(int(n))) }

func boolean(b bool) Value { return Value{Kind: jsontree.Bool, Bool: b} }

func array(items ...Value) Value { return Value{Kind: jsontree.Array, Items: items} }

func strs[S ~string](list []S) Value {
	items := make([]Value, len(list))
	for i, s := range list {
		items[i] = str(string(s))
	}
	return array(items...)
}

func object(members ...jsontree.Member) Value { return Value{Kind: jsontree.Object, Members: members} }

func member(name string, v Value) jsontree.Member { return jsontree.Member{Name: name, Value: v} }

// clone copies a tree, so that a change to the copy is none to the original.
func clone(v *Value) *Value { return ref(copied(v)) }

func copied(v *Value) Value {
	c := *v
	c.Items = slices.Clone(v.Items)
	for i := range c.Items {
		c.Items[i] = copied(&c.Items[i])
	}
	c.Members = slices.Clone(v.Members)
	for i := range c.Members {
		c.Members[i].Value = copied(&c.Members[i].Value)
	}
	return c
}

// visit calls f with a value and all that is in it, in the order in which they are written.
func visit(v *Value, f func(v *Value)) {
	f(v)
	for i := range v.Items {
		visit(&v.Items[i], f)
	}
	for i := range v.Members {
		visit(&v.Members[i].Value, f)
	}
}

// treeOf writes a request as a client would: no absent member.
func treeOf(in *ssm.SendCommandInput) *Value {
	m := withText(nil, "DocumentName", in.DocumentName)
	if in.InstanceIds != nil {
		m = append(m, member("InstanceIds", strs(in.InstanceIds)))
	}
	if in.Targets != nil {
		items := make([]Value, len(in.Targets))
		for i := range in.Targets {
			items[i] = targetTree(&in.Targets[i])
		}
		m = append(m, member("Targets", array(items...)))
	}
	if in.Parameters != nil {
		m = append(m, member("Parameters", parametersTree(in.Parameters)))
	}
	m = withText(m, "DocumentVersion", in.DocumentVersion)
	m = withText(m, "DocumentHash", in.DocumentHash)
	if in.DocumentHashType != "" {
		m = append(m, member("DocumentHashType", str(string(in.DocumentHashType))))
	}
	if in.TimeoutSeconds != nil {
		m = append(m, member("TimeoutSeconds", numberOf(*in.TimeoutSeconds)))
	}
	m = withText(m, "Comment", in.Comment)
	m = withText(m, "OutputS3Region", in.OutputS3Region)
	m = withText(m, "OutputS3BucketName", in.OutputS3BucketName)
	m = withText(m, "OutputS3KeyPrefix", in.OutputS3KeyPrefix)
	m = withText(m, "MaxConcurrency", in.MaxConcurrency)
	m = withText(m, "MaxErrors", in.MaxErrors)
	m = withText(m, "ServiceRoleArn", in.ServiceRoleArn)
	if in.NotificationConfig != nil {
		m = append(m, member("NotificationConfig", notificationTree(in.NotificationConfig)))
	}
	if in.CloudWatchOutputConfig != nil {
		m = append(m, member("CloudWatchOutputConfig", cloudWatchTree(in.CloudWatchOutputConfig)))
	}
	if in.AlarmConfiguration != nil {
		m = append(m, member("AlarmConfiguration", alarmTree(in.AlarmConfiguration)))
	}
	return ref(object(m...))
}

// withText adds a text that is there.
func withText(members []jsontree.Member, name string, s *string) []jsontree.Member {
	if s == nil {
		return members
	}
	return append(members, member(name, str(*s)))
}

func targetTree(t *types.Target) Value {
	return object(member("Key", str(aws.ToString(t.Key))), member("Values", strs(t.Values)))
}

func parametersTree(p map[string][]string) Value {
	members := make([]jsontree.Member, 0, len(p))
	for name, values := range p {
		members = append(members, member(name, strs(values)))
	}
	slices.SortFunc(members, func(a, b jsontree.Member) int { return strings.Compare(a.Name, b.Name) })
	return object(members...)
}

func notificationTree(n *types.NotificationConfig) Value {
	m := withText(nil, "NotificationArn", n.NotificationArn)
	if n.NotificationEvents != nil {
		m = append(m, member("NotificationEvents", strs(n.NotificationEvents)))
	}
	if n.NotificationType != "" {
		m = append(m, member("NotificationType", str(string(n.NotificationType))))
	}
	return object(m...)
}

func cloudWatchTree(c *types.CloudWatchOutputConfig) Value {
	m := []jsontree.Member{member("CloudWatchOutputEnabled", boolean(c.CloudWatchOutputEnabled))}
	return object(withText(m, "CloudWatchLogGroupName", c.CloudWatchLogGroupName)...)
}

func alarmTree(a *types.AlarmConfiguration) Value {
	items := make([]Value, len(a.Alarms))
	for i := range a.Alarms {
		items[i] = object(member("Name", str(aws.ToString(a.Alarms[i].Name))))
	}
	return object(member("IgnorePollAlarmFailure", boolean(a.IgnorePollAlarmFailure)), member("Alarms", array(items...)))
}

// step is a member on the way along a path; [] is a list's element and * the value of a map.
type step struct {
	name string
	path string // that leads up to it and includes it
}

// steps cuts a path such as AlarmConfiguration.Alarms[].Name into its members.
func steps(path string) []step {
	var list []step
	end := 0
	for name := range strings.SplitSeq(strings.ReplaceAll(path, "[]", ".[]"), ".") {
		if end > 0 && name != "[]" {
			end++ // the dot
		}
		end += len(name)
		list = append(list, step{name, path[:end]})
	}
	return list
}

// literal reads a tree out of a literal of this package's tables; nil where it is none.
func literal(s string) *Value {
	v, err := jsontree.Parse([]byte(s))
	if err != nil {
		return nil
	}
	return v
}
