package oracle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

// plainSteps are the SendCommand steps of the corpus whose HTTP is good, bound to a world.
func plainSteps(t *testing.T, b fixtures.Bindings) map[*fixtures.Case]fixtures.BoundStep {
	t.Helper()
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	list := map[*fixtures.Case]fixtures.BoundStep{}
	for _, c := range all {
		if len(c.Steps) != 1 {
			continue
		}
		s, err := c.BindStep(0, b)
		require.NoError(t, err, c.ID)
		r := s.Request
		if r.Operation == reference.SendCommand && r.Method == "POST" && r.Path == "/" && len(r.Headers) == 0 && r.Framing == nil && r.Auth == nil && len(r.Body) < 1<<20 {
			list[c] = s
		}
	}
	require.Greater(t, len(list), 1500)
	return list
}

func bindingsOf(w service.World) fixtures.Bindings {
	b := fixtures.Bindings{fixtures.NonceBinding: "0123456789abcdef", fixtures.RegionBinding: "us-east-1"}
	for name, value := range w.Bindings {
		b[name] = value
	}
	return b
}

// takes and refuses tell what an outcome says of the request.
func takes(o fixtures.Outcome) bool {
	status, _ := o.Status.Int64()
	return status == 200 && o.Format != fixtures.FormatAny
}

func refuses(o fixtures.Outcome) bool { return o.Status != nil && !takes(o) }

// TestTheOracleIsNoStricterThanTheFixtures: the fixtures are written by hand from the sources, and leave
// open what no source tells. What they let pass, the oracle lets pass, at no higher level.
func TestTheOracleIsNoStricterThanTheFixtures(t *testing.T) {
	t.Parallel()
	demo := service.Demo("", "")
	b := bindingsOf(demo)
	for name, w := range map[string]fixtures.Bindings{"a world of which nothing is known": nil, "the demo world": demo.Bindings} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := oracle.New(w, "us-east-1")
			for c, step := range plainSteps(t, b) {
				described := w != nil || !slices.ContainsFunc(c.Needs(), func(n string) bool { return demo.Bindings[n] != "" })
				if described && !aboutElse(c.ID) {
					notStricter(t, o, c, step)
				}
			}
		})
	}
}

func notStricter(t *testing.T, o *oracle.Oracle, c *fixtures.Case, step fixtures.BoundStep) {
	t.Helper()
	e := o.Text(step.Request.Body)
	canTake, canRefuse := slices.ContainsFunc(e.Outcomes, takes), slices.ContainsFunc(e.Outcomes, refuses)
	fixtureTakes, fixtureRefuses := slices.ContainsFunc(step.Expect, takes), slices.ContainsFunc(step.Expect, refuses)
	if aboutForm(c.ID) && !e.Constraints {
		return
	}
	assert.False(t, fixtureTakes && !canTake && e.Level.Weight() > fixtures.May.Weight() && !laxer(e, c, fixtureRefuses), "%s may be taken, and the oracle (%s) wants it refused: %s", c.ID, e.Level, step.Request.Body)
	assert.False(t, fixtureRefuses && !canRefuse && !laxer(e, c, fixtureTakes), "%s may be refused, and the oracle (%s) wants it taken: %s", c.ID, e.Level, step.Request.Body)
	aboutEcho := strings.HasPrefix(c.ID, "echo/") // the level is that of one member of the answer
	if fixtureTakes != fixtureRefuses && canTake != canRefuse && !aboutEcho && c.ID != "type/DocumentName/other-spelling/name=Name" {
		assert.LessOrEqual(t, e.Level.Weight(), c.Level.Weight(), "%s is a %s, and a %s to the oracle: %s", c.ID, c.Level, e.Level, step.Request.Body)
	}
}

// aboutForm tells whether a case leaves open what AWS makes of the meaning of its request.
func aboutForm(id string) bool {
	return strings.HasPrefix(id, "constraint/") || strings.HasPrefix(id, "accept/InstanceIds/unknown") || strings.HasPrefix(id, "accept/InstanceIds/fifty") || strings.HasSuffix(id, "/no-message")
}

// aboutElse tells whether a case's level or outcomes are about something that the oracle does not look at:
// the envelope, which of two errors comes first, what is not echoed, the state of the world, or size.
func aboutElse(id string) bool {
	return slices.ContainsFunc([]string{"wire/BodySize/", "error/Precedence/", "error/Envelope/", "echo/Absent/", "execution/"}, func(prefix string) bool { return strings.HasPrefix(id, prefix) })
}

// laxer tells whether the oracle wants one of the two answers that a fixture allows, and only as a should.
func laxer(e oracle.Expectation, _ *fixtures.Case, both bool) bool {
	return both && e.Level != fixtures.Must
}

// TestTheOracleTakesWhatTheReferenceAnswers to every request of the corpus: two of our books, and what they
// leave open, must not contradict each other.
func TestTheOracleTakesWhatTheReferenceAnswers(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	runner, err := conformance.New(conformance.Target{Handler: service.New(world.Options...), Bindings: world.Bindings}, conformance.WithSeed(1))
	require.NoError(t, err)
	session, err := runner.Open(t.Context())
	require.NoError(t, err)
	o := oracle.New(session.Bindings(), "us-east-1")
	for c, step := range plainSteps(t, bindingsOf(world)) {
		if strings.Contains(c.ID, "InternalServerError") || strings.HasPrefix(c.ID, "execution/") || strings.HasPrefix(c.ID, "wire/BodySize") {
			continue
		}
		e := o.Text(step.Request.Body)
		text := step.Request.Body
		asked := &fixtures.Case{
			ID: "fuzz/oracle/corpus", Title: e.Rule, Level: e.Level, Profile: fixtures.Core, Safety: fixtures.Inert,
			Steps: []fixtures.Step{{Request: fixtures.Request{Body: &fixtures.Body{Base64: text}}, Expect: e.Outcomes}},
		}
		r := session.RunCase(t.Context(), asked)
		assert.Equal(t, judge.Pass, r.Verdict, "%s: %s\n%v", c.ID, text, fmt.Sprint(r.Findings))
	}
}
