package reference

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// A request of the SDK has the wire's names in its fields. They are looked up once: a lookup allocates.
type field struct {
	name  string
	index int
}

// memberNames are those of the structures of a SendCommand request, in the order in which TreeOf writes them.
var memberNames = map[reflect.Type]string{
	reflect.TypeFor[ssm.SendCommandInput](): "DocumentName InstanceIds Targets Parameters DocumentVersion DocumentHash DocumentHashType " +
		"TimeoutSeconds Comment OutputS3Region OutputS3BucketName OutputS3KeyPrefix MaxConcurrency MaxErrors ServiceRoleArn " +
		"NotificationConfig CloudWatchOutputConfig AlarmConfiguration",
	reflect.TypeFor[types.Target]():                 "Key Values",
	reflect.TypeFor[types.NotificationConfig]():     "NotificationArn NotificationEvents NotificationType",
	reflect.TypeFor[types.CloudWatchOutputConfig](): "CloudWatchOutputEnabled CloudWatchLogGroupName",
	reflect.TypeFor[types.AlarmConfiguration]():     "IgnorePollAlarmFailure Alarms",
	reflect.TypeFor[types.Alarm]():                  "Name",
}

var fields = func() map[reflect.Type][]field {
	all := map[reflect.Type][]field{}
	for structure, names := range memberNames {
		for name := range strings.FieldsSeq(names) {
			f, _ := structure.FieldByName(name)
			all[structure] = append(all[structure], field{name, f.Index[0]})
		}
	}
	return all
}()

// InputOf turns the tree of a SendCommand request whose types are right (Validation.TypeErrors is empty) into
// the SDK's request, even if it breaks constraints. The SDK can only write requests, not read them.
func InputOf(v *jsontree.Value) *ssm.SendCommandInput {
	in := &ssm.SendCommandInput{}
	fill(reflect.ValueOf(in).Elem(), v)
	return in
}

func fill(to reflect.Value, v *jsontree.Value) {
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		fill(to.Elem(), v)
	case reflect.String:
		to.SetString(v.Text)
	case reflect.Bool:
		to.SetBool(v.Bool)
	case reflect.Int32:
		to.SetInt(int64(clamp(v.Text)))
	case reflect.Slice:
		items := withoutNulls(v.Items)
		to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
		for i := range items {
			fill(to.Index(i), &items[i])
		}
	case reflect.Map:
		to.Set(reflect.MakeMapWithSize(to.Type(), len(v.Members)))
		for i := range v.Members {
			if m := &v.Members[i]; m.Value.Kind != jsontree.Null {
				value := reflect.New(to.Type().Elem()).Elem()
				fill(value, &m.Value)
				to.SetMapIndex(reflect.ValueOf(m.Name), value)
			}
		}
	default:
		for _, f := range fields[to.Type()] {
			if value := present(v, f.name); value != nil {
				fill(to.Field(f.index), value)
			}
		}
	}
}

// TreeOf turns the SDK's request into the tree that a client would send: as in the SDK, a nil pointer, list or map and an
// empty enum value are absent members.
func TreeOf(in *ssm.SendCommandInput) *jsontree.Value {
	tree := &jsontree.Value{}
	writeTree(tree, reflect.ValueOf(in))
	return tree
}

func writeTree(to *jsontree.Value, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		writeTree(to, v.Elem())
	case reflect.String:
		to.Kind, to.Text = jsontree.String, v.String()
	case reflect.Bool:
		to.Kind, to.Bool = jsontree.Bool, v.Bool()
	case reflect.Int32:
		to.Kind, to.Text = jsontree.Number, strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		to.Kind, to.Items = jsontree.Array, make([]jsontree.Value, v.Len())
		for i := range to.Items {
			writeTree(&to.Items[i], v.Index(i))
		}
	case reflect.Map:
		to.Kind, to.Members = jsontree.Object, make([]jsontree.Member, 0, v.Len())
		for _, name := range v.MapKeys() {
			writeMember(to, name.String(), v.MapIndex(name))
		}
		slices.SortFunc(to.Members, func(a, b jsontree.Member) int { return cmp.Compare(a.Name, b.Name) })
	default:
		known := fields[v.Type()]
		to.Kind, to.Members = jsontree.Object, make([]jsontree.Member, 0, min(8, len(known)))
		for _, f := range known {
			if value := v.Field(f.index); value.Kind() == reflect.Bool || !value.IsZero() {
				writeMember(to, f.name, value)
			}
		}
	}
}

func writeMember(to *jsontree.Value, name string, v reflect.Value) {
	to.Members = append(to.Members, jsontree.Member{Name: name})
	writeTree(&to.Members[len(to.Members)-1].Value, v)
}
