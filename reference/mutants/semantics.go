package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familySemantics Family = "semantics"

const (
	messagesSource = "facts.md section 3, Messages (exact)"
	ruledTargets   = "facts.md section 3, ValidationException – semantic"
	alarmsSource   = "facts.md section 3: AlarmConfiguration, recorded for SendCommand itself"
)

// semanticsMutants are servers that do not look at what a request means: they take what AWS refuses, or
// refuse it by another name.
func semanticsMutants() []Mutant {
	rows := []answerRow{
		{"any-document", "A document that nobody made is taken", messagesSource, Must, []string{"error/InvalidDocument"}, forgiving("InvalidDocument", "", "DocumentName", `"AWS-RunShellScript"`)},
		{"any-version", "A version that the document does not have is taken", messagesSource, Must, []string{"error/InvalidDocumentVersion"}, forgiving("InvalidDocumentVersion", "", "DocumentVersion", `"$DEFAULT"`)},
		{"any-parameters", "Parameters are not held against the document", messagesSource, Must, []string{"error/InvalidParameters"}, forgiving("InvalidParameters", "", "Parameters", `{"commands":["true"]}`)},
		{"repeated-values", "A value may stand twice in a target", ruledTargets, Must, []string{"error/Targets"}, forgiving("ValidationException", "Duplicate values", "Targets", plainTarget)},
		{"repeated-keys", "Two targets may have the same key", ruledTargets, Must, []string{"error/Targets"}, forgiving("ValidationException", "Duplicate keys", "Targets", plainTarget)},
		{"tag-beside-group", "A tag may stand beside a resource group", ruledTargets, Must, []string{"error/Targets"}, forgiving("ValidationException", "A tag-key name", "Targets", plainTarget)},
		{"ids-beside-group", "Node IDs may stand beside a resource group", ruledTargets, Must, []string{"error/Targets"}, forgiving("ValidationException", "Instance IDs and a target resource group", "Targets", plainTarget)},
		{"several-groups", "A target may name several resource groups", ruledTargets, Must, []string{"error/Targets"}, forgiving("ValidationException", "Multiple resource key values", "Targets", plainTarget)},
		{"any-resource-type", "Resource type filters need not have a type that a command can be sent to", ruledTargets, Must, []string{"error/Targets"}, forgiving("ValidationException", "Resource type filters", "Targets", plainTarget)},
		{"firing-alarm", "An alarm that fires does not keep a command from being sent", alarmsSource, Must, []string{"error/Alarms"}, forgiving("ValidationException", "in state: ALARM", "AlarmConfiguration", okAlarm)},
		{"missing-alarm", "An alarm that does not exist is taken for one that is well", alarmsSource, Must, []string{"error/Alarms"}, forgiving("ValidationException", "in state: UNKNOWN", "AlarmConfiguration", okAlarm)},
		{"no-role", "A notification needs no role", messagesSource, Must, []string{"error/InvalidRole"}, forgiving("InvalidRole", "is a required parameter", "NotificationConfig", `{}`)},
		{"no-topic", "A notification needs no topic", messagesSource, Must, []string{"error/InvalidNotificationConfig"}, forgiving("InvalidNotificationConfig", "is a required parameter", "NotificationConfig", `{}`)},
		{"any-node", "A node that nobody manages is taken", messagesSource, Must, []string{"error/InvalidInstanceId"}, forgiving("InvalidInstanceId", "", "InstanceIds", `["i-0123456789abcdef0"]`)},
		{"known-nodes-only", "Unknown nodes beside a known one are left out", messagesSource, Must, []string{"error/InvalidInstanceId"}, knownNodesOnly},
		{"any-platform", "A document is sent to a node of another platform", messagesSource, Must, []string{"error/UnsupportedPlatformType"}, forgiving("UnsupportedPlatformType", "", "InstanceIds", `["i-0123456789abcdef0"]`)},
		{"any-size", "Parameters of any size are taken", messagesSource, Must, []string{"error/MaxDocumentSizeExceeded"}, forgiving("MaxDocumentSizeExceeded", "", "Parameters", `{"commands":["true"]}`)},
		{"size-of-text", "The size of parameters is counted without what JSON adds to them", "facts.md section 4: counted with JSON escaping", Should, []string{"error/MaxDocumentSizeExceeded"}, sizeOfText},
	}
	for _, swap := range [][3]string{
		{"InvalidDocument", "ValidationException", "error/InvalidDocument"}, {"InvalidDocumentVersion", "InvalidDocument", "error/InvalidDocumentVersion"},
		{"InvalidParameters", "ValidationException", "error/InvalidParameters"}, {"InvalidInstanceId", "ValidationException", "error/InvalidInstanceId"},
		{"InvalidRole", "InvalidNotificationConfig", "error/InvalidRole"}, {"InvalidNotificationConfig", "InvalidRole", "error/InvalidNotificationConfig"},
		{"UnsupportedPlatformType", "InvalidInstanceId", "error/UnsupportedPlatformType"}, {"MaxDocumentSizeExceeded", "InvalidParameters", "error/MaxDocumentSizeExceeded"},
	} {
		rows = append(rows, answerRow{
			strings.ToLower(swap[0]) + "-by-another-name", swap[0] + " is called " + swap[1], messagesSource, Must, []string{swap[2]},
			onRefusal(func(_ *call, r *reply) {
				if r.shapeOf() == swap[0] {
					r.retype(swap[1])
				}
			}),
		})
	}
	return answerMutants(familySemantics, []Profile{Core}, rows)
}

const (
	plainTarget = `[{"Key":"tag:sendspec","Values":["none"]}]`
	okAlarm     = `{"Alarms":[{"Name":"sendspec-alarm-ok"}]}`
)

// forgiving takes a request that is refused with an exception whose text has these words: it asks again with
// a good value in the member's place, and shows what was given.
func forgiving(exception, words, name, good string) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if !c.is(reference.SendCommand) || r.ok() || r.shapeOf() != exception || !strings.Contains(r.text(), words) {
			return r
		}
		given := map[string]jsontree.Value{}
		if old := c.tree().Get(name); old != nil {
			given["/"+name] = *old
		}
		set(c.tree(), name, value(good))
		if name == "Targets" && c.tree().Get("InstanceIds") != nil {
			remove(c.tree(), "InstanceIds")
		}
		return restore(p.askTree(c), given)
	})
}

// text is the message of a refusal.
func (r *reply) text() string {
	t := r.tree()
	return member(t, "Message") + member(t, "message")
}

func knownNodesOnly() defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if !c.is(reference.SendCommand) || r.shapeOf() != "InvalidInstanceId" {
			return r
		}
		ids := c.tree().Get("InstanceIds")
		if ids == nil {
			return r
		}
		known := slices.DeleteFunc(slices.Clone(ids.Items), func(v jsontree.Value) bool { return !strings.HasPrefix(v.Text, "i-0123456789abcdef") })
		if len(known) == 0 {
			return r
		}
		given := map[string]jsontree.Value{"/InstanceIds": *ids}
		set(c.tree(), "InstanceIds", jsontree.Value{Kind: jsontree.Array, Items: known})
		return restore(p.askTree(c), given)
	}
}

// sizeOfText takes parameters whose own text is within the limit of 100000 bytes.
func sizeOfText() defect {
	forgive := forgiving("MaxDocumentSizeExceeded", "", "Parameters", `{"commands":["true"]}`)()
	return func(c *call, p *planted) *reply {
		size := 0
		at(c.tree(), "Parameters.*[]", func(_ string, v *jsontree.Value) { size += len([]rune(v.Text)) })
		if size < 98_000 {
			return forgive(c, p)
		}
		return p.ask(c)
	}
}
