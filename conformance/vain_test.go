package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// embeddedCases are those of the corpus that some selectors pick.
func embeddedCases(t *testing.T, selectors ...string) []*fixtures.Case {
	t.Helper()
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	picks, err := selector.Parse(selectors, nil)
	require.NoError(t, err)
	return slices.DeleteFunc(slices.Clone(all), func(c *fixtures.Case) bool { return !picks.Match(c.ID) })
}

// sampled are every nth of the cases, and all of them in the long run.
func sampled(cases []*fixtures.Case, nth int) []*fixtures.Case {
	if longtest.Wanted() {
		return cases
	}
	var some []*fixtures.Case
	for i := 0; i < len(cases); i += nth {
		some = append(some, cases[i])
	}
	return some
}

// saysNoScale hides that the clock of a service runs otherwise than in real time.
func saysNoScale(next http.Handler) http.Handler {
	return edited(next, func(header http.Header, body string) string {
		header.Del(reference.ClockScaleHeader)
		return body
	})
}

// edited is a server whose answers are changed.
func edited(next http.Handler, change func(header http.Header, body string) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		body := change(answer.Header(), answer.Body.String())
		answer.Header().Del("Content-Length")
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(body))
	})
}

var commandID = regexp.MustCompile(`"CommandId":"[^"]*"`)

// changingIDs gives a command another ID in each answer.
func changingIDs(next http.Handler) http.Handler {
	var n atomic.Int64
	return edited(next, func(_ http.Header, body string) string {
		return commandID.ReplaceAllStringFunc(body, func(string) string {
			return fmt.Sprintf(`"CommandId":"00000000-0000-4000-8000-%012d"`, n.Add(1))
		})
	})
}

// A server on which nothing moves, or is found again, is waited for once, whatever the cases wait for; and where its
// commands live faster than the clock runs, and it says so, for as much shorter.
func TestARunAgainstAWrongServerIsBounded(t *testing.T) {
	t.Parallel()
	longtest.Skip(t)
	const stopped = 1e-9
	mutant := func(name string) func(...service.Option) http.Handler {
		return func(o ...service.Option) http.Handler {
			all := mutants.All()
			i := slices.IndexFunc(all, func(m mutants.Mutant) bool { return m.Name == name })
			require.GreaterOrEqual(t, i, 0, name)
			return all[i].Handler(o...)
		}
	}
	correct := func(o ...service.Option) http.Handler { return service.New(o...) }
	for name, c := range map[string]struct {
		server func(...service.Option) http.Handler
		scale  float64
		within time.Duration
		why    string
	}{
		"no command moves": {
			func(o ...service.Option) http.Handler { return saysNoScale(service.New(o...)) }, stopped, 90 * time.Second,
			"waited in vain for a command on a plain node to end",
		},
		"an ID changes": {
			func(o ...service.Option) http.Handler { return changingIDs(service.New(o...)) }, 1, 90 * time.Second,
			"waited in vain for a command",
		},
		"no command moves, on a fast clock": {mutant("state/frozen"), 100, 30 * time.Second, "live 100 times as fast as the clock runs"},
		"none is delivered, on a fast clock": {
			mutant("state/undelivered-for-ever"), 100, 30 * time.Second, "live 100 times as fast as the clock runs",
		},
		"none of it, on a fast clock": {correct, 100, 30 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := sampled(embeddedCases(t, "execution/Cancelled", "execution/DeliveryTimedOut", "execution/Success",
				"execution/Undeliverable", "lifecycle/NoInstancesInTag", "lifecycle/ListCommandInvocations", "!**/exit-194"), 3)
			synctest.Test(t, func(t *testing.T) {
				world := service.Demo("", "")
				h := c.server(append(slices.Clip(world.Options), service.WithClockScale(c.scale))...)
				began := time.Now()
				report, err := run(t.Context(), t, conformance.Target{Handler: h, Bindings: world.Bindings},
					conformance.WithCases(cases), conformance.WithSeed(1))
				require.NoError(t, err)
				assert.Less(t, time.Since(began), c.within)
				assert.True(t, report.Complete)
				if c.why == "" {
					assert.False(t, report.Failed())
					return
				}
				assert.True(t, slices.ContainsFunc(report.Results, func(r judge.Result) bool {
					return r.Verdict == judge.Fail && strings.Contains(r.Reason, c.why)
				}), "no failure says that %s", c.why)
			})
		})
	}
}
