package judge

import (
	"fmt"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// statusOrderCheck looks at what one operation shows at a time: the operations may lag behind one another (evidence: output/readiness).
var statusOrderCheck = caseCheck{
	rule("Status/order", "Asked again by the same operation, a command or invocation that had ended has the StatusDetails it ended with, "+
		"and one that is being cancelled does not go back",
		fixtures.Must, "status/order", "status/success-terminal", "status/phase"),
	func() func(*Exchanged) []Finding {
		last := map[string]statusSeen{}
		return func(e *Exchanged) []Finding {
			var found []Finding
			operation := e.Step.Request.Operation
			if operation == reference.SendCommand {
				operation = reference.ListCommands // a list shows what was answered, and later
			}
			for _, s := range e.subjects() {
				details, key := s.details(), operation+" "+s.command+" "+s.node
				before, seen := last[key]
				if details == "" || !seen && len(last) >= mostRemembered || seen && e.Sent.Before(before.by.end) {
					continue // where both were under way nobody knows which answer is the later one
				}
				last[key] = statusSeen{details, placeOf(e)}
				if !seen || s.of.CanFollow(before.details, details) {
					continue
				}
				level, want := fixtures.Should, "%s, as in %s, or what may follow it"
				if reference.Terminal(before.details) {
					level, want = fixtures.Must, "%s, as in %s, where it had ended"
				}
				found = append(found, Finding{
					Path: s.path + "/StatusDetails", Level: level, Want: anything(fmt.Sprintf(want, before.details, before.by)),
					Got: anything(string(details)),
				})
			}
			return found
		}
	},
}

type statusSeen struct {
	details reference.Details
	by      place
}
