package conformance_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// TestRefusingEverythingPassesNothing: a refusal shows something only beside a request that is taken.
func TestRefusingEverythingPassesNothing(t *testing.T) {
	t.Parallel()
	refusing := answering(func(int64, string) int { return http.StatusBadRequest })
	report, err := run(t.Context(), t, conformance.Target{Handler: refusing},
		conformance.WithCases(sampled(embeddedCases(t, "constraint", "type", "error", "metamorphic"), 5)))
	require.NoError(t, err)
	for i := range report.Results {
		r := &report.Results[i]
		if r.Case.Area() != judge.InvariantArea {
			assert.NotContains(t, []judge.Verdict{judge.Pass, judge.Warn}, r.Verdict, r.Case.ID)
		}
	}
	assert.Positive(t, report.Totals[judge.Fail])
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
	fields := `, "title": "t", "request": {"body": {"json": {"DocumentName": "AWS-RunShellScript", "Targets": [{"Key": "tag:sendspec",` +
		` "Values": ["x"]}], "Parameters": {"commands": ["true"]}, "TimeoutSeconds": `
	cases := casesOf(
		t,
		`{"id": "area/Topic/below"`+fields+`29}}}, "expect": [{"name": "refused", "status": 400}]}`,
		`{"id": "area/Topic/above"`+fields+`2592001}}}, "expect": [{"name": "refused", "status": 400}]}`,
		`{"id": "area/Topic/above-as-it-should"`+fields+`2592001}}}, "expect": [{"name": "refused", "status": 400,`+
			` "error": {"type": {"$should": "OtherException"}}}]}`,
	)
	for _, options := range [][]conformance.Option{nil, {conformance.WithStrict()}} {
		report, err := run(t.Context(), t, conformance.Target{Handler: noTags}, append(options, conformance.WithCases(cases))...)
		require.NoError(t, err)
		assert.Equal(t, judge.Pass, report.Results[0].Verdict)
		for _, r := range report.Results[1:3] {
			assert.Equal(t, judge.Skip, r.Verdict, r.Case.ID)
			assert.Contains(t, r.Reason, "plain request")
		}
	}
}

// TestTakingEverythingIsReportedWhereItIsAsked: what is about the form of a refusal, or compares two, has no verdict
// without one; that there is none is a failure of the cases that ask for it.
func TestTakingEverythingIsReportedWhereItIsAsked(t *testing.T) {
	t.Parallel()
	report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)},
		conformance.WithCases(sampled(embeddedCases(t, "constraint", "error", "metamorphic", "wire"), 3)))
	require.NoError(t, err)
	verdicts := map[string]event.Tally{}
	for i := range report.Results {
		r := &report.Results[i]
		about := r.Case.Area()
		if r.Discarded() {
			about = "discarded"
			assert.Contains(t, r.Reason, "needs refused", r.Case.ID)
		}
		if verdicts[about] == nil {
			verdicts[about] = event.Tally{}
		}
		verdicts[about][r.Verdict]++
	}
	assert.Greater(t, verdicts["discarded"][judge.Skip], 15)
	assert.Greater(t, verdicts["constraint"][judge.Fail], 130)
	assert.Greater(t, verdicts["error"][judge.Fail], 13)
}
