package fuzz_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
)

// defective is a server that fails over a member of the request and gets the name of one of the answer wrong.
func defective(t *testing.T) conformance.Target {
	t.Helper()
	return edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if strings.Contains(body, `"MaxErrors":"`) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			if name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(strings.Replace(answer.Body.String(), `"TargetCount":`, `"Targetcount":`, 1)))
	})
}

func shardOf(i, n int) selector.Shard { return selector.Shard{Index: i, Count: n} }

// valid are the options of a campaign that saves what it finds.
func valid(dir string, shard selector.Shard) fuzz.Options {
	return fuzz.Options{Count: 200, Strategies: []generate.Strategy{generate.Valid, generate.Boundary}, Shard: shard, Dir: dir}
}

func ask(t *testing.T, s *conformance.Session, o fuzz.Options) *fuzz.CampaignReport {
	t.Helper()
	r, err := fuzz.Run(t.Context(), s, o)
	require.NoError(t, err)
	return r
}

func merge(t *testing.T, dirs ...string) *fuzz.CampaignReport {
	t.Helper()
	r, err := fuzz.Merge(t.Context(), dirs, nil)
	require.NoError(t, err)
	return r
}

// ids are the IDs of what was found with their verdicts, and seen is how many inputs showed any of it.
func ids(r *fuzz.CampaignReport) (list []string, seen int) {
	for _, f := range r.Divergences {
		list, seen = append(list, f.ID+" "+string(f.Verdict())), seen+f.Seen
	}
	slices.Sort(list)
	return list, seen
}

func TestMergedShardsSayWhatOneCampaignSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := session(t, defective(t), 1)
	whole := ask(t, s, valid(filepath.Join(dir, "whole"), selector.Shard{}))
	require.Greater(t, len(whole.Divergences), 1)
	shards, seenByShards := filepath.Join(dir, "[shards]"), 0
	for i := range 3 {
		_, seen := ids(ask(t, s, valid(filepath.Join(shards, fmt.Sprint(i)), shardOf(i+1, 3))))
		seenByShards += seen
	}
	merged := merge(t, shards)
	found, _ := ids(whole)
	joined, seen := ids(merged)
	require.Equal(t, found, joined)
	require.Equal(t, seenByShards, seen)
	require.Equal(t, whole.Hash, merged.Hash)
	require.Equal(t, whole.Coverage, merged.Coverage)
	require.Equal(t, whole.Verdict(), merged.Verdict())
	require.True(t, merged.Complete)
	require.True(t, merged.Failed(false))
	for _, f := range merged.Divergences {
		r := f.AsResult()
		require.Equal(t, "fuzz/found/"+f.ID, r.Case.ID)
		require.NotEmpty(t, r.Findings[0].Got.Words)
		require.NotEmpty(t, r.Exchanges[0].Request.Body)
	}

	// What is joined is saved as a campaign is: it can be sent again, and joined again.
	out := filepath.Join(dir, "merged")
	require.NoError(t, merged.Save(out))
	again, seen := ids(merge(t, out))
	require.Equal(t, found, again)
	require.Equal(t, seenByShards, seen)
	saved, err := fuzz.Load(t.Context(), out)
	require.NoError(t, err)
	require.Len(t, saved, len(whole.Divergences))
	for _, f := range saved {
		require.Equal(t, fuzz.Failing, status(t, s, f))
		for _, name := range []string{"request.http", "body.bin", "exchange.http"} {
			require.FileExists(t, filepath.Join(out, f.ID, name))
		}
	}
	one, err := fuzz.Marshal(whole)
	require.NoError(t, err)
	other, err := fuzz.Marshal(merged)
	require.NoError(t, err)
	require.Equal(t, withoutRequests(t, one), withoutRequests(t, other))
}

// withoutRequests is a report but for what depends on the input that a request was shrunk from.
func withoutRequests(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var d map[string]any
	require.NoError(t, json.Unmarshal(text, &d))
	for _, f := range d["findings"].([]any) { //nolint:forcetypeassert // a failure is one of the test
		for _, name := range []string{"index", "what", "seen", "calls", "sizeBefore", "size", "sent", "want", "got", "case"} {
			delete(f.(map[string]any), name) //nolint:forcetypeassert // as above
		}
	}
	return d
}

// The finding is the same whatever the request, since it is about the answer.
func TestOfTwoReproductionsTheSmallerIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var small atomic.Bool
	wrong := defective(t)
	right, defective := handler().Handler, wrong.Handler
	wrong.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength < 300 && !small.Load() {
			right.ServeHTTP(w, r)
			return
		}
		defective.ServeHTTP(w, r)
	})
	s := session(t, wrong, 1)
	var sizes []int
	var indexes []uint64
	for i := range 2 {
		small.Store(i == 1)
		o := valid(filepath.Join(dir, fmt.Sprint(i)), shardOf(i+1, 2))
		o.Strategies, o.Count = []generate.Strategy{generate.Valid}, 40
		r := ask(t, s, o)
		for _, f := range r.Divergences {
			if f.Fingerprint.Place == "/Command/TargetCount" {
				sizes, indexes = append(sizes, f.Size), append(indexes, f.Index)
			}
		}
	}
	require.Len(t, sizes, 2)
	require.Greater(t, sizes[0], sizes[1])
	out := filepath.Join(dir, "out")
	require.NoError(t, merge(t, dir).Save(out))
	for _, f := range merge(t, out).Divergences {
		if f.Fingerprint.Place == "/Command/TargetCount" {
			require.Equal(t, sizes[1], f.Size)
			require.Equal(t, slices.Min(indexes), f.Index, "the input that showed it first")
			body, err := os.ReadFile(filepath.Join(out, f.ID, "body.bin"))
			require.NoError(t, err)
			require.Len(t, body, f.Size)
			return
		}
	}
	t.Error("the finding is gone")
}

// A server that was not ready in one shard, and fails over a member in another, has two faults; each is told once.
func TestAFailureOnEveryRequestHidesNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var ready, begun atomic.Bool
	s := session(t, edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if begun.Load() && (!ready.Load() || strings.Contains(body, `"MaxErrors":`)) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	}), 1)
	begun.Store(true)
	for i := range 3 {
		ready.Store(i == 2)
		o := valid(filepath.Join(dir, fmt.Sprint(i)), shardOf(i+1, 3))
		o.Strategies = []generate.Strategy{generate.Valid}
		require.Len(t, ask(t, s, o).Divergences, 1)
	}
	var causes [][]string
	for _, f := range merge(t, dir).Divergences {
		causes = append(causes, f.Fingerprint.Causes)
	}
	require.ElementsMatch(t, [][]string{nil, {"/MaxErrors"}}, causes)
}

func TestWhatIsLeftOfAShardIsMergedAndSaidToBeIncomplete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := session(t, defective(t), 1)
	one, two, killed := filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "killed")
	o := valid(one, shardOf(1, 3))
	first := ask(t, s, o)
	o.Dir, o.Shard = two, shardOf(2, 3)
	o.Found = func(*fuzz.Divergence) error {
		if _, err := os.Stat(killed); err == nil {
			return nil
		}
		return os.CopyFS(killed, os.DirFS(two)) // as it is when the process is killed now
	}
	ask(t, s, o)
	merged := merge(t, one, killed, filepath.Join(dir, "never"))
	require.False(t, merged.Complete)
	require.Regexp(t, `^\S+never has no campaign; shard 2/3: it was killed, or still runs \(\d+ inputs\); shard 3/3 is missing$`,
		merged.Stopped)
	require.Contains(t, merged.Verdict(), "INCOMPLETE: ")
	require.Greater(t, merged.Inputs, first.Inputs)
	require.Len(t, merged.Divergences, len(first.Divergences))
	require.Len(t, merge(t, killed).Divergences, 1)
	saved, err := fuzz.Load(t.Context(), killed)
	require.NoError(t, err)
	require.Len(t, saved, 1)
	half := filepath.Join(killed, "half") // killed while it was saved
	require.NoError(t, os.CopyFS(half, os.DirFS(saved[0].Folder)))
	require.NoError(t, os.Remove(filepath.Join(half, "finding.json")))
	saved, err = fuzz.Load(t.Context(), killed)
	require.NoError(t, err)
	require.Len(t, saved, 1)

	require.NoError(t, os.RemoveAll(filepath.Join(one, first.Divergences[0].ID)))
	require.Contains(t, merge(t, one).Stopped, "finding "+first.Divergences[0].ID+" of "+one+" is gone")
}

// Findings of a campaign before lie in the same folder, and are none of this one.
func TestFindingsOfCampaignsBeforeAreLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ask(t, session(t, defective(t), 1), valid(dir, selector.Shard{}))
	require.NotEmpty(t, merge(t, dir).Divergences)
	ask(t, session(t, handler(), 1), valid(dir, selector.Shard{}))
	require.Empty(t, merge(t, dir).Divergences)
}

// A baseline is held against what all shards found: an entry that none of them was shown is stale, and not before.
func TestABaselineIsOfAllShards(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	known := func() *fuzz.Baseline {
		b, err := fuzz.ReadBaseline(t.Context(), filepath.Join(dir, "known"), time.Now())
		require.NoError(t, err)
		return b
	}
	s := session(t, defective(t), 1)
	whole := valid("", selector.Shard{})
	whole.Baseline = known()
	found := ask(t, s, whole)
	_, err := whole.Baseline.Update(found, false)
	require.NoError(t, err)
	merged := func(name string, s *conformance.Session, baselines ...*fuzz.Baseline) *fuzz.CampaignReport {
		for i, b := range baselines {
			o := valid(filepath.Join(dir, name, fmt.Sprint(i)), shardOf(i+1, len(baselines)))
			o.Baseline = b
			require.False(t, ask(t, s, o).Stale(), "nobody can tell from a shard")
		}
		r, err := fuzz.Merge(t.Context(), []string{filepath.Join(dir, name)}, known())
		require.NoError(t, err)
		return r
	}
	shown := merged("shown", s, nil, known())
	require.Empty(t, shown.Divergences)
	require.False(t, shown.Stale())
	require.Len(t, shown.Listed, len(found.Divergences))
	require.Equal(t, shown.Listed, merged("both", s, known(), known()).Listed)
	require.Equal(t, shown.Listed, merge(t, filepath.Join(dir, "both")).Listed, "as the shards list them")
	right := defective(t)
	right.Handler = handler().Handler
	require.True(t, merged("right", session(t, right, 1), nil, known()).Stale())
}

func TestOnlyTheShardsOfOneCampaignAreMerged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := session(t, handler(), 1)
	other := handler()
	other.Name = "another"
	shard := func(name string, s *conformance.Session, change func(o *fuzz.Options)) string {
		o := valid(filepath.Join(dir, name), shardOf(2, 2))
		o.Count = 10
		change(&o)
		ask(t, s, o)
		return o.Dir
	}
	first := shard("first", s, func(o *fuzz.Options) { o.Shard.Index = 1 })
	for what, second := range map[string]string{
		"differ in target":                  shard("target", session(t, other, 1), func(*fuzz.Options) {}),
		"differ in seed":                    shard("seed", session(t, handler(), 2), func(*fuzz.Options) {}),
		"differ in the version of sendspec": shard("version", s, func(o *fuzz.Options) { o.Version = "v9" }),
		"differ in the count of inputs":     shard("count", s, func(o *fuzz.Options) { o.Count = 11 }),
		"differ in strategies":              shard("strategies", s, func(o *fuzz.Options) { o.Strategies = o.Strategies[:1] }),
		"differ in the count of shards":     shard("shards", s, func(o *fuzz.Options) { o.Shard.Count = 3 }),
		"are both shard 1/2":                shard("twice", s, func(o *fuzz.Options) { o.Shard.Index = 1 }),
	} {
		_, err := fuzz.Merge(t.Context(), []string{first, second}, nil)
		require.ErrorContains(t, err, what)
	}
	for text, want := range map[string]string{
		`{`:               "unexpected end",
		`{"format": "x"}`: `format "x": want sendspec-fuzz/2`,
		`{"format": "sendspec-fuzz/2", "shard": "3/2"}`:                   "want I/N",
		`{"format": "sendspec-fuzz/2", "findings": [{"id": "../first"}]}`: "want the name of a folder beside it",
		`{"format": "sendspec-fuzz/2", "hash": "00"}`:                     "want 64 hexadecimal digits",
	} {
		odd := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(odd, "campaign.json"), []byte(text), 0o600))
		_, err := fuzz.Merge(t.Context(), []string{first, odd}, nil)
		require.ErrorContains(t, err, want)
	}
	_, err := fuzz.Merge(t.Context(), []string{filepath.Join(dir, "none")}, nil)
	require.ErrorContains(t, err, "want folders that sendspec fuzz --dir wrote")
	require.NoError(t, os.Remove(filepath.Join(first, "campaign.json")))
	require.NoError(t, os.Mkdir(filepath.Join(first, "x"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(first, "x", "finding.json"), nil, 0o600))
	_, err = fuzz.Merge(t.Context(), []string{first}, nil)
	require.ErrorContains(t, err, "nothing says of which campaign they are")
}
