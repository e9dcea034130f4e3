package generate

import (
	"cmp"
	"math/rand"
	"slices"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// skeleton is what a place needs around it to exist.
func (w *world) skeleton(path string) jsontree.Value {
	switch path {
	case "InstanceIds":
		if len(w.nodes) > 0 {
			return array(str(w.nodes[0]))
		}
		return array(element(path, 0))
	case "Targets":
		return array(w.skeleton("Targets[]"))
	case "Targets[]":
		return object(member("Key", str("tag:sendspec")), member("Values", array(str("none"))))
	case "Targets[].Values":
		return array(str("none"))
	case "Parameters":
		return object(member("commands", array(str("true"))))
	case "NotificationConfig":
		return object(member("NotificationArn", str(cmp.Or(w.bindings["topic"], "arn:aws:sns:us-east-1:000000000000:sendspec"))),
			member("NotificationEvents", array(str("All"))), member("NotificationType", str("Command")))
	case "NotificationConfig.NotificationEvents":
		return array(str("All"))
	case "CloudWatchOutputConfig":
		return object(member("CloudWatchLogGroupName", str("sendspec")), member("CloudWatchOutputEnabled", boolean(true)))
	case "AlarmConfiguration":
		return object(member("IgnorePollAlarmFailure", boolean(true)), member("Alarms", array(w.skeleton("AlarmConfiguration.Alarms[]"))))
	case "AlarmConfiguration.Alarms":
		return array(w.skeleton("AlarmConfiguration.Alarms[]"))
	case "AlarmConfiguration.Alarms[]":
		return object(member("Name", str(cmp.Or(w.bindings["alarm.ok"], "sendspec"))))
	}
	return array(str("true"))
}

// role is a role that may notify.
func (w *world) role() string {
	return cmp.Or(w.bindings["role"], "arn:aws:iam::000000000000:role/sendspec")
}

// setPath puts a value where the steps of a path lead, with what its member needs around it; a nil value takes the
// member away. Where the path goes through a list of several elements, the draw says through which.
func (w *world) setPath(root *jsontree.Value, path []step, value *jsontree.Value, r *rand.Rand) {
	switch path[0].name {
	case "InstanceIds":
		root.Remove("Targets")
	case "Targets":
		root.Remove("InstanceIds")
	case "NotificationConfig":
		if len(path) > 1 && root.Get("ServiceRoleArn") == nil {
			root.Set("ServiceRoleArn", str(w.role()))
		}
	}
	v := root
	for i, s := range path {
		last := i == len(path)-1
		switch s.name {
		case "[]":
			if len(v.Items) == 0 {
				v.Items = append(v.Items, w.skeleton(s.path))
			}
			k := r.Intn(len(v.Items))
			if last {
				replaceItem(v, k, value)
				return
			}
			v = &v.Items[k]
		case "*":
			if len(v.Members) == 0 {
				v.Members = append(v.Members, member("commands", w.skeleton(s.path)))
			}
			k := r.Intn(len(v.Members))
			if last {
				replaceMember(v, v.Members[k].Name, value)
				return
			}
			v = &v.Members[k].Value
		default:
			if last {
				replaceMember(v, s.name, value)
				return
			}
			v = w.container(v, s, path[i+1].name)
		}
	}
}

// container returns the member of an object that the path goes on through, made where it is missing.
func (w *world) container(v *jsontree.Value, s step, next string) *jsontree.Value {
	want := jsontree.Object
	if next == "[]" {
		want = jsontree.Array
	}
	if m := v.Get(s.name); m == nil || m.Kind != want {
		v.Set(s.name, w.skeleton(s.path))
	}
	return v.Get(s.name)
}

func replaceItem(v *jsontree.Value, k int, value *jsontree.Value) {
	if value == nil {
		v.Items = slices.Delete(v.Items, k, k+1)
		return
	}
	v.Items[k] = *value.Clone()
}

func replaceMember(v *jsontree.Value, name string, value *jsontree.Value) {
	if value == nil {
		v.Remove(name)
		return
	}
	v.Set(name, *value.Clone())
}
