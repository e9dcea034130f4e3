package coverage

import (
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// requests are the questions of one operation that count, and of which nothing but the body decides.
type requests struct {
	operation string
	all       []*question
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
	for _, q := range c.questions {
		if q.plain && q.counts() && q.step.Request.Operation == operation && q.result.Tree != nil {
			q.at = map[string]*occurrences{}
			q.look("", schema, q.result.Tree)
			r.all = append(r.all, q)
		}
	}
	return r
}

// look notes a value and what is below it; v is nil where it is left out.
func (q *question) look(path string, s *smithy.Schema, v *jsontree.Value) {
	if q.at[path] == nil {
		q.at[path] = &occurrences{}
	}
	here := q.at[path]
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
			q.look(join(path, name), m, v.Get(name))
		}
	case smithy.ShapeTypeList:
		for i := range v.Items {
			q.look(path+"[]", s.ListMember(), &v.Items[i])
		}
	case smithy.ShapeTypeMap:
		for i := range v.Members {
			q.look(path+"[]", s.MapValue(), &v.Members[i].Value)
		}
	default:
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

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
		for _, q := range r.all {
			if here := q.at[p.path]; here != nil && len(here.values) > 0 && q.taken {
				row.ask(sent, q)
			}
		}
		r.askEveryWay(&row, p)
		rows = append(rows, row)
	}
	return rows
}

func (r *Row) ask(cell string, questions ...*question) {
	c := r.cell(cell)
	for _, q := range questions {
		c.Cases = append(c.Cases, q.owner.ID)
	}
}

// askEveryWay fills the cells absent, null and wrong type. Where no case decides one of the first two, it has those that take
// any answer: nobody knows AWS's.
func (r *requests) askEveryWay(row *Row, p place) {
	kinds, undecided := map[jsontree.Kind]bool{}, map[string][]*question{}
	for _, q := range r.all {
		here := q.at[p.path]
		if here == nil {
			continue
		}
		decided := q.taken || q.refusedFor(p.path, reference.Required)
		for name, is := range map[string]bool{absent: here.absent, null: here.null} {
			switch {
			case is && decided:
				row.ask(name, q)
			case is && q.undecided:
				undecided[name] = append(undecided[name], q)
			}
		}
		if q.mistyped(here) {
			row.ask(wrongType, q)
			for _, v := range here.wrong {
				kinds[v.Kind] = true
			}
		}
	}
	for name, all := range undecided {
		if c := row.cell(name); len(c.Cases) == 0 {
			c.Undecided = true
			row.ask(name, all...)
		}
	}
	if strings.HasSuffix(p.path, "[]") {
		row.cell(absent).Reason = "an element that is not there makes a shorter list"
	}
	for _, kind := range []jsontree.Kind{jsontree.Bool, jsontree.Number, jsontree.String, jsontree.Array, jsontree.Object} {
		if kind != reference.JSONKind(p.schema.Type()) && !kinds[kind] {
			row.cell(wrongType).Missing = append(row.cell(wrongType).Missing, kind.String())
		}
	}
}

// mistyped reports whether the values at a path are all whose type is wrong in the request, and a server that
// takes it fails the case.
func (q *question) mistyped(here *occurrences) bool {
	if q.admits || len(here.wrong) == 0 || q.result.Validity() != reference.Mistyped {
		return false
	}
	for _, e := range q.result.TypeErrors {
		if !slices.ContainsFunc(here.wrong, func(v *jsontree.Value) bool { return int(v.Offset) == e.Offset }) {
			return false
		}
	}
	return true
}
