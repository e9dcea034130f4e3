package mutants

import (
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	complianceSource = "facts.md section 3: AlarmConfiguration, recorded for SendCommand itself"
	noticeSource     = "facts.md section 3, Messages: InvalidRole and InvalidNotificationConfig"
	sizeSource       = "facts.md section 4: parameters+document payload of at most 100000 bytes, counted with JSON escaping"
)

// askedForMutants are about alarms, notifications, the size of a command, and what is found out first.
func askedForMutants() []Mutant {
	alarm, role, topic, size := []string{"error/Alarms"}, []string{"error/InvalidRole"}, []string{"error/InvalidNotificationConfig"}, []string{"error/MaxDocumentSizeExceeded"}
	precedence := []string{"error/Precedence"}
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		{"alarm-firing-ignored", "IgnorePollAlarmFailure ignores an alarm that fires, too", complianceSource, Must, alarm, overlooking("ValidationException", alarmWhere(func(firing bool, ignore *jsontree.Value) bool {
			return firing && ignore != nil && ignore.Bool
		}))},
		{"alarm-missing-by-default", "IgnorePollAlarmFailure is true where it is not given", complianceSource, Must, alarm, overlooking("ValidationException", alarmWhere(func(firing bool, ignore *jsontree.Value) bool {
			return !firing && ignore == nil
		}))},
		{"alarm-missing-refused", "An alarm that does not exist is refused, whatever IgnorePollAlarmFailure says", complianceSource, Must, []string{"error/Alarms", "accept/AlarmConfiguration"},
			alarmRefused(func(name string) bool { return !strings.HasPrefix(name, "sendspec-alarm-") })},
		{"alarm-without-data", "An alarm of insufficient data is not in a compliant state", complianceSource, Must, []string{"accept/AlarmConfiguration"},
			alarmRefused(func(name string) bool { return name == "sendspec-alarm-insufficient" })},
		{"role-empty", "A ServiceRoleArn that is empty is one that is there", noticeSource, Should, role, overlooking("InvalidRole", func(t *jsontree.Value) bool {
			empty := t.Get("ServiceRoleArn") != nil && member(t, "ServiceRoleArn") == ""
			set(t, "ServiceRoleArn", sample("ServiceRoleArn"))
			return empty
		})},
		{"role-of-any-form", "A ServiceRoleArn need not be an ARN", "model.json: ServiceRole, the ARN of an IAM role", Should, role, overlooking("InvalidRole", func(t *jsontree.Value) bool {
			some := member(t, "ServiceRoleArn") != ""
			set(t, "ServiceRoleArn", sample("ServiceRoleArn"))
			return some
		})},
		{"topic-empty", "A NotificationArn that is empty is one that is there", noticeSource, Should, topic, topicWhere(func(arn *jsontree.Value) bool { return arn != nil && arn.Text == "" })},
		{"topic-of-any-form", "A NotificationArn need not be the ARN of a topic", "model.json: NotificationArn, an ARN for an Amazon SNS topic", Should, topic,
			topicWhere(func(arn *jsontree.Value) bool { return arn != nil && arn.Text != "" })},
		{"size-of-each", "Each value may have the size that they may have together", sizeSource, Must, size, sizeWhere(func(t *jsontree.Value) bool {
			largest := 0
			at(t, "Parameters.*[]", func(_ string, v *jsontree.Value) { largest = max(largest, len(v.Text)) })
			return largest < 90_000
		})},
		{"size-of-parameters", "Only the parameters count for the size, and not the document", sizeSource, Should, size, sizeWhere(func(t *jsontree.Value) bool {
			v := t.Get("Parameters")
			return len(v.AppendJSON(nil)) < 100_000 && utf8.RuneCount(v.AppendJSON(nil)) > 90_000
		})},
		{"size-of-64-kib", "Parameters and document may have 64 KiB, as the API's reference says", "facts.md section 3: exceeds the 97KB limit, recorded; docs still say 64 KB", Must, size, sending(func(c *call, r *reply) {
			if v := c.tree().Get("Parameters"); v != nil && len(v.AppendJSON(nil)) > 64<<10 {
				r.fail(400, "MaxDocumentSizeExceeded")
			}
		})},
		{"constraints-last", "What the account has no room for is named before a constraint", "facts.md section 3: validation is the framework's, before the operation; inferred", Should, precedence,
			findingOut("ValidationException", "TimeoutSeconds", "MaxConcurrency", "MaxErrors")},
		{"types-last", "What else is wrong is named before a wrong type", "facts.md section 3: type errors win over constraint errors and over missing-required", Should, precedence,
			findingOut("SerializationException", "TimeoutSeconds")},
		{"parameters-first", "Parameters that no document declares are named before a document that does not exist", "facts.md section 3, Messages; inferred: the document says which parameters it has", Should, precedence,
			onRefusal(func(c *call, r *reply) {
				if v := c.tree().Get("Parameters"); r.shapeOf() == "InvalidDocument" && v != nil && dropUndeclared(v) {
					r.fail(400, "InvalidParameters")
				}
			})},
		{"count-before-duplicates", "Six equal resource types are too many before they are equal", "facts.md section 3: duplicate check precedes the check of more than 5 types", Should, []string{"error/Targets", "error/Precedence"},
			onRefusal(func(c *call, r *reply) {
				at(c.tree(), "Targets[]", func(_ string, t *jsontree.Value) {
					if list := t.Get("Values"); isKey(t, typesKey) && len(list.Items) > 5 && r.shapeOf() == "ValidationException" {
						r.edit(func(answer *jsontree.Value) {
							set(answer, "message", text("At most five resource type filters are supported."))
						})
					}
				})
			})},
	})
}

func alarmWhere(such func(firing bool, ignore *jsontree.Value) bool) func(t *jsontree.Value) bool {
	return func(t *jsontree.Value) bool {
		name := t.Pointer("/AlarmConfiguration/Alarms/0/Name")
		if name == nil || !such(name.Text == "sendspec-alarm-firing", t.Pointer("/AlarmConfiguration/IgnorePollAlarmFailure")) {
			return false
		}
		*name = sample("AlarmConfiguration.Alarms[].Name")
		return true
	}
}

func alarmRefused(such func(name string) bool) func() defect {
	return sending(func(c *call, r *reply) {
		if name := c.tree().Pointer("/AlarmConfiguration/Alarms/0/Name"); name != nil && such(name.Text) {
			r.fail(400, "ValidationException")
		}
	})
}

func topicWhere(such func(arn *jsontree.Value) bool) func() defect {
	return overlooking("InvalidNotificationConfig", func(t *jsontree.Value) bool {
		config := t.Get("NotificationConfig")
		if !such(config.Get("NotificationArn")) {
			return false
		}
		set(config, "NotificationArn", sample("NotificationConfig.NotificationArn"))
		return true
	})
}

func sizeWhere(such func(t *jsontree.Value) bool) func() defect {
	return overlooking("MaxDocumentSizeExceeded", func(t *jsontree.Value) bool {
		if !such(t) {
			return false
		}
		set(t, "Parameters", goodParameters(member(t, "DocumentName")))
		return true
	})
}

// findingOut answers what else is wrong with a request that was refused by its type, without some members.
func findingOut(name string, members ...string) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if r.shapeOf() != name || !c.is(reference.SendCommand) {
			return r
		}
		for _, m := range members {
			remove(c.tree(), m)
		}
		if other := p.askTree(c); !other.ok() {
			return other
		}
		return r
	})
}

// misnamedMutants name a refusal for another.
func misnamedMutants() []Mutant {
	saying := func(words, to string) func() defect {
		return onRefusalOf("ValidationException", func(r *reply) {
			if strings.Contains(member(r.tree(), "message"), words) {
				r.retype(to)
			}
		})
	}
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		{"targets-as-target", "Targets that do not go together are InvalidTarget, as in other operations", togetherSource, Must, []string{"error/Targets"}, saying("and try again.", "InvalidTarget")},
		{"alarm-as-parameters", "An alarm that is not in a compliant state is InvalidParameters", complianceSource, Must, []string{"error/Alarms"}, saying("Cloudwatch alarm(s)", "InvalidParameters")},
	})
}
