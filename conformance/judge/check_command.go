package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// placed is a part of an answer's body and its path.
type placed struct {
	path  string
	value *jsontree.Value
}

// elementsOf are the elements of a list that a structure has under a name.
func elementsOf(in placed, name string) []placed {
	list := elements(in.value.Get(name))
	parts := make([]placed, len(list))
	for i := range list {
		parts[i] = placed{in.path + "/" + name + "/" + strconv.Itoa(i), &list[i]}
	}
	return parts
}

func ofEachCommand(inspect func(path string, c *jsontree.Value) []Finding) func(*Exchanged) []Finding {
	return func(e *Exchanged) []Finding {
		if !e.OK() {
			return nil
		}
		commands := elementsOf(placed{"", e.Body}, "Commands")
		if c := e.Body.Get("Command"); c != nil {
			commands = slices.Insert(commands, 0, placed{"/Command", c})
		}
		var found []Finding
		for _, c := range commands {
			found = append(found, inspect(c.path, c.value)...)
		}
		return found
	}
}

var countsCheck = check{
	rule("Command/counts", "TargetCount, CompletedCount, ErrorCount and DeliveryTimedOutCount are consistent: none below 0, "+
		"and no more completed than targeted, nor failed than completed",
		fixtures.Must, "status/counts"),
	ofEachCommand(counts),
}

func counts(path string, c *jsontree.Value) []Finding {
	var n [len(countNames)]int64
	for i, name := range countNames {
		v, ok := c.Get(name).Int64()
		if ok && v < 0 {
			return broken(fixtures.Must, path+"/"+name, "no less than 0", described(c.Get(name)))
		}
		n[i] = v // 0 where it is missing or no integer: its type is another check's business
	}
	targeted, completed, failed := n[0], n[1], n[2]+n[3]
	if completed > targeted {
		return broken(fixtures.Must, path+"/CompletedCount", fmt.Sprintf("at most TargetCount, %d", targeted),
			described(c.Get("CompletedCount")))
	}
	if failed > completed {
		return broken(fixtures.Must, path+"/ErrorCount",
			fmt.Sprintf("with DeliveryTimedOutCount at most CompletedCount, %d", completed),
			Description{Words: fmt.Sprint(failed), Kind: kindNumber})
	}
	return nil
}

var statusCheck = check{
	rule("Command/status",
		"Status is one of the seven and StatusDetails one of those documented or recorded, without spaces; the two should go together",
		fixtures.Must, "status/values", "status/spelling"),
	ofEachCommand(statusAgrees),
}

func statusAgrees(path string, c *jsontree.Value) []Finding {
	status, details := c.Get("Status"), c.Get("StatusDetails")
	if status == nil || status.Kind != jsontree.String {
		return nil
	}
	if statuses := statusesOf(reference.OfCommand); !slices.Contains(statuses, status.Text) {
		return broken(fixtures.Must, path+"/Status", "one of "+strings.Join(statuses, ", "), described(status))
	}
	if details == nil || details.Kind != jsontree.String {
		return nil
	}
	word := reference.Details(strings.ReplaceAll(details.Text, " ", ""))
	if !slices.Contains(reference.OfCommand.Details(), word) {
		return broken(fixtures.Must, path+"/StatusDetails", "one of the StatusDetails that are documented or recorded", described(details))
	}
	if slices.Contains(reference.StatusesOf(word), reference.Status(status.Text)) {
		return spaced(path, details)
	}
	// "StatusDetails can show different results than Status": which, no source lists in full.
	return broken(fixtures.Should, path+"/StatusDetails",
		fmt.Sprintf("with Status %s one of %s", status.Text, strings.Join(detailsWith(status.Text), ", ")), described(details))
}

// statusesOf lists the values of Status that the subject can have.
func statusesOf(s reference.Subject) []string {
	var list []string
	for _, d := range s.Details() {
		for _, status := range reference.StatusesOf(d) {
			list = append(list, string(status))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func detailsWith(status string) []string {
	var list []string
	for _, d := range reference.OfCommand.Details() {
		if slices.Contains(reference.StatusesOf(d), reference.Status(status)) {
			list = append(list, string(d))
		}
	}
	return list
}

var timesCheck = check{
	rule("Command/times", "RequestedDateTime and ExpiresAfter are seconds since 1970, and a command expires after it was requested",
		fixtures.Must, "expiry/list", "expiry/sum"),
	ofEachCommand(func(path string, c *jsontree.Value) (found []Finding) {
		requested, ok1 := c.Get("RequestedDateTime").Float64()
		expires, ok2 := c.Get("ExpiresAfter").Float64()
		if ok1 && ok2 && expires <= requested {
			found = broken(fixtures.Must, path+"/ExpiresAfter", "later than RequestedDateTime",
				Description{Words: span(expires-requested) + " after it", Kind: kindNumber})
		}
		if ok1 && requested > 1e11 {
			found = append(found, broken(fixtures.Must, path+"/RequestedDateTime", "seconds since 1970",
				anything("milliseconds, it seems: "+c.Get("RequestedDateTime").Text))...)
		}
		return found
	}),
}
