package generate

import (
	"math/rand"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	gofuzz "github.com/google/gofuzz"
	"github.com/google/gofuzz/bytesource"
)

// fill draws a valid request. gofuzz, which does it, is archived upstream, so this file alone knows it: another
// way to fill a structure may take its place.
func (w *world) fill(r *rand.Rand) *ssm.SendCommandInput {
	f, ok := w.fuzzers.Get().(*gofuzz.Fuzzer)
	if !ok {
		f = w.newFuzzer()
	}
	defer w.fuzzers.Put(f)
	in := &ssm.SendCommandInput{Parameters: map[string][]string{}}
	f.RandSource(r).Fuzz(in)
	return in
}

func (w *world) newFuzzer() *gofuzz.Fuzzer {
	return gofuzz.New().NilChance(0).Funcs(
		func(in *ssm.SendCommandInput, c gofuzz.Continue) {
			w.members(in, c.Rand)
			notification, cloudWatch, alarm := chance(c.Rand, 25), chance(c.Rand, 25), chance(c.Rand, 25)
			in.Targets = make([]types.Target, 1+c.Intn(3))
			for i := range in.Targets {
				c.Fuzz(&in.Targets[i])
			}
			if notification {
				in.NotificationConfig = &types.NotificationConfig{}
				c.Fuzz(in.NotificationConfig)
			}
			if cloudWatch {
				in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{}
				c.Fuzz(in.CloudWatchOutputConfig)
			}
			if alarm {
				in.AlarmConfiguration = &types.AlarmConfiguration{}
				c.Fuzz(in.AlarmConfiguration)
			}
			w.agree(in, c.Rand)
		},
		func(t *types.Target, c gofuzz.Continue) { w.target(t, c.Rand) },
		func(n *types.NotificationConfig, c gofuzz.Continue) { w.notification(n, c.Rand) },
		func(o *types.CloudWatchOutputConfig, c gofuzz.Continue) { w.cloudWatch(o, c.Rand) },
		func(a *types.AlarmConfiguration, c gofuzz.Continue) { w.alarm(a, c.Rand) },
	)
}

// randFrom draws from data: the same data, the same draws, for as long as it lasts.
func randFrom(data []byte) *rand.Rand {
	return rand.New(bytesource.New(data))
}
