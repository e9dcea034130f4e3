package conformance_test

import (
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// matrixFile takes the matrix by case: how many mutants each notices, how many of them alone, and which.
var matrixFile = flag.String("matrix-file", "",
	"TestKillMatrix: ask every mutant every case, write what each case notices to this file, tab-separated, and "+killsFile+" anew")

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

func noticedIn(report *event.Report) noticed {
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

// TestKillMatrix wants every mutant noticed at the level that its defect deserves, and a mutant for every case that it
// notices. Each mutant is asked first what killsFile names, and more only where that is not enough; a plain run asks
// each twentieth mutant, and the service without a defect a quarter of the cases. make mutants asks every mutant every case
// of the profiles in which it can show. One alone is asked by
//
//	SENDSPEC_LONG=1 go test ./conformance -v -run TestKillMatrix/mutants/identifier/command-id-bare
func TestKillMatrix(t *testing.T) {
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	h := &hunt{cases: byProfile(all), sent: bodiesOf(t), first: knownKills(t), kills: map[string][]string{}, killers: map[string]string{}}
	for profile, some := range h.cases {
		build := conforming
		if profile == fixtures.Auth {
			build = conformingWithAuth
		}
		require.Empty(t, askInBubble(t, build, quarter(some)), "the service without a defect, %s", profile)
	}
	require.Empty(t, askOverConnections(t, mutants.Unmodified(), quarter(h.onWire())), "the service without a defect, over connections")

	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(matrixMemory))
	began := time.Now()
	names := map[string]bool{}
	t.Run("mutants", func(t *testing.T) {
		for i, m := range mutants.All() {
			require.False(t, names[m.Name], "%s is there twice", m.Name)
			names[m.Name] = true
			if !wholeMatrix() && !longtest.Wanted() && i%20 != 0 {
				continue
			}
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				h.kill(t, m)
			})
		}
	})
	fmt.Printf("%d of %d mutants asked, %d killed, in %s\n", h.asked, len(names), len(h.killers), time.Since(began).Round(time.Millisecond))
	if h.asked < len(names) {
		return // most cases notice none of a few mutants
	}
	if wholeMatrix() {
		h.judgeCases(t, all)
		return
	}
	t.Run("cases", func(t *testing.T) { h.vouch(t, all) })
}

// What a command and its invocations become of is no case's business where it asks once: only the invariants that look
// at what came before find these.
func TestSomeHistoriesFallToAnInvariantAlone(t *testing.T) {
	t.Parallel()
	all := embeddedCases(t, "lifecycle/NoInstancesInTag", "lifecycle/ListCommands", "execution/Success")
	if longtest.Wanted() {
		all = embeddedCases(t)
	}
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
