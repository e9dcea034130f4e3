package fuzztest_test

import (
	"testing"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fuzz/fuzztest"
	"github.com/sendspec/sendspec/reference/service"
)

// FuzzSendCommand holds the embedded reference to its own standard, as an emulator's author would theirs.
func FuzzSendCommand(f *testing.F) {
	world := service.Demo("", "")
	fuzztest.Target(
		f, conformance.Target{Handler: service.New(append(world.Options, service.WithClockScale(200))...), Bindings: world.Bindings},
	)
}
