package mutants

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const echoSource = "evidence: echo/members; everything is echoed as given otherwise"

// valueMutants are the ways in which members of SendCommand's answer are not those of the request.
func valueMutants() []Mutant {
	copied := func(name string) answer {
		return sent(func(c *call, v *jsontree.Value) { copyMember(c.tree(), name, v, name) })
	}
	// given applies edits where the request has something at this pointer; missing, where it has not.
	given := func(pointer string, e edit) answer {
		return sent(func(c *call, v *jsontree.Value) {
			if c.tree().Pointer(pointer) != nil {
				e(c, v)
			}
		})
	}
	missing := func(pointer string, e edit) edit {
		return func(c *call, v *jsontree.Value) {
			if c.tree().Pointer(pointer) == nil {
				e(c, v)
			}
		}
	}
	inside := func(name string, e edit) edit {
		return func(c *call, v *jsontree.Value) { e(c, v.Get(name)) }
	}
	resolved := func(word string) answer {
		return sent(when(has("DocumentVersion", word), put("DocumentVersion", `"1"`)))
	}
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
			sent(each(sortTargets, "Targets"))},
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
			sent(when(has("DocumentName", "AWS-RunShellScript"), documentDefaults))},
		{"value/parameters-recased", "The naming policy of the JSON library changes the names of parameters, too", echoSource, Must,
			"echo/Parameters", sent(each(recased, "Parameters"))},
		{"value/document-version-resolved", "$DEFAULT comes back as the version that it names",
			"evidence: echo/DocumentVersion; $DEFAULT is not resolved [recorded]", Must, "echo/DocumentVersion", resolved("$DEFAULT")},
		{"value/document-version-latest", "$LATEST comes back as the version that it names",
			"evidence: echo/DocumentVersion-asked", Must, "echo/DocumentVersion", resolved("$LATEST")},
		{"value/region-as-given", "OutputS3Region is the one of the request",
			"evidence: echo/OutputS3Region", Must, "echo/OutputS3",
			copied("OutputS3Region")},
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
			"echo/Defaults",
			sent(missing("/NotificationConfig", put("NotificationConfig",
				`{"NotificationArn":"","NotificationEvents":["All"],"NotificationType":"Command"}`)))},
		{"value/notification-as-given", "A NotificationType and NotificationEvents that are left out come back empty",
			"evidence: notifications/type-default, notifications/events-default", Must,
			"echo/NotificationConfig",
			sent(missing("/NotificationConfig/NotificationType", inside("NotificationConfig", put("NotificationType", `""`))),
				missing("/NotificationConfig/NotificationEvents", inside("NotificationConfig", put("NotificationEvents", `[]`))))},
		{"value/role-name", "ServiceRole is the name of the role without its ARN", echoSource, Must, "echo/ServiceRole",
			sent(texts(func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }, "ServiceRole"))},
		{"value/alarm-failure-ignored", "IgnorePollAlarmFailure is true where it is left out",
			"evidence: echo/AlarmConfiguration; AlarmConfiguration {IgnorePollAlarmFailure false}", Must, "echo/AlarmConfiguration",
			given("/AlarmConfiguration", missing("/AlarmConfiguration/IgnorePollAlarmFailure",
				inside("AlarmConfiguration", put("IgnorePollAlarmFailure", "true"))))},
		{"value/alarm-triggered", "TriggeredAlarms has the alarm of the request though it did not go off",
			"evidence: echo/AlarmConfiguration; alarm OK gives TriggeredAlarms []", Must, "echo/AlarmConfiguration",
			sent(func(c *call, v *jsontree.Value) {
				if name := c.tree().Pointer("/AlarmConfiguration/Alarms/0/Name"); name != nil {
					set(v, "TriggeredAlarms", value(`[{"Name":`+string(name.AppendJSON(nil))+`,"State":"ALARM"}]`))
				}
			})},
		{"value/log-group-enables", "CloudWatchOutputEnabled is true wherever a log group is named",
			"evidence: shape/CloudWatchOutputConfig", Must, "echo/CloudWatchOutputConfig",
			given("/CloudWatchOutputConfig/CloudWatchLogGroupName", inside("CloudWatchOutputConfig",
				put("CloudWatchOutputEnabled", "true")))},
		{"value/percentage-resolved", "A MaxConcurrency in percent comes back as the number of nodes that it makes", echoSource, Must,
			"echo/MaxConcurrency",
			sent(when(func(v *jsontree.Value) bool { return strings.HasSuffix(member(v, "MaxConcurrency"), "%") },
				put("MaxConcurrency", `"1"`)))},
		{"value/timeout-with-execution", "TimeoutSeconds is the sum with the execution timeout",
			"evidence: echo/TimeoutSeconds; TimeoutSeconds 3600; as given otherwise", Must, "echo/TimeoutSeconds",
			sent(count("TimeoutSeconds", lifetime))},
		{"value/output-of-nodes",
			"Where InstanceIds name the nodes, what becomes of the output is lost: the bucket, its prefix and the log group", echoSource,
			Must, "echo/AllMembers", given("/InstanceIds/0", put("OutputS3BucketName", `""`, "OutputS3KeyPrefix", `""`,
				"CloudWatchOutputConfig", echoedDefault("CloudWatchOutputConfig")))},
		{"value/notification-of-nodes", "Where InstanceIds name the nodes, NotificationConfig is lost", echoSource, Must,
			"echo/AllMembers", given("/InstanceIds/0", put("NotificationConfig", echoedDefault("NotificationConfig")))},
		{"value/flattened", "The members of Command are beside it, too", "service model: SendCommandResult has Command alone", Should,
			"echo/Absent", taken(func(_ *call, r *reply) {
				r.edit(func(t *jsontree.Value) {
					if command := t.Get("Command"); command != nil {
						t.Members = append(t.Members, command.Members...)
					}
				})
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
	return c.ask().editCommands(func(command *jsontree.Value) { set(command, "Comment", recall[jsontree.Value](c.server, "comment")) })
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
	list.Items = slices.Clone(list.Items)
	slices.SortStableFunc(list.Items, func(a, b jsontree.Value) int { return hash(a) - hash(b) })
}

func sortTargets(list *jsontree.Value) {
	slices.SortFunc(list.Items, func(a, b jsontree.Value) int { return strings.Compare(member(&a, "Key"), member(&b, "Key")) })
}

func unequal(list *jsontree.Value) {
	once(list, false, func(v *jsontree.Value) string { return v.Text })
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

func documentDefaults(_ *call, command *jsontree.Value) {
	p := command.Get("Parameters")
	for name, fallback := range map[string]string{"executionTimeout": `["3600"]`, "workingDirectory": `[""]`} {
		if p.Get(name) == nil {
			set(p, name, value(fallback))
		}
	}
}

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
