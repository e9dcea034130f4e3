package mutants

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const (
	echoedSource  = "evidence: echo/whole-later; every SendCommand and the ListCommands after it are equal but for status and counts"
	listedSource  = "evidence: calls/ListCommands-unknown; ListCommands unknown id = {\"Commands\":[]}; recorded 150 ms after SendCommand"
	historySource = "evidence: status/history; history 30 days"
	timesSource   = "evidence: expiry/sum"
	asSubmitted   = "evidence: echo/DocumentVersion-asked; the selector as submitted is what is shown"
)

// historyMutants are the ways in which ListCommands forgets, invents and changes commands.
func historyMutants() []Mutant {
	const echo, plain, given, values = "lifecycle/Echo", "lifecycle/Echo/plain", "lifecycle/Echo/given", "lifecycle/Echo/texts"
	const times = "lifecycle/Times"
	at := func(name string, time func() time.Time) edit {
		return func(_ *call, v *jsontree.Value) { set(v, name, seconds(time())) }
	}
	return []Mutant{
		{"history/of-every-region", "The lists show the commands of every region", "evidence: calls/regions", Must,
			"lifecycle/ListCommands/another-region", readdress(func(r *http.Request) {
				if r.Header.Get(targetHeader) != operationPrefix+reference.SendCommand {
					r.Header.Del("Authorization")
				}
			})},
		{"history/ends-again", "Each time an ended invocation is asked for again it ended a second later", "evidence: status/history", Must,
			"invariant/Command/ended lifecycle execution", shown(again(func(_ *call, v *jsontree.Value, times int) {
				for _, name := range []string{"ExecutionStartDateTime", "ExecutionEndDateTime"} {
					if t, err := time.Parse(time.RFC3339Nano, member(v, name)); err == nil {
						set(v, name, text(t.Add(time.Duration(times)*time.Second).UTC().Format("2006-01-02T15:04:05.000Z")))
					}
				}
			}))},
		{"history/archived", "An ended command that is listed again shows no InstanceIds any more", echoedSource, Must,
			"invariant/Command/as-sent lifecycle execution",
			listed(again(func(c *call, v *jsontree.Value, _ int) { put("InstanceIds", "[]")(c, v) }))},
		{"history/ended-forgotten", "A command that has ended is listed no more", historySource, Must,
			"lifecycle/NoInstancesInTag/ends-in-success",
			inList(reference.ListCommands, func(_ *call, list *jsontree.Value) { keep(list, running) })},
		{"history/five-kept", "Of the commands the last five are kept", historySource, Must, echo, with(service.WithHistory(5))},
		{"history/newest-missing", "A command is not listed the first time that it is asked for", listedSource, Must,
			"lifecycle/ListCommands/right-after-send", inList(reference.ListCommands, newestMissing)},
		{"history/invented", "ListCommands makes a command of an unknown CommandId, as a default of a dictionary", listedSource, Must,
			"lifecycle/ListCommands/unknown-command", inList(reference.ListCommands, invented)},
		{"history/unknown-refused", "ListCommands of an unknown command is InvalidCommandId", listedSource, Must,
			"lifecycle/ListCommands/unknown-command lifecycle/ListCommands/command-id-in-capitals",
			unknownRefused(reference.ListCommands)},
		{"history/twice", "A command is listed twice before it has been to its targets", listedSource, Must,
			"lifecycle/ListCommands/by-command", inList(reference.ListCommands, func(_ *call, list *jsontree.Value) {
				if len(list.Items) == 1 && member(&list.Items[0], "Status") == "Pending" {
					list.Items = append(list.Items, list.Items[0])
				}
			})},
		{"history/empty-left-out", "ListCommands leaves out what is empty", echoedSource, Must, plain, listed(withoutEmpty)},
		{"history/false-left-out", "ListCommands leaves out what is false in a structure", echoedSource, Must, plain,
			listed(each(withoutFalse, "CloudWatchOutputConfig", "AlarmConfiguration"))},
		{"history/comment-of-the-first", "ListCommands shows the Comment and the Parameters of the command that was sent first",
			echoedSource, Must, echo, ofTheFirst("Comment", "Parameters")},
		{"history/empty-values-lost", "ListCommands leaves empty values of parameters out", echoedSource, Must, values,
			listed(each(withoutEmptyTexts, "Parameters.*"))},
		{"history/three-byte-texts",
			"ListCommands shows characters after the first 65536 as question marks, as a database of three-byte UTF-8", echoedSource,
			Must, values, listed(texts(basicPlane, "Comment", "Parameters.*[]"))},
		{"history/values-sorted", "ListCommands sorts the Values of a target", echoedSource, Should, "lifecycle/Echo/target-order",
			listed(each(sortedBy(textOf), "Targets[].Values"))},
		{"history/nodes-sorted", "ListCommands sorts InstanceIds", echoedSource, Should, "lifecycle/Echo/node-order",
			listed(each(sortedBy(textOf), "InstanceIds"))},
		{"history/controls-lost", "ListCommands shows the defaults of MaxConcurrency and MaxErrors", echoedSource, Must, given,
			listed(byDefault("MaxConcurrency", "MaxErrors"))},
		{"history/configurations-lost",
			"ListCommands shows configurations of notifications, CloudWatch and alarms as those of a command without", echoedSource,
			Must, "lifecycle/Echo/given lifecycle/Echo/notification",
			listed(byDefault("NotificationConfig", "CloudWatchOutputConfig", "AlarmConfiguration"))},
		{"history/output-lost", "ListCommands shows no S3 bucket, prefix nor region", echoedSource, Must, "lifecycle/Echo/output",
			listed(byDefault("OutputS3BucketName", "OutputS3KeyPrefix"), put("OutputS3Region", `""`))},
		{"history/role-renamed", "ListCommands calls ServiceRole ServiceRoleArn", echoedSource, Must, "lifecycle/Echo/notification",
			listed(renaming("ServiceRole", "ServiceRoleArn"))},
		{"history/version-resolved", "ListCommands shows the number of the version in the place of $DEFAULT", asSubmitted, Must, echo,
			listed(resolved("$DEFAULT"))},
		{"history/name-as-arn", "ListCommands shows the ARN of the document in the place of its name", echoedSource, Must, plain,
			listed(documentARN)},
		{"history/id-in-capitals", "ListCommands writes CommandId in capitals", echoedSource, Must,
			"lifecycle/Echo/plain lifecycle/ListCommands", listed(texts(strings.ToUpper, "CommandId"))},
		{"history/nodes-shown", "ListCommands fills InstanceIds with the nodes that Targets found",
			"evidence: echo/InstanceIds; InstanceIds stays []", Must, "execution/Targets", listed(when(targeted, nodesShown))},
		{"history/nodes-as-targets", "ListCommands shows InstanceIds as a target with that key",
			"evidence: request/sample-contradicts; docs' sample shows InstanceIds as Targets, recordings keep InstanceIds", Must,
			"lifecycle/ListCommands/by-instance", listed(func(c *call, v *jsontree.Value) {
				if idsAsTarget(c, v); v.Pointer("/Targets/0") != nil {
					put("InstanceIds", "[]")(c, v)
				}
			})},
		{"history/requested-now", "RequestedDateTime of a listed command is the time of the list", timesSource, Must,
			"lifecycle/Times lifecycle/Echo/plain", listed(at("RequestedDateTime", time.Now))},
		{"history/expiry-recomputed", "ExpiresAfter of a listed command is counted from the time of the list", timesSource, Must,
			"lifecycle/Times lifecycle/Echo", listed(at("ExpiresAfter", func() time.Time { return time.Now().Add(2 * time.Hour) }))},
		{"history/expiry-of-delivery", "ExpiresAfter of a listed command leaves out the execution timeout", timesSource, Must,
			"lifecycle/Times/expiry-in-the-list lifecycle/Echo", listed(func(_ *call, v *jsontree.Value) {
				requested, _ := v.Get("RequestedDateTime").Float64()
				set(v, "ExpiresAfter", decimal(requested+float64(number(v, "TimeoutSeconds"))))
			})},
		{"history/zone-forgotten", "Both times of a listed command are off by the hours of the server's zone", timesSource, Must, times,
			listed(shift("RequestedDateTime", later(time.Hour)), shift("ExpiresAfter", later(time.Hour)))},
		{"history/times-move-at-the-end", "An ended command shows the time of its end as RequestedDateTime and ExpiresAfter",
			timesSource, Must, "lifecycle/Times/same-after-the-end execution/Success/times-of-the-command",
			listed(when(ended, timesMove))},
		{"history/summary-at-the-end", "What was given with a command is no more shown when it has ended", echoedSource, Must,
			"lifecycle/Echo/after-the-end",
			listed(when(ended, byDefault("AlarmConfiguration", "CloudWatchOutputConfig", "Comment", "MaxConcurrency",
				"MaxErrors", "NotificationConfig", "OutputS3BucketName", "OutputS3KeyPrefix", "Parameters", "ServiceRole",
				"Targets", "TimeoutSeconds"), put("DocumentVersion", `"1"`)))},
	}
}

// again changes a command from the second time on that it is shown after its end: times is how often it was before.
func again(change func(c *call, v *jsontree.Value, times int)) edit {
	return func(c *call, v *jsontree.Value) {
		if !ended(v) {
			return
		}
		key := "ended " + c.operation + member(v, "CommandId") + member(v, "InstanceId")
		before := update(c.server, key, func(times int) int { return times + 1 })
		if before > 0 {
			change(c, v, before)
		}
	}
}

// byDefault shows members as those of a command without them.
func byDefault(names ...string) edit {
	return func(c *call, v *jsontree.Value) {
		for _, name := range names {
			put(name, echoes[name])(c, v)
		}
	}
}

func seconds(t time.Time) jsontree.Value { return decimal(float64(t.UnixMilli()) / 1000) }

func newestMissing(c *call, list *jsontree.Value) {
	if id := c.text("CommandId"); id != "" && !remember(c.server, id, true) {
		list.Items = nil
	}
}

func invented(c *call, list *jsontree.Value) {
	if id := c.text("CommandId"); id != "" && len(list.Items) == 0 {
		list.Items = []jsontree.Value{value(`{"CommandId":"` + id + `","Status":"Pending","StatusDetails":"Pending"}`)}
	}
}

// unknownRefused answers an error where a list is asked for a command that is not there.
func unknownRefused(operation string) answer {
	return found(operation, func(c *call, r *reply) {
		if id := c.text("CommandId"); id != "" && c.command(id) == nil {
			r.refuse("InvalidCommandId", "Command id "+id+" does not exist.")
		}
	})
}

// withoutEmpty leaves out empty texts, lists and objects, as omitempty does.
func withoutEmpty(c *call, v *jsontree.Value) {
	for i := range v.Members {
		withoutEmpty(c, &v.Members[i].Value)
	}
	v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool {
		return slices.Contains([]string{`""`, "[]", "{}"}, string(m.Value.AppendJSON(nil)))
	})
}

func withoutFalse(v *jsontree.Value) {
	v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool { return m.Value.Kind == jsontree.Bool && !m.Value.Bool })
}

// ofTheFirst shows members of the command that was sent first in every listed command.
func ofTheFirst(names ...string) answer {
	return func(c *call) *reply {
		r := c.change(c.ask(), func(c *call, command *jsontree.Value) {
			update(c.server, "first", func(first *jsontree.Value) *jsontree.Value { return cmp.Or(first, command) })
		}, sentCommand)
		return c.change(r, func(c *call, command *jsontree.Value) {
			first := recall[*jsontree.Value](c.server, "first")
			for _, name := range names {
				copyMember(first, name, command, name)
			}
		}, listedCommands)
	}
}

func documentARN(_ *call, v *jsontree.Value) {
	if name := member(v, "DocumentName"); !strings.HasPrefix(name, "arn:") {
		set(v, "DocumentName", text("arn:aws:ssm:us-east-1::document/"+name))
	}
}

func nodesShown(c *call, command *jsontree.Value) {
	nodes := list()
	for _, i := range c.invocations(member(command, "CommandId")) {
		nodes.Items = append(nodes.Items, *i.Get("InstanceId"))
	}
	set(command, "InstanceIds", nodes)
}

func timesMove(c *call, v *jsontree.Value) {
	id := member(v, "CommandId")
	update(c.server, id, func(at time.Time) time.Time { return cmp.Or(at, time.Now()) })
	at := recall[time.Time](c.server, id)
	set(v, "RequestedDateTime", seconds(at))
	set(v, "ExpiresAfter", seconds(at.Add(time.Millisecond)))
}
