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
	const alarmName, ignore = "AlarmConfiguration.Alarms[].Name", "AlarmConfiguration.IgnorePollAlarmFailure"
	const invalid, noRole, noTopic = "ValidationException", "InvalidRole", "InvalidNotificationConfig"
	isTrue := func(v *jsontree.Value) bool { return v.Bool }
	const arn, topicARN = "ServiceRoleArn", "NotificationConfig.NotificationArn"
	alarmRefused := func(such condition) answer { return taken(where(some(alarmName, such), says(invalid, ""))) }
	// accepting takes the values at a path that are such ones, where they were refused.
	accepting := func(exception, path string, such condition) answer {
		return overlooking(exception, mending(such, each(func(v *jsontree.Value) { *v = sample(path) }, path)))
	}
	return []Mutant{
		{"semantics/alarm-firing-ignored", "IgnorePollAlarmFailure ignores an alarm that fires, too", alarmsSource, Must, alarm,
			accepting(invalid, alarmName, every(has(alarmName, "sendspec-alarm-firing"), some(ignore, isTrue)))},
		{"semantics/alarm-missing-by-default", "IgnorePollAlarmFailure is true where it is not given", alarmsSource, Must, alarm,
			accepting(invalid, alarmName, every(some(alarmName, not(has("", "sendspec-alarm-firing"))), not(has(ignore))))},
		{"semantics/alarm-missing-refused", "An alarm that does not exist is refused, IgnorePollAlarmFailure or not",
			alarmsSource, Must, "error/Alarms accept/AlarmConfiguration",
			alarmRefused(not(starting("sendspec-alarm-")))},
		{"semantics/alarm-without-data", "An alarm of insufficient data is not in a compliant state", alarmsSource, Must,
			"accept/AlarmConfiguration", alarmRefused(has("", "sendspec-alarm-insufficient"))},
		{"semantics/role-empty", "A ServiceRoleArn that is empty is one that is there", noticeSource, Should, role,
			accepting(noRole, arn, has(arn, ""))},
		{"semantics/role-of-any-form", "A ServiceRoleArn need not be an ARN", "service model: ServiceRole, the ARN of an IAM role", Should,
			role, accepting(noRole, arn, every(has(arn), not(has(arn, ""))))},
		{"semantics/topic-empty", "A NotificationArn that is empty is one that is there", noticeSource, Should, topic,
			accepting(noTopic, topicARN, has(topicARN, ""))},
		{"semantics/topic-of-any-form", "A NotificationArn need not be the ARN of a topic",
			"service model: NotificationArn, an ARN for an Amazon SNS topic", Should, topic,
			accepting(noTopic, topicARN, every(has(topicARN), not(has(topicARN, ""))))},
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
			sizedAs(func(c *call, t *jsontree.Value) { lengthened(len(member(t, "Comment")))(c, t) })},
		{"semantics/size-without-output", "Where the output goes does not count for the size", pairsSource, Should, size,
			sizedAs(drop("OutputS3KeyPrefix", "OutputS3BucketName"))},
		{"semantics/size-without-cloudwatch", "CloudWatchOutputConfig does not count for the size", pairsSource, Should, size,
			sizedAs(drop("CloudWatchOutputConfig"))},
		{"semantics/size-with-cloudwatch-once-more", "CloudWatchOutputConfig counts for the size as it is written in the request",
			pairsSource, Should, size, sizedAs(when(has("CloudWatchOutputConfig"), func(c *call, t *jsontree.Value) {
				lengthened(len(t.Get("CloudWatchOutputConfig").AppendJSON(nil)))(c, t)
			}))},
		{"semantics/size-of-lists", "A parameter of type String counts for the size as the list in which it is sent", pairsSource,
			Should, size, sizedAs(when(has("Parameters.workingDirectory"), lengthened(len(`[]`))))},
		{"semantics/size-of-html", "The whole message to the agent is escaped for HTML", pairsSource, Should, size,
			sizedWith("<", "\x00")},
		{"semantics/size-of-json", "The parameters are not escaped for HTML", pairsSource, Should, size, sizedWith("<", "x")},
		{"semantics/size-of-utf-8", "A character beyond ASCII counts for the size with its bytes in UTF-8", pairsSource, Should, size,
			sizedWith("€", "xxx")},
		{"semantics/size-of-characters", "A control character counts for the size with one byte", pairsSource, Should, size,
			sizedWith("\x00", "x")},
		{"semantics/size-without-commas", "The commas of a list do not count for its size", pairsSource, Should, size,
			sizedAs(each(func(commands *jsontree.Value) {
				if len(commands.Items) > 1 {
					*commands = list(text(strings.Repeat("x", 2*len(commands.Items))))
				}
			}, "Parameters.commands"))},
		{"semantics/size-below", "A size of exactly 100000 bytes is too large", pairsSource, Should, size,
			sizedAs(lengthened(1))},
	}
}

// lengthened adds to the first command.
func lengthened(n int) edit {
	return func(_ *call, t *jsontree.Value) {
		if first := t.Pointer("/Parameters/commands/0"); first != nil {
			first.Text += strings.Repeat("x", n)
		}
	}
}

func sizedWith(from, to string) answer {
	return sizedAs(texts(strings.NewReplacer(from, to).Replace, "Parameters.commands[]"))
}

// sizedAs holds the size of a changed request against the limit, as if it were that of the request itself.
func sizedAs(change edit) answer {
	const tooLarge = "MaxDocumentSizeExceeded"
	take := smaller(func(*jsontree.Value) bool { return true })
	return func(c *call) *reply {
		r := c.ask()
		if len(c.body) < 10_000 || !c.is(reference.SendCommand) || !r.ok() && r.errorType() != tooLarge {
			return r
		}
		change(c, c.tree())
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
