package conformance_test

import (
	"net"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// withFraming are the cases that a defect of the framing can fail; most need a connection of their own.
func withFraming(cases []*fixtures.Case) []*fixtures.Case {
	return slices.DeleteFunc(slices.Clone(cases), func(c *fixtures.Case) bool {
		return !slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool { return s.Request.Framing != nil })
	})
}

// askOverLoopback asks a server the cases over a socket: no handler in the process sees the framing.
func askOverLoopback(t *testing.T, m mutants.Mutant, cases []*fixtures.Case) noticed {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	world := service.Demo("", "")
	served := make(chan error, 1)
	go func() { served <- m.Serve(listener, world.Options...) }()
	defer func() {
		assert.NoError(t, listener.Close())
		assert.ErrorIs(t, <-served, net.ErrClosed)
	}()
	runner, err := conformance.New(conformance.Target{URL: "http://" + listener.Addr().String(), Bindings: world.Bindings},
		conformance.WithCases(cases), conformance.WithSeed(1), conformance.WithoutConfirmation(), conformance.WithoutSignatures())
	require.NoError(t, err)
	return noticedBy(t, runner)
}
