package coverage

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

func (r *requests) constraintRows() []Row {
	where := places(reference.RequestSchema(r.operation))
	var rows []Row
	for _, c := range reference.Constraints() {
		i := slices.IndexFunc(where, func(p place) bool { return p.path == c.Path })
		if c.Operation != r.operation || i < 0 {
			continue
		}
		row := newRow(r.operation, Constraints, c.Path, ruleText(&c))
		r.askEveryWay(&row, where[i])
		switch c.Kind {
		case reference.Length, reference.Range:
			r.askBounds(&row, &c)
		default:
			r.askValues(&row, &c)
		}
		rows = append(rows, row)
	}
	return rows
}

func ruleText(c *reference.Constraint) string {
	switch c.Kind {
	case reference.Length, reference.Range:
		least, most := "", ""
		if c.Min != nil {
			least = fmt.Sprint(*c.Min)
		}
		if c.Max != nil {
			most = fmt.Sprint(*c.Max)
		}
		return fmt.Sprintf("%s %s..%s", c.Kind, least, most)
	case reference.Pattern:
		return "pattern " + c.Pattern
	default:
		return string(c.Kind)
	}
}

// askBounds asks each bound from both sides, with the nearest values.
func (r *requests) askBounds(row *Row, c *reference.Constraint) {
	row.cell(outside).Reason = "bounds have below and above"
	is := func(n int64, bound *int64) bool { return bound != nil && n == *bound }
	for _, q := range r.all {
		here := q.at[c.Path]
		if here == nil {
			continue
		}
		refused := q.refusedFor(c.Path, c.Kind)
		for _, v := range here.values {
			n := measure(v)
			switch atLeast, atMost := is(n, c.Min), is(n, c.Max); {
			case refused && is(n+1, c.Min):
				row.ask(below, q)
			case refused && is(n-1, c.Max):
				row.ask(above, q)
			case !q.taken || c.Min != nil && n < *c.Min || c.Max != nil && n > *c.Max:
			case !atLeast && !atMost:
				row.ask(inside, q)
			default:
				if atLeast {
					row.ask(atMin, q)
				}
				if atMost {
					row.ask(atMax, q)
				}
			}
		}
	}
	if c.Min == nil {
		row.cell(below).Reason, row.cell(atMin).Reason = "it has no minimum", "it has no minimum"
	} else if *c.Min == 0 && c.Kind == reference.Length {
		row.cell(below).Reason = "nothing is shorter than 0"
	}
	if c.Max == nil {
		row.cell(above).Reason, row.cell(atMax).Reason = "it has no maximum", "it has no maximum"
	}
	if c.Min != nil && c.Max != nil && *c.Max-*c.Min < 2 {
		row.cell(inside).Reason = "nothing lies between the bounds"
	}
}

// measure is what the bounds of a value count: code points, elements, or the number itself. A number that is
// no integer has none; the reference is uncertain about those, so that they never count.
func measure(v *jsontree.Value) int64 {
	switch v.Kind {
	case jsontree.String:
		return int64(utf8.RuneCountInString(v.Text))
	case jsontree.Array:
		return int64(len(v.Items))
	default:
		n, _ := v.Int64()
		return n
	}
}

// askValues asks a pattern, an enum or a required member from both sides.
func (r *requests) askValues(row *Row, c *reference.Constraint) {
	for _, name := range []string{below, atMin, atMax, above} {
		row.cell(name).Reason = "a " + string(c.Kind) + " has no bound"
	}
	if c.Kind == reference.Required {
		row.cell(outside).Reason = "absent and null are outside"
	}
	given := map[string]bool{}
	for _, q := range r.all {
		here := q.at[c.Path]
		switch {
		case here == nil || len(here.values) == 0:
		case q.taken:
			row.ask(inside, q)
			for _, v := range here.values {
				given[v.Text] = true
			}
		case c.Kind != reference.Required && q.refusedFor(c.Path, c.Kind):
			row.ask(outside, q)
		}
	}
	for _, value := range c.Values {
		if !given[value] {
			row.cell(inside).Missing = append(row.cell(inside).Missing, value)
		}
	}
}
