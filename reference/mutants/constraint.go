package mutants

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// noNode are targets that find no node.
const noNode = `[{"Key":"tag:sendspec","Values":["none"]}]`

// samples are, for each path of a SendCommand request, a value that is good there, and so of the type that the model wants.
func samples() [][2]string {
	return [][2]string{
		{"InstanceIds", `["i-0123456789abcdef0"]`}, {"InstanceIds[]", `"i-0123456789abcdef0"`},
		{"Targets", noNode}, {"Targets[]", `{"Key":"tag:sendspec","Values":["none"]}`},
		{"Targets[].Key", `"tag:sendspec"`}, {"Targets[].Values", `["none"]`}, {"Targets[].Values[]", `"none"`},
		{"DocumentName", `"AWS-RunShellScript"`}, {"DocumentVersion", `"$DEFAULT"`}, {"DocumentHash", `""`},
		{"DocumentHashType", `"Sha256"`},
		{"TimeoutSeconds", `3600`}, {"Comment", `"sendspec"`},
		{"Parameters", `{"commands":["true"]}`}, {"Parameters.*", `["true"]`}, {"Parameters.*[]", `"true"`},
		{"OutputS3Region", `"us-east-1"`}, {"OutputS3BucketName", `"sendspec-output"`}, {"OutputS3KeyPrefix", `"sendspec"`},
		{"MaxConcurrency", `"50"`}, {"MaxErrors", `"0"`}, {"ServiceRoleArn", `"arn:aws:iam::123456789012:role/sendspec-notifications"`},
		{"NotificationConfig", `{}`}, {"NotificationConfig.NotificationArn", `"arn:aws:sns:us-east-1:123456789012:sendspec-topic"`},
		{"NotificationConfig.NotificationType", `"Command"`}, {"NotificationConfig.NotificationEvents", `["All"]`},
		{"NotificationConfig.NotificationEvents[]", `"All"`}, {"CloudWatchOutputConfig", `{}`},
		{"CloudWatchOutputConfig.CloudWatchLogGroupName", `"sendspec"`}, {"CloudWatchOutputConfig.CloudWatchOutputEnabled", `true`},
		{"AlarmConfiguration", `{"Alarms":[{"Name":"sendspec-alarm-ok"}]}`}, {"AlarmConfiguration.IgnorePollAlarmFailure", `true`},
		{"AlarmConfiguration.Alarms", `[{"Name":"sendspec-alarm-ok"}]`}, {"AlarmConfiguration.Alarms[]", `{"Name":"sendspec-alarm-ok"}`},
		{"AlarmConfiguration.Alarms[].Name", `"sendspec-alarm-ok"`},
	}
}

// sample is a value that is good at a path of a request of any operation.
func sample(path string) jsontree.Value {
	for _, s := range append(samples(), [][2]string{
		{"CommandId", `"00000000-0000-4000-8000-000000000000"`}, {"InstanceId", `"i-0123456789abcdef0"`}, {"MaxResults", `50`},
		{"PluginName", `"aws:runShellScript"`},
		{"Filters", `[{"key":"Status","value":"Success"}]`}, {"Filters[]", `{"key":"Status","value":"Success"}`},
		{"Filters[].key", `"Status"`}, {"Filters[].value", `"Success"`},
	}...) {
		if s[0] == path {
			return value(s[1])
		}
	}
	return jsontree.Value{}
}

// topic is the part of the corpus about a member.
func topic(area, path string) string {
	return area + "/" + strings.ReplaceAll(strings.ReplaceAll(path, "[]", ""), ".*", "")
}

// side is one way to break a constraint: the beginning of AWS's words for it.
type side struct{ name, rule string }

func sides(c *reference.Constraint) []side {
	switch c.Kind {
	case reference.Required:
		return []side{{"absent", ""}}
	case reference.Pattern, reference.Enum:
		return []side{{string(c.Kind), ""}}
	}
	var list []side
	// A length of at least 0 cannot be broken.
	if c.Min != nil && (*c.Min > 0 || c.Kind == reference.Range) {
		list = append(list, side{"below", "greater than or equal to"})
	}
	if c.Max != nil {
		list = append(list, side{"above", "less than or equal to"})
	}
	return list
}

// constraintMutants are one mutant for every constraint of every operation, and for either bound.
func constraintMutants() []Mutant {
	var all []Mutant
	for _, c := range reference.Constraints() {
		for _, s := range sides(&c) {
			level, expect := Must, topic("constraint", c.Path)
			if weaker(&c, s) {
				level = Should
			}
			if c.Operation != reference.SendCommand {
				expect = "lifecycle/Constraint.*"
			}
			all = append(all, Mutant{"constraint/" + c.Operation + "/" + c.Path + "/" + string(c.Kind) + "-" + s.name,
				fmt.Sprintf("%s takes a %s that breaks its %s (%s)", c.Operation, c.Path, c.Kind, s.name),
				"evidence: " + c.Evidence, level, expect, unenforced(&c, s)})
		}
	}
	return all
}

// weaker reports whether a missing constraint is no broken must: another constraint of the member refuses
// the same values, so that the text alone shows it; or it rests on less than the model and a recording.
func weaker(c *reference.Constraint, s side) bool {
	switch c.Path {
	case "Comment":
		// The length and the hidden pattern, which a user reported, refuse the same long comments.
		return true
	case "MaxConcurrency", "MaxErrors", "AlarmConfiguration.Alarms[].Name":
		return c.Kind == reference.Length && s.name == "below"
	case "OutputS3Region":
		// The prose of the model says that the member is ignored.
		return true
	case "CommandId":
		// The pattern allows one length only; it is hidden, and recorded for some operations.
		return c.Kind == reference.Length || c.Kind == reference.Pattern && c.Operation != reference.CancelCommand
	case "InstanceId":
		return c.Kind == reference.Length
	}
	return false
}

// unenforced replaces values whose only fault is the one that the mutant does not see, and leaves
// that constraint out of the message where the value has other faults.
func unenforced(c *reference.Constraint, s side) answer {
	operation, path := c.Operation, c.Path
	ours := func(v *reference.Violation) bool {
		return pathOf(v.Path) == path && v.Kind == c.Kind && strings.Contains(v.Rule, s.rule)
	}
	return func(call *call) *reply {
		if !call.is(operation) {
			return call.ask()
		}
		result := reference.ValidateOperation(operation, call.body)
		faults, mine := map[string]int{}, map[string]int{}
		var rule string
		for i := range result.Violations {
			v := &result.Violations[i]
			faults[v.Path]++
			if ours(v) {
				mine[v.Path]++
				rule = v.Rule
			}
		}
		if len(mine) == 0 {
			return call.ask()
		}
		given := map[string]jsontree.Value{}
		for where, n := range mine {
			if n < faults[where] {
				continue
			}
			pointer := pointerOf(where)
			slot := call.tree().Pointer(pointer)
			if slot == nil || slot.Kind == jsontree.Null {
				i := strings.LastIndexByte(pointer, '/')
				set(call.tree().Pointer(pointer[:i]), pointer[i+1:], sample(path))
				continue
			}
			given[pointer] = *slot
			*slot = instead(slot, path)
		}
		r := call.restore(call.askTree(), given)
		if !r.ok() {
			r.edit(func(t *jsontree.Value) {
				if m := t.Get("message"); m != nil {
					m.Text = withoutRule(m.Text, rule)
				}
			})
		}
		return r
	}
}

// withoutRule takes one violation out of AWS's message on several.
func withoutRule(message, rule string) string {
	_, rest, found := strings.Cut(message, " detected: ")
	parts := strings.Split(rest, "; ")
	if !found || len(parts) < 2 {
		return message
	}
	if i := slices.IndexFunc(parts, func(part string) bool { return strings.Contains(part, rule) }); i >= 0 {
		parts = slices.Delete(parts, i, i+1)
	}
	words := "validation errors"
	if len(parts) == 1 {
		words = "validation error"
	}
	return fmt.Sprintf("%d %s detected: %s", len(parts), words, strings.Join(parts, "; "))
}

// instead is a good value in the place of a wrong one; a long list is cut to what every list may have.
func instead(v *jsontree.Value, path string) jsontree.Value {
	if v.Kind == jsontree.Array && len(v.Items) > 5 {
		cut := *v
		cut.Items = v.Items[:5]
		if path == "AlarmConfiguration.Alarms" {
			cut.Items = v.Items[:1]
		}
		return cut
	}
	return sample(path)
}

// pathOf is the path of a violation without its indexes.
func pathOf(path string) string { return index.ReplaceAllString(path, "[") }

var index = regexp.MustCompile(`\[[^]]*`)

// pointerOf is the JSON pointer of a violation's path.
func pointerOf(path string) string {
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(path)
}

// typeMutants are one mutant for every member and every JSON type that is not its own.
func typeMutants() []Mutant {
	var all []Mutant
	for _, s := range samples() {
		path, own := s[0], sample(s[0]).Kind
		for _, kind := range []jsontree.Kind{jsontree.Bool, jsontree.Number, jsontree.String, jsontree.Array, jsontree.Object} {
			// Whether AWS reads "true" as a boolean is not known (evidence: framework/serialization-types has no boolean).
			if kind == own || own == jsontree.Bool && kind != jsontree.Array && kind != jsontree.Object {
				continue
			}
			level := Must
			if path == "OutputS3Region" {
				level = Should // the prose of the model says that it is ignored
			}
			m := Mutant{"type/" + path + "/" + kind.String(), fmt.Sprintf("%s takes a JSON %s where it is of type %s", path, kind, own),
				typesSource, level, "", coerced(path, kind)}
			m.expect = "type/" + m.Member()
			all = append(all, m)
		}
	}
	return append(all, Mutant{"type/NotificationConfig/unread", "NotificationConfig is not read where no role is given", typesSource, Must,
		"type/NotificationConfig", overlooking("SerializationException", func(t *jsontree.Value) bool {
			return t.Get("ServiceRoleArn") == nil && without("NotificationConfig")(t)
		})})
}

// coerced takes values of a wrong kind, and shows a scalar as the text that a lenient server makes of it.
func coerced(path string, kind jsontree.Kind) answer {
	return func(c *call) *reply {
		if !c.is(reference.SendCommand) {
			return c.ask()
		}
		changed, given := false, map[string]jsontree.Value{}
		at(c.tree(), path, func(pointer string, v *jsontree.Value) {
			if v.Kind != kind {
				return
			}
			if kind == jsontree.Number || kind == jsontree.Bool {
				given[pointer] = text(string(v.AppendJSON(nil)))
			}
			*v, changed = sample(path), true
		})
		if !changed {
			return c.ask()
		}
		return c.restore(c.askTree(), given)
	}
}
