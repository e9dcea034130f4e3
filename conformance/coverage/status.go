package coverage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// subject is a status and its values, with the members of answers that show it, as "operation path". The first
// member names it.
type subject struct{ members, values []string }

func subjects() []subject {
	both := func(path string) []string {
		return []string{"SendCommand Command." + path, "ListCommands Commands[]." + path}
	}
	invocation := func(name string) []string {
		return []string{"ListCommandInvocations CommandInvocations[]." + name, "GetCommandInvocation " + name}
	}
	return []subject{
		{both("Status"), texts(types.CommandStatus("").Values())},
		{both("StatusDetails"), texts(reference.OfCommand.Details())},
		{both("TriggeredAlarms[].State"), texts(types.ExternalAlarmState("").Values())},
		{invocation("Status"), texts(types.CommandInvocationStatus("").Values())},
		{invocation("StatusDetails"), texts(reference.OfInvocation.Details())},
		{
			[]string{"ListCommandInvocations CommandInvocations[].CommandPlugins[].Status"}, texts(types.CommandPluginStatus("").Values()),
		},
	}
}

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

func (c *corpus) statusRows() []Row {
	var rows []Row
	for _, s := range subjects() {
		before := len(rows)
		operation, path, _ := strings.Cut(s.members[0], " ")
		for _, value := range s.values {
			rows = append(rows, newRow(operation, Statuses, path, value))
		}
		for _, q := range c.questions {
			only, among := c.statusesOf(q, s)
			q.fill(rows[before:], only, among)
		}
	}
	excuseAllowed(rows)
	return rows
}

// fill notes in the row of each value that a step demands it, or that it merely allows it.
func (q *question) fill(rows []Row, only string, among []string) {
	for i := range rows {
		switch value := cmp.Or(rows[i].Rule, rows[i].Member); {
		case value == only && q.counts():
			rows[i].ask(demanded, q)
		case slices.Contains(among, value):
			rows[i].ask(allowed, q)
		}
	}
}

// excuseAllowed marks that what is demanded needs no case that merely allows it. What is allowed still needs a case
// that demands it, or a reason why there can be none.
func excuseAllowed(rows []Row) {
	for i := range rows {
		if len(rows[i].cell(demanded).Cases) > 0 && len(rows[i].cell(allowed).Cases) == 0 {
			rows[i].cell(allowed).Reason = "every case that names it demands it"
		}
	}
}

// statusesOf is the value that a step demands of a status, "" where it demands none, and the values that it
// allows on the way to the end.
func (c *corpus) statusesOf(q *question, s subject) (only string, among []string) {
	of := func(want *jsontree.Value) []string {
		var found []string
		if want != nil {
			collectTexts("", want, func(path, text string) {
				if slices.Contains(s.members, q.step.Request.Operation+" "+path) {
					found = append(found, strings.ReplaceAll(text, " ", ""))
				}
			})
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	demands := func(values []string) {
		if len(values) == 1 {
			only = values[0]
		}
		among = append(among, values...)
	}
	var outcomes []string
	taken := 0
	for _, o := range q.step.Expect {
		if c.takes(o) {
			outcomes = append(outcomes, of(o.Body)...)
			taken++
		}
	}
	if taken == 1 {
		demands(outcomes)
	} else {
		among = append(among, outcomes...)
	}
	if poll := q.step.Poll; poll != nil {
		demands(of(poll.Until))
		if order := poll.Order; order != nil && slices.Contains(s.members, q.step.Request.Operation+" "+memberPath(order.At)) {
			for _, value := range slices.Concat(order.Through...) {
				among = append(among, strings.ReplaceAll(value, " ", ""))
			}
		}
	}
	return only, among
}

// collectTexts finds the texts that an expectation allows, by the path of the member. What must not be is
// left out.
func collectTexts(path string, want *jsontree.Value, found func(path, text string)) {
	switch want.Kind {
	case jsontree.String:
		found(path, want.Text)
	case jsontree.Array:
		for i := range want.Items {
			collectTexts(path+"[]", &want.Items[i], found)
		}
	case jsontree.Object:
		for i := range want.Members {
			if m := &want.Members[i]; matcher.Named(m.Name) {
				collectFromMatcher(path, m, found)
			} else {
				collectTexts(join(path, m.Name), &m.Value, found)
			}
		}
	default:
	}
}

func collectFromMatcher(path string, m *jsontree.Member, found func(path, text string)) {
	row := matcher.Find(m.Name)
	if row == nil || !row.Asks.Value {
		return
	}
	if row.Argument == matcher.Value {
		collectTexts(path, &m.Value, found)
	}
	if row.Argument == matcher.Elements {
		path += "[]"
	}
	for _, nested := range row.Nested(&m.Value) {
		collectTexts(path, nested, found)
	}
}

// frameworkExceptions are those that are known beside the declared ones (evidence: auth/common-errors): any operation may
// answer them, and SendCommand represents all.
func frameworkExceptions() []string {
	return []string{
		"AccessDeniedException", "ExpiredTokenException", "IncompleteSignatureException", "InvalidSignatureException",
		"MissingAuthenticationTokenException", "SerializationException", "ThrottlingException", "UnknownOperationException",
		"UnrecognizedClientException", "ValidationException",
	}
}

func (c *corpus) exceptionRows(operation string) []Row {
	names := reference.Exceptions(operation)
	if operation == reference.SendCommand {
		names = append(names, frameworkExceptions()...)
	}
	var rows []Row
	for _, name := range names {
		rows = append(rows, newRow(operation, Exceptions, name, ""))
	}
	for _, q := range c.questions {
		if q.step.Request.Operation == operation {
			only, among := exceptionsOf(q.step.Expect)
			q.fill(rows, only, among)
		}
	}
	excuseAllowed(rows)
	return rows
}

func exceptionsOf(outcomes []fixtures.Outcome) (only string, among []string) {
	others := false
	for _, o := range outcomes {
		if o.Error == nil {
			others = true
			continue
		}
		if want := o.Error.Type; want != nil {
			before := len(among)
			collectTexts("", want, func(_, text string) { among = append(among, text) })
			others = others || len(among) == before
		}
	}
	slices.Sort(among)
	among = slices.Compact(among)
	if !others && len(among) == 1 {
		only = among[0]
	}
	return only, among
}
