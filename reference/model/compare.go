package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// Difference is one point in which a model and the suite are not the same.
type Difference struct {
	Operation string `json:"operation"`
	// Part is operation, request, response or error.
	Part string `json:"part"`
	// Member is the path of the member, or the name of the error.
	Member string `json:"member,omitempty"`
	// What differs: member, type, required, minimum, maximum, pattern, enum value, error, deprecated, operation.
	What string `json:"what"`
	// Suite and Model are what the two sides have; "none" where one has nothing.
	Suite string `json:"suite"`
	Model string `json:"model"`
}

// String is the difference as one line.
func (d Difference) String() string {
	where := d.Operation
	if d.Member != "" {
		where += " " + d.Part + " " + d.Member
	}
	return fmt.Sprintf("%s: %s: the suite has %s, the model %s", where, d.What, d.Suite, d.Model)
}

// Compare returns every difference between what the suite encodes and a model, in the order of the
// operations, and of the members by name. It looks at members, types, required members, bounds, patterns and
// enum values of requests; at members, types and enum values of answers; at errors and at marks of
// deprecation. Below a member that only one side has nothing is told.
func Compare(suite, m *Service) []Difference {
	var all []Difference
	for _, name := range reference.Operations() {
		ours, theirs := suite.Operations[name], m.Operations[name]
		c := comparison{operation: name, part: "operation"}
		if _, ok := m.Operations[name]; !ok {
			c.add("", "operation", name, none)
		} else {
			c.flag("", "deprecated", ours.Deprecated, theirs.Deprecated)
			c.part = "request"
			c.members(ours.Request, theirs.Request, true)
			c.part = "response"
			c.members(ours.Response, theirs.Response, false)
			c.part = "error"
			c.eachOnlyOnce(ours.Errors, theirs.Errors, func(name, suite, model string) { c.add(name, "error", suite, model) })
		}
		slices.SortStableFunc(c.found, func(x, y Difference) int {
			return cmp.Or(slices.Index(parts, x.Part)-slices.Index(parts, y.Part), strings.Compare(x.Member, y.Member),
				strings.Compare(x.What, y.What), strings.Compare(x.Suite+x.Model, y.Suite+y.Model))
		})
		all = append(all, c.found...)
	}
	return all
}

var parts = []string{"operation", "request", "response", "error"}

type comparison struct {
	operation, part string
	found           []Difference
}

func (c *comparison) add(member, what, suite, model string) {
	c.found = append(c.found, Difference{c.operation, c.part, member, what, suite, model})
}

func (c *comparison) differs(member, what, suite, model string) {
	if suite != model {
		c.add(member, what, suite, model)
	}
}

func (c *comparison) flag(member, what string, suite, model bool) {
	words := map[bool]string{true: "yes", false: "no"}
	c.differs(member, what, words[suite], words[model])
}

// eachOnlyOnce calls told for every name that only one side has.
func (c *comparison) eachOnlyOnce(suite, model []string, told func(name, suite, model string)) {
	for _, name := range suite {
		if !slices.Contains(model, name) {
			told(name, name, none)
		}
	}
	for _, name := range model {
		if !slices.Contains(suite, name) {
			told(name, none, name)
		}
	}
}

func (c *comparison) members(suite, model map[string]Member, constraints bool) {
	for path, ours := range suite {
		theirs, ok := model[path]
		if !ok {
			c.missing(path, model, func() { c.add(path, "member", ours.Type, none) })
			continue
		}
		c.differs(path, "type", ours.Type, theirs.Type)
		c.flag(path, "deprecated", ours.Deprecated, theirs.Deprecated)
		c.eachOnlyOnce(ours.Values, theirs.Values, func(_, suite, model string) { c.add(path, "enum value", suite, model) })
		if constraints {
			c.flag(path, "required", ours.Required, theirs.Required)
			c.differs(path, "minimum", bound(ours.least()), bound(theirs.least()))
			c.differs(path, "maximum", bound(ours.most()), bound(theirs.most()))
			if wholeString(ours.Pattern) != wholeString(theirs.Pattern) {
				c.add(path, "pattern", cmp.Or(ours.Pattern, none), cmp.Or(theirs.Pattern, none))
			}
		}
	}
	for path, theirs := range model {
		if _, ok := suite[path]; !ok {
			c.missing(path, suite, func() { c.add(path, "member", none, theirs.Type) })
		}
	}
}

// missing tells of a member that others lacks, unless what it belongs to is missing too.
func (c *comparison) missing(path string, others map[string]Member, tell func()) {
	parent, element := strings.CutSuffix(path, "[]")
	if !element {
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			tell()
			return
		}
		parent = path[:i]
	}
	if _, ok := others[parent]; ok {
		tell()
	}
}

// A member has a length or a range, never both: strings and lists have the one, numbers the other.
func (m Member) least() *int64 { return cmp.Or(m.Length.Min, m.Range.Min) }

func (m Member) most() *int64 { return cmp.Or(m.Length.Max, m.Range.Max) }

// wholeString writes a pattern as the published Smithy model does, which wraps each in ^...$ where the
// server prints it bare (evidence: shape/whole-string). The server matches whole strings either way.
func wholeString(pattern string) string {
	if pattern == "" {
		return ""
	}
	if !strings.HasPrefix(pattern, "^") {
		pattern = "^" + pattern
	}
	if !strings.HasSuffix(pattern, "$") {
		pattern += "$"
	}
	return pattern
}
