package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

func TestFuzzBaseline(t *testing.T) {
	t.Parallel()
	servers := map[string]http.Handler{"right": service.New(service.Demo("", "").Options...)}
	for _, m := range mutants.All() {
		if name, ok := strings.CutPrefix(m.Name, "constraint/SendCommand/TimeoutSeconds/"); ok {
			servers[name] = m.Handler(service.Demo("", "").Options...)
		}
	}
	var now atomic.Pointer[http.Handler]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*now.Load()).ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "fuzz.baseline")
	fuzz := func(what string, args ...string) (int, string) {
		h := servers[what]
		require.NotNil(t, h, what)
		now.Store(&h)
		code, _, people := in(t, append([]string{"fuzz", "--endpoint", server.URL, "--strategy", "boundary", "--count", "300"}, args...)...)
		return code, people
	}
	known := func(what, seed string, args ...string) (int, string) {
		return fuzz(what, append([]string{"--baseline", file, "--seed", seed}, args...)...)
	}
	text := func() string {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(b)
	}

	code, people := known("range-below", "1")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, "sendspec: baseline "+file+" does not exist: --update-baseline writes it, with what fails today\n", people)
	code, people = fuzz("range-below", "--update-baseline")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, "sendspec: --update-baseline: want --baseline FILE with it\n", people)

	code, people = known("range-below", "1", "--update-baseline")
	assert.Zero(t, code, people)
	assert.Contains(t, people, "baseline: "+file+" written: 1 entry (1 added, 0 removed, 0 changed)\n")
	assert.Regexp(t, `(?m)^# Inputs: [0-9a-f]{64}$`, text())
	assert.Regexp(t,
		`(?m)^fuzz/found/timeoutseconds-range-below-[0-9a-f]{6} +status=200,want=a-refusal,cause=TimeoutSeconds-range-below$`, text())
	written := text()

	// Whatever the seed, what is known passes and what is new fails.
	for _, seed := range []string{"1", "2"} {
		code, people = known("range-below", seed)
		assert.Zero(t, code, people)
		assert.Contains(t, people, "\n300 inputs, no new finding; baseline: 1 known\n")
	}
	report := filepath.Join(dir, "fuzz.json")
	code, people = known("range-above", "2", "--json", report)
	assert.Equal(t, exitNonconforming, code)
	assert.Contains(t, people, "  baseline fuzz/found/timeoutseconds-range-above-")
	assert.Contains(t, people, "; baseline: 1 not shown by these inputs\n")
	b, err := os.ReadFile(report)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"state": "unjudged"`)

	// What no longer fails is stale only where the same inputs are asked.
	code, people = known("right", "1")
	assert.Equal(t, exitStale, code)
	assert.Regexp(t,
		`\nFIXED timeoutseconds-range-below-[0-9a-f]{6}: .*fuzz.baseline:5: no longer fails; --update-baseline takes it out\n\z`, people)
	assert.Contains(t, people, "\n300 inputs, no new finding; the baseline is stale: 1 in it no longer fail\n")
	code, people = known("right", "2")
	assert.Zero(t, code, people)

	// An update keeps what other inputs showed, and takes out what is stale.
	code, people = known("range-above", "2", "--update-baseline")
	assert.Zero(t, code, people)
	assert.Contains(t, people, "written: 2 entries (1 added, 0 removed, 0 changed)\n")
	assert.NotContains(t, text(), "# Inputs:", "of several campaigns")
	code, people = known("right", "2")
	assert.Zero(t, code, people)
	require.NoError(t, os.WriteFile(file, []byte(written), 0o600))
	code, people = known("right", "1", "--update-baseline")
	assert.Zero(t, code, people)
	assert.Contains(t, people, "written: 0 entries (0 added, 1 removed, 0 changed)\n")

	// An entry holds until its day.
	entry := written[strings.Index(written, "\nfuzz/")+1 : len(written)-1]
	require.NoError(t, os.WriteFile(file, []byte(entry+" until=2020-01-01 # a promise\n"), 0o600))
	code, people = known("range-below", "2")
	assert.Equal(t, exitNonconforming, code)
	assert.Contains(t, people, "fuzz.baseline:1: the entry held until 2020-01-01; a promise\n")
	code, people = known("range-below", "2", "--update-baseline")
	assert.Equal(t, exitNonconforming, code)
	assert.Contains(t, people, "written: 1 entry (0 added, 0 removed, 0 changed)\n"+
		"baseline: some entries are past their date; edit them by hand\n")

	for entry, want := range map[string]string{
		"constraint/Comment status=200": "constraint/Comment: want an entry for a divergence, fuzz/found/ID; run has a file of its own",
		"fuzz/found/a-1 flaky": "fuzz/found/a-1 flaky: want a fingerprint such as status=200,want=a-refusal," +
			"cause=Comment-length-above",
	} {
		require.NoError(t, os.WriteFile(file, []byte(entry+"\n"), 0o600))
		code, people = known("right", "1")
		assert.Equal(t, exitUsage, code)
		assert.Equal(t, "sendspec: baseline "+file+": "+want+"\n", people)
	}
}

// A campaign keeps so many divergences and no more: its baseline is not all that there is, and no success.
func TestABaselineOfACampaignThatKeptNotAllSaysSo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fuzz.baseline")
	known, err := fuzz.ReadBaseline(t.Context(), file, time.Now())
	require.NoError(t, err)
	f := &fuzzFlags{baseline: file, update: true}
	var people strings.Builder
	exit := &exitError{exitNonconforming, nil}
	assert.Equal(t, exit, f.finishBaseline(Streams{Err: &people}, known, &fuzz.CampaignReport{Complete: true, Dropped: 3}, exit))
	assert.Contains(t, people.String(), "baseline: 3 more divergences found no room and are not in it; fuzz again ")
	assert.FileExists(t, file)
}
