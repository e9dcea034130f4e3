package observe

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Review says what an observation means for the cases as they are now, and nothing of calls that no case was asked by.
func Review(lines []evidence.Recording, cases []*fixtures.Case) []Conclusion {
	byID := map[string]*fixtures.Case{}
	for _, c := range cases {
		byID[c.ID] = c
	}
	var head evidence.Observation
	var order []string
	calls := map[string][]evidence.Recording{}
	for _, line := range lines {
		switch {
		case line.Observation != nil:
			head = *line.Observation
		case line.Case != "":
			if calls[line.Case] == nil {
				order = append(order, line.Case)
			}
			calls[line.Case] = append(calls[line.Case], line)
		}
	}
	var all []Conclusion
	var results []judge.Result
	for _, id := range order {
		c := byID[id]
		if c == nil {
			all = append(all, Conclusion{Case: &fixtures.Case{ID: id}, Kind: Unknown, Reason: "there is no such case any more"})
			continue
		}
		conclusion, result := review(c, calls[id], head)
		all = append(all, conclusion)
		if result != nil {
			results = append(results, *result)
		}
	}
	return append(all, Invariants(results)...)
}

// review judges the recorded answers to a case.
func review(c *fixtures.Case, calls []evidence.Recording, head evidence.Observation) (Conclusion, *judge.Result) {
	unknown := func(why string) (Conclusion, *judge.Result) {
		return Conclusion{Case: c, Kind: Unknown, Reason: why}, nil
	}
	bindings := fixtures.Bindings{fixtures.RegionBinding: head.Region, fixtures.NonceBinding: calls[0].Nonce}
	maps.Copy(bindings, head.Bindings)
	var steps []fixtures.BoundStep
	var exchanges []*wire.Exchange
	for i := range calls {
		call := &calls[i]
		if call.Step < 1 || call.Step > len(c.Steps) {
			return unknown(fmt.Sprintf("it has no step %d any more", call.Step))
		}
		step, err := c.BindStep(call.Step-1, bindings)
		if err != nil {
			return unknown(err.Error())
		}
		if sent := call.Input; sent != nil && !bytes.Equal(sent, step.Request.Body) || call.Operation != step.Request.Operation {
			return unknown("it asks something else by now")
		}
		step.Interim = i+1 < len(calls) && calls[i+1].Step == call.Step
		e := exchange(call, &step.Request)
		steps, exchanges = append(steps, step), append(exchanges, e)
		if !capture(step, e, bindings) {
			break
		}
	}
	if steps[len(steps)-1].Number < len(c.Steps) {
		return unknown("not all of its steps were recorded")
	}
	r := judge.Judge(c, steps, exchanges, false)
	r.Compact(func(int) bool { return false })
	return Conclude(&r), &r
}

// exchange is a recorded call as it went over the wire.
func exchange(call *evidence.Recording, q *fixtures.Message) *wire.Exchange {
	r := wire.NewRequest(call.Operation, q.Body)
	r.Method, r.Path = q.Method, q.Path
	x := &wire.Exchange{Request: r, Sent: call.StartedAt}
	if call.Failure != "" {
		x.Err = &wire.Error{Failure: wire.Failure(call.Failure), Err: fmt.Errorf("as it was recorded")}
	}
	if call.Response != nil {
		x.Response = &wire.Response{Proto: "HTTP/1.1", Status: call.HTTPStatus, Header: http.Header(call.Response.Headers),
			Body: []byte(call.Response.Body), Truncated: call.Response.Cut > 0}
	}
	return x
}

// capture keeps what later steps need of an answer, and reports whether all of it is there.
func capture(step fixtures.BoundStep, x *wire.Exchange, into fixtures.Bindings) bool {
	if step.Capture == nil || x.Response == nil || step.Interim {
		return true
	}
	e := judge.Read(step, x)
	captured, whole := e.Captured()
	maps.Copy(into, captured)
	return whole
}
