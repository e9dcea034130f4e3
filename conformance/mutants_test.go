package conformance_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// matrixFile takes the matrix by case: how many mutants each notices, how many of them alone, and which.
var matrixFile = flag.String("matrix-file", "",
	"TestKillMatrix, with SENDSPEC_LONG=1: write what each case notices to this file, tab-separated")

// matrixMemory is where the matrix begins to collect garbage.
const matrixMemory = 1 << 30

// noticed are the verdicts, by case, other than pass and skip.
type noticed map[string]judge.Verdict

// askInBubble asks a handler the cases in a bubble of its own. There time passes only while everybody
// waits: a run takes no longer than its work, and no busy machine makes a status pass unseen.
func askInBubble(t *testing.T, build func(base []service.Option) http.Handler, cases []*fixtures.Case) noticed {
	t.Helper()
	var found noticed
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now)) // a bubble begins in the year 2000
		world := service.Demo("", "")
		h := build(append(slices.Clip(world.Options), service.WithClockScale(100)))
		options := []conformance.Option{conformance.WithCases(cases), conformance.WithSeed(1), conformance.WithoutConfirmation()}
		if cases[0].Profile != fixtures.Auth && !slices.ContainsFunc(cases, signed) {
			options = append(options, conformance.WithoutSignatures()) // which no other mutant looks at
		}
		runner, err := conformance.New(conformance.Target{Handler: h, Bindings: world.Bindings, Denied: world.Denied}, options...)
		require.NoError(t, err)
		report, err := runner.Run(t.Context())
		if report == nil {
			require.NoError(t, err)
		}
		found = noticedIn(report)
	})
	return found
}

// askOverConnections asks a mutant the cases over a socket, where it can read HTTP in its own way.
func askOverConnections(t *testing.T, m mutants.Mutant, cases []*fixtures.Case) noticed {
	t.Helper()
	world := service.Demo("", "")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{
		Handler: m.Handler(world.Options...), ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 256 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(m.Listen(listener)) }()
	defer func() {
		// A server of the test package would wait until each refusal has lingered for half a second.
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	}()
	runner, err := conformance.New(
		conformance.Target{URL: "http://" + listener.Addr().String(), Bindings: world.Bindings},
		conformance.WithCases(cases),
		conformance.WithSeed(1),
		conformance.WithoutConfirmation(),
		conformance.WithLimits(wire.Limits{Timeout: time.Minute}),
	)
	require.NoError(t, err)
	report, err := runner.Run(t.Context())
	require.NoError(t, err)
	return noticedIn(report)
}

// signed reports whether a case says what its signature is.
func signed(c *fixtures.Case) bool {
	return slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return s.Request.Auth != nil })
}

func noticedIn(report *conformance.Report) noticed {
	found := noticed{}
	for i := range report.Results {
		if r := &report.Results[i]; r.Verdict != judge.Pass && r.Verdict != judge.Skip {
			found[r.Case.ID] = r.Verdict
		}
	}
	return found
}

// atLevel returns the cases that noticed a defect of this level, sorted.
func (n noticed) atLevel(level fixtures.Level) []string {
	var ids []string
	for id, v := range n {
		if v == judge.Fail || v == judge.Flaky || v == judge.Warn && level == fixtures.Should {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// byProfile splits the cases: each profile is asked of a service of its own.
func byProfile(cases []*fixtures.Case) map[fixtures.Profile][]*fixtures.Case {
	split := map[fixtures.Profile][]*fixtures.Case{}
	for _, c := range cases {
		split[c.Profile] = append(split[c.Profile], c)
	}
	return split
}

// conforming is the service without a defect.
func conforming(base []service.Option) http.Handler { return service.New(base...) }

func conformingWithAuth(base []service.Option) http.Handler {
	return service.New(append(base, service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))...)
}

// area counts its mutants.
type area struct{ asked, survived, elsewhere int }

// TestKillMatrix wants every mutant noticed at the level that its defect deserves. In the long run each is asked
// every case of the profiles in which it can show, and every case must notice one. Otherwise each tenth is asked the
// cases that it should fall to, and all others only where those do not notice. One alone is asked by
//
//	SENDSPEC_LONG=1 go test ./conformance -v -run TestKillMatrix/mutants/identifier/command-id-bare
func TestKillMatrix(t *testing.T) {
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	cases, sent := byProfile(all), bodiesOf(t)
	for profile, some := range cases {
		build := conforming
		if profile == fixtures.Auth {
			build = conformingWithAuth
		}
		require.Empty(t, askInBubble(t, build, some), "the service without a defect, %s", profile)
	}
	require.Empty(t, askOverConnections(t, mutants.Unmodified(), onWire(cases, sent)), "the service without a defect, over connections")

	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(matrixMemory))
	began := time.Now()
	var mu sync.Mutex
	areas := map[string]*area{}
	kills := map[string][]string{} // mutants by the case that noticed them
	var order []string
	names := map[string]bool{}
	t.Run("mutants", func(t *testing.T) {
		for i, m := range mutants.All() {
			require.False(t, names[m.Name], "%s is there twice", m.Name)
			names[m.Name] = true
			if areas[m.Area()] == nil {
				areas[m.Area()] = &area{}
				order = append(order, m.Area())
			}
			if !longtest.Wanted() && i%10 != 0 {
				continue
			}
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				found, byExpected := hunt(t, m, cases, sent)
				mu.Lock()
				defer mu.Unlock()
				f := areas[m.Area()]
				f.asked++
				for id := range found {
					kills[id] = append(kills[id], m.Name)
				}
				killers := found.atLevel(m.Level)
				switch {
				case len(killers) == 0:
					f.survived++
					t.Errorf("survives at %s: %s (%s)", m.Level, m.Wrong, m.Source)
				case !byExpected:
					f.elsewhere++
					t.Logf("killed by %s, not by %v", killers[0], m.Expect())
				}
			})
		}
	})
	if !longtest.Wanted() {
		return
	}
	var sum area
	for _, name := range order {
		f := areas[name]
		if f.asked == 0 {
			continue // -run left them out
		}
		fmt.Printf("%-12s %4d mutants, %d survived, %d killed by cases of another topic\n", name, f.asked, f.survived, f.elsewhere)
		sum.asked, sum.survived = sum.asked+f.asked, sum.survived+f.survived
	}
	fmt.Printf("%d mutants: %d killed, %d survived, in %s\n", sum.asked, sum.asked-sum.survived, sum.survived,
		time.Since(began).Round(time.Millisecond))
	if sum.asked == len(names) { // else -run has asked some of them alone, of which most cases notice none
		judgeCases(t, all, kills)
	}
}

// What a command and its invocations become of is no case's business where it asks once: only the invariants that look
// at what came before find these.
func TestSomeHistoriesFallToAnInvariantAlone(t *testing.T) {
	t.Parallel()
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	cases := byProfile(all)
	for name, invariant := range map[string]string{
		"history/ends-again": "invariant/Command/ended", "history/archived": "invariant/Command/as-sent",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(mutants.All(), func(m mutants.Mutant) bool { return m.Name == name })
			require.GreaterOrEqual(t, i, 0)
			m, found := mutants.All()[i], noticed{}
			for _, profile := range m.Profiles() {
				maps.Copy(found, askInBubble(t, func(base []service.Option) http.Handler { return m.Handler(base...) }, cases[profile]))
			}
			require.Equal(t, []string{invariant}, found.atLevel(mutants.Must))
		})
	}
}

// bodies are what each case sends.
type bodies map[string][]byte

func bodiesOf(t *testing.T) bodies {
	t.Helper()
	all := bodies{}
	for c, steps := range boundCorpus(t) {
		for _, s := range steps {
			all[c.ID] = append(all[c.ID], s.Request.Body...)
		}
	}
	return all
}

// heavy reports whether a case sends hundreds of kilobytes: a few of them would take a fifth of the matrix's
// time, so that they are asked only of the mutants that should fall to them.
func (b bodies) heavy(c *fixtures.Case) bool { return len(b[c.ID]) > 90_000 }

// canShow reports whether a mutant can behave otherwise than the unmodified service in a case.
func (b bodies) canShow(m mutants.Mutant, c *fixtures.Case) bool {
	member := m.Member()
	return member == "" || bytes.Contains(b[c.ID], []byte(`"`+member+`"`))
}

// hunt asks a mutant the cases that should notice it, and all where they do not or the matrix is
// wanted. It reports whether one of the first did.
func hunt(t *testing.T, m mutants.Mutant, cases map[fixtures.Profile][]*fixtures.Case, sent bodies) (found noticed, byExpected bool) {
	t.Helper()
	picks, err := selector.Parse(m.Expect(), nil)
	require.NoError(t, err)
	found = noticed{}
	if m.NeedsConnection() {
		found = askOverConnections(t, m, onWire(cases, sent))
		return found, slices.ContainsFunc(found.atLevel(m.Level), picks.Match)
	}
	ask := func(pick func(*fixtures.Case) bool) {
		for _, profile := range m.Profiles() {
			some := slices.DeleteFunc(slices.Clone(cases[profile]), func(c *fixtures.Case) bool { return !pick(c) })
			if len(some) == 0 {
				continue
			}
			for id, v := range askInBubble(t, func(base []service.Option) http.Handler { return m.Handler(base...) }, some) {
				found[id] = v
			}
		}
	}
	expected := func(n noticed) bool {
		return slices.ContainsFunc(n.atLevel(m.Level), picks.Match)
	}
	if !longtest.Wanted() {
		ask(func(c *fixtures.Case) bool { return picks.Match(c.ID) })
		if len(found.atLevel(m.Level)) > 0 {
			return found, expected(found)
		}
	}
	ask(func(c *fixtures.Case) bool { return picks.Match(c.ID) || !sent.heavy(c) && sent.canShow(m, c) })
	return found, expected(found)
}

// onWire are the cases that connections may be asked.
func onWire(cases map[fixtures.Profile][]*fixtures.Case, sent bodies) []*fixtures.Case {
	return slices.DeleteFunc(slices.Clone(cases[fixtures.Core]), func(c *fixtures.Case) bool {
		return !strings.HasPrefix(c.ID, "wire/") || sent.heavy(c)
	})
}

// caseOf is the ID of a variant's case.
func caseOf(id string) string {
	parts := strings.SplitN(id, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// judgeCases wants every case to notice a mutant, or to have a keepReason.
func judgeCases(t *testing.T, all []*fixtures.Case, kills map[string][]string) {
	t.Helper()
	killers := map[string]int{} // of a mutant
	for _, names := range kills {
		for _, name := range names {
			killers[name]++
		}
	}
	var table strings.Builder
	table.WriteString("case\tmutants\tthat no other case notices\twhich\n")
	alone, shared, idle := 0, 0, 0
	idleOf, kept := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		names := slices.Sorted(slices.Values(kills[c.ID]))
		only := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return killers[name] > 1 })
		fmt.Fprintf(&table, "%s\t%d\t%s\t%s\n", c.ID, len(names), strings.Join(only, " "), strings.Join(names, " "))
		switch {
		case len(names) == 0:
			idle++
			idleOf[caseOf(c.ID)] = true
			if c.KeepReason == "" {
				t.Errorf("%s notices no mutant, and has no keepReason", c.ID)
			}
		case len(only) > 0:
			alone++
		default:
			shared++
		}
		if c.KeepReason != "" {
			kept[caseOf(c.ID)] = true
		}
	}
	for id := range kept {
		if !idleOf[id] {
			t.Errorf("%s has a keepReason, for a case that notices no mutant; it notices some", id)
		}
	}
	if *matrixFile != "" {
		require.NoError(t, os.WriteFile(*matrixFile, []byte(table.String()), 0o644))
	}
	fmt.Printf("%d cases: %d notice a mutant that no other case does, %d only what others notice too, %d none and have a keepReason\n",
		len(all), alone, shared, idle)
}
