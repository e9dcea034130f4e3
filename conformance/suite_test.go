package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

const laterID = "constraint/Later/refused"

// grown is the beginning of today's corpus with a case that came later: a comment of "later" is refused.
func grown(t *testing.T) []*fixtures.Case {
	t.Helper()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	later, err := fixtures.Parse("constraint/Later.json", []byte(`{"$schema": "../schema.json",
		"defaults": {"since": "9.1", "level": "must", "profile": "core", "safety": "inert", "evidence": "shape/Comment"},
		"cases": [{"id": "`+laterID+`", "title": "A Comment of later is refused", "request": {"body": {"json":
			{"DocumentName": "AWS-RunShellScript", "Targets": [{"Key": "tag:sendspec", "Values": ["${nonce}"]}],
			"Parameters": {"commands": ["true"]}, "Comment": "later"}}},
			"expect": [{"name": "refused", "status": 400, "error": {"type": "ValidationException"}}]}]}`))
	require.NoError(t, err)
	return append(cases[:20:20], later...)
}

func judged(t *testing.T, h http.Handler, opts ...conformance.Option) *event.Report {
	t.Helper()
	r, err := conformance.New(conformance.Target{Handler: h}, append(opts, conformance.WithCases(grown(t)))...)
	require.NoError(t, err)
	report, err := r.Run(t.Context())
	require.NoError(t, err)
	return report
}

// A server that conformed to the suite of its day gets a case more, which it fails. A gate that is pinned to the older suite
// stays green; one that is not is told of the case, and fails for it where it is strict.
func TestAGateThatIsPinnedStaysGreenWhenTheCorpusGrows(t *testing.T) {
	t.Parallel()
	pin := conformance.WithSuite(fixtures.Suite)

	pinned := judged(t, service.New(), pin, conformance.WithStrict())
	assert.False(t, pinned.Failed())
	assert.Equal(t, event.Suite{Version: fixtures.Suite, Pin: fixtures.Suite, LeftOut: 1}, pinned.Suite)
	assert.Equal(t, string(fixtures.Suite)+": 1 later case left out", pinned.Suite.String())
	assert.NotContains(t, verdictsOf(pinned), laterID)

	today := judged(t, service.New())
	assert.False(t, today.Failed())
	assert.Equal(t, judge.Warn, verdictsOf(today)[laterID])
	assert.Equal(t, 1, today.Spared())
	assert.Equal(t, event.Suite{Version: fixtures.Suite}, today.Suite)

	strict := judged(t, service.New(), conformance.WithStrict())
	assert.True(t, strict.Failed())
	assert.Equal(t, judge.Fail, verdictsOf(strict)[laterID])
	assert.Zero(t, strict.Spared())
	assert.Equal(t, pinned.Totals.Total()+1, strict.Totals.Total())
}

// A baseline pins as well, and the option goes before it. An entry for a later case is no mistake.
func TestABaselinePinsTheSuite(t *testing.T) {
	t.Parallel()
	known := func(text string) conformance.Option {
		f, err := baseline.Parse("known.baseline", []byte(text), time.Now())
		require.NoError(t, err)
		return conformance.WithBaseline(f)
	}
	pinned := judged(t, service.New(), known("suite="+string(fixtures.Suite)+"\n"+laterID+" status=200\n"))
	assert.Equal(t, 1, pinned.Suite.LeftOut)
	assert.False(t, pinned.Failed() || pinned.Stale())

	unpinned := judged(t, service.New(), known(laterID+" status=200\n"))
	assert.Equal(t, judge.Known, verdictsOf(unpinned)[laterID])
	assert.False(t, unpinned.Failed() || unpinned.Stale())
}

// What an update records of a provisional failure holds when the case is provisional no more.
func TestAnUpdateRecordsProvisionalFailures(t *testing.T) {
	t.Parallel()
	f, err := baseline.Parse("known.baseline", nil, time.Now())
	require.NoError(t, err)
	found := judged(t, service.New(), conformance.WithBaseline(f))
	var runs baseline.Runs
	runs.Add(found.Results)
	assert.Equal(t, 1, f.Update(&runs).Added)
	text := f.Text()
	assert.Contains(t, text, " status=200\n", "as of a failure, and not of a warning")
	written, err := baseline.Parse("known.baseline", []byte(text), time.Now())
	require.NoError(t, err)
	assert.False(t, judged(t, service.New(), conformance.WithStrict(), conformance.WithBaseline(written)).Failed())
}

// A request that only a provisional case sends breaks no invariant either, but for a strict run.
func TestAProvisionalCaseAloneBreaksNoInvariant(t *testing.T) {
	t.Parallel()
	server := func() http.Handler {
		right := service.New()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil && strings.Contains(string(body), `"later"`) {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			right.ServeHTTP(w, r)
		})
	}
	broken := func(r *event.Report) (ids []string) {
		for _, result := range r.Results {
			if result.Case.Area() == judge.InvariantArea && result.Broken > 0 {
				ids = append(ids, result.Case.ID)
				assert.True(t, result.Provisional, result.Case.ID)
			}
		}
		return ids
	}
	today := judged(t, server())
	assert.False(t, today.Failed())
	assert.NotEmpty(t, broken(today))
	strict := judged(t, server(), conformance.WithStrict())
	assert.Equal(t, broken(today), broken(strict))
	for _, id := range broken(strict) {
		assert.Equal(t, verdictsOf(today)[id], judge.Warn, id)
	}
	assert.Greater(t, strict.Totals[judge.Fail], 1)
}

func TestAPinThatCannotBeKeptIsOneClearError(t *testing.T) {
	t.Parallel()
	target := conformance.Target{Handler: service.New()}
	_, err := conformance.New(target, conformance.WithSuite("9.1"))
	require.EqualError(t, err, "suite 9.1: this sendspec has suite "+string(fixtures.Suite)+
		": want that or an earlier one, or a newer sendspec")
	_, err = conformance.New(target, conformance.WithSuite("latest"))
	require.ErrorContains(t, err, `suite "latest": want a version of the suite, MAJOR.MINOR`)
	picks, err := selector.Parse([]string{laterID}, nil)
	require.NoError(t, err)
	_, err = conformance.New(target, conformance.WithCases(grown(t)), conformance.WithSuite(fixtures.Suite),
		conformance.WithSelector(picks))
	require.EqualError(t, err, "suite "+string(fixtures.Suite)+": every selected case came later")
}

func verdictsOf(r *event.Report) map[string]judge.Verdict {
	verdicts := map[string]judge.Verdict{}
	for _, result := range r.Results {
		verdicts[result.Case.ID] = result.Verdict
	}
	return verdicts
}
