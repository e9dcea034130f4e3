package fuzz_test

import (
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// asking is a target that counts each request by its bytes, from one call of the function that it returns to the next.
func asking(t *testing.T) (conformance.Target, func() map[string]int) {
	t.Helper()
	var mutex sync.Mutex
	counts := map[string]int{}
	target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if !strings.Contains(body, "sendspec-liveness") { // how often that is asked is a matter of speed
			mutex.Lock()
			counts[r.Header.Get("X-Amz-Target")+"\n"+r.Header.Get("Content-Type")+"\n"+body]++
			mutex.Unlock()
		}
		next.ServeHTTP(w, r)
	})
	return target, func() map[string]int {
		mutex.Lock()
		defer mutex.Unlock()
		all := maps.Clone(counts)
		clear(counts)
		return all
	}
}

func TestTheShardsOfACampaignSendWhatItSends(t *testing.T) {
	t.Parallel()
	strategies := slices.DeleteFunc(generate.Strategies(), func(s generate.Strategy) bool {
		return s == generate.Sequence // how often it asks for a status is a matter of speed
	})
	target, counts := asking(t)
	s := session(t, target, 7)
	counts()
	ask := func(shards ...selector.Shard) map[string]int {
		for _, shard := range shards {
			_, err := fuzz.Run(t.Context(), s, fuzz.Options{Count: 300, Strategies: strategies, Shard: shard})
			require.NoError(t, err)
		}
		return counts()
	}
	whole := ask(selector.Shard{})
	require.Greater(t, len(whole), 250)
	require.Equal(t, whole, ask(selector.Shard{Index: 1, Count: 3}, selector.Shard{Index: 2, Count: 3}, selector.Shard{Index: 3, Count: 3}))
}

// With all strategies: what each input sends, its steps and calls together, is in the hash.
func TestTheHashesOfShardsAddUpToThatOfTheCampaign(t *testing.T) {
	t.Parallel()
	s := session(t, handler(), 7)
	run := func(o fuzz.Options) *fuzz.CampaignReport {
		r, err := fuzz.Run(t.Context(), s, o)
		require.NoError(t, err)
		return r
	}
	number := func(r *fuzz.CampaignReport) *big.Int {
		n, ok := new(big.Int).SetString(r.Hash, 16)
		require.True(t, ok, r.Hash)
		return n
	}
	for _, strategies := range [][]generate.Strategy{nil, {generate.Sequence, generate.Metamorphic}} {
		whole := run(fuzz.Options{Count: 103, Strategies: strategies})
		sum, inputs := new(big.Int), uint64(0)
		for i := range 5 {
			r := run(fuzz.Options{Count: 103, Strategies: strategies, Shard: selector.Shard{Index: i + 1, Count: 5}})
			require.InDelta(t, 103/5, r.Inputs, 3)
			sum, inputs = sum.Add(sum, number(r)), inputs+r.Inputs
		}
		require.Equal(t, whole.Inputs, inputs)
		require.Zero(t, number(whole).Cmp(sum.Mod(sum, new(big.Int).Lsh(big.NewInt(1), 256))), strategies)
	}
}

func TestAShardWithoutAnInputIsRefused(t *testing.T) {
	t.Parallel()
	_, err := fuzz.Run(t.Context(), session(t, handler(), 1), fuzz.Options{Count: 3, Shard: selector.Shard{Index: 4, Count: 4}})
	require.EqualError(t, err, "shard 4/4 has none of 3 inputs: want no more shards than inputs")
}
