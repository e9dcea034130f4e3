package mutants

import (
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// memberKinds is the JSON type of every part of a SendCommand request (model.json).
func memberKinds() []struct {
	path string
	kind jsontree.Kind
} {
	type row = struct {
		path string
		kind jsontree.Kind
	}
	return []row{
		{"InstanceIds", jsontree.Array}, {"InstanceIds[]", jsontree.String}, {"Targets", jsontree.Array}, {"Targets[]", jsontree.Object},
		{"Targets[].Key", jsontree.String}, {"Targets[].Values", jsontree.Array}, {"Targets[].Values[]", jsontree.String},
		{"DocumentName", jsontree.String}, {"DocumentVersion", jsontree.String}, {"DocumentHash", jsontree.String}, {"DocumentHashType", jsontree.String},
		{"TimeoutSeconds", jsontree.Number}, {"Comment", jsontree.String}, {"Parameters", jsontree.Object}, {"Parameters.*", jsontree.Array},
		{"Parameters.*[]", jsontree.String}, {"OutputS3Region", jsontree.String}, {"OutputS3BucketName", jsontree.String},
		{"OutputS3KeyPrefix", jsontree.String}, {"MaxConcurrency", jsontree.String}, {"MaxErrors", jsontree.String},
		{"ServiceRoleArn", jsontree.String}, {"NotificationConfig", jsontree.Object}, {"NotificationConfig.NotificationArn", jsontree.String},
		{"NotificationConfig.NotificationType", jsontree.String}, {"NotificationConfig.NotificationEvents", jsontree.Array},
		{"NotificationConfig.NotificationEvents[]", jsontree.String}, {"CloudWatchOutputConfig", jsontree.Object},
		{"CloudWatchOutputConfig.CloudWatchLogGroupName", jsontree.String}, {"CloudWatchOutputConfig.CloudWatchOutputEnabled", jsontree.Bool},
		{"AlarmConfiguration", jsontree.Object}, {"AlarmConfiguration.IgnorePollAlarmFailure", jsontree.Bool},
		{"AlarmConfiguration.Alarms", jsontree.Array}, {"AlarmConfiguration.Alarms[]", jsontree.Object},
		{"AlarmConfiguration.Alarms[].Name", jsontree.String},
	}
}

const familyType Family = "type"

// wrongTypes are one mutant for every member and every JSON type that is not its own.
func wrongTypes() []Mutant {
	var all []Mutant
	for _, row := range memberKinds() {
		for _, kind := range []jsontree.Kind{jsontree.Bool, jsontree.Number, jsontree.String, jsontree.Array, jsontree.Object} {
			// Whether AWS reads "true" as a boolean is not known (facts.md section 3 has no boolean column).
			if kind == row.kind || row.kind == jsontree.Bool && kind != jsontree.Array && kind != jsontree.Object {
				continue
			}
			first, _, _ := strings.Cut(row.path, ".")
			first, _, _ = strings.Cut(first, "[")
			level := Must
			if first == "OutputS3Region" {
				level = Should // the prose of the model says that it is ignored
			}
			all = append(all, Mutant{
				Name: string(familyType) + "/" + row.path + "/" + kind.String(), Family: familyType, Level: level, Shows: []Profile{Core}, Member: first,
				Wrong:  fmt.Sprintf("%s takes a JSON %s where it is of type %s", row.path, kind, row.kind),
				Source: "facts.md section 3, Malformed bodies: a value of another type is a SerializationException",
				Expect: []string{"type/" + first},
				plant:  stateless(coerced(row.path, kind)),
			})
		}
	}
	return all
}

func coerced(path string, kind jsontree.Kind) defect {
	return func(c *call, p *planted) *reply {
		if !c.is(reference.SendCommand) {
			return p.ask(c)
		}
		given := map[string]jsontree.Value{}
		at(c.tree(), path, func(pointer string, v *jsontree.Value) {
			if v.Kind == kind {
				given[pointer] = *v
				*v = sample(path)
			}
		})
		if len(given) == 0 {
			return p.ask(c)
		}
		return restoreText(p.askTree(c), given)
	}
}

// restoreText echoes what was coerced as the text that a lenient server makes of it.
func restoreText(r *reply, given map[string]jsontree.Value) *reply {
	for pointer, v := range given {
		if v.Kind == jsontree.Number || v.Kind == jsontree.Bool {
			given[pointer] = text(string(v.AppendJSON(nil)))
		} else {
			delete(given, pointer)
		}
	}
	return restore(r, given)
}
