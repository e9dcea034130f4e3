package fuzz

import (
	"slices"
	"sort"
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
func clone(v *Value) *Value {
	c := *v
	c.Items = slices.Clone(v.Items)
	for i := range c.Items {
		c.Items[i] = *clone(&c.Items[i])
	}
	c.Members = slices.Clone(v.Members)
	for i := range c.Members {
		c.Members[i].Value = *clone(&c.Members[i].Value)
	}
	return &c
}

// put replaces or adds a member.
func put(v *Value, name string, to Value) {
	if old := v.Get(name); old != nil {
		*old = to
		return
	}
	v.Members = append(v.Members, member(name, to))
}

func drop(v *Value, name string) {
	v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool { return m.Name == name })
}

// usualMembers is how many members most requests do not exceed.
const usualMembers = 12

// treeOf writes a request as a client would: no absent member.
func treeOf(in *ssm.SendCommandInput) *Value {
	v := object(make([]jsontree.Member, 0, usualMembers)...)
	add := func(name string, s *string) {
		if s != nil {
			v.Members = append(v.Members, member(name, str(*s)))
		}
	}
	add("DocumentName", in.DocumentName)
	if in.InstanceIds != nil {
		put(&v, "InstanceIds", strs(in.InstanceIds))
	}
	if in.Targets != nil {
		items := make([]Value, len(in.Targets))
		for i, t := range in.Targets {
			items[i] = object(member("Key", str(aws.ToString(t.Key))), member("Values", strs(t.Values)))
		}
		put(&v, "Targets", array(items...))
	}
	if in.Parameters != nil {
		put(&v, "Parameters", parametersTree(in.Parameters))
	}
	add("DocumentVersion", in.DocumentVersion)
	add("DocumentHash", in.DocumentHash)
	if in.DocumentHashType != "" {
		put(&v, "DocumentHashType", str(string(in.DocumentHashType)))
	}
	if in.TimeoutSeconds != nil {
		put(&v, "TimeoutSeconds", number(strconv.Itoa(int(*in.TimeoutSeconds))))
	}
	add("Comment", in.Comment)
	add("OutputS3Region", in.OutputS3Region)
	add("OutputS3BucketName", in.OutputS3BucketName)
	add("OutputS3KeyPrefix", in.OutputS3KeyPrefix)
	add("MaxConcurrency", in.MaxConcurrency)
	add("MaxErrors", in.MaxErrors)
	add("ServiceRoleArn", in.ServiceRoleArn)
	structures(&v, in)
	return &v
}

func parametersTree(p map[string][]string) Value {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	sort.Strings(names)
	v := object()
	for _, name := range names {
		v.Members = append(v.Members, member(name, strs(p[name])))
	}
	return v
}

func structures(v *Value, in *ssm.SendCommandInput) {
	if n := in.NotificationConfig; n != nil {
		put(v, "NotificationConfig", notificationTree(n))
	}
	if c := in.CloudWatchOutputConfig; c != nil {
		o := object(member("CloudWatchOutputEnabled", boolean(c.CloudWatchOutputEnabled)))
		if c.CloudWatchLogGroupName != nil {
			put(&o, "CloudWatchLogGroupName", str(*c.CloudWatchLogGroupName))
		}
		put(v, "CloudWatchOutputConfig", o)
	}
	if a := in.AlarmConfiguration; a != nil {
		o := object(member("IgnorePollAlarmFailure", boolean(a.IgnorePollAlarmFailure)))
		items := make([]Value, len(a.Alarms))
		for i := range a.Alarms {
			items[i] = object(member("Name", str(aws.ToString(a.Alarms[i].Name))))
		}
		put(&o, "Alarms", array(items...))
		put(v, "AlarmConfiguration", o)
	}
}

func notificationTree(n *types.NotificationConfig) Value {
	o := object()
	if n.NotificationArn != nil {
		put(&o, "NotificationArn", str(*n.NotificationArn))
	}
	if n.NotificationEvents != nil {
		put(&o, "NotificationEvents", strs(n.NotificationEvents))
	}
	if n.NotificationType != "" {
		put(&o, "NotificationType", str(string(n.NotificationType)))
	}
	return o
}

// steps cuts a path such as AlarmConfiguration.Alarms[].Name into its members; [] is a list's element and
// * the value of a map.
func steps(path string) []string {
	return strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".")
}

// Parse reads a tree out of a literal of this package's tables; nil where it is none.
func literal(s string) *Value {
	v, err := jsontree.Parse([]byte(s))
	if err != nil {
		return nil
	}
	return v
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
