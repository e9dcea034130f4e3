package mutants

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// echoes are the members of Command that come from the request, with AWS's defaults. Every Command has them (evidence:
// echo/members).
var echoes = map[string]string{
	"AlarmConfiguration":     `{"Alarms":[],"IgnorePollAlarmFailure":false}`,
	"CloudWatchOutputConfig": `{"CloudWatchLogGroupName":"","CloudWatchOutputEnabled":false}`,
	"NotificationConfig":     `{"NotificationArn":"","NotificationEvents":[],"NotificationType":""}`,
	"Comment":                `""`, "DocumentName": `"AWS-RunShellScript"`, "DocumentVersion": `"$DEFAULT"`,
	"InstanceIds": `[]`, "MaxConcurrency": `"50"`, "MaxErrors": `"0"`,
	"OutputS3BucketName": `""`, "OutputS3KeyPrefix": `""`, "Parameters": `{}`, "ServiceRole": `""`,
	"Targets": `[]`, "TimeoutSeconds": `3600`,
}

const defaultsSource = "evidence: echo/members"

// memberMutants are the ways in which one member of Command goes wrong: in SendCommand's answer, and, where a server
// does not know the member at all, in every answer, so that a comparison of two of them finds nothing.
func memberMutants() []Mutant {
	var all []Mutant
	add := func(name, how, wrong string, e edit) {
		all = append(all, Mutant{"response/" + name + "/" + how, "Command." + name + " " + wrong,
			defaultsSource, Must, "echo accept/minimal", sent(e)})
	}
	nowhere := func(name string) {
		all = append(all, Mutant{"history/" + name + "/nowhere", "No answer has a " + name,
			echoedSource, Must, "lifecycle/Echo", omitting(name)})
	}
	for _, name := range slices.Sorted(maps.Keys(echoes)) {
		add(name, "default", "is its default, not what was given", byDefault(name))
		add(name, "stale", "is that of the request before", stale(name))
		add(name, "lost", "is missing", drop(name))
		nowhere(name)
	}
	for _, name := range []string{
		"CommandId", "CompletedCount", "DeliveryTimedOutCount", "ErrorCount", "ExpiresAfter", "OutputS3Region", "RequestedDateTime",
		"Status", "StatusDetails", "TargetCount", "TriggeredAlarms",
	} {
		add(name, "lost", "is missing", drop(name))
	}
	for _, name := range []string{"ExpiresAfter", "RequestedDateTime", "OutputS3Region", "TriggeredAlarms"} {
		nowhere(name)
	}
	add("Comment", "null", "is null", put("Comment", "null"))
	add("TimeoutSeconds", "type", "is a text", put("TimeoutSeconds", `"3600"`))
	add("DeliveryTimedOutCount", "wrong", "is always 1", put("DeliveryTimedOutCount", "1"))
	add("OutputS3Region", "wrong", "is always eu-north-7", put("OutputS3Region", `"eu-north-7"`))
	return all
}

func omitting(name string) answer {
	return answered(always, editing(
		each(func(v *jsontree.Value) { remove(v, name) }, "", "Command", "Commands[]", "CommandInvocations[]")))
}

// stale gives each answer the member of the one before.
func stale(name string) edit {
	return func(c *call, command *jsontree.Value) {
		if now := command.Get(name); now != nil {
			current := *now
			if before := remember(c.server, name, &current); before != nil {
				set(command, name, *before)
			}
		}
	}
}

const (
	countSource = "evidence: echo/TargetCount; TargetCount = len(InstanceIds), 0 for any Targets form; CompletedCount 0, ErrorCount 0, " +
		"DeliveryTimedOutCount 0 [recorded]"
	sentSource = "evidence: echo/Status, status/spelling"
)

// countMutants are the ways in which the counts and the state of SendCommand's answer go wrong.
func countMutants() []Mutant {
	const targets, status = "echo/TargetCount", "echo/Status invariant/Command/status"
	return []Mutant{
		{"count/targets-matched", "TargetCount is already the number of nodes that a tag matches", countSource, Must, targets,
			sent(when(has("Targets[].Values[]", demo("tag.value")), put("TargetCount", "2")))},
		{"count/targets-named", "TargetCount counts the nodes that a target with the key InstanceIds names", countSource, Must, targets,
			sent(func(_ *call, v *jsontree.Value) {
				at(v, "Targets[]", func(_ string, t *jsontree.Value) {
					if isKey(t, "InstanceIds") {
						setNumber(v, "TargetCount", int64(len(t.Get("Values").Items)))
					}
				})
			})},
		{"count/targets-given", "TargetCount counts the entries of Targets", countSource, Must, targets,
			sent(func(c *call, v *jsontree.Value) {
				if t := c.tree().Get("Targets"); t != nil {
					setNumber(v, "TargetCount", int64(len(t.Items)))
				}
			})},
		{"count/targets-at-most-concurrent", "TargetCount is at most MaxConcurrency", countSource, Must, targets,
			sent(when(has("MaxConcurrency", "1"),
				count("TargetCount", func(v *jsontree.Value) int64 { return min(1, number(v, "TargetCount")) })))},
		{"count/completed-at-once", "CompletedCount is TargetCount from the beginning", countSource, Must, "echo/Counts",
			sent(as("CompletedCount", "TargetCount"))},
		{"count/fractions", "Counts are written as fractions, as an encoder writes numbers that are all doubles",
			"service model: TargetCount is an Integer", Must, "invariant echo/Counts",
			sent(each(func(v *jsontree.Value) { v.Text += ".0" }, "TargetCount", "CompletedCount", "TimeoutSeconds"))},
		{"count/error-placeholder", "ErrorCount is -1 until it is known", countSource, Must, "echo/Counts",
			sent(put("ErrorCount", "-1"))},
		{"status/success-at-once", "A command is a Success as soon as it is sent", sentSource, Must, status,
			sent(state("Success", "Success"))},
		{"status/no-instances-at-once", "A command whose tag matches nothing ends in SendCommand's own answer",
			"evidence: targets/no-match; no matching tag: SendCommand 200 Pending [recorded]", Must, status,
			sent(asked(has("Targets"), state("Success", "NoInstancesInTag")))},
		{"status/in-progress-at-once", "A command is InProgress as soon as it is sent", sentSource, Should, status,
			sent(state("InProgress", "InProgress"))},
		{"status/details-placeholder", "StatusDetails is a placeholder", sentSource, Must, status,
			sent(state("Pending", "Details placeholder"))},
		{"status/details-disagree", "StatusDetails is still Pending where Status is InProgress",
			"evidence: status/values; the StatusDetails of each Status", Should, status, sent(state("InProgress", "Pending"))},
		{"status/lower-case", "Status and StatusDetails are in lower case", "service model: CommandStatus; " + sentSource, Must, status,
			sent(state("pending", "pending"))},
	}
}

const (
	idSource        = "API_SendCommand, Command: CommandId is a unique identifier of 36 characters"
	requestIDSource = "evidence: protocol/response; response headers: x-amzn-requestid, a lower-case UUID [recorded]"
	requestIDHeader = "X-Amzn-Requestid"
)

// identifierMutants are the ways in which CommandId and the request ID go wrong.
func identifierMutants() []Mutant {
	const (
		command = "echo/CommandId accept/minimal"
		unique  = "invariant/Command/id-unique echo"
		request = "invariant/HTTP error/Envelope echo/CommandId"
	)
	return []Mutant{
		{"identifier/command-id-of-body", "CommandId is derived from the body, so that the same request twice is one command", idSource,
			Must, unique, sent(func(c *call, v *jsontree.Value) {
				hex := fmt.Sprintf("%x", sha256.Sum256(c.tree().AppendJSON(nil)))
				set(v, "CommandId", text(hex[:8]+"-"+hex[8:12]+"-4"+hex[13:16]+"-8"+hex[17:20]+"-"+hex[20:32]))
			})},
		{"identifier/command-id-of-pair", "Every second command has the CommandId of the one before", idSource, Must, unique,
			sent(pairedID)},
		{"identifier/command-id-bare", "CommandId is a UUID without hyphens", idSource, Must, command,
			sent(texts(func(id string) string { return strings.ReplaceAll(id, "-", "") }, "CommandId"))},
		{"identifier/command-id-given", "A CommandId in the request becomes the command's",
			"evidence: echo/no-extra-members", Should, command, sent(asGiven("CommandId"))},
		{"identifier/request-id-constant", "Every answer has the same request ID", requestIDSource, Must, request,
			everyHeader(func(h http.Header) { h.Set(requestIDHeader, "00000000-0000-4000-8000-000000000000") })},
		{"identifier/request-id-lost-in-refusals", "Refusals have no request ID", requestIDSource, Must, request,
			refused(func(_ *call, r *reply) { r.header.Del(requestIDHeader) })},
	}
}

// pairedID gives every second command the ID of the one before.
func pairedID(c *call, command *jsontree.Value) {
	id := member(command, "CommandId")
	if before := update(c.server, "id", func(before string) string {
		if before != "" {
			return ""
		}
		return id
	}); before != "" {
		set(command, "CommandId", text(before))
	}
}

// everyHeader changes the header of every answer.
func everyHeader(change func(http.Header)) answer {
	return answered(always, func(_ *call, r *reply) { change(r.header) })
}
