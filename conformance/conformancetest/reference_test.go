package conformancetest_test

import (
	"testing"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// The embedded reference passes as a handler, with its whole world known.
func TestReference(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	known := fixtures.KnownBindings()
	target := conformance.Target{Handler: service.New(world.Options...), Name: "reference", Bindings: map[string]string{}}
	for name, value := range world.Bindings {
		if known[name] != "" && name != fixtures.RegionBinding {
			target.Bindings[name] = value
		}
	}
	conformancetest.Run(t, target)
}
