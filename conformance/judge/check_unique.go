package judge

import (
	"fmt"

	"github.com/sendspec/sendspec/fixtures"
)

// A runCheck holds of all the exchanges of a run together: of each it takes an identifier, and
// none may come twice.
type runCheck struct {
	rule       *fixtures.Case
	path       string
	identifier func(*Exchanged) string
}

var runChecks = []runCheck{
	{
		rule("Command/id-unique", "A CommandId never repeats: each SendCommand that is taken makes a new command", fixtures.Must,
			"echo/CommandId"),
		"/Command/CommandId",
		func(e *Exchanged) string {
			if id := e.Body.Get("Command").Get("CommandId"); e.OK() && e.Step.Request.Operation == "SendCommand" && id != nil {
				return id.Text
			}
			return ""
		},
	},
	{
		rule("HTTP/request-id-unique", "A request ID never repeats", fixtures.Must, "protocol/response"),
		"header x-amzn-RequestId",
		func(e *Exchanged) string {
			if e.Response == nil || !e.isCall() {
				return ""
			}
			return requestID(e)
		},
	},
}

// inspect returns the findings on the exchanges in the order of the plan; number is the check's own
// among runChecks.
func (c *runCheck) inspect(number int, results []Result) (found []invariantFinding, seen int) {
	first := map[string]string{}
	for i := range results {
		for j := range results[i].Exchanges {
			e := &results[i].Exchanges[j]
			if e.identifiers == nil || e.identifiers[number] == "" {
				continue
			}
			id := e.identifiers[number]
			if !e.Step.Interim {
				seen++
			}
			if by, twice := first[id]; twice {
				f := c.repeated(fmt.Sprintf("%s, as in %s", cut(id), by))
				found = append(found, invariantFinding{f, e, results[i].Case.ID, results[i].Provisional})
			} else {
				first[id] = results[i].Case.ID
			}
		}
	}
	return found, seen
}

// repeated is the finding about an identifier that came before, which is told in words. Its kind is a number, as in the
// baselines that there are.
func (c *runCheck) repeated(got string) Finding {
	return Finding{
		Check: c.rule.ID, Path: c.path, Level: fixtures.Must,
		Want: anything("an identifier that no answer had before"), Got: Description{Words: got, Kind: kindNumber},
	}
}
