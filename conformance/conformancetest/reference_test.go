package conformancetest_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// The embedded reference passes as a handler, with its whole world known. What an agent runs takes
// time even on a fast clock, one subtest after the other; a run of the program asks that as well. A quarter of the cases,
// and all in the long run.
func TestReference(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	options := append(world.Options, service.WithClockScale(1000), service.WithLongestStep(10*time.Second),
		service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	shard := selector.Shard{Index: 1, Count: 4}
	if longtest.Wanted() {
		shard = selector.Shard{Index: 1, Count: 1}
	}
	conformancetest.Run(t, conformance.Target{Handler: service.New(options...), Name: "reference", Bindings: world.Bindings},
		conformance.WithProfiles(fixtures.Core, fixtures.Lifecycle, fixtures.Auth), conformance.WithShard(shard))
}
