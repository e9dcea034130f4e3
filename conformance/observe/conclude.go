package observe

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// ConclusionKind is what an answer means for the case that it was given to.
type ConclusionKind string

// The kinds.
const (
	Agrees      ConclusionKind = "agrees"      // the answer is the one that the case expects
	Settles     ConclusionKind = "settles"     // the case leaves open what AWS answers, and this is it
	Contradicts ConclusionKind = "contradicts" // the answer is none that the case allows
	Varies      ConclusionKind = "varies"      // asked again, the answer was another
	Unknown     ConclusionKind = "unknown"     // nothing can be concluded
)

// Conclusion is what the answers to a case mean.
type Conclusion struct {
	Case *fixtures.Case
	Kind ConclusionKind
	// Outcomes are the names of the outcomes that were met, of each step that leaves open which.
	Outcomes []string
	// Lower are the places where the answers met a $should.
	Lower []string
	// Answer is the last answer in a few words.
	Answer string
	// Differs is what contradicts the case.
	Differs []judge.Finding
	Reason  string // of Varies and Unknown
}

// denials are the errors that tell of the caller and nothing of the case, except where the case is about them. Errors of
// signatures are not among them: observe signs as AWS wants it, but for the cases that are about that.
var denials = []string{"AccessDeniedException", "AccessDenied", "ExpiredTokenException", "ExpiredToken", "NotAuthorized",
	"OptInRequired", "UnrecognizedClientException", "InvalidClientTokenId", "ThrottlingException"}

// Conclude says what the answers to a case mean.
func Conclude(r *judge.Result) Conclusion {
	c := Conclusion{Case: r.Case, Reason: r.Reason, Kind: Unknown}
	if n := len(r.Exchanges); n > 0 {
		c.Answer = summary(&r.Exchanges[n-1])
	}
	switch {
	case r.Verdict == judge.Skip, r.Verdict == judge.Error:
		return c
	case r.Verdict == judge.Flaky:
		c.Kind = Varies
		return c
	}
	c.Reason = ""
	c.Differs = slices.DeleteFunc(slices.Clone(r.Findings), func(f judge.Finding) bool { return f.Level == fixtures.May })
	denied := func(e judge.Exchanged) bool { return e.Outcome == "" && slices.Contains(denials, e.ErrorType) }
	switch i := slices.IndexFunc(r.Exchanges, denied); {
	case len(c.Differs) == 0 && IsOpen(r.Case):
		c.Kind = Settles
		for i := range r.Exchanges {
			if e := &r.Exchanges[i]; !e.Step.Interim && len(e.Step.Expect) > 1 {
				c.Outcomes = append(c.Outcomes, e.Outcome)
			}
		}
	case len(c.Differs) == 0:
		c.Kind = Agrees
	case i >= 0:
		c.Reason = fmt.Sprintf("%s answers %s, which tells of the caller and not of the case",
			r.Exchanges[i].Step.Request.Operation, r.Exchanges[i].ErrorType)
		c.Differs = nil
	default:
		c.Kind = Contradicts
	}
	if len(c.Differs) == 0 {
		c.Lower = lower(r.Exchanges)
	}
	return c
}

// lower lists where the outcomes that were met have a $should for status, type or body. The text of an error has one
// however well it is known.
func lower(exchanges []judge.Exchanged) []string {
	var places []string
	for i := range exchanges {
		e := &exchanges[i]
		k := slices.IndexFunc(e.Step.Expect, func(o fixtures.Outcome) bool { return o.Name == e.Outcome })
		if e.Step.Interim || k < 0 {
			continue
		}
		o, asked := e.Step.Expect[k], map[string]*jsontree.Value{}
		asked["status"], asked["body"] = o.Status, o.Body
		if o.Error != nil {
			asked["error/type"] = o.Error.Type
		}
		for _, name := range []string{"status", "error/type", "body"} {
			asked[name].Walk(func(pointer string, _ *jsontree.Value) bool {
				if where, ok := strings.CutSuffix(pointer, "/$should"); ok {
					places = append(places, fmt.Sprintf("step %d %s%s", e.Step.Number, name, where))
				}
				return true
			})
		}
	}
	return places
}

// Invariants are the invariants that the answers contradict, each once.
func Invariants(results []judge.Result) []Conclusion {
	var all []Conclusion
	for _, r := range judge.Invariants(results, nil, false) {
		if r.Verdict == judge.Fail || r.Verdict == judge.Warn {
			all = append(all, Conclusion{Case: r.Case, Kind: Contradicts, Differs: r.Findings})
		}
	}
	return all
}

// summary is an answer in a few words, also where its body was not kept.
func summary(e *judge.Exchanged) string {
	if e.Response != nil && e.ErrorType == "" {
		return judge.StatusText(e.Response.Status)
	}
	return e.Summary()
}

// Line is the conclusion as one line of text, which is not masked.
func (c *Conclusion) Line() string {
	head := fmt.Sprintf("%-11s %s", c.Kind, c.Case.ID)
	switch c.Kind {
	case Settles:
		var names []string
		for _, name := range c.Outcomes {
			names = append(names, fmt.Sprintf("%q", name))
		}
		if len(names) == 0 {
			return head + ": " + c.Answer
		}
		return fmt.Sprintf("%s: %s: %s", head, strings.Join(names, ", then "), c.Answer)
	case Contradicts:
		return head + ": " + c.differs()
	case Varies, Unknown:
		return head + ": " + c.Reason
	}
	return head
}

// differs says what differs, of the strongest level first.
func (c *Conclusion) differs() string {
	all := slices.Clone(c.Differs)
	slices.SortStableFunc(all, func(a, b judge.Finding) int { return b.Level.Weight() - a.Level.Weight() })
	var parts []string
	for _, f := range all {
		where := f.Path
		if f.Check != judge.OutcomeCheck && f.Check != c.Case.ID {
			where = f.Check + " " + f.Path
		}
		if f.Step > 0 {
			where = fmt.Sprintf("step %d, %s", f.Step, where)
		}
		parts = append(parts, fmt.Sprintf("%s: want %s, got %s (%s)", strings.TrimSpace(where), f.Want, f.Got, f.Level))
	}
	return strings.Join(parts, "; ")
}

// Raises says what the answers allow to raise in the case, empty where nothing.
func (c *Conclusion) Raises() string {
	var parts []string
	switch c.Kind {
	case Agrees, Settles:
	default:
		return ""
	}
	if kind := c.Case.Evidence.Kind(); kind != evidence.Recorded {
		parts = append(parts, fmt.Sprintf("kind %s -> recorded (%s)", kind, strings.Join(c.Case.Evidence, ", ")))
	}
	if c.Case.Level != fixtures.Must {
		parts = append(parts, fmt.Sprintf("level %s -> must", c.Case.Level))
	}
	if len(c.Lower) > 0 && c.Case.Level != fixtures.May {
		parts = append(parts, "$should -> must: "+strings.Join(c.Lower, ", "))
	}
	if c.Kind == Settles {
		text := "the answers that conform -> " + c.Answer
		if len(c.Outcomes) > 0 {
			text = fmt.Sprintf("the outcomes -> %q (%s)", strings.Join(c.Outcomes, ", then "), c.Answer)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

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
