package fuzz_test

import (
	"context"
	"errors"
	"flag"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// allMutants asks every wrong server that a request can show, where the test otherwise takes a sample.
var allMutants = flag.Bool("all-mutants", false, "TestWrongServersAreFound: every wrong server that a request can show")

var errFound = errors.New("found")

// untilFound fuzzes a wrong server until something is found; nil where nothing is.
func untilFound(t *testing.T, m mutants.Mutant, count uint64, strategies ...generate.Strategy) *fuzz.Divergence {
	t.Helper()
	target := wrong(t, m)
	var found *fuzz.Divergence
	options := fuzz.Options{Count: count, Parallel: 4, Strategies: strategies, Found: func(f *fuzz.Divergence) error {
		found = f
		return errFound
	}}
	_, err := fuzz.Run(context.Background(), session(t, target, 1), options)
	if found == nil {
		require.NoError(t, err)
	}
	return found
}

// wrong is a target with the defect: a handler, or a server where only a connection shows it.
func wrong(t *testing.T, m mutants.Mutant) conformance.Target {
	t.Helper()
	world := service.Demo("", "")
	target := conformance.Target{Handler: m.Handler(append(world.Options, service.WithClockScale(1000))...), Bindings: world.Bindings}
	if !m.NeedsConnection() {
		return target
	}
	server := httptest.NewUnstartedServer(target.Handler)
	server.Listener = m.Listen(server.Listener)
	server.Start()
	t.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, Bindings: world.Bindings}
}

// byOneRequest reports whether a SendCommand, or a pair of them, can show a defect. The others need a signature,
// or the calls that tell what becomes of a command.
func byOneRequest(m mutants.Mutant) bool {
	return slices.Contains(m.Profiles(), fixtures.Core)
}

// singleRequests are the strategies whose inputs are one request, or two.
var singleRequests = slices.DeleteFunc(generate.Strategies(), func(s generate.Strategy) bool { return s == generate.Sequence })

// Defects in the life of a command that sending, listing, asking and cancelling show, each in a few calls. Time
// is that of a bubble: it passes only while a sequence waits, however busy the machine is.
func TestSequencesFindWhatNoSingleRequestShows(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"state/left-again", "state/no-node-as-failed", "state/cancel-unknown-taken", "history/twice", "invocation/list-unknown-refused",
		"history/comment-of-the-first",
	} {
		i := slices.IndexFunc(mutants.All(), func(m mutants.Mutant) bool { return m.Name == name })
		require.GreaterOrEqual(t, i, 0, name)
		var found *fuzz.Divergence
		synctest.Test(t, func(t *testing.T) { found = untilFound(t, mutants.All()[i], 3000, generate.Sequence) })
		require.NotNil(t, found, name)
		require.LessOrEqual(t, len(found.Case.Steps), 8, "%s is shown by few calls", name)
		t.Logf("%-40s %5d inputs, %d calls: %s %s", name, found.Index+1, len(found.Case.Steps), found.ID, found.What)
	}
}

// sample has a wrong server of each kind that a plain run asks.
var sample = []string{
	"constraint/SendCommand/InstanceIds/length-above", "type/OutputS3KeyPrefix/boolean", "subtle/hash-type-trimmed",
	"semantics/instances-win", "response/TimeoutSeconds/type", "value/text-basic-plane", "framing/no-extensions",
}

// askable are the wrong servers that this run asks: the sample, in the long run every 24th, or all of them.
func askable(t *testing.T) []mutants.Mutant {
	t.Helper()
	all := slices.DeleteFunc(mutants.All(), func(m mutants.Mutant) bool { return !byOneRequest(m) })
	switch {
	case *allMutants:
		return all
	case longtest.Wanted():
		var some []mutants.Mutant
		for chunk := range slices.Chunk(all, 24) {
			some = append(some, chunk[0])
		}
		return some
	}
	all = slices.DeleteFunc(all, func(m mutants.Mutant) bool { return !slices.Contains(sample, m.Name) })
	require.Len(t, all, len(sample))
	return all
}

// TestWrongServersAreFound: a sample of the wrong servers that requests can show, each found within a few
// thousand inputs, with a request that a person can read; all of them where asked for (make fuzz-mutants).
func TestWrongServersAreFound(t *testing.T) {
	t.Parallel()
	var sizes []int
	var inputs []uint64
	asked, missed := 0, 0
	for _, m := range askable(t) {
		asked++
		var found *fuzz.Divergence
		t.Run(m.Name, func(t *testing.T) { found = untilFound(t, m, 20000, singleRequests...) }) // at its end the server and its history go
		if found == nil {
			missed++
			t.Logf("%s is not found: %s", m.Name, m.Wrong)
			continue
		}
		t.Logf("%-70s %6d inputs %4d bytes %3d calls %s", m.Name, found.Index+1, found.Size, found.Calls, found.ID)
		sizes, inputs = append(sizes, found.Size), append(inputs, found.Index+1)
	}
	slices.Sort(sizes)
	slices.Sort(inputs)
	require.NotEmpty(t, sizes)
	t.Logf("%d of %d found; inputs: median %d, worst %d; bytes of the shrunk request: median %d, worst %d",
		asked-missed, asked, inputs[len(inputs)/2], inputs[len(inputs)-1], sizes[len(sizes)/2], sizes[len(sizes)-1])
	require.LessOrEqual(t, missed*62, asked, "at least 98.4 %% are found")
	require.Less(t, sizes[len(sizes)/2], 200, "bytes, in the median")
}
