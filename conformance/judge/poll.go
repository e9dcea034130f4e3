package judge

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// pathWalk is the path of findings about what was seen while a step was polled.
const pathWalk = "walk"

// Arrived reports whether an answer is the one that its step waits for.
func Arrived(e *Exchanged) bool {
	if e.Body == nil || e.Step.Poll.Until == nil {
		return false
	}
	m := &matching{answer: e, level: fixtures.Must}
	return m.try("", e.Step.Poll.Until, e.Body)
}

// judgePoll judges the answers of a polled step together; last is the index of the last of them.
func (r *Result) judgePoll(last int) {
	e := &r.Exchanges[last]
	poll := e.Step.Poll
	if poll == nil {
		return
	}
	first := last
	for first > 0 && r.Exchanges[first-1].Step.Number == e.Step.Number {
		first--
	}
	answers := r.Exchanges[first : last+1]
	switch {
	case e.Response == nil || Arrived(e):
	case e.limit() != "":
		r.limit = e.limit()
	default:
		r.add(e, Finding{
			Check: OutcomeCheck, Path: pathWalk, Level: r.Case.Level,
			Want: anything((&matching{answer: e, earlier: r.Exchanges[:first]}).describe(poll.Until) + " within " + poll.Within),
			Got:  walked(poll, answers),
		})
	}
	if poll.Order != nil {
		r.judgeOrder(poll.Order, answers)
	}
}

// judgeOrder wants the values seen to move in this order only.
func (r *Result) judgeOrder(o *fixtures.Order, answers []Exchanged) {
	reached := -1
	for i := range answers {
		v := answers[i].Body.Pointer(o.At)
		if v == nil {
			continue // a list may still be empty
		}
		at := slices.IndexFunc(o.Through, func(phase fixtures.Phase) bool {
			return slices.ContainsFunc(phase, func(s string) bool { return matcher.SameDetails(s, v.Text) })
		})
		if at < reached || at < 0 {
			r.add(&answers[i], Finding{
				Check: OutcomeCheck, Path: pathWalk, Level: r.Case.Level,
				Want: anything(o.At + " to move in the order " + inOrder(o.Through)),
				Got:  seenAt(o.At, answers[:i+1]),
			})
			return
		}
		reached = at
	}
}

func inOrder(phases []fixtures.Phase) string {
	words := make([]string, len(phases))
	for i, phase := range phases {
		words[i] = phase.String()
	}
	return strings.Join(words, ", ")
}

func walked(p *fixtures.Poll, answers []Exchanged) Description {
	if p.Order != nil {
		return seenAt(p.Order.At, answers)
	}
	last := answers[len(answers)-1].described()
	last.Words += " at last"
	return last
}

// seenAt lists the values of a member. The last of them gives the kind, since the ones before hang on when it was asked.
func seenAt(pointer string, answers []Exchanged) Description {
	var seen []string
	for i := range answers {
		if i < len(answers)-1 && answers[i].limit() != "" {
			continue // it is not known what was there
		}
		s := show(answers[i].Body.Pointer(pointer))
		if len(seen) == 0 || seen[len(seen)-1] != s {
			seen = append(seen, s)
		}
	}
	return Description{Words: strings.Join(seen, " → "), Kind: kindOf(answers[len(answers)-1].Body.Pointer(pointer))}
}

// Ended reports whether an answer shows a command or an invocation that has ended.
func Ended(e *Exchanged) bool {
	body := placed{"", e.Body}
	return slices.ContainsFunc(slices.Concat([]placed{body}, elementsOf(body, "Commands"), elementsOf(body, "CommandInvocations")),
		func(p placed) bool { return endedStatuses[p.value.Get("Status").Str()] })
}

// CannotArrive reports whether the step waits for another status than a final one that has come.
func CannotArrive(e *Exchanged) bool {
	m := &matching{answer: e, level: fixtures.Must}
	return m.cannotCome(e.Step.Poll.Until, e.Body)
}

var endedStatuses = func() map[string]bool {
	m := map[string]bool{}
	for _, d := range slices.Concat(reference.OfCommand.Details(), reference.OfInvocation.Details()) {
		if reference.Terminal(d) {
			m[string(reference.StatusOf(d))] = true
		}
	}
	return m
}()

// cannotCome reports whether what is waited for is another status than a final one that has come.
func (m *matching) cannotCome(until, got *jsontree.Value) bool {
	if until == nil || got == nil || matcher.Is(until) || until.Kind != got.Kind {
		return false
	}
	if until.Kind == jsontree.Array {
		for i := range min(len(until.Items), len(got.Items)) {
			if m.cannotCome(&until.Items[i], &got.Items[i]) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(until.Members, func(want jsontree.Member) bool {
		v := got.Get(want.Name)
		if want.Name == "Status" && v != nil && endedStatuses[v.Text] {
			return !m.try("", &want.Value, v)
		}
		return m.cannotCome(&want.Value, v)
	})
}
