package mutants

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyValue Family = "value"

const echoSource = "facts.md section 2, Members present with default values: everything is echoed as given otherwise"

// valueMutants are the ways in which members of SendCommand's answer are not those of the request.
func valueMutants() []Mutant {
	return answerMutants(familyValue, []Profile{Core}, []answerRow{
		{"instance-ids-hashed", "InstanceIds come back in the order of a hash set",
			echoSource, Must, []string{"accept/InstanceIds"},
			answering(func(_, c *jsontree.Value) { sortByHash(c.Get("InstanceIds")) })},
		{"instance-ids-sorted", "InstanceIds come back sorted, out of a set",
			echoSource, Should, []string{"echo/InstanceIds"},
			answering(func(_, c *jsontree.Value) { sortByText(c.Get("InstanceIds")) })},
		{"instance-ids-from-key", "The values of a target with the key InstanceIds come back as InstanceIds",
			"facts.md section 4: they are echoed in Targets verbatim, InstanceIds stays []", Must, []string{"echo/InstanceIds"},
			answering(idsFromKey)},
		{"instance-ids-as-target", "InstanceIds come back as a target with that key besides",
			"facts.md section 4: recordings keep InstanceIds", Must, []string{"echo/InstanceIds"}, answering(idsAsTarget)},
		{"target-values-hashed", "The values of a target come back in the order of a hash set",
			echoSource, Must, []string{"accept/Targets"},
			answering(func(_, c *jsontree.Value) {
				at(c, "Targets[].Values", func(_ string, v *jsontree.Value) { sortByHash(v) })
			})},
		{"targets-sorted", "Targets come back sorted by their key",
			echoSource, Should, []string{"echo/Targets"}, answering(func(_, c *jsontree.Value) { sortTargets(c.Get("Targets")) })},
		{"target-values-joined", "The values of a target come back as one, with commas",
			echoSource, Must, []string{"echo/Targets"},
			answering(func(_, c *jsontree.Value) { at(c, "Targets[].Values", joined) })},
		{"target-key-folded", "The keys of targets come back in lower case",
			echoSource, Must, []string{"echo/Targets"}, answering(func(_, c *jsontree.Value) { at(c, "Targets[].Key", lowered) })},
		{"target-key-canonical", "The key instanceids comes back as InstanceIds",
			"facts.md section 4: Key InstanceIds and instanceids are echoed in Targets verbatim", Must, []string{"echo/Targets"},
			answering(func(_, c *jsontree.Value) { at(c, "Targets[].Key", canonicalKey) })},
		{"parameters-deduplicated", "A parameter's values lose those that are equal",
			echoSource, Must, []string{"echo/Parameters"}, parameterLists(unequal)},
		{"parameters-without-empty", "A parameter's values lose those that are empty",
			echoSource, Must, []string{"echo/Parameters"}, parameterLists(func(v *jsontree.Value) {
				v.Items = slices.DeleteFunc(v.Items, func(i jsontree.Value) bool { return i.Text == "" })
			})},
		{"parameters-defaults", "The defaults of the document's parameters come back as if they were given",
			"facts.md section 2: Parameters {} if none given", Must, []string{"echo/Parameters"}, answering(documentDefaults)},
		{"parameters-recased", "The naming policy of the JSON library changes the names of parameters, too",
			echoSource, Must, []string{"echo/Parameters"}, answering(recased)},
		{"document-version-resolved", "$DEFAULT comes back as the version that it stands for",
			"facts.md section 2: $DEFAULT is not resolved [recorded]", Must, []string{"echo/DocumentVersion"},
			answering(resolved("$DEFAULT"))},
		{"document-version-latest", "$LATEST comes back as the version that it stands for",
			"facts.md section 2: everything echoed as given", Should, []string{"echo/DocumentVersion"},
			answering(resolved("$LATEST"))},
		{"region-as-given", "OutputS3Region is the one of the request",
			"facts.md section 4: OutputS3Region is ignored on input and reported as the endpoint's region", Must, []string{"echo/OutputS3"},
			answering(func(r, c *jsontree.Value) { copyMember(r, "OutputS3Region", c, "OutputS3Region") })},
		{"request-echoed", "Every member of the request comes back, also those that Command does not have",
			"facts.md section 2: DocumentHash and DocumentHashType are never echoed", Should, []string{"echo/Absent"},
			answering(func(r, c *jsontree.Value) {
				for _, m := range r.Members {
					if c.Get(m.Name) == nil {
						set(c, m.Name, m.Value)
					}
				}
			})},
		{"notification-always", "NotificationConfig has its defaults though no notification was asked for",
			defaultsSource, Must, []string{"echo/Defaults"}, answering(func(r, c *jsontree.Value) {
				if r.Get("NotificationConfig") == nil {
					set(c, "NotificationConfig", value(`{"NotificationArn":"","NotificationEvents":["All"],"NotificationType":"Command"}`))
				}
			})},
		{"notification-as-given", "A NotificationType and NotificationEvents that are left out come back empty",
			"facts.md section 4: omitted NotificationType echoed Command, omitted NotificationEvents echoed [All]", Must, []string{"echo/NotificationConfig"},
			answering(func(r, c *jsontree.Value) {
				for name, empty := range map[string]string{"NotificationType": `""`, "NotificationEvents": `[]`} {
					if r.Get("NotificationConfig").Get(name) == nil {
						set(c.Get("NotificationConfig"), name, value(empty))
					}
				}
			})},
		{"role-name", "ServiceRole is the name of the role without its ARN",
			echoSource, Must, []string{"echo/ServiceRole"}, answering(func(_, c *jsontree.Value) {
				if v := c.Get("ServiceRole"); v != nil {
					v.Text = v.Text[strings.LastIndexByte(v.Text, '/')+1:]
				}
			})},
		{"alarm-failure-ignored", "IgnorePollAlarmFailure is true where it is left out",
			"facts.md section 2: AlarmConfiguration {IgnorePollAlarmFailure false}", Must, []string{"echo/AlarmConfiguration"},
			answering(func(r, c *jsontree.Value) {
				if a := r.Get("AlarmConfiguration"); a != nil && a.Get("IgnorePollAlarmFailure") == nil {
					set(c.Get("AlarmConfiguration"), "IgnorePollAlarmFailure", value("true"))
				}
			})},
		{"alarm-triggered", "TriggeredAlarms has the alarm of the request though it did not go off",
			"facts.md section 3: alarm OK gives TriggeredAlarms []", Must, []string{"echo/AlarmConfiguration"},
			answering(func(r, c *jsontree.Value) {
				if a := r.Get("AlarmConfiguration").Get("Alarms").Index(0); a != nil {
					set(c, "TriggeredAlarms", value(`[{"Name":`+string(a.Get("Name").AppendJSON(nil))+`,"State":"ALARM"}]`))
				}
			})},
		{"log-group-enables", "CloudWatchOutputEnabled is true wherever a log group is named",
			"facts.md section 1: CloudWatchOutputEnabled boolean, default false; echoed as given", Must, []string{"echo/CloudWatchOutputConfig"},
			answering(func(r, c *jsontree.Value) {
				if r.Get("CloudWatchOutputConfig").Get("CloudWatchLogGroupName") != nil {
					set(c.Get("CloudWatchOutputConfig"), "CloudWatchOutputEnabled", value("true"))
				}
			})},
		{"percentage-resolved", "A MaxConcurrency in percent comes back as the number of nodes that it makes",
			echoSource, Must, []string{"echo/MaxConcurrency"}, answering(func(_, c *jsontree.Value) {
				if v := c.Get("MaxConcurrency"); v != nil && strings.HasSuffix(v.Text, "%") {
					v.Text = "1"
				}
			})},
		{"timeout-with-execution", "TimeoutSeconds is the sum with the execution timeout",
			"facts.md section 2: TimeoutSeconds 3600; as given otherwise", Must, []string{"echo/TimeoutSeconds"},
			answering(func(r, c *jsontree.Value) {
				set(c, "TimeoutSeconds", wholeNumber(secondsBetween(c)))
			})},
		{"output-of-nodes", "Where InstanceIds name the nodes, what becomes of the output is lost: the bucket, its prefix and the log group",
			echoSource, Must, []string{"echo/AllMembers"}, answering(func(r, c *jsontree.Value) {
				if ids := r.Get("InstanceIds"); ids != nil && len(ids.Items) > 0 {
					set(c, "OutputS3BucketName", text(""))
					set(c, "OutputS3KeyPrefix", text(""))
					set(c, "CloudWatchOutputConfig", value(`{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false}`))
				}
			})},
		{"notification-of-nodes", "Where InstanceIds name the nodes, NotificationConfig is lost",
			echoSource, Must, []string{"echo/AllMembers"}, answering(func(r, c *jsontree.Value) {
				if ids := r.Get("InstanceIds"); ids != nil && len(ids.Items) > 0 {
					set(c, "NotificationConfig", value(`{"NotificationArn":"","NotificationEvents":[],"NotificationType":""}`))
				}
			})},
		{"flattened", "The members of Command stand beside it, too",
			"model.json: SendCommandResult has Command alone", Should, []string{"echo/Absent"}, sending(func(_ *call, r *reply) {
				r.edit(func(t *jsontree.Value) {
					if c := t.Get("Command"); c != nil {
						t.Members = append(t.Members, c.Members...)
					}
				})
			})},
		{"shared-request", "A request that comes while another is worked on changes the Comment of both",
			echoSource, Must, []string{"echo"}, sharedRequest},
		{"sticky", "A member that is left out has the value of an earlier request, kept in a shared default",
			defaultsSource, Must, []string{"echo"}, sticky},
	})
}

// sharedRequest keeps the request at hand in one place for all.
func sharedRequest() defect {
	var mu sync.Mutex
	var now jsontree.Value
	return func(c *call, p *planted) *reply {
		if !c.is(reference.SendCommand) {
			return p.ask(c)
		}
		comment := c.tree().Get("Comment")
		if comment == nil || comment.Kind != jsontree.String {
			return p.ask(c)
		}
		mu.Lock()
		now = *comment
		mu.Unlock()
		time.Sleep(time.Millisecond)
		return p.ask(c).editCommands(func(command *jsontree.Value) {
			mu.Lock()
			defer mu.Unlock()
			set(command, "Comment", now)
		})
	}
}

// sticky remembers the last Parameters, Comment and NotificationConfig that were given.
func sticky() defect {
	var mu sync.Mutex
	last := map[string]jsontree.Value{}
	names := []string{"Comment", "OutputS3KeyPrefix", "NotificationConfig"}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if !c.is(reference.SendCommand) || !r.ok() {
			return r
		}
		mu.Lock()
		defer mu.Unlock()
		return r.editCommands(func(command *jsontree.Value) {
			for _, name := range names {
				if v := c.tree().Get(name); v != nil {
					last[name] = *v
				} else if v, ok := last[name]; ok {
					set(command, name, v)
				}
			}
		})
	}
}
