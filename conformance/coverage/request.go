package coverage

import (
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// requests are the questions of one operation of which nothing but the body decides, each with what its
// body has at each path.
type requests struct {
	operation string
	all       []request
}

type request struct {
	*question
	at map[string]*occurrences
}

// occurrences are what one body has at one path, of which the elements of lists may have several.
type occurrences struct {
	absent, null bool
	values       []*jsontree.Value // of the right type
	wrong        []*jsontree.Value
}

func (c *corpus) requests(operation string) *requests {
	r := &requests{operation: operation}
	schema := reference.RequestSchema(operation)
	for i := range c.questions {
		q := &c.questions[i]
		if q.plain && q.counts() && q.step.Request.Operation == operation && q.result.Tree != nil {
			found := request{q, map[string]*occurrences{}}
			found.look("", schema, q.result.Tree)
			r.all = append(r.all, found)
		}
	}
	return r
}

func (r *request) place(path string) *occurrences {
	if r.at[path] == nil {
		r.at[path] = &occurrences{}
	}
	return r.at[path]
}

// look notes a value and what is below it; v is nil where it is left out.
func (r *request) look(path string, s *smithy.Schema, v *jsontree.Value) {
	here := r.place(path)
	switch {
	case v == nil:
		here.absent = true
		return
	case v.Kind == jsontree.Null:
		here.null = true
		return
	case v.Kind != reference.JSONKind(s.Type()):
		here.wrong = append(here.wrong, v)
		return
	}
	here.values = append(here.values, v)
	switch s.Type() {
	case smithy.ShapeTypeStructure:
		for name, m := range s.Members() {
			r.look(join(path, name), m, v.Get(name))
		}
	case smithy.ShapeTypeList:
		for i := range v.Items {
			r.look(path+"[]", s.ListMember(), &v.Items[i])
		}
	case smithy.ShapeTypeMap:
		for i := range v.Members {
			r.look(path+"[]", s.MapValue(), &v.Members[i].Value)
		}
	default:
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// place is a path of a structure with its shape.
type place struct {
	path   string
	schema *smithy.Schema
}

// places lists every member below a structure, and the elements of lists and values of maps, by path.
func places(s *smithy.Schema) []place {
	var all []place
	reference.VisitMembers(s, "", "[]", func(path string, s *smithy.Schema) { all = append(all, place{path, s}) })
	slices.SortFunc(all, func(x, y place) int { return strings.Compare(x.path, y.path) })
	return all
}

func (r *requests) memberRows() []Row {
	var rows []Row
	for _, p := range places(reference.RequestSchema(r.operation)) {
		row := newRow(r.operation, Requests, p.path, "")
		for i := range r.all {
			q := &r.all[i]
			if here := q.at[p.path]; here != nil && len(here.values) > 0 && q.taken {
				row.ask(sent, q.question)
			}
		}
		r.askEveryWay(&row, p)
		rows = append(rows, row)
	}
	return rows
}

func (r *Row) ask(cell string, q *question) {
	c := r.cell(cell)
	c.Cases = append(c.Cases, q.owner.ID)
}

// askEveryWay fills the cells absent, null and wrong type.
func (r *requests) askEveryWay(row *Row, p place) {
	kinds := map[jsontree.Kind]bool{}
	for i := range r.all {
		q := &r.all[i]
		here := q.at[p.path]
		if here == nil {
			continue
		}
		decided := q.taken || q.refusedFor(p.path, reference.Required)
		if here.absent && decided {
			row.ask(absent, q.question)
		}
		if here.null && decided {
			row.ask(null, q.question)
		}
		if q.mistyped(here) {
			row.ask(wrongType, q.question)
			for _, v := range here.wrong {
				kinds[v.Kind] = true
			}
		}
	}
	r.askWithoutAnAnswer(row, p.path)
	if strings.HasSuffix(p.path, "[]") {
		row.cell(absent).Reason = "an element that is not there makes a shorter list"
	}
	for _, kind := range []jsontree.Kind{jsontree.Bool, jsontree.Number, jsontree.String, jsontree.Array, jsontree.Object} {
		if kind != reference.JSONKind(p.schema.Type()) && !kinds[kind] {
			row.cell(wrongType).Missing = append(row.cell(wrongType).Missing, kind.String())
		}
	}
}

// askWithoutAnAnswer fills the cells absent and null, where no case decides them, with those that take any
// answer: nobody knows AWS's.
func (r *requests) askWithoutAnAnswer(row *Row, path string) {
	for name, has := range map[string]func(*occurrences) bool{
		absent: func(o *occurrences) bool { return o.absent },
		null:   func(o *occurrences) bool { return o.null },
	} {
		c := row.cell(name)
		if len(c.Cases) > 0 {
			continue
		}
		for i := range r.all {
			q := &r.all[i]
			if here := q.at[path]; here != nil && has(here) && q.undecided {
				row.ask(name, q.question)
				c.Undecided = true
			}
		}
	}
}

// mistyped reports whether the values at a path are all whose type is wrong in the request, and a server that
// takes it fails the case.
func (r *request) mistyped(here *occurrences) bool {
	if r.admits || len(here.wrong) == 0 || r.result.Validity() != reference.Mistyped {
		return false
	}
	for i := range r.result.TypeErrors {
		if !slices.ContainsFunc(here.wrong, func(v *jsontree.Value) bool { return int(v.Offset) == r.result.TypeErrors[i].Offset }) {
			return false
		}
	}
	return true
}
