package judge

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// A caseCheck holds of the exchanges of one case together, in the order in which they were made.
type caseCheck struct {
	rule    *fixtures.Case
	inspect func(exchanges []Exchanged) []invariantFinding
}

var caseChecks = []caseCheck{statusOrderCheck}

// statusOrderCheck looks at what one operation shows at a time: the operations may lag behind one another (evidence: output/readiness).
var statusOrderCheck = caseCheck{
	rule("Status/order", "Asked again by the same operation, a command or invocation that had ended has the StatusDetails it ended with, "+
		"and one that is being cancelled does not go back",
		fixtures.Must, "status/order", "status/success-terminal", "status/phase"),
	func(exchanges []Exchanged) []invariantFinding {
		var found []invariantFinding
		last := map[string]reference.Details{}
		for i := range exchanges {
			e := &exchanges[i]
			for _, s := range e.statusesShown() {
				before, seen := last[s.key]
				last[s.key] = s.details
				if !seen || s.of.CanFollow(before, s.details) {
					continue
				}
				level := fixtures.Should
				if reference.Terminal(before) {
					level = fixtures.Must
				}
				found = append(found, invariantFinding{Finding: Finding{
					Path: s.path, Level: level,
					Want: anything(fmt.Sprintf("%s, as before, or what may follow it", before)), Got: anything(string(s.details)),
				}, exchange: e})
			}
		}
		return found
	},
}

// statusShown is a StatusDetails in an answer. Its key names what it is of, and by which operation it is shown.
type statusShown struct {
	key, path string
	of        reference.Subject
	details   reference.Details
}

// statusesShown lists the StatusDetails in an answer that the reference knows.
func (e *Exchanged) statusesShown() []statusShown {
	if !e.OK() {
		return nil
	}
	var shown []statusShown
	add := func(of reference.Subject, v *jsontree.Value, operation, path string) {
		id, details := v.Get("CommandId"), v.Get("StatusDetails")
		if id == nil || details == nil {
			return
		}
		d := reference.Details(strings.ReplaceAll(details.Text, " ", ""))
		if reference.StatusOf(d) == "" {
			return
		}
		key := operation + " " + id.Text
		if node := v.Get("InstanceId"); of == reference.OfInvocation && node != nil {
			key += " " + node.Text
		}
		shown = append(shown, statusShown{key, path + "/StatusDetails", of, d})
	}
	switch operation := e.Step.Request.Operation; operation {
	case "SendCommand":
		add(reference.OfCommand, e.Body.Get("Command"), "ListCommands", "/Command") // a list shows what was answered, and later
	case "ListCommands":
		e.eachOf("Commands", func(v *jsontree.Value, path string) { add(reference.OfCommand, v, operation, path) })
	case "ListCommandInvocations":
		e.eachOf("CommandInvocations", func(v *jsontree.Value, path string) { add(reference.OfInvocation, v, operation, path) })
	case "GetCommandInvocation":
		add(reference.OfInvocation, e.Body, operation, "")
	}
	return shown
}

func (e *Exchanged) eachOf(list string, visit func(v *jsontree.Value, path string)) {
	items := elements(e.Body.Get(list))
	for i := range items {
		visit(&items[i], "/"+list+"/"+strconv.Itoa(i))
	}
}
