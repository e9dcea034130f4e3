package mutants

import (
	"hash/fnv"
	"html"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const echoSource = "evidence: echo/members; everything is echoed as given otherwise"

// valueMutants are the ways in which members of SendCommand's answer are not those of the request.
func valueMutants() []Mutant {
	return []Mutant{
		{"value/instance-ids-hashed", "InstanceIds come back in the order of a hash set", echoSource, Must, "accept/InstanceIds",
			sent(each(sortByHash, "InstanceIds"))},
		{"value/instance-ids-from-key", "The values of a target with the key InstanceIds come back as InstanceIds",
			"evidence: echo/Targets", Must, "echo/InstanceIds", sent(idsFromKey)},
		{"value/instance-ids-as-target", "InstanceIds come back as a target with that key besides",
			"evidence: echo/InstanceIds-given; recordings keep InstanceIds", Must, "echo/InstanceIds", sent(idsAsTarget)},
		{"value/target-values-hashed", "The values of a target come back in the order of a hash set", echoSource, Must, "accept/Targets",
			sent(each(sortByHash, "Targets[].Values"))},
		{"value/targets-sorted", "Targets come back sorted by their key", echoSource, Should, "echo/Targets",
			sent(each(sortedBy(keyOf), "Targets"))},
		{"value/target-values-joined", "The values of a target come back as one, with commas", echoSource, Must, "echo/Targets",
			sent(each(joined, "Targets[].Values"))},
		{"value/target-key-folded", "The keys of targets come back in lower case", echoSource, Must, "echo/Targets",
			sent(texts(strings.ToLower, "Targets[].Key"))},
		{"value/target-key-canonical", "The key instanceids comes back as InstanceIds",
			"evidence: echo/Targets; Key InstanceIds and instanceids are echoed in Targets verbatim", Must, "echo/Targets",
			sent(texts(strings.NewReplacer("instanceids", "InstanceIds").Replace, "Targets[].Key"))},
		{"value/parameters-deduplicated", "A parameter's values lose those that are equal", echoSource, Must, "echo/Parameters",
			sent(each(unequal, "Parameters.*"))},
		{"value/parameters-without-empty", "A parameter's values lose those that are empty", echoSource, Must, "echo/Parameters",
			sent(each(withoutEmptyTexts, "Parameters.*"))},
		{"value/parameters-defaults", "The defaults of the document's parameters come back as if they were given",
			"evidence: echo/Parameters-none; Parameters {} if none given", Must, "echo/Parameters",
			sent(when(has("DocumentName", "AWS-RunShellScript"),
				inside("Parameters", when(not(has("executionTimeout")), put("executionTimeout", `["3600"]`))),
				inside("Parameters", when(not(has("workingDirectory")), put("workingDirectory", `[""]`)))))},
		{"value/parameters-recased", "The naming policy of the JSON library changes the names of parameters, too", echoSource, Must,
			"echo/Parameters", sent(each(recased, "Parameters"))},
		{"value/document-version-resolved", "$DEFAULT comes back as the version that it names",
			"evidence: echo/DocumentVersion; $DEFAULT is not resolved [recorded]", Must, "echo/DocumentVersion",
			sent(resolved("$DEFAULT"))},
		{"value/document-version-latest", "$LATEST comes back as the version that it names",
			"evidence: echo/DocumentVersion-asked", Must, "echo/DocumentVersion", sent(resolved("$LATEST"))},
		{"value/region-as-given", "OutputS3Region is the one of the request",
			"evidence: echo/OutputS3Region", Must, "echo/OutputS3", sent(asGiven("OutputS3Region"))},
		{"value/request-echoed", "Every member of the request comes back, also those that Command does not have",
			"evidence: echo/hash; DocumentHash and DocumentHashType are never echoed", Should, "echo/Absent",
			sent(func(c *call, v *jsontree.Value) {
				for _, m := range c.tree().Members {
					if v.Get(m.Name) == nil {
						set(v, m.Name, m.Value)
					}
				}
			})},
		{"value/notification-always", "NotificationConfig has its defaults though no notification was asked for", defaultsSource, Must,
			"echo/Defaults", sent(asked(not(has("NotificationConfig")), put("NotificationConfig",
				`{"NotificationArn":"","NotificationEvents":["All"],"NotificationType":"Command"}`)))},
		{"value/notification-as-given", "A NotificationType and NotificationEvents that are left out come back empty",
			"evidence: notifications/type-default, notifications/events-default", Must, "echo/NotificationConfig",
			sent(
				asked(not(has("NotificationConfig.NotificationType")), inside("NotificationConfig", put("NotificationType", `""`))),
				asked(not(has("NotificationConfig.NotificationEvents")), inside("NotificationConfig", put("NotificationEvents", `[]`))),
			)},
		{"value/role-name", "ServiceRole is the name of the role without its ARN", echoSource, Must, "echo/ServiceRole",
			sent(texts(afterSlash, "ServiceRole"))},
		{"value/alarm-failure-ignored", "IgnorePollAlarmFailure is true where it is left out",
			"evidence: echo/AlarmConfiguration; AlarmConfiguration {IgnorePollAlarmFailure false}", Must, "echo/AlarmConfiguration",
			sent(asked(some("AlarmConfiguration", not(has("IgnorePollAlarmFailure"))),
				inside("AlarmConfiguration", put("IgnorePollAlarmFailure", "true"))))},
		{"value/alarm-triggered", "TriggeredAlarms has the alarm of the request though it did not go off",
			"evidence: echo/AlarmConfiguration; alarm OK gives TriggeredAlarms []", Must, "echo/AlarmConfiguration",
			sent(alarmTriggered("ALARM"))},
		{"value/log-group-enables", "CloudWatchOutputEnabled is true wherever a log group is named",
			"evidence: shape/CloudWatchOutputConfig", Must, "echo/CloudWatchOutputConfig",
			sent(asked(has("CloudWatchOutputConfig.CloudWatchLogGroupName"),
				inside("CloudWatchOutputConfig", put("CloudWatchOutputEnabled", "true"))))},
		{"value/percentage-resolved", "A MaxConcurrency in percent comes back as the number of nodes that it makes", echoSource, Must,
			"echo/MaxConcurrency",
			sent(when(func(v *jsontree.Value) bool { return strings.HasSuffix(member(v, "MaxConcurrency"), "%") },
				put("MaxConcurrency", `"1"`)))},
		{"value/timeout-with-execution", "TimeoutSeconds is the sum with the execution timeout",
			"evidence: echo/TimeoutSeconds; TimeoutSeconds 3600; as given otherwise", Must, "echo/TimeoutSeconds",
			sent(count("TimeoutSeconds", lifetime))},
		{"value/output-of-nodes",
			"Where InstanceIds name the nodes, what becomes of the output is lost: the bucket, its prefix and the log group", echoSource,
			Must, "echo/AllMembers",
			sent(asked(has("InstanceIds[]"), byDefault("OutputS3BucketName", "OutputS3KeyPrefix", "CloudWatchOutputConfig")))},
		{"value/notification-of-nodes", "Where InstanceIds name the nodes, NotificationConfig is lost", echoSource, Must,
			"echo/AllMembers", sent(asked(has("InstanceIds[]"), byDefault("NotificationConfig")))},
		{"value/flattened", "The members of Command are beside it, too", "service model: SendCommandResult has Command alone", Should,
			"echo/Absent", on(reference.SendCommand + ":")(func(_ *call, answer *jsontree.Value) {
				answer.Members = append(answer.Members, answer.Get("Command").Members...)
			})},
		{"value/shared-request", "A request that comes while another is worked on changes the Comment of both", echoSource, Must, "echo",
			answer(sharedRequest)},
		{"value/sticky", "A member that is left out has the value of an earlier request, kept in a shared default", defaultsSource, Must,
			"echo", sent(sticky("Comment"), sticky("OutputS3KeyPrefix"), sticky("NotificationConfig"))},
	}
}

// sharedRequest keeps the request at hand in one place for all.
func sharedRequest(c *call) *reply {
	comment := c.tree().Get("Comment")
	if !c.is(reference.SendCommand) || comment == nil || comment.Kind != jsontree.String {
		return c.ask()
	}
	remember(c.server, "comment", *comment)
	time.Sleep(time.Millisecond)
	return c.changeCommands(c.ask(), func(_ *call, command *jsontree.Value) {
		set(command, "Comment", recall[jsontree.Value](c.server, "comment"))
	})
}

// sticky remembers the last value that was given of a member.
func sticky(name string) edit {
	return func(c *call, command *jsontree.Value) {
		if v := c.tree().Get(name); v != nil {
			remember(c.server, name, v)
		} else if last := recall[*jsontree.Value](c.server, name); last != nil {
			set(command, name, *last)
		}
	}
}

// sortByHash puts texts in the order of the buckets that a hash table would have for them.
func sortByHash(list *jsontree.Value) {
	hash := func(v jsontree.Value) int {
		h := fnv.New32a()
		_, _ = h.Write([]byte(v.Text))
		return int(h.Sum32())
	}
	slices.SortStableFunc(list.Items, func(a, b jsontree.Value) int { return hash(a) - hash(b) })
}

// keyOf is the Key of a target.
func keyOf(target *jsontree.Value) string { return member(target, "Key") }

func unequal(list *jsontree.Value) {
	once(list, false, textOf)
}

func withoutEmptyTexts(list *jsontree.Value) {
	keep(list, func(v *jsontree.Value) bool { return v.Text != "" })
}

func joined(list *jsontree.Value) {
	var all []string
	for _, v := range list.Items {
		all = append(all, v.Text)
	}
	if len(all) > 0 {
		list.Items = []jsontree.Value{text(strings.Join(all, ","))}
	}
}

func idsFromKey(_ *call, command *jsontree.Value) {
	at(command, "Targets[]", func(_ string, target *jsontree.Value) {
		if strings.EqualFold(member(target, "Key"), "InstanceIds") {
			set(command, "InstanceIds", *target.Get("Values"))
		}
	})
}

func idsAsTarget(_ *call, command *jsontree.Value) {
	if ids := command.Get("InstanceIds"); len(ids.Items) > 0 {
		set(command, "Targets", value(`[{"Key":"InstanceIds","Values":`+string(ids.AppendJSON(nil))+`}]`))
	}
}

// afterSlash is the last part of an ARN.
func afterSlash(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// recased makes executionTimeout to ExecutionTimeout.
func recased(parameters *jsontree.Value) {
	for i := range parameters.Members {
		if name := parameters.Members[i].Name; name != "" {
			parameters.Members[i].Name = strings.ToUpper(name[:1]) + name[1:]
		}
	}
}

// lifetime is how many seconds after its RequestedDateTime a command expires.
func lifetime(command *jsontree.Value) int64 {
	requested, _ := command.Get("RequestedDateTime").Float64()
	expires, _ := command.Get("ExpiresAfter").Float64()
	return int64(math.Round(expires - requested))
}

const unicodeSource = "evidence: json/text; everything is echoed as given; RFC 8259 section 8: JSON text is Unicode in UTF-8"

// textMutants are the ways in which the texts of a request come back as others.
func textMutants() []Mutant {
	const comment, parameters = "echo/Comment", "echo/Parameters"
	emptied := func(word string) answer { return sent(when(has("Comment", word), put("Comment", `""`))) }
	everyText := func(change func(string) string) answer {
		return sent(texts(change, "Comment", "Parameters.*[]", "Targets[].Values[]", "OutputS3KeyPrefix"))
	}
	return []Mutant{
		{"value/comment-zero", "A Comment of 0 comes back empty, as what is false", echoSource, Must, comment, emptied("0")},
		{"value/comment-null", "A Comment of null comes back empty, as what is nothing", echoSource, Must, comment, emptied("null")},
		{"value/alarm-trimmed", "The white space around an alarm's name is lost", echoSource, Should, "accept/AlarmConfiguration",
			sent(texts(strings.TrimSpace, "AlarmConfiguration.Alarms[].Name"))},
		{"value/target-key-trimmed", "The white space at the end of a tag's key is lost", echoSource, Should, "echo/Targets",
			sent(texts(strings.TrimSpace, "Targets[].Key"))},
		{"value/text-trimmed", "Texts come back without the white space around them", echoSource, Must, comment,
			everyText(strings.TrimSpace)},
		{"value/text-html-escaped", "Texts come back escaped for HTML", echoSource, Must, comment, everyText(html.EscapeString)},
		{"value/text-composed", "Texts come back in Unicode's composed form", unicodeSource, Must, comment,
			everyText(strings.NewReplacer("e\u0301", "é", "a\u0308", "ä", "u\u0308", "ü").Replace)},
		{"value/text-latin-1", "Texts come back as UTF-8 that was read as Latin-1", unicodeSource, Must, comment, everyText(mojibake)},
		{"value/text-basic-plane",
			"Characters beyond the basic plane come back as question marks, as from a database of three bytes a character",
			unicodeSource, Must, comment, everyText(basicPlane)},
		{"value/text-formatted", "Texts come back as what a formatting function makes of their verbs", echoSource, Must, comment,
			everyText(strings.NewReplacer("%s", "%!s(MISSING)", "%d", "%!d(MISSING)").Replace)},
		{"value/text-unescaped", "Backslashes in texts come back as the escapes that they seem to begin", echoSource, Must, comment,
			everyText(strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace)},
		{"value/text-expanded", "Variables of the shell come back as the environment of the server", echoSource, Must, parameters,
			everyText(func(s string) string { return os.Expand(s, func(string) string { return "" }) })},
		{"value/text-line-ends", "Carriage returns are lost in what comes back", echoSource, Must, parameters,
			everyText(func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") })},
		{"value/text-cut-at-nul", "Texts end at a NUL in what comes back", unicodeSource, Should, parameters,
			everyText(func(s string) string { before, _, _ := strings.Cut(s, "\x00"); return before })},
		{"value/text-typed", "Values that look like numbers or booleans are read as such, and come back in another spelling", echoSource,
			Must, parameters, sent(texts(typed, "Parameters.*[]"))},
		{"value/text-at-most-2500", "Values come back with their first 2500 characters, as plugin output does", echoSource, Must,
			parameters, sent(texts(func(s string) string { return s[:min(len(s), 2500)] }, "Parameters.*[]"))},
		{"value/prefix-cleaned", "OutputS3KeyPrefix comes back as a clean path", echoSource, Should, "echo/OutputS3",
			sent(texts(func(s string) string { return strings.Trim(strings.ReplaceAll(s, "//", "/"), "/") }, "OutputS3KeyPrefix"))},
	}
}

// ascii is the condition that a text has no other characters.
func ascii(v *jsontree.Value) bool { return isASCII(v.Str()) }

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7F })
}

func basicPlane(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '?'
		}
		return r
	}, s)
}

func mojibake(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// typed is what becomes of a text that a YAML reader takes for a value.
func typed(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	switch s {
	case "True", "False":
		return strings.ToLower(s)
	case "null":
		return ""
	}
	return s
}
