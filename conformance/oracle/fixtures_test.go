package oracle_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// verdict is what outcomes say of a request: whether it may be taken, and whether and by which errors it may be refused.
type verdict struct {
	taken, refused bool
	// types are the errors that a refusal must name, sorted; none where any conforms, or where it should be one of some.
	types []string
}

func (v verdict) open() bool { return v.taken && v.refused }

func (v verdict) String() string {
	switch {
	case v.open():
		return "open"
	case v.taken:
		return "taken"
	}
	return fmt.Sprintf("refused %v", v.types)
}

func verdictOf(outcomes []fixtures.Outcome) verdict {
	var v verdict
	anyType := false
	for _, o := range outcomes {
		status, exact := o.Status.Int64()
		if o.Error == nil && o.Format != fixtures.FormatAny && exact && status == 200 {
			v.taken = true
			continue
		}
		v.refused = true
		types := typesOf(o.Error)
		anyType = anyType || types == nil
		v.types = append(v.types, types...)
	}
	if anyType {
		v.types = nil
	}
	slices.Sort(v.types)
	v.types = slices.Compact(v.types)
	return v
}

// typesOf lists the errors of which the answer must name one; nil where that is any.
func typesOf(e *fixtures.ErrorOutcome) []string {
	switch {
	case e == nil || e.Type == nil:
		return nil
	case e.Type.Kind == jsontree.String:
		return []string{e.Type.Text}
	}
	var list []string
	if in := e.Type.Get("$in"); in != nil {
		for i := range in.Items {
			list = append(list, in.Items[i].Text)
		}
	}
	return list
}

// isPlain reports whether nothing but the body of a request decides.
func isPlain(r fixtures.Message) bool {
	return r.Method == http.MethodPost && r.Path == "/" && len(r.Headers) == 0 && r.Framing == nil && r.Auth == nil
}

// exclusion is the rule by which a request is not compared; "" where it is.
func exclusion(s fixtures.BoundStep, got verdict) string {
	switch {
	case !isPlain(s.Request):
		return "the HTTP around the body decides"
	case len(s.Request.Body) >= 1<<20:
		return "how large a body a server reads is not known"
	case len(s.Expect) == 1 && s.Expect[0].SameAs != "":
		return "the verdict is that of another request"
	case got.open():
		return "no source says it, or it depends on a part of the world that is not bound"
	}
	return ""
}

// severalFaults reports whether a request is still refused without the member that it is refused for. What a request
// is never taken without, stays.
func severalFaults(o *oracle.Oracle, body []byte, e oracle.Expectation) bool {
	tree, err := jsontree.Parse(body)
	if err != nil || tree.Kind != jsontree.Object || len(e.Causes) == 0 {
		return false
	}
	top, _, _ := strings.Cut(strings.Fields(e.Causes[0])[0], ".")
	needed := []string{"DocumentName", "Targets", "InstanceIds", "Parameters"}
	if member, _, _ := strings.Cut(top, "["); tree.Get(member) != nil && !slices.Contains(needed, member) {
		tree.Remove(member)
		return !verdictOf(o.Text(tree.AppendJSON(nil)).Outcomes).taken
	}
	return false
}

// aboutTheVerdict reports whether the level of a case is that of its verdict: not of a member of the answer, of a
// message, of which of two errors comes first, or of another step.
func aboutTheVerdict(c *fixtures.Case, s fixtures.BoundStep) bool {
	if len(c.Steps) > 1 || s.Precondition != "" {
		return false
	}
	for _, o := range s.Expect {
		if o.Error != nil && o.Error.Message != nil && o.Error.Message.Get("$should") == nil {
			return false
		}
		more := o.Body != nil && !jsontree.Equal(o.Body, oracle.Accepted.Body)
		if more || len(o.Headers) > 0 || o.Text != nil {
			return false
		}
	}
	return true
}

// comparison counts what was compared, and by which rule what was not.
type comparison struct {
	described        bool // the world is: where it is not, the oracle may be less sure than the fixture
	verdicts, levels int
	excluded         map[string]int
}

func (n *comparison) step(t *testing.T, o *oracle.Oracle, c *fixtures.Case, s fixtures.BoundStep) {
	t.Helper()
	e := o.Text(s.Request.Body)
	got, want := verdictOf(e.Outcomes), verdictOf(s.Expect)
	if why := exclusion(s, got); why != "" {
		n.excluded[why]++
		return
	}
	n.verdicts++
	where := fmt.Sprintf("%s, step %d: the fixture is %s (%s), the oracle %s (%s): %s\n%s",
		c.ID, s.Number, want, c.Level, got, e.Level, e.Rule, s.Request.Body[:min(len(s.Request.Body), 400)])
	if !got.taken && len(want.types) > 0 && len(got.types) > 0 {
		assert.True(t, slices.ContainsFunc(want.types, func(s string) bool { return slices.Contains(got.types, s) }), where)
	}
	if want.open() {
		return
	}
	assert.Equal(t, want.taken, got.taken, where)
	switch {
	case len(want.types) > 0 && len(got.types) == 0:
		n.excluded["level and error: beside another reason to refuse the request, the oracle does not name the error"]++
	case severalFaults(o, s.Request.Body, e):
		n.excluded["level: of which of several faults is named"]++
	case aboutTheVerdict(c, s):
		n.levels++
		if n.described {
			assert.Equal(t, c.Level, e.Level, where)
		} else {
			assert.LessOrEqual(t, e.Level.Weight(), c.Level.Weight(), where)
		}
	}
}

// TestTheOracleSaysWhatTheFixturesSay: the fixtures are written by hand from the sources, the oracle computes. For the
// request of every fixture both have one verdict and one level, but where a rule says that the oracle cannot know. What
// a fixture leaves open, since it is about something else, the oracle may decide.
func TestTheOracleSaysWhatTheFixturesSay(t *testing.T) {
	t.Parallel()
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	demo := service.Demo("", "")
	for name, bindings := range map[string]fixtures.Bindings{"the demo world": demo.Bindings, "a world of which nothing is known": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, n := oracle.New(bindings, "us-east-1"), comparison{described: bindings != nil, excluded: map[string]int{}}
			for _, c := range all {
				for i := range c.Steps {
					s, err := c.BindStep(i, bindingsOf(demo))
					require.NoError(t, err, c.ID)
					switch r := s.Request; {
					case r.Operation != reference.SendCommand || len(r.Body) == 0 || strings.Contains(string(r.Body), "${captured."):
					case bindings == nil && slices.ContainsFunc(c.Needs(), func(n string) bool { return demo.Bindings[n] != "" }):
						n.excluded["it depends on the world"]++
					default:
						n.step(t, o, c, s)
					}
				}
			}
			t.Logf("%d verdicts and %d levels agree; not compared: %v", n.verdicts, n.levels, n.excluded)
			assert.Greater(t, n.verdicts, 1300)
			assert.Greater(t, n.levels, 900)
		})
	}
}
