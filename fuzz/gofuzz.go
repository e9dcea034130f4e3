package fuzz

import (
	"math/rand"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	gofuzz "github.com/google/gofuzz"
	"github.com/google/gofuzz/bytesource"
)

// filler fills a request with valid members drawn from the dice. gofuzz, which does it, is archived
// upstream: this file alone knows it, and another filler may take its place.
type filler interface {
	// fill takes an empty request whose map is there.
	fill(in *ssm.SendCommandInput, d *inputDice)
}

// gofuzzer is not safe for concurrent use.
type gofuzzer struct {
	fuzzer *gofuzz.Fuzzer
	dice   *inputDice // of the request that is being filled; gofuzz's own are slower
}

func newGofuzzer(w *world) *gofuzzer {
	g := &gofuzzer{}
	g.fuzzer = gofuzz.NewWithSeed(0).NilChance(0).Funcs(
		func(in *ssm.SendCommandInput, c gofuzz.Continue) {
			w.members(in, g.dice)
			has := w.parts(g.dice)
			in.Targets = make([]types.Target, 1+g.dice.Intn(3))
			for i := range in.Targets {
				c.Fuzz(&in.Targets[i])
			}
			if has.notification {
				in.NotificationConfig = &types.NotificationConfig{}
				c.Fuzz(in.NotificationConfig)
			}
			if has.cloudWatch {
				in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{}
				c.Fuzz(in.CloudWatchOutputConfig)
			}
			if has.alarm {
				in.AlarmConfiguration = &types.AlarmConfiguration{}
				c.Fuzz(in.AlarmConfiguration)
			}
			w.agree(in, g.dice)
		},
		func(t *types.Target, _ gofuzz.Continue) { w.target(t, g.dice) },
		func(n *types.NotificationConfig, _ gofuzz.Continue) { w.notification(n, g.dice) },
		func(o *types.CloudWatchOutputConfig, _ gofuzz.Continue) { w.cloudWatch(o, g.dice) },
		func(a *types.AlarmConfiguration, _ gofuzz.Continue) { w.alarm(a, g.dice) },
	)
	return g
}

func (g *gofuzzer) fill(in *ssm.SendCommandInput, d *inputDice) {
	g.dice = d
	g.fuzzer.RandSource(d).Fuzz(in)
}

// diceOf are the dice that data stands for: the same data, the same dice, for as long as it lasts.
func diceOf(data []byte) *inputDice { return &inputDice{Rand: *rand.New(bytesource.New(data))} }
