package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

var commandShape = fixtures.Source{Doc: "API_SendCommand", Section: "Response Structure: Command"}

// commands returns the Command structures of an answer with their paths.
func commands(e *Exchanged) map[string]*jsontree.Value {
	if !e.OK() {
		return nil
	}
	found := map[string]*jsontree.Value{}
	if c := e.Body.Get("Command"); c != nil {
		found["/Command"] = c
	}
	if list := e.Body.Get("Commands"); list != nil {
		for i := range list.Items {
			found[fmt.Sprintf("/Commands/%d", i)] = &list.Items[i]
		}
	}
	return found
}

var countsCheck = Check{
	rule("Command/counts", "TargetCount, CompletedCount, ErrorCount and DeliveryTimedOutCount are consistent: none below 0, and no more completed than targeted, nor failed than completed",
		fixtures.Must, fixtures.Evidence{Kind: fixtures.Documented, Ref: "CompletedCount counts terminal invocations, ErrorCount and DeliveryTimedOutCount parts of them"}, commandShape),
	func(e *Exchanged) []Finding {
		var found []Finding
		all := commands(e)
		for _, path := range sortedKeys(all) {
			found = append(found, counts(path, all[path])...)
		}
		return found
	},
}

func counts(path string, c *jsontree.Value) []Finding {
	n := map[string]int64{}
	for _, name := range []string{"TargetCount", "CompletedCount", "ErrorCount", "DeliveryTimedOutCount"} {
		v, ok := c.Get(name).Int64()
		if !ok {
			continue // its type is another check's business
		}
		if v < 0 {
			return broken(fixtures.Must, path+"/"+name, "no less than 0", fmt.Sprint(v))
		}
		n[name] = v
	}
	if n["CompletedCount"] > n["TargetCount"] {
		return broken(fixtures.Must, path+"/CompletedCount", fmt.Sprintf("at most TargetCount, %d", n["TargetCount"]), fmt.Sprint(n["CompletedCount"]))
	}
	if sum := n["ErrorCount"] + n["DeliveryTimedOutCount"]; sum > n["CompletedCount"] {
		return broken(fixtures.Must, path+"/ErrorCount", fmt.Sprintf("with DeliveryTimedOutCount at most CompletedCount, %d", n["CompletedCount"]), fmt.Sprint(sum))
	}
	return nil
}

// detailsOf lists the StatusDetails that go with each Status of a command: the reference's list and
// the monitor-commands.md table of statuses, with what recordings add (facts.md, section 4).
var detailsOf = map[string][]string{
	"Pending":    {"Pending", "Delayed"},
	"InProgress": {"InProgress", "Delayed"},
	"Success":    {"Success", "NoInstancesInTag"},
	"Cancelled":  {"Cancelled", "RateExceeded", "Incomplete"},
	"Cancelling": {"Cancelling", "InProgress"},
	"TimedOut":   {"DeliveryTimedOut", "ExecutionTimedOut", "Incomplete"},
	"Failed": {
		"Failed", "Incomplete", "ExecutionTimedOut", "DeliveryTimedOut", "RateExceeded", "AccessDenied", "NoInstancesInTag",
		"FailedDueToAlarm", "FailedDueToUnknownAlarmState",
	},
}

var statusCheck = Check{
	rule("Command/status", "Status is one of the seven, and StatusDetails is one of those that go with it (with or without spaces)", fixtures.Must,
		fixtures.Evidence{Kind: fixtures.Documented, Ref: "the list of StatusDetails; recorded without spaces", Date: "2026-09-27"},
		commandShape, fixtures.Source{Doc: "monitor-commands.md", Section: "Understanding command statuses"}),
	func(e *Exchanged) []Finding {
		var found []Finding
		all := commands(e)
		for _, path := range sortedKeys(all) {
			found = append(found, statusAgrees(path, all[path])...)
		}
		return found
	},
}

func statusAgrees(path string, c *jsontree.Value) []Finding {
	status, details := c.Get("Status"), c.Get("StatusDetails")
	if status == nil || status.Kind != jsontree.String {
		return nil
	}
	allowed, ok := detailsOf[status.Text]
	if !ok {
		return broken(fixtures.Must, path+"/Status", "one of "+strings.Join(sortedKeys(detailsOf), ", "), show(status))
	}
	if details == nil || details.Kind != jsontree.String {
		return nil
	}
	if !slices.Contains(allowed, strings.ReplaceAll(details.Text, " ", "")) {
		return broken(fixtures.Must, path+"/StatusDetails",
			fmt.Sprintf("with Status %s one of %s", status.Text, strings.Join(allowed, ", ")), show(details))
	}
	return nil
}

var timesCheck = Check{
	rule("Command/times", "RequestedDateTime and ExpiresAfter are seconds since 1970, and a command expires after it was requested", fixtures.Must,
		fixtures.Evidence{Kind: fixtures.Recorded, Ref: "recorded/*.jsonl: every Command", Date: "2026-09-27"}, commandShape),
	func(e *Exchanged) []Finding {
		var found []Finding
		all := commands(e)
		for _, path := range sortedKeys(all) {
			requested, ok1 := all[path].Get("RequestedDateTime").Float64()
			expires, ok2 := all[path].Get("ExpiresAfter").Float64()
			if ok1 && ok2 && expires <= requested {
				found = append(found, broken(fixtures.Must, path+"/ExpiresAfter", "later than RequestedDateTime", span(expires-requested)+" after it")...)
			}
			if ok1 && requested > 1e11 {
				found = append(found, broken(fixtures.Must, path+"/RequestedDateTime", "seconds since 1970", "milliseconds, it seems: "+all[path].Get("RequestedDateTime").Text)...)
			}
		}
		return found
	},
}
