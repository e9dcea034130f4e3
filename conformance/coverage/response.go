package coverage

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// expectation is what an answer must have, by the path of the member.
type expectation map[string]matcher.Asks

func (e expectation) note(path string, a matcher.Asks) { e[path] = e[path].Or(a) }

// literal is what a literal asks. A structure has no value beside those of its members.
func literal(s *smithy.Schema) matcher.Asks {
	return matcher.Asks{Present: true, Type: true, Value: s.Type() != smithy.ShapeTypeStructure}
}

// both adds what other asks, since both must hold.
func (e expectation) both(other expectation) {
	for path, asks := range other {
		e.note(path, asks)
	}
}

// either keeps what all of them ask, since one of them is enough.
func either(all []expectation) expectation {
	if len(all) == 0 {
		return expectation{}
	}
	kept := expectation{}
	for path, asks := range all[0] {
		for _, other := range all[1:] {
			asks = asks.And(other[path])
		}
		if asks != (matcher.Asks{}) {
			kept[path] = asks
		}
	}
	return kept
}

// ofStep is what every answer that takes the request must have: what each outcome of status 200 asks, and
// what the step waits for.
func (c *corpus) ofStep(q *question) expectation {
	schema := reference.ResponseSchema(q.step.Request.Operation)
	var outcomes []expectation
	for _, o := range q.steps[q.step.Number-1].Expect {
		if o.SameAs == "" && c.takes(o) {
			outcomes = append(outcomes, q.expected("", schema, o.Body))
		}
	}
	e := either(outcomes)
	if q.step.Poll != nil {
		q.read(e, "", schema, q.step.Poll.Until)
		if order := q.step.Poll.Order; order != nil {
			e.note(memberPath(order.At), matcher.Asks{Value: true})
		}
	}
	return e
}

func (q *question) expected(path string, schema *smithy.Schema, want *jsontree.Value) expectation {
	e := expectation{}
	q.read(e, path, schema, want)
	return e
}

// memberPath turns /Commands/0/Status into Commands[].Status.
func memberPath(pointer string) string {
	var b strings.Builder
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case token != "" && strings.Trim(token, "0123456789") == "":
			b.WriteString("[]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}

// read notes what an expectation wants at a path and below it; s is nil where the model has no such member.
func (q *question) read(e expectation, path string, s *smithy.Schema, want *jsontree.Value) {
	if s == nil || want == nil {
		return
	}
	if matcher.Is(want) {
		for i := range want.Members {
			e.both(q.matcher(path, s, want.Members[i].Name, &want.Members[i].Value))
		}
		return
	}
	asks := literal(s)
	if s.Type() == smithy.ShapeTypeMap {
		asks.Value = false // keys that are not named are not looked at
	}
	e.note(path, asks)
	q.children(e, path, s, want)
}

func (q *question) children(e expectation, path string, s *smithy.Schema, want *jsontree.Value) {
	switch {
	case want.Kind == jsontree.Object && s.Type() == smithy.ShapeTypeStructure:
		for i := range want.Members {
			m := &want.Members[i]
			q.read(e, join(path, m.Name), s.Member(m.Name), &m.Value)
		}
	case want.Kind == jsontree.Object && s.Type() == smithy.ShapeTypeMap:
		for i := range want.Members {
			q.read(e, path+"[]", s.MapValue(), &want.Members[i].Value)
		}
	case want.Kind == jsontree.Array && s.Type() == smithy.ShapeTypeList:
		for i := range want.Items {
			q.read(e, path+"[]", s.ListMember(), &want.Items[i])
		}
	}
}

func (q *question) matcher(path string, s *smithy.Schema, name string, arg *jsontree.Value) expectation {
	e := expectation{}
	row := matcher.Find(name)
	if row == nil || row.Asks == (matcher.Asks{}) {
		return e
	}
	switch row.Argument {
	case matcher.Plain:
		e.note(path, row.Asks)
	case matcher.Value:
		q.sameAs(e, path, s, arg)
	case matcher.Expectation:
		q.read(e, path, s, arg)
		e[path] = e[path].And(row.Asks)
	case matcher.Every:
		for i := range arg.Items {
			q.read(e, path, s, &arg.Items[i])
		}
	case matcher.Any:
		branches := make([]expectation, len(arg.Items))
		for i := range arg.Items {
			branches[i] = q.expected(path, s, &arg.Items[i])
		}
		e = either(branches)
	case matcher.Elements:
		var element *smithy.Schema
		if s.Type() == smithy.ShapeTypeList {
			element = s.ListMember()
		}
		e = q.expected(path+"[]", element, arg)
		e[path+"[]"] = e[path+"[]"].And(row.Asks)
		e.note(path, matcher.Asks{Present: true, Type: true})
	case matcher.Sent:
		q.sameAs(e, path, s, q.sent(arg))
	case matcher.Answered:
		// A server that is wrong in the same way twice passes a comparison of two answers of one operation.
		if value, elsewhere := q.earlier(arg); elsewhere {
			q.sameAs(e, path, s, value)
		}
	}
	return e
}

// sameAs notes that a member must be equal to a value; nil where the value is not known beforehand.
func (q *question) sameAs(e expectation, path string, s *smithy.Schema, value *jsontree.Value) {
	e.note(path, literal(s))
	if value != nil {
		q.children(e, path, s, value)
	}
}

// earlier is what a SendCommand was sent at the place that its answer is compared with, since AWS answers
// with the request as it was received; nil where nothing was sent there. Elsewhere tells that the answer is
// one of another operation.
func (q *question) earlier(arg *jsontree.Value) (value *jsontree.Value, elsewhere bool) {
	name, pointer, ok := matcher.Place(arg)
	if !ok {
		return nil, false
	}
	for _, step := range q.steps {
		if step.Name != name || step.Request.Operation == q.step.Request.Operation {
			continue
		}
		at, ok := strings.CutPrefix(pointer, "/Command")
		if !ok || step.Request.Operation != reference.SendCommand {
			return nil, true
		}
		return q.requestAt(step.Request.Body, strings.Replace(at, "/ServiceRole", "/ServiceRoleArn", 1)), true
	}
	return nil, false
}

// sent is what $echo compares with.
func (q *question) sent(arg *jsontree.Value) *jsontree.Value {
	name, pointer, elsewhere := matcher.Place(arg)
	if !elsewhere {
		return q.requestAt(q.step.Request.Body, arg.Text)
	}
	for _, step := range q.steps {
		if step.Name == name {
			return q.requestAt(step.Request.Body, pointer)
		}
	}
	return nil
}

func (q *question) requestAt(body []byte, pointer string) *jsontree.Value {
	tree, err := jsontree.Parse(body)
	if err != nil {
		return nil
	}
	return tree.Pointer(pointer)
}

// reuses reports whether a later step asks with what this one captured at a path, so that a value which is not
// the one to be found by would fail it.
func (q *question) reuses() []string {
	var paths []string
	for name, pointer := range q.step.Capture {
		for _, later := range q.steps {
			if later.Number > q.step.Number && strings.Contains(string(later.Request.Body), "${"+fixtures.CapturedPrefix+name+"}") {
				paths = append(paths, memberPath(pointer))
				break
			}
		}
	}
	return paths
}

func (c *corpus) responseRows(operation string) []Row {
	var rows []Row
	for _, p := range places(reference.ResponseSchema(operation)) {
		row := newRow(operation, Responses, p.path, "")
		row.cell(ofType).Cases = typeInvariants(operation, p)
		if p.schema.Type() == smithy.ShapeTypeStructure {
			row.cell(ofValue).Reason = "a structure is what its members are"
		}
		rows = append(rows, row)
	}
	for _, q := range c.questions {
		if q.step.Request.Operation != operation || !q.counts() {
			continue
		}
		e := c.ofStep(q)
		for _, path := range q.reuses() {
			e.note(path, matcher.Asks{Present: true, Value: true})
		}
		for i := range rows {
			asks := e[rows[i].Member]
			for name, holds := range map[string]bool{present: asks.Present, ofType: asks.Type, ofValue: asks.Value} {
				if holds {
					rows[i].ask(name, q)
				}
			}
		}
	}
	return rows
}

// typeInvariants are the invariants that fail an answer with a value of another type at a place: they are
// asked about such an answer.
func typeInvariants(operation string, p place) []string {
	wrong := `"sendspec"`
	if reference.JSONKind(p.schema.Type()) == reference.JSONKind(smithy.ShapeTypeString) {
		wrong = "7"
	}
	body := wrapped(reference.ResponseSchema(operation), p.path, wrong)
	e := judge.Read(fixtures.BoundStep{Request: fixtures.Message{Operation: operation}},
		answer(operation, []byte("{}"), http.StatusOK, body))
	var rules []string
	for _, f := range judge.Inspect(&e) {
		if f.Level == fixtures.Must && memberPath(f.Path) == dotted(p.path) {
			rules = append(rules, f.Check)
		}
	}
	return slices.Compact(rules)
}

// wrapped is the smallest answer with a value at a path.
func wrapped(s *smithy.Schema, path, value string) string {
	if path == "" {
		return value
	}
	switch s.Type() {
	case smithy.ShapeTypeList:
		return "[" + wrapped(s.ListMember(), strings.TrimPrefix(strings.TrimPrefix(path, "[]"), "."), value) + "]"
	case smithy.ShapeTypeMap:
		return `{"key":` + wrapped(s.MapValue(), strings.TrimPrefix(path, "[]"), value) + "}"
	default:
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	return `{"` + path[:end] + `":` + wrapped(s.Member(path[:end]), strings.TrimPrefix(path[end:], "."), value) + "}"
}

// dotted is a path as memberPath has it for the answer that wrapped makes, in which a map has the key "key".
func dotted(path string) string {
	return strings.Replace(path, "Parameters[]", "Parameters.key", 1)
}
