package judge

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// OutcomeCheck is the Check of findings about the case's own expectation.
const OutcomeCheck = "outcome"

// Judge compares the exchanges of a case with what conforms; steps[i] is what exchanges[i] asked. A
// step that was polled is there once for each answer, all but the last marked as interim. Judge
// is pure: the exchanges may come from a target, from a recording or from a test. Strict makes a
// missed should fail. Fewer exchanges than steps are those asked before one went wrong.
func Judge(c *fixtures.Case, steps []fixtures.BoundStep, exchanges []*wire.Exchange, strict bool) Result {
	r := Result{Case: c, Verdict: Pass, Provisional: c.Provisional()}
	for i, x := range exchanges {
		r.Exchanges = append(r.Exchanges, Read(steps[i], x))
	}
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if !e.Step.Interim {
			r.judgePoll(i)
			r.judgeStep(e)
		}
		r.inspect(e)
	}
	r.inspectTogether()
	r.Verdict = verdictOf(r.Findings, strict)
	if r.limit != "" && r.Verdict != Fail {
		r.Verdict, r.Reason, r.Findings, r.Outcome = Error, beyondLimit+r.limit, nil, ""
	}
	r.spare(strict)
	r.discardWithoutPrecondition()
	return r
}

func (r *Result) add(e *Exchanged, findings ...Finding) {
	for _, f := range findings {
		f.Step = r.stepOf(e)
		r.Findings = append(r.Findings, f)
	}
}

// stepOf is the number of an exchange's step, 0 where the case has but one.
func (r *Result) stepOf(e *Exchanged) int {
	if len(r.Case.Steps) < 2 {
		return 0
	}
	return e.Step.Number
}

// inspect holds an exchange against the invariants, which are about answers to SSM calls.
func (r *Result) inspect(e *Exchanged) {
	if e.isCall() {
		r.addInvariants(e, Inspect(e))
	}
}

func (r *Result) addInvariants(e *Exchanged, found []Finding) {
	for _, f := range found {
		f.Step = r.stepOf(e)
		r.invariants = append(r.invariants, invariantFinding{Finding: f, exchange: e})
	}
}

// inspectTogether holds the exchanges of the case against the invariants that look at several.
func (r *Result) inspectTogether() {
	if len(r.Exchanges) < 2 {
		return
	}
	together := &Together{}
	for i := range r.Exchanges {
		r.addInvariants(&r.Exchanges[i], together.inspect(&r.Exchanges[i]))
	}
}

// attempt is one outcome held against an answer.
type attempt struct {
	name     string
	findings []Finding
	unread   string // the limit beyond which is what decides whether it matches
}

// distance is 0 of an outcome that matches without a note, 1 of another that matches, 2 of one that may; more tells how
// far an answer is from it.
func (a *attempt) distance() int {
	switch {
	case !matches(a.findings):
		return 3 + cost(a.findings)
	case a.unread != "":
		return 2
	}
	return min(1, len(a.findings))
}

func (r *Result) judgeStep(e *Exchanged) {
	attempts := make([]attempt, 0, len(e.Step.Expect))
	for i := range e.Step.Expect {
		o := &e.Step.Expect[i]
		m := &matching{answer: e, level: r.Case.Level, earlier: r.Exchanges}
		m.outcome(o)
		attempts = append(attempts, attempt{o.Name, m.findings, m.unread})
		if len(m.findings) == 0 && m.unread == "" {
			break // it decides alone
		}
	}
	best := slices.MinFunc(attempts, func(a, b attempt) int { return cmp.Compare(a.distance(), b.distance()) })
	r.limit = cmp.Or(best.unread, r.limit)
	r.add(e, best.findings...)
	switch {
	case matches(best.findings):
		r.Outcome, e.Outcome = best.name, best.name
	case len(attempts) > 1:
		for _, a := range attempts {
			f := slices.MaxFunc(a.findings, func(a, b Finding) int { return cmp.Compare(a.cost(), b.cost()) })
			f.Step = r.stepOf(e)
			r.Alternatives = append(r.Alternatives, Alternative{a.name, f})
		}
	}
}

// cost is how far an answer is from an outcome: another status is further than any member.
func cost(findings []Finding) int {
	sum := 0
	for _, f := range findings {
		sum += f.cost()
	}
	return sum
}

func (f *Finding) cost() int {
	c := f.Level.Weight()
	switch f.Path {
	case pathStatus, pathConnection:
		c *= 1000
	case pathErrorType:
		c *= 100
	}
	return c
}

const (
	pathConnection   = "connection"
	pathStatus       = "status"
	pathBody         = "body"
	pathErrorType    = "error type"
	pathErrorMessage = "error message"
	pathVerdict      = "verdict"
)

func (m *matching) outcome(o *fixtures.Outcome) {
	e := m.answer
	switch {
	case o.SameAs != "":
		m.sameAs(o.SameAs)
		return
	case o.Closed:
		// A refusal that is sent before the request was read is lost as a whole or in part where the close
		// resets the connection (RFC 9112, section 9.6).
		refusal := e.Response == nil || e.Response.Status/100 == 4
		if !refusal || e.Err == nil || e.Err.Failure != wire.Closed {
			m.miss(pathConnection, Description{Words: "closed without an answer", Kind: Kind(wire.Closed)}, e.described())
		}
		return
	case e.Response == nil:
		m.miss(pathConnection, Description{Words: "an answer", Kind: KindAnswer}, e.described())
		return
	case e.Err != nil:
		m.miss(pathConnection, Description{Words: "a whole answer", Kind: KindAnswer}, describedError(e.Err))
		return
	}
	if !m.status(o) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		var got *jsontree.Value
		if values := e.Response.Header.Values(name); len(values) > 0 {
			got = &jsontree.Value{Kind: jsontree.String, Text: values[0]}
		}
		m.match("header "+name, o.Headers[name], got)
	}
	if o.Text != nil || o.Format != fixtures.FormatAny {
		if m.unread = e.limit(); m.unread != "" {
			return
		}
	}
	if o.Text != nil {
		m.match(pathBody, o.Text, &jsontree.Value{Kind: jsontree.String, Text: string(e.Response.Body)})
	}
	if o.Format != fixtures.FormatAny {
		m.body(o)
	}
}

// status compares the status; a wrong one says enough, so nothing else is looked at.
func (m *matching) status(o *fixtures.Outcome) bool {
	want := o.Status
	if want == nil {
		m.miss(pathStatus, anything("an outcome with a status"), Description{Words: "none", Kind: kindNone})
		return false
	}
	got := jsontree.NewNumber(strconv.Itoa(m.answer.Response.Status))
	if m.try(pathStatus, want, &got) {
		first := len(m.findings)
		m.match(pathStatus, want, &got)
		for i := range m.findings[first:] {
			f := &m.findings[first+i]
			f.Want.Kind, f.Want.Status = KindAnswer, statusWanted(want).Status
			f.Got.Kind, f.Got.Status = KindAnswer, m.answer.Response.Status
		}
		return true
	}
	d := statusWanted(want)
	if o.Error != nil {
		d.ErrorType = literal(o.Error.Type)
		d.Words = strings.TrimSpace(d.Words + " " + d.ErrorType)
		if message := literal(o.Error.Message); message != "" {
			d.Words += ": " + cut(message)
		}
	}
	m.miss(pathStatus, d, m.answer.described())
	return false
}

// literal is the string that is wanted, at whatever level; "" where several would do.
func literal(want *jsontree.Value) string {
	switch {
	case want == nil:
		return ""
	case matcher.Is(want) && len(want.Members) == 1 && slices.Contains(transparent, want.Members[0].Name):
		return literal(&want.Members[0].Value)
	case want.Kind == jsontree.String:
		return want.Text
	}
	return ""
}

// transparent are the matchers that hold one value.
var transparent = []string{"$should", "$may", "$validationMessage"}

func statusWanted(w *jsontree.Value) Description {
	if n, ok := w.Int64(); ok {
		return describedStatus(int(n))
	}
	class, _ := w.Get("$class").Int64()
	return Description{Words: (&matching{}).describe(w), Kind: KindAnswer, Status: 100 * int(class)}
}

// StatusText is a status with its name, such as "404 Not Found".
func StatusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return fmt.Sprintf("%d %s", code, text)
	}
	return fmt.Sprint(code)
}

func (m *matching) body(o *fixtures.Outcome) {
	e := m.answer
	if o.Error == nil && o.Body == nil {
		return
	}
	if e.Body == nil {
		m.miss(pathBody, anything("a JSON body"), describedBody(e))
		return
	}
	if o.Error != nil {
		m.errorOutcome(o.Error)
	}
	if o.Body != nil {
		m.match("", o.Body, e.Body)
	}
}

func (m *matching) errorOutcome(o *fixtures.ErrorOutcome) {
	e := m.answer
	switch {
	case o.Type == nil:
		m.miss(pathErrorType, anything("an outcome with the type of the error"), Description{Words: "none", Kind: kindNone})
	case e.ErrorType == "":
		m.miss(pathErrorType, anything(m.describe(o.Type)), Description{Words: "an error without a type", Kind: kindNone})
	default:
		first := len(m.findings)
		m.match(pathErrorType, o.Type, &jsontree.Value{Kind: jsontree.String, Text: e.ErrorType})
		for i := range m.findings[first:] {
			m.findings[first+i].Got.ErrorType = owned(e.ErrorType)
		}
	}
	if o.Message != nil {
		var got *jsontree.Value
		if e.hasMessage {
			got = &jsontree.Value{Kind: jsontree.String, Text: e.Message}
		}
		m.match(pathErrorMessage, o.Message, got)
	}
}

// sameAs holds when this answer's verdict on the request is that of an earlier step: taken with
// the same answer but for what is new each time, or refused with the same status and type.
func (m *matching) sameAs(name string) {
	e := m.step(name)
	if e == nil {
		m.miss(pathVerdict, Description{Words: "an answer to the step " + name, Kind: KindAnswer},
			Description{Words: "none", Kind: kindNone})
		return
	}
	if want, got := refusalOf(e), refusalOf(m.answer); want != got {
		want.Words = "as in step " + name + ": " + want.Words
		m.miss(pathVerdict, want, got)
		return
	}
	want, got := e.Body.Get("Command"), m.answer.Body.Get("Command")
	if want == nil || want.Kind != jsontree.Object {
		return
	}
	for i := range want.Members {
		member := &want.Members[i]
		switch member.Name {
		case "CommandId", "RequestedDateTime", "ExpiresAfter": // new each time
		default:
			m.same("/Command/"+jsontree.EscapeToken(member.Name), &member.Value, got.Get(member.Name), "as in step "+name)
		}
	}
}

func (m *matching) step(name string) *Exchanged {
	for i := range slices.Backward(m.earlier) {
		if e := &m.earlier[i]; e.Step.Name == name && e.Step.Number < m.answer.Step.Number {
			return e
		}
	}
	return nil
}

// refusalOf names the status and, of a refusal, the error's type.
func refusalOf(e *Exchanged) Description {
	if e.Response == nil {
		return e.described()
	}
	d := describedStatus(e.Response.Status)
	d.ErrorType = owned(e.ErrorType)
	d.Words = strings.TrimSpace(d.Words + " " + e.ErrorType)
	return d
}
