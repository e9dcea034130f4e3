package coverage

import (
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// hold is what an expectation holds a member to.
type hold struct {
	present bool // an answer without it fails
	typed   bool // one with another JSON type there fails
	valued  bool // one with another value there fails
}

func (h hold) or(other hold) hold {
	return hold{h.present || other.present, h.typed || other.typed, h.valued || other.valued}
}

func (h hold) and(other hold) hold {
	return hold{h.present && other.present, h.typed && other.typed, h.valued && other.valued}
}

// expectation is what an answer must have, by the path of the member.
type expectation map[string]hold

func (e expectation) note(path string, h hold) { e[path] = e[path].or(h) }

// whole is what a literal holds. A structure has no value beside those of its members.
func whole(s *smithy.Schema) hold {
	return hold{present: true, typed: true, valued: s.Type() != smithy.ShapeTypeStructure}
}

// both adds what other holds, since both must hold.
func (e expectation) both(other expectation) {
	for path, h := range other {
		e.note(path, h)
	}
}

// either keeps what both hold, since one of them is enough.
func either(all []expectation) expectation {
	if len(all) == 0 {
		return expectation{}
	}
	kept := expectation{}
	for path, h := range all[0] {
		for _, other := range all[1:] {
			h = h.and(other[path])
		}
		if h != (hold{}) {
			kept[path] = h
		}
	}
	return kept
}

// reader reads the matchers of one step.
type reader struct{ question *question }

// ofStep is what every answer that takes the request must have: what each outcome of status 200 asks, and
// what the step waits for.
func (c *corpus) ofStep(q *question) expectation {
	r := reader{q}
	schema := reference.ResponseSchema(q.step.Request.Operation)
	var outcomes []expectation
	own := q.steps[q.step.Number-1].Expect
	for i := range own {
		if o := &own[i]; o.Error == nil && !o.Closed && o.SameAs == "" && c.okay(o) {
			outcomes = append(outcomes, r.expected(schema, o.Body))
		}
	}
	e := either(outcomes)
	if q.step.Poll != nil {
		e.both(r.expected(schema, q.step.Poll.Until))
		if order := q.step.Poll.Order; order != nil {
			e.note(memberPath(order.At), hold{valued: true})
		}
	}
	return e
}

func (r reader) expected(schema *smithy.Schema, want *jsontree.Value) expectation {
	e := expectation{}
	r.read(e, "", schema, want)
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

func isMatcher(v *jsontree.Value) bool {
	if v.Kind != jsontree.Object || len(v.Members) == 0 {
		return false
	}
	for i := range v.Members {
		if !strings.HasPrefix(v.Members[i].Name, "$") {
			return false
		}
	}
	return true
}

// read notes what an expectation wants at a path and below it; s is nil where the model has no such member.
func (r reader) read(e expectation, path string, s *smithy.Schema, want *jsontree.Value) {
	if s == nil || want == nil {
		return
	}
	if isMatcher(want) {
		for i := range want.Members {
			e.both(r.matcher(path, s, want.Members[i].Name, &want.Members[i].Value))
		}
		return
	}
	h := whole(s)
	if s.Type() == smithy.ShapeTypeMap {
		h.valued = false // keys that are not named are not looked at
	}
	e.note(path, h)
	r.children(e, path, s, want)
}

func (r reader) children(e expectation, path string, s *smithy.Schema, want *jsontree.Value) {
	switch {
	case want.Kind == jsontree.Object && s.Type() == smithy.ShapeTypeStructure:
		for i := range want.Members {
			m := &want.Members[i]
			r.read(e, join(path, m.Name), s.Member(m.Name), &m.Value)
		}
	case want.Kind == jsontree.Object && s.Type() == smithy.ShapeTypeMap:
		for i := range want.Members {
			r.read(e, path+"[]", s.MapValue(), &want.Members[i].Value)
		}
	case want.Kind == jsontree.Array && s.Type() == smithy.ShapeTypeList:
		for i := range want.Items {
			r.read(e, path+"[]", s.ListMember(), &want.Items[i])
		}
	}
}

// matcher is what one matcher holds. fixtures/README.md lists them.
func (r reader) matcher(path string, s *smithy.Schema, name string, arg *jsontree.Value) expectation {
	e := expectation{}
	switch name {
	case "$should":
		r.read(e, path, s, arg)
	case "$exact":
		r.sameAs(e, path, s, arg)
	case "$all":
		for i := range arg.Items {
			r.read(e, path, s, &arg.Items[i])
		}
	case "$in":
		var branches []expectation
		for i := range arg.Items {
			branch := expectation{}
			r.read(branch, path, s, &arg.Items[i])
			branches = append(branches, branch)
		}
		e = either(branches)
	case "$optional":
		r.read(e, path, s, arg)
		h := e[path]
		h.present = false
		e[path] = h
	case "$echo":
		r.sameAs(e, path, s, r.question.sent(arg))
	case "$earlier":
		// A server that is wrong in the same way twice passes a comparison of two answers of one operation.
		if value, elsewhere := r.earlier(arg); elsewhere {
			r.sameAs(e, path, s, value)
		}
	case "$some", "$each":
		e.note(path, hold{present: true, typed: true})
		elements := expectation{}
		r.read(elements, path+"[]", element(s), arg)
		if h := elements[path+"[]"]; name == "$each" {
			h.present = false // an empty list passes
			elements[path+"[]"] = h
		}
		e.both(elements)
	case "$type":
		e.note(path, hold{present: true, typed: true})
	case "$uuid":
		e.note(path, hold{present: true, typed: true})
	case "$length":
		e.note(path, hold{present: true, typed: true, valued: true})
	case "$contains", "$regex", "$details", "$after", "$epochSeconds":
		e.note(path, hold{present: true, typed: true, valued: true})
	}
	// $may is only told; $not and $absent leave open what else may stand there.
	return e
}

func element(s *smithy.Schema) *smithy.Schema {
	if s.Type() == smithy.ShapeTypeList {
		return s.ListMember()
	}
	return nil
}

// sameAs notes that a member must be equal to a value; nil where the value is not known beforehand.
func (r reader) sameAs(e expectation, path string, s *smithy.Schema, value *jsontree.Value) {
	e.note(path, whole(s))
	if value != nil {
		r.children(e, path, s, value)
	}
}

// earlier is what a SendCommand was sent at the place that its answer is compared with, since AWS answers
// with the request as it was received; nil where nothing was sent there. Elsewhere tells that the answer is
// one of another operation.
func (r reader) earlier(arg *jsontree.Value) (value *jsontree.Value, elsewhere bool) {
	name, pointer := arg.Index(0), arg.Index(1)
	if name == nil || pointer == nil {
		return nil, false
	}
	for _, step := range r.question.steps {
		if step.Name != name.Text || step.Request.Operation == r.question.step.Request.Operation {
			continue
		}
		at, ok := strings.CutPrefix(pointer.Text, "/Command")
		if !ok || step.Request.Operation != reference.SendCommand {
			return nil, true
		}
		return r.question.requestAt(step.Request.Body, strings.Replace(at, "/ServiceRole", "/ServiceRoleArn", 1)), true
	}
	return nil, false
}

// sent is what $echo compares with.
func (q *question) sent(arg *jsontree.Value) *jsontree.Value {
	if arg.Kind == jsontree.String {
		return q.requestAt(q.step.Request.Body, arg.Text)
	}
	for _, step := range q.steps {
		if name, pointer := arg.Index(0), arg.Index(1); name != nil && pointer != nil && step.Name == name.Text {
			return q.requestAt(step.Request.Body, pointer.Text)
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

// reuses tells whether a later step asks with what this one captured at a path, so that a value which is not
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
