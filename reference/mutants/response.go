package mutants

import (
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// echoed is a member of Command that comes from the request: its default, and a value of a wrong type.
type echoed struct{ name, fallback, mistyped string }

// echoes are the members with AWS's defaults (facts.md section 2, "Members present with default values").
func echoes() []echoed {
	return []echoed{
		{"AlarmConfiguration", `{"Alarms":[],"IgnorePollAlarmFailure":false}`, `[]`},
		{"CloudWatchOutputConfig", `{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false}`, `""`},
		{"Comment", `""`, `0`}, {"DocumentName", `"AWS-RunShellScript"`, `["AWS-RunShellScript"]`}, {"DocumentVersion", `"$DEFAULT"`, `1`},
		{"InstanceIds", `[]`, `""`}, {"MaxConcurrency", `"50"`, `50`}, {"MaxErrors", `"0"`, `0`},
		{"NotificationConfig", `{"NotificationArn":"","NotificationEvents":[],"NotificationType":""}`, `[]`},
		{"OutputS3BucketName", `""`, `false`}, {"OutputS3KeyPrefix", `""`, `{}`}, {"Parameters", `{}`, `[]`}, {"ServiceRole", `""`, `0`},
		{"Targets", `[]`, `{}`}, {"TimeoutSeconds", `3600`, `"3600"`},
	}
}

// made are the members of Command that the service makes.
func made() []echoed {
	return []echoed{
		{"CommandId", `""`, `1`}, {"CompletedCount", `1`, `"0"`}, {"DeliveryTimedOutCount", `1`, `"0"`}, {"ErrorCount", `1`, `"0"`},
		{"ExpiresAfter", `0`, `"2026-11-24T00:00:00Z"`}, {"RequestedDateTime", `0`, `"2026-11-24T00:00:00Z"`},
		{"OutputS3Region", `"eu-north-7"`, `0`}, {"Status", `"Success"`, `0`}, {"StatusDetails", `"Success"`, `0`}, {"TargetCount", `-1`, `"0"`},
		{"TriggeredAlarms", `[{"Name":"a","State":"ALARM"}]`, `{}`},
	}
}

const defaultsSource = "facts.md section 2, Members present with default values"

const familyResponse Family = "response"

// responses are the ways in which one member of the answer of SendCommand goes wrong.
func responses() []Mutant {
	var all []Mutant
	add := func(member, how, wrong string, plant func() defect) {
		all = append(all, Mutant{
			Name: string(familyResponse) + "/" + member + "/" + how, Family: familyResponse, Level: Must, Shows: []Profile{Core},
			Wrong: "Command." + member + " " + wrong, Source: defaultsSource, Expect: []string{"echo", "accept/minimal"}, plant: plant,
		})
	}
	for _, e := range echoes() {
		add(e.name, "default", "is its default whatever was given", stateless(fixed(e.name, e.fallback)))
		add(e.name, "stale", "is that of the request before", stale(e.name))
	}
	for _, e := range made() {
		add(e.name, "wrong", "is always "+e.fallback, stateless(fixed(e.name, e.fallback)))
	}
	for _, e := range append(echoes(), made()...) {
		add(e.name, "lost", "is missing", stateless(lost(e.name)))
		add(e.name, "null", "is null", stateless(fixed(e.name, "null")))
		add(e.name, "type", "is of a wrong type, "+e.mistyped, stateless(fixed(e.name, e.mistyped)))
	}
	return all
}

func sent(change func(command *jsontree.Value)) defect {
	return func(c *call, p *planted) *reply {
		if c.operation != reference.SendCommand {
			return p.ask(c)
		}
		return p.ask(c).editCommands(change)
	}
}

func fixed(name, literal string) defect {
	return sent(func(command *jsontree.Value) { set(command, name, value(literal)) })
}

func lost(name string) defect {
	return sent(func(command *jsontree.Value) { remove(command, name) })
}

// stale gives each answer the member of the one before.
func stale(name string) func() defect {
	return func() defect {
		var mu sync.Mutex
		var last *jsontree.Value
		return sent(func(command *jsontree.Value) {
			mu.Lock()
			defer mu.Unlock()
			now := command.Get(name)
			if now == nil {
				return
			}
			current, before := *now, last
			if before != nil {
				set(command, name, *before)
			}
			last = &current
		})
	}
}
