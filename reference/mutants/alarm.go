package mutants

import (
	"net/http"
	"slices"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// alarms are the ways in which a CloudWatch alarm goes wrong that watches a command.
func alarms() []Mutant {
	world := service.Demo("", "")
	return lifeMutants(familyState, []lifeFlaw{
		{what: "alarm-ignored", wrong: "An alarm that goes off does not end the command", source: alarmSource, expect: []string{"execution/Alarms"},
			build: func(base []service.Option) http.Handler {
				return service.New(append(base, service.WithAlarmSchedule(world.Bindings["alarm.trigger"], 0, service.AlarmOK))...)
			}},
		{what: "alarm-gone-ignored", wrong: "An alarm that can no longer be polled does not end the command", source: alarmSource, expect: []string{"execution/Alarms"},
			build: func(base []service.Option) http.Handler {
				return service.New(append(base, service.WithAlarmSchedule(world.Bindings["alarm.vanish"], 0, service.AlarmOK))...)
			}},
		{what: "alarm-poll-failure", wrong: "IgnorePollAlarmFailure does not keep a command whose alarm can no longer be polled", source: "run-command-notes.md, Alarms: with ignored deletion of the alarm both guests completed",
			plant: disguised(func(t *jsontree.Value) {
				if v := t.Pointer("/AlarmConfiguration/Alarms/0/Name"); v != nil && v.Text == world.Bindings["alarm.vanish"] {
					remove(t.Get("AlarmConfiguration"), "IgnorePollAlarmFailure")
				}
			}, "AlarmConfiguration"), expect: []string{"execution/Alarms/vanished-ignored"}},
		{what: "alarm-missing-refused", wrong: "An alarm that does not exist is refused though its failure is to be ignored", source: "run-command-notes.md, Alarms: missing alarm = UNKNOWN: rejected unless ignored",
			plant: stateless(missingAlarm(world.Bindings)), expect: []string{"execution/Alarms/missing-ignored"}},
		{what: "alarm-as-failed", wrong: "StatusDetails of a command that an alarm ended is Failed", source: alarmSource, plant: stateless(listing(relabel("FailedDueToAlarm", "Failed", "Failed"))),
			expect: []string{"execution/Alarms/triggered"}},
		{what: "alarm-gone-as-alarm", wrong: "StatusDetails of a command whose alarm is gone is FailedDueToAlarm", source: alarmSource,
			plant: stateless(listing(relabel("FailedDueToUnknownAlarmState", "Failed", "FailedDueToAlarm"))), expect: []string{"execution/Alarms/vanished"}},
		{what: "alarms-lost", wrong: "TriggeredAlarms is always empty", source: alarmSource, plant: stateless(listing(func(c *jsontree.Value) { set(c, "TriggeredAlarms", value("[]")) })),
			expect: []string{"execution/Alarms/triggered"}},
		{what: "alarms-watched", wrong: "TriggeredAlarms holds every alarm that is watched, once the command has ended", source: alarmSource, plant: stateless(listing(func(c *jsontree.Value) {
			if name := c.Pointer("/AlarmConfiguration/Alarms/0/Name"); name != nil && ended(c) && c.Pointer("/TriggeredAlarms/0") == nil {
				set(c, "TriggeredAlarms", value(`[{"Name":`+string(jsontree.AppendString(nil, name.Text))+`,"State":"UNKNOWN"}]`))
			}
		})), expect: []string{"execution/Alarms/quiet", "execution/Alarms/missing-ignored", "lifecycle/Echo/after-the-end"}},
		{what: "alarm-errors", wrong: "An invocation that an alarm ended counts as an error", source: "run-command-notes.md, Alarms: counted as completed, not as errors or delivery timeouts",
			plant: stateless(listing(func(c *jsontree.Value) {
				if member(c, "StatusDetails") == "FailedDueToAlarm" {
					setNumber(c, "ErrorCount", number(c, "CompletedCount"))
				}
			})), expect: []string{"execution/Alarms/triggered"}},
	})
}

// missingAlarm refuses alarms that are not in the world of the service.
func missingAlarm(known map[string]string) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		name := c.tree().Pointer("/AlarmConfiguration/Alarms/0/Name")
		if c.operation != reference.SendCommand || !r.ok() || name == nil {
			return r
		}
		if slices.ContainsFunc([]string{"alarm.ok", "alarm.insufficient", "alarm.trigger", "alarm.vanish"}, func(binding string) bool { return known[binding] == name.Text }) {
			return r
		}
		return r.refuse("ValidationException", "The alarm "+name.Text+" does not exist.")
	}
}
