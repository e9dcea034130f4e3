package judge

import (
	"fmt"
	"sync"

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
		rule("Command/id-unique", "A CommandId never repeats: each SendCommand that is accepted makes a new command", fixtures.Must,
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

// repeated is the finding about an identifier that came before, which is in words. Its kind is a number, as in the
// baselines that there are.
func (c *runCheck) repeated(got string) Finding {
	return Finding{
		Check: c.rule.ID, Path: c.path, Level: fixtures.Must,
		Want: anything("an identifier that no answer had before"), Got: Description{Words: got, Kind: kindNumber},
	}
}

// recentLimit is how many identifiers of a check are remembered at least, and half of how many at most.
const recentLimit = 1 << 14

// RecentIdentifiers finds identifiers that repeat among the last ones, in a campaign that keeps no results.
type RecentIdentifiers struct {
	mu         sync.Mutex
	last, past [2]map[string]bool // by the number of the check
}

// Inspect adds to the findings of a result's invariants.
func (l *RecentIdentifiers) Inspect(r *Result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		for number, id := range e.identifiers {
			if id == "" {
				continue
			}
			if l.last[number][id] || l.past[number][id] {
				f := runChecks[number].repeated(cut(id) + " once more")
				r.invariants = append(r.invariants, invariantFinding{Finding: f, exchange: e})
				continue
			}
			if l.last[number] == nil || len(l.last[number]) >= recentLimit {
				l.last[number], l.past[number] = map[string]bool{}, l.last[number]
			}
			l.last[number][id] = true
		}
	}
}
