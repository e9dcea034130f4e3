package conformance_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm/schemas"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// members lists the paths of every member below a structure: Targets, Targets/Key, Targets/Values.
func members(s *smithy.Schema, path string) []string {
	switch s.Type() {
	case smithy.ShapeTypeList:
		return members(s.ListMember(), path)
	case smithy.ShapeTypeStructure:
		var all []string
		for name, m := range s.Members() {
			all = append(all, path+"/"+name)
			all = append(all, members(m, path+"/"+name)...)
		}
		sort.Strings(all)
		return all
	}
	return nil
}

// sent lists the paths of the members that a request body has.
func sent(v *jsontree.Value) map[string]bool {
	found := map[string]bool{}
	v.Walk(func(pointer string, v *jsontree.Value) bool {
		if v.Kind != jsontree.Null {
			found[withoutIndexes(pointer)] = true
		}
		return true
	})
	return found
}

func withoutIndexes(pointer string) string {
	parts := strings.Split(pointer, "/")
	parts = slices.DeleteFunc(parts, func(p string) bool { return p != "" && strings.Trim(p, "0123456789") == "" })
	return strings.Join(parts, "/")
}

type ledger struct {
	accepted map[string]bool // request members in a request that may be taken
	expected map[string]bool // response members that an outcome looks at
	errors   map[string]bool // error types that an outcome names
	values   map[string]bool // path=value of strings in requests that may be taken
	broken   map[string]bool // path kind of violations in requests that are refused
	sizes    map[string]bool // path=size of strings, lists and numbers in requests that may be taken
	refused  map[string]bool // the same in requests that must be refused
	echoed   []string        // response members that must be as sent, with all that is in them
}

func newLedger(t *testing.T) ledger {
	t.Helper()
	l := ledger{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, nil}
	for _, steps := range boundCorpus(t) {
		for _, step := range steps {
			l.outcomes(step)
			if !plainCall(step.Request) {
				continue
			}
			r := reference.ValidateOperation("SendCommand", step.Request.Body)
			for _, v := range r.Violations {
				l.broken[constraintPath(v.Path)+" "+string(v.Kind)] = true
			}
			sizes := l.refused
			if allowsAdmission(step) {
				sizes = l.sizes
				for path := range sent(r.Tree) {
					l.accepted[path] = true
				}
			}
			measure(r.Tree, sizes, l.values)
		}
	}
	return l
}

func (l *ledger) outcomes(step fixtures.BoundStep) {
	for _, o := range step.Expect {
		if v, err := jsontree.Parse(o.Body); err == nil {
			for path := range sent(v) {
				member, matcher, _ := strings.Cut(path, "/$")
				l.expected[member] = true
				if matcher == "echo" {
					l.echoed = append(l.echoed, member+"/")
				}
			}
		}
		if o.Error == nil {
			continue
		}
		if v, err := jsontree.Parse(o.Error.Type); err == nil {
			v.Walk(func(_ string, v *jsontree.Value) bool { l.errors[v.Text] = true; return true })
		}
	}
}

func (l *ledger) looksAt(path string) bool {
	return l.expected[path] || slices.ContainsFunc(l.echoed, func(member string) bool { return strings.HasPrefix(path, member) })
}

func measure(tree *jsontree.Value, sizes, values map[string]bool) {
	tree.Walk(func(pointer string, v *jsontree.Value) bool {
		path := withoutIndexes(pointer)
		switch v.Kind {
		case jsontree.String:
			sizes[fmt.Sprintf("%s=%d", path, len([]rune(v.Text)))] = true
			values[path+"="+v.Text] = true
		case jsontree.Array:
			sizes[fmt.Sprintf("%s[]=%d", path, len(v.Items))] = true
		case jsontree.Number:
			sizes[path+"="+v.Text] = true
		}
		return true
	})
}

// constraintPath turns Targets[0].Key and Targets[].Key into /Targets/Key.
func constraintPath(path string) string {
	for i := strings.IndexByte(path, '['); i >= 0; i = strings.IndexByte(path, '[') {
		path = path[:i] + path[i+strings.IndexByte(path[i:], ']')+1:]
	}
	return "/" + strings.ReplaceAll(path, ".", "/")
}

// Nothing named in the API reference is left without a case: a gap is listed by name.
func TestNothingIsLeftWithoutACase(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	var gaps []string
	gap := func(format string, args ...any) { gaps = append(gaps, fmt.Sprintf(format, args...)) }
	for _, path := range members(schemas.SendCommandRequest, "") {
		if !l.accepted[path] {
			gap("request member %s: no case in which a server takes it", path)
		}
	}
	for _, path := range members(schemas.SendCommandResult, "") {
		if !l.looksAt(path) && path != "/Command/TriggeredAlarms/Name" && path != "/Command/TriggeredAlarms/State" {
			gap("response member %s: no outcome looks at it", path) // an alarm triggers after SendCommand has answered
		}
	}
	for _, name := range []string{
		"DuplicateInstanceId", "InternalServerError", "InvalidDocument", "InvalidDocumentVersion", "InvalidInstanceId", "InvalidNotificationConfig",
		"InvalidOutputFolder", "InvalidParameters", "InvalidRole", "MaxDocumentSizeExceeded", "UnsupportedPlatformType",
	} {
		if !l.errors[name] {
			gap("exception %s: no outcome names it", name)
		}
	}
	for _, c := range reference.Constraints() {
		if c.Operation != "SendCommand" {
			continue
		}
		path := constraintPath(c.Path)
		if !l.broken[path+" "+string(c.Kind)] && c.Kind != reference.Length && c.Kind != reference.Range {
			gap("constraint %s of %s: no case breaks it", c.Kind, c.Path)
		}
		for _, value := range c.Values {
			if !l.values[path+"="+value] {
				gap("enum value %s of %s: no case sends it", value, c.Path)
			}
		}
		l.bounds(c, path, gap)
	}
	for _, g := range gaps {
		t.Error(g)
	}
}

// bounds wants each bound met by a request that may be taken and passed by one that must not.
func (l *ledger) bounds(c reference.Constraint, path string, gap func(string, ...any)) {
	key := func(n int64) string { return fmt.Sprintf("%s=%d", path, n) }
	if c.Kind == reference.Length && isList(path) && !strings.HasSuffix(c.Path, "[]") {
		key = func(n int64) string { return fmt.Sprintf("%s[]=%d", path, n) }
	}
	if c.Max != nil {
		if !l.sizes[key(*c.Max)] {
			gap("%s of %s: no case at the maximum, %d", c.Kind, c.Path, *c.Max)
		}
		if !l.refused[key(*c.Max+1)] {
			gap("%s of %s: no case above the maximum, %d", c.Kind, c.Path, *c.Max)
		}
	}
	if c.Min != nil && *c.Min > 0 {
		if !l.sizes[key(*c.Min)] {
			gap("%s of %s: no case at the minimum, %d", c.Kind, c.Path, *c.Min)
		}
		if !l.refused[key(*c.Min-1)] {
			gap("%s of %s: no case below the minimum, %d", c.Kind, c.Path, *c.Min)
		}
	}
}

func isList(path string) bool {
	s := schemas.SendCommandRequest
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		for s.Type() == smithy.ShapeTypeList {
			s = s.ListMember()
		}
		if s = s.Member(name); s == nil {
			return false
		}
	}
	return s.Type() == smithy.ShapeTypeList
}

func TestTheReferenceKnowsEveryRequestMember(t *testing.T) {
	t.Parallel()
	require.Len(t, reference.MemberNames("SendCommand"), 18)
}
