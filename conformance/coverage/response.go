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
)

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
