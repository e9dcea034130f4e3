package fuzz_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/reference/service"
)

// session opens a session with the target.
func session(t testing.TB, target conformance.Target, seed uint64) *conformance.Session {
	t.Helper()
	runner, err := conformance.New(target, conformance.WithSeed(seed), conformance.WithParallel(8))
	require.NoError(t, err)
	s, err := runner.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// handler is the embedded reference in this process.
func handler() conformance.Target {
	world := service.Demo("", "")
	return conformance.Target{Handler: service.New(append(world.Options, service.WithClockScale(200))...), Bindings: world.Bindings}
}

// server is the embedded reference behind a socket, which verifies signatures.
func server(t testing.TB) conformance.Target {
	t.Helper()
	world := service.Demo("", "")
	return serving(t, service.New(append(world.Options, service.WithClockScale(200), service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))...), world)
}

func serving(t testing.TB, h http.Handler, world service.World) conformance.Target {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return conformance.Target{URL: s.URL, Name: "the server", Bindings: world.Bindings}
}

func campaign(t testing.TB, target conformance.Target, seed uint64, o fuzz.Options) *fuzz.Report {
	t.Helper()
	report, err := fuzz.Run(context.Background(), session(t, target, seed), o)
	require.NoError(t, err)
	return report
}

func requireNoFinding(t *testing.T, r *fuzz.Report) {
	t.Helper()
	for _, f := range r.Findings {
		for _, d := range f.Result.Findings {
			t.Errorf("%s (%s): %s: want %s, got %s\n%v after %s: %s", f.ID, f.Verdict(), d.Path, d.Want, d.Got, f.Fingerprint.Causes, f.What, f.Result.Exchanges[0].Request.Body)
		}
	}
	require.True(t, r.Complete, r.Stopped)
}

func TestTheReferenceConforms(t *testing.T) {
	t.Parallel()
	requireNoFinding(t, campaign(t, server(t), 1, fuzz.Options{Count: 5000}))
}

func TestTheReferenceConformsInThisProcess(t *testing.T) {
	t.Parallel()
	requireNoFinding(t, campaign(t, handler(), 2, fuzz.Options{Count: 5000}))
}
