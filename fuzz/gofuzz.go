package fuzz

import (
	"math/rand"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	gofuzz "github.com/google/gofuzz"
	"github.com/google/gofuzz/bytesource"
)

// dice is what the generators draw from.
type dice interface {
	// Intn returns a number of [0,n).
	Intn(n int) int
}

// filler fills a request with valid members drawn from the dice. gofuzz, which does it, is archived
// upstream: this file alone knows it, and another filler may take its place.
type filler interface {
	fill(in *ssm.SendCommandInput, d *rand.Rand)
}

// gofuzzer is not safe for concurrent use.
type gofuzzer struct{ fuzzer *gofuzz.Fuzzer }

func newGofuzzer(w *world) *gofuzzer {
	return &gofuzzer{gofuzz.NewWithSeed(0).NilChance(0).Funcs(
		func(in *ssm.SendCommandInput, c gofuzz.Continue) {
			w.members(in, c.Rand)
			for _, part := range w.parts(c.Rand) {
				switch part {
				case partTargets:
					in.Targets = make([]types.Target, 1+c.Intn(3))
					for i := range in.Targets {
						c.Fuzz(&in.Targets[i])
					}
				case partNotification:
					in.NotificationConfig = &types.NotificationConfig{}
					c.Fuzz(in.NotificationConfig)
				case partCloudWatch:
					in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{}
					c.Fuzz(in.CloudWatchOutputConfig)
				case partAlarm:
					in.AlarmConfiguration = &types.AlarmConfiguration{}
					c.Fuzz(in.AlarmConfiguration)
				}
			}
			w.agree(in, c.Rand)
		},
		func(t *types.Target, c gofuzz.Continue) { w.target(t, c.Rand) },
		func(n *types.NotificationConfig, c gofuzz.Continue) { w.notification(n, c.Rand) },
		func(o *types.CloudWatchOutputConfig, c gofuzz.Continue) { w.cloudWatch(o, c.Rand) },
		func(a *types.AlarmConfiguration, c gofuzz.Continue) { w.alarm(a, c.Rand) },
	)}
}

func (g *gofuzzer) fill(in *ssm.SendCommandInput, d *rand.Rand) {
	g.fuzzer.RandSource(d).Fuzz(in)
}

// diceOf are the dice that data stands for: the same data, the same dice, for as long as it lasts.
func diceOf(data []byte) *rand.Rand { return rand.New(bytesource.New(data)) }
