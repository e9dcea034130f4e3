package mutants

import (
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	noticeSource = "evidence: errors/InvalidRole/missing, errors/InvalidNotificationConfig/missing"
	sizeSource   = "evidence: size/limit; parameters+document payload of at most 100000 bytes, counted with JSON escaping"
	pairsSource  = "evidence: size/pairs; Size of parameters and document, recorded pairs"
)

// sizeMutants are about alarms, notifications, the size of a command, and what is found out first.
func sizeMutants() []Mutant {
	const alarm, role, topic = "error/Alarms", "error/InvalidRole", "error/InvalidNotificationConfig"
	const size, precedence = "error/MaxDocumentSizeExceeded", "error/Precedence"
	alarmWhere := func(such func(firing bool, ignore *jsontree.Value) bool) answer {
		return overlooking("ValidationException", func(t *jsontree.Value) bool {
			name, ignore := t.Pointer("/AlarmConfiguration/Alarms/0/Name"), t.Pointer("/AlarmConfiguration/IgnorePollAlarmFailure")
			is := name != nil && such(name.Text == "sendspec-alarm-firing", ignore)
			if is {
				*name = sample("AlarmConfiguration.Alarms[].Name")
			}
			return is
		})
	}
	alarmRefused := func(such func(name string) bool) answer {
		return taken(where(func(t *jsontree.Value) bool {
			name := t.Pointer("/AlarmConfiguration/Alarms/0/Name")
			return name != nil && such(name.Text)
		}, says("ValidationException", "")))
	}
	// arn takes the ARNs at a path that are such ones, where they were refused.
	arn := func(exception, structure, name, path string, such func(arn *jsontree.Value) bool) answer {
		return overlooking(exception, func(t *jsontree.Value) bool {
			is := such(t.Pointer(structure + "/" + name))
			set(t.Pointer(structure), name, sample(path))
			return is
		})
	}
	roleIs := func(such func(arn *jsontree.Value) bool) answer {
		return arn("InvalidRole", "", "ServiceRoleArn", "ServiceRoleArn", such)
	}
	topicIs := func(such func(arn *jsontree.Value) bool) answer {
		return arn("InvalidNotificationConfig", "/NotificationConfig", "NotificationArn", "NotificationConfig.NotificationArn", such)
	}
	empty := func(arn *jsontree.Value) bool { return arn != nil && arn.Text == "" }
	some := func(arn *jsontree.Value) bool { return arn != nil && arn.Text != "" }
	return []Mutant{
		{"semantics/alarm-firing-ignored", "IgnorePollAlarmFailure ignores an alarm that fires, too", alarmsSource, Must, alarm,
			alarmWhere(func(firing bool, ignore *jsontree.Value) bool { return firing && ignore != nil && ignore.Bool })},
		{"semantics/alarm-missing-by-default", "IgnorePollAlarmFailure is true where it is not given", alarmsSource, Must, alarm,
			alarmWhere(func(firing bool, ignore *jsontree.Value) bool { return !firing && ignore == nil })},
		{"semantics/alarm-missing-refused", "An alarm that does not exist is refused, IgnorePollAlarmFailure or not",
			alarmsSource, Must, "error/Alarms accept/AlarmConfiguration",
			alarmRefused(func(name string) bool { return !strings.HasPrefix(name, "sendspec-alarm-") })},
		{"semantics/alarm-without-data", "An alarm of insufficient data is not in a compliant state", alarmsSource, Must,
			"accept/AlarmConfiguration", alarmRefused(func(name string) bool { return name == "sendspec-alarm-insufficient" })},
		{"semantics/role-empty", "A ServiceRoleArn that is empty is one that is there", noticeSource, Should, role, roleIs(empty)},
		{"semantics/role-of-any-form", "A ServiceRoleArn need not be an ARN", "service model: ServiceRole, the ARN of an IAM role", Should,
			role, roleIs(some)},
		{"semantics/topic-empty", "A NotificationArn that is empty is one that is there", noticeSource, Should, topic, topicIs(empty)},
		{"semantics/topic-of-any-form", "A NotificationArn need not be the ARN of a topic",
			"service model: NotificationArn, an ARN for an Amazon SNS topic", Should, topic, topicIs(some)},
		{"semantics/size-of-each", "Each value may have the size that they may have together", sizeSource, Must, size,
			smaller(func(t *jsontree.Value) bool {
				largest := 0
				at(t, "Parameters.*[]", func(_ string, v *jsontree.Value) { largest = max(largest, len(v.Text)) })
				return largest < 90_000
			})},
		{"semantics/size-of-parameters", "Only the parameters count for the size, and not the document", sizeSource, Should, size,
			smaller(func(t *jsontree.Value) bool {
				b := t.Get("Parameters").AppendJSON(nil)
				return len(b) < 100_000 && utf8.RuneCount(b) > 90_000
			})},
		{"semantics/size-of-64-kib", "Parameters and document may have 64 KiB, as the API's reference says",
			"evidence: errors/MaxDocumentSizeExceeded/message", Must, size, taken(where(func(t *jsontree.Value) bool {
				return len(t.Get("Parameters").AppendJSON(nil)) > 64<<10
			}, says("MaxDocumentSizeExceeded", "")))},
		{"semantics/constraints-last", "What the account has no room for is named before a constraint",
			"evidence: errors/precedence/constraints-first", Should, precedence,
			findingOut("ValidationException", "TimeoutSeconds", "MaxConcurrency", "MaxErrors")},
		{"semantics/types-last", "What else is wrong is named before a wrong type",
			"evidence: framework/types-first; type errors win over constraint errors and over missing-required", Should, precedence,
			findingOut("SerializationException", "TimeoutSeconds")},
		{"semantics/size-with-comment", "The Comment counts for the size", pairsSource, Should, size,
			sizedAs(func(t *jsontree.Value) { lengthen(t, len(member(t, "Comment"))) })},
		{"semantics/size-without-output", "Where the output goes does not count for the size", pairsSource, Should, size,
			sizedAs(func(t *jsontree.Value) { drop("OutputS3KeyPrefix", "OutputS3BucketName")(nil, t) })},
		{"semantics/size-without-cloudwatch", "CloudWatchOutputConfig does not count for the size", pairsSource, Should, size,
			sizedAs(func(t *jsontree.Value) { remove(t, "CloudWatchOutputConfig") })},
		{"semantics/size-with-cloudwatch-once-more", "CloudWatchOutputConfig counts for the size as it is written in the request",
			pairsSource, Should, size, sizedAs(func(t *jsontree.Value) {
				if config := t.Get("CloudWatchOutputConfig"); config != nil {
					lengthen(t, len(config.AppendJSON(nil)))
				}
			})},
		{"semantics/size-of-lists", "A parameter of type String counts for the size as the list in which it is sent", pairsSource,
			Should, size, sizedAs(func(t *jsontree.Value) {
				if t.Pointer("/Parameters/workingDirectory") != nil {
					lengthen(t, len(`[]`))
				}
			})},
		{"semantics/size-of-html", "The whole message to the agent is escaped for HTML", pairsSource, Should, size,
			sizedWith("<", "\x00")},
		{"semantics/size-of-json", "The parameters are not escaped for HTML", pairsSource, Should, size, sizedWith("<", "x")},
		{"semantics/size-of-utf-8", "A character beyond ASCII counts for the size with its bytes in UTF-8", pairsSource, Should, size,
			sizedWith("€", "xxx")},
		{"semantics/size-of-characters", "A control character counts for the size with one byte", pairsSource, Should, size,
			sizedWith("\x00", "x")},
		{"semantics/size-without-commas", "The commas of a list do not count for its size", pairsSource, Should, size,
			sizedAs(func(t *jsontree.Value) {
				if commands := t.Pointer("/Parameters/commands"); commands != nil && len(commands.Items) > 1 {
					*commands = list(text(strings.Repeat("x", 2*len(commands.Items))))
				}
			})},
		{"semantics/size-below", "A size of exactly 100000 bytes is too large", pairsSource, Should, size,
			sizedAs(func(t *jsontree.Value) { lengthen(t, 1) })},
	}
}

// lengthen adds to the first command.
func lengthen(t *jsontree.Value, n int) {
	if first := t.Pointer("/Parameters/commands/0"); first != nil {
		first.Text += strings.Repeat("x", n)
	}
}

func sizedWith(from, to string) answer {
	return sizedAs(func(t *jsontree.Value) {
		texts(func(s string) string { return strings.ReplaceAll(s, from, to) }, "Parameters.commands[]")(nil, t)
	})
}

// sizedAs holds the size of a changed request against the limit, as if it were that of the request itself.
func sizedAs(change func(request *jsontree.Value)) answer {
	const tooLarge = "MaxDocumentSizeExceeded"
	take := smaller(func(*jsontree.Value) bool { return true })
	return func(c *call) *reply {
		r := c.ask()
		if len(c.body) < 10_000 || !c.is(reference.SendCommand) || !r.ok() && r.errorType() != tooLarge {
			return r
		}
		change(c.tree())
		changed := c.askTree()
		switch {
		case r.ok() && changed.errorType() == tooLarge:
			return changed
		case !r.ok() && changed.ok():
			return take(c)
		}
		return r
	}
}
