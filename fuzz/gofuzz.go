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

// newGofuzzer has one function for all of a request: gofuzz calls each by reflection, which takes longer than
// to draw a part.
func newGofuzzer(w *world) *gofuzzer {
	return &gofuzzer{gofuzz.NewWithSeed(0).NilChance(0).Funcs(
		func(in *ssm.SendCommandInput, c gofuzz.Continue) {
			w.members(in, c.Rand)
			for _, part := range w.parts(c.Rand) {
				switch part {
				case partTargets:
					in.Targets = make([]types.Target, 1+c.Intn(3))
					for i := range in.Targets {
						w.target(&in.Targets[i], c.Rand)
					}
				case partNotification:
					in.NotificationConfig = &types.NotificationConfig{}
					w.notification(in.NotificationConfig, c.Rand)
				case partCloudWatch:
					in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{}
					w.cloudWatch(in.CloudWatchOutputConfig, c.Rand)
				case partAlarm:
					in.AlarmConfiguration = &types.AlarmConfiguration{}
					w.alarm(in.AlarmConfiguration, c.Rand)
				}
			}
			w.agree(in, c.Rand)
		},
	)}
}

func (g *gofuzzer) fill(in *ssm.SendCommandInput, d *rand.Rand) {
	g.fuzzer.RandSource(d).Fuzz(in)
}

// diceOf are the dice that data stands for: the same data, the same dice, for as long as it lasts.
func diceOf(data []byte) *rand.Rand { return rand.New(bytesource.New(data)) }
