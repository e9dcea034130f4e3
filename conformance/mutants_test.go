package conformance_test

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// killWorld is a world of its own for each mutant: its options cannot be used by two services at once.
func killWorld() (service.World, []service.Option) {
	world := service.Demo("", "")
	return world, append(slices.Clip(world.Options), service.WithClockScale(1000))
}

// killedBy asks the handler the cases and returns the first that notices at the level, "" where none does.
func killedBy(t *testing.T, h http.Handler, world service.World, cases []*fixtures.Case, level mutants.Level) string {
	t.Helper()
	runner, err := conformance.New(conformance.Target{Handler: h, Bindings: world.Bindings}, conformance.WithCases(cases), conformance.WithSeed(1))
	require.NoError(t, err)
	report, err := runner.Run(t.Context())
	if report == nil {
		require.NoError(t, err)
	}
	for i := range report.Results {
		r := &report.Results[i]
		if r.Verdict == conformance.Fail || r.Verdict == conformance.Flaky || r.Verdict == conformance.Warn && level == mutants.Should {
			return r.Case.ID
		}
	}
	return ""
}

// underRace tells whether the race detector is on, which makes the matrix many times slower.
func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestKillMatrix wants every mutant noticed at the level that its defect deserves. The cases that it
// should fall to are asked first, and all of them only where those do not notice.
//
// What an agent runs is left out, and no other test runs meanwhile: on a fast clock and a busy machine
// those cases fail a sound server too, and would seem to kill what they do not notice.
func TestKillMatrix(t *testing.T) {
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	all = slices.DeleteFunc(all, func(c *fixtures.Case) bool { return c.Profile == fixtures.Execution })
	world, base := killWorld()
	require.Empty(t, killedBy(t, service.New(base...), world, all, mutants.Should), "the service without a defect")

	began := time.Now()
	var mu sync.Mutex
	planted, survived, elsewhere := map[string]int{}, map[string]int{}, map[string]int{}
	names := map[string]bool{}
	t.Run("mutants", func(t *testing.T) {
		for i, m := range mutants.All() {
			require.False(t, names[m.Name], "%s stands twice", m.Name)
			names[m.Name] = true
			if (testing.Short() || underRace()) && i%10 != 0 {
				continue
			}
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				world, base := killWorld()
				selector, err := conformance.ParseSelector(m.Expect, nil)
				require.NoError(t, err)
				first := slices.DeleteFunc(slices.Clone(all), func(c *fixtures.Case) bool { return !selector.Match(c.ID) })
				killer := ""
				if len(first) > 0 {
					killer = killedBy(t, m.Handler(base...), world, first, m.Level)
				}
				byExpected := killer != ""
				if !byExpected {
					killer = killedBy(t, m.Handler(base...), world, all, m.Level)
				}
				mu.Lock()
				defer mu.Unlock()
				planted[m.Family]++
				if killer != "" && !byExpected {
					elsewhere[m.Family]++
					t.Logf("killed by %s, not by %v", killer, m.Expect)
				}
				if killer == "" {
					survived[m.Family]++
					t.Errorf("survives at %s: %s (%s)", m.Level, m.Wrong, m.Source)
				}
			})
		}
	})
	total, alive := 0, 0
	for _, family := range []string{mutants.Constraint, mutants.Type, mutants.Response} {
		fmt.Printf("%-10s %4d mutants, %d survived, %d killed by cases of another topic\n", family, planted[family], survived[family], elsewhere[family])
		total, alive = total+planted[family], alive+survived[family]
	}
	fmt.Printf("%d mutants: %d killed, %d survived, in %s\n", total, total-alive, alive, time.Since(began).Round(time.Millisecond))
}
