package judge

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Ended reports whether an answer shows a command or an invocation that has ended.
func Ended(e *Exchanged) bool { return slices.ContainsFunc(statusesIn(e.Body), hasEnded) }

// CannotArrive reports whether the step waits for another status than a final one that has come.
func CannotArrive(e *Exchanged) bool {
	m := &matching{answer: e, level: fixtures.Must}
	return m.cannotCome(e.Step.Poll.Until, e.Body)
}

// hasEnded reports whether a Status is a final one.
func hasEnded(status string) bool { return endedStatuses[status] }

var endedStatuses = func() map[string]bool {
	m := map[string]bool{}
	for _, d := range slices.Concat(reference.OfCommand.Details(), reference.OfInvocation.Details()) {
		if reference.Terminal(d) {
			m[string(reference.StatusOf(d))] = true
		}
	}
	return m
}()

// statusesIn are the statuses of the commands or invocations in an answer.
func statusesIn(body *jsontree.Value) []string {
	var list []string
	for _, name := range []string{"Commands", "CommandInvocations"} {
		if v := body.Get(name); v != nil {
			for i := range v.Items {
				list = append(list, statusesIn(&v.Items[i])...)
			}
		}
	}
	return append(list, body.Get("Status").Str())
}

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
		if want.Name == "Status" && v != nil && hasEnded(v.Text) {
			return !m.try("", &want.Value, v)
		}
		return m.cannotCome(&want.Value, v)
	})
}
