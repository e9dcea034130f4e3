package conformance_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// TestRefusingEverythingPassesNothing: a refusal shows something only beside a request that is taken.
func TestRefusingEverythingPassesNothing(t *testing.T) {
	t.Parallel()
	refusing := answering(func(int64, string) int { return http.StatusBadRequest })
	report, err := run(t.Context(), t, conformance.Target{Handler: refusing}, conformance.WithProfiles(fixtures.Core))
	require.NoError(t, err)
	for i := range report.Results {
		r := &report.Results[i]
		if area := r.Case.Area(); area == "constraint" || area == "type" || area == "error" || area == "metamorphic" {
			assert.NotContains(t, []conformance.Verdict{conformance.Pass, conformance.Warn}, r.Verdict, r.Case.ID)
		}
	}
	assert.Positive(t, report.Totals[conformance.Fail])
}

// TestARefusalInOtherWordsCounts, where the target refuses plain requests for a reason of its own.
func TestARefusalInOtherWordsCounts(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	unmodified := mutants.Unmodified().Handler(world.Options...)
	noTags := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body := string(b)
		r.Body = io.NopCloser(strings.NewReader(body))
		if strings.Contains(body, `"tag:sendspec"`) && !strings.Contains(body, `"TimeoutSeconds":29`) {
			answering(func(int64, string) int { return http.StatusBadRequest }).ServeHTTP(w, r)
			return
		}
		unmodified.ServeHTTP(w, r)
	})
	fields := `, "title": "t", "request": {"body": {"json": {"DocumentName": "AWS-RunShellScript", "Targets": [{"Key": "tag:sendspec", "Values": ["x"]}], "Parameters": {"commands": ["true"]}, "TimeoutSeconds": `
	cases := casesOf(t,
		`{"id": "area/Topic/below"`+fields+`29}}}, "expect": [{"name": "refused", "status": 400}]}`,
		`{"id": "area/Topic/above"`+fields+`2592001}}}, "expect": [{"name": "refused", "status": 400}]}`,
		`{"id": "area/Topic/above-as-it-should"`+fields+`2592001}}}, "expect": [{"name": "refused", "status": 400, "error": {"type": {"$should": "OtherException"}}}]}`)
	for _, options := range [][]conformance.Option{nil, {conformance.WithStrict()}} {
		report, err := run(t.Context(), t, conformance.Target{Handler: noTags}, append(options, conformance.WithCases(cases))...)
		require.NoError(t, err)
		assert.Equal(t, conformance.Pass, report.Results[0].Verdict)
		for _, r := range report.Results[1:3] {
			assert.Equal(t, conformance.Skip, r.Verdict, r.Case.ID)
			assert.Contains(t, r.Reason, "plain request")
		}
	}
}

// TestAPreconditionThatIsNotMet: a case is judged only where the target does with a step what the case builds on.
func TestAPreconditionThatIsNotMet(t *testing.T) {
	t.Parallel()
	const (
		taken   = `{"Command": {"CommandId": "5b8cc1ad-1f2e-4b38-b4c0-1e6a43f0a9d1"}}`
		refused = `{"__type": "ValidationException"}`
		needs   = "the target %s a request that this case needs %s"
	)
	for name, c := range map[string]struct {
		precondition fixtures.Precondition
		first        *wire.Exchange
		second       *wire.Exchange
		verdict      conformance.Verdict
		reason       string
	}{
		"accepted, met":                          {fixtures.Accepted, answered(200, taken), answered(200, taken), conformance.Pass, ""},
		"accepted, met, and the case fails":      {fixtures.Accepted, answered(200, taken), answered(400, refused), conformance.Fail, ""},
		"accepted, refused":                      {fixtures.Accepted, answered(400, refused), answered(200, taken), conformance.Skip, fmt.Sprintf(needs, "refuses", "accepted")},
		"accepted, refused without a type":       {fixtures.Accepted, answered(404, ""), answered(404, ""), conformance.Skip, fmt.Sprintf(needs, "refuses", "accepted")},
		"accepted, a server error":               {fixtures.Accepted, answered(500, ""), answered(200, taken), conformance.Fail, ""},
		"accepted, an error that says 200":       {fixtures.Accepted, answered(200, refused), answered(200, taken), conformance.Fail, ""},
		"accepted, no answer":                    {fixtures.Accepted, unanswered(wire.Closed), answered(200, taken), conformance.Fail, ""},
		"accepted, refused, then a server error": {fixtures.Accepted, answered(400, refused), answered(500, ""), conformance.Fail, ""},
		"accepted, refused, then no answer":      {fixtures.Accepted, answered(400, refused), unanswered(wire.TimedOut), conformance.Fail, ""},
		"refused, met":                           {fixtures.Refused, answered(400, refused), answered(400, refused), conformance.Pass, ""},
		"refused, met, and the case fails":       {fixtures.Refused, answered(400, refused), answered(200, taken), conformance.Fail, ""},
		"refused, taken":                         {fixtures.Refused, answered(200, taken), answered(200, taken), conformance.Skip, fmt.Sprintf(needs, "takes", "refused")},
		"refused, a server error":                {fixtures.Refused, answered(500, ""), answered(500, ""), conformance.Fail, ""},
		"refused, an error that says 200":        {fixtures.Refused, answered(200, refused), answered(200, refused), conformance.Fail, ""},
		"refused, no answer":                     {fixtures.Refused, unanswered(wire.TimedOut), unanswered(wire.TimedOut), conformance.Fail, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := "200"
			if c.precondition == fixtures.Refused {
				status = "400"
			}
			plain := bound(t, "{}", `{"name": "n", "status": `+status+`, "error": null}`)
			plain.Number, plain.Name, plain.Precondition = 1, "plain", c.precondition
			if status == "200" {
				plain.Expect[0].Body = &jsontree.Value{Kind: jsontree.Object, Members: []jsontree.Member{{Name: "Command", Value: jsontree.Value{Kind: jsontree.Object}}}}
			}
			changed := bound(t, "{}", `{"name": "same", "sameAs": "plain"}`)
			changed.Number, changed.Name = 2, "changed"
			r := conformance.Judge(aCase(fixtures.Must), []fixtures.BoundStep{plain, changed}, []*wire.Exchange{c.first, c.second}, false)
			assert.Equal(t, c.verdict, r.Verdict, r.Findings)
			assert.Equal(t, c.reason, r.Reason)
			assert.Equal(t, c.verdict == conformance.Skip, r.Discarded())
			if c.verdict == conformance.Skip {
				assert.Empty(t, r.Findings)
			}
		})
	}
}

// TestTakingEverythingIsReportedWhereItIsAsked: what is about the form of a refusal, or compares two, has no verdict
// without one; that there is none is a failure of the cases that ask for it.
func TestTakingEverythingIsReportedWhereItIsAsked(t *testing.T) {
	t.Parallel()
	report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)}, conformance.WithProfiles(fixtures.Core))
	require.NoError(t, err)
	verdicts := map[string]conformance.Tally{}
	for i := range report.Results {
		r := &report.Results[i]
		about := r.Case.Area()
		if r.Discarded() {
			about = "discarded"
			assert.Contains(t, r.Reason, "needs refused", r.Case.ID)
		}
		if verdicts[about] == nil {
			verdicts[about] = conformance.Tally{}
		}
		verdicts[about][r.Verdict]++
	}
	assert.Greater(t, verdicts["discarded"][conformance.Skip], 50)
	assert.Greater(t, verdicts["constraint"][conformance.Fail], 400)
	assert.Greater(t, verdicts["error"][conformance.Fail], 40)
}
