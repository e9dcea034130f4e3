package fuzz_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/service"
)

// session opens a session with the target.
func session(t testing.TB, target conformance.Target, seed uint64) *conformance.Session {
	t.Helper()
	runner, err := conformance.New(target, conformance.WithSeed(seed), conformance.WithParallel(8))
	require.NoError(t, err)
	s, err := runner.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// handler is the embedded reference in this process.
func handler() conformance.Target {
	world := service.Demo("", "")
	return conformance.Target{Handler: service.New(append(world.Options, service.WithClockScale(200))...), Bindings: world.Bindings}
}

// server is the embedded reference behind a socket, which verifies signatures.
func server(t testing.TB) conformance.Target {
	t.Helper()
	world := service.Demo("", "")
	return serving(
		t,
		service.New(append(
			world.Options, service.WithClockScale(200), service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}),
		)...),
		world,
	)
}

func serving(t testing.TB, h http.Handler, world service.DemoWorld) conformance.Target {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return conformance.Target{URL: s.URL, Name: "the server", Bindings: world.Bindings}
}

func campaign(t testing.TB, target conformance.Target, seed uint64, o fuzz.Options) *fuzz.CampaignReport {
	t.Helper()
	report, err := fuzz.Run(context.Background(), session(t, target, seed), o)
	require.NoError(t, err)
	return report
}

func requireNoFinding(t *testing.T, r *fuzz.CampaignReport) {
	t.Helper()
	for _, f := range r.Divergences {
		for _, d := range f.Result.Findings {
			t.Errorf(
				"%s (%s): %s: want %s, got %s\n%v after %s: %s", f.ID, f.Verdict(), d.Path, d.Want, d.Got, f.Fingerprint.Causes, f.What,
				f.Result.Exchanges[0].Request.Body,
			)
		}
	}
	require.True(t, r.Complete, r.Stopped)
}

func TestTheReferenceConforms(t *testing.T) {
	t.Parallel()
	requireNoFinding(t, campaign(t, server(t), 1, fuzz.Options{Count: orIfLong(600, 5000)}))
}

func TestTheReferenceConformsInThisProcess(t *testing.T) {
	t.Parallel()
	o := fuzz.Options{Count: 5000}
	if !longtest.Wanted() {
		o = fuzz.Options{Count: 1200, Strategies: []generate.Strategy{generate.Boundary}}
	}
	report := campaign(t, handler(), 2, o)
	requireNoFinding(t, report)
	require.Equal(t, report.Coverage.All, report.Coverage.Asked, "a campaign asks every constraint")
	require.Greater(t, report.Coverage.All, 250)
}

// orIfLong is how many inputs are asked, and in the long run.
func orIfLong(count, long uint64) uint64 {
	if longtest.Wanted() {
		return long
	}
	return count
}

// A server that gives a request up when its client is gone takes the end of the sending for that: it is not told
// of a whole request.
func TestAServerThatGivesUpWithItsClientConforms(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	next := service.New(world.Options...)
	requireNoFinding(t, campaign(t, serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if r.Close { // a raw request: time for the end of the client to arrive
			select {
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			case <-time.After(5 * time.Millisecond):
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	}), world), 1, fuzz.Options{Count: orIfLong(250, 500), Strategies: []generate.Strategy{generate.Wire}}))
}

func TestTheSameSeedSendsTheSameBytes(t *testing.T) {
	t.Parallel()
	target, count := handler(), orIfLong(200, 2000)
	one := campaign(t, target, 7, fuzz.Options{Count: count, Parallel: 1})
	many := campaign(t, target, 7, fuzz.Options{Count: count, Parallel: 16})
	other := campaign(t, target, 8, fuzz.Options{Count: count})
	require.Equal(t, one.Hash, many.Hash)
	require.NotEqual(t, one.Hash, other.Hash)
	require.Equal(t, count, one.Inputs)
}

// In fake time: a request takes 10 ms.
func TestACampaignEndsByTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		target := edited(t, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
			time.Sleep(10 * time.Millisecond)
			next.ServeHTTP(w, r)
		})
		report := campaign(t, target, 1, fuzz.Options{For: 200 * time.Millisecond})
		require.True(t, report.Complete)
		require.Positive(t, report.Inputs)
	})
}

func TestAnInterruptedCampaignTellsWhatItHas(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	report, err := fuzz.Run(ctx, session(t, handler(), 1), fuzz.Options{Progress: func(r *fuzz.CampaignReport) {
		if r.Inputs > 0 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, report.Complete)
	require.Equal(t, "interrupted", report.Stopped)
	require.Positive(t, report.Inputs)
}

// failing is a server that fails over a member.
func failing(t testing.TB, asked func()) conformance.Target {
	t.Helper()
	return edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if strings.Contains(body, `"MaxErrors":`) {
			asked()
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestAnInterruptedCampaignKeepsWhatItHadNoTimeToConfirm(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var asked atomic.Int64
	target := failing(t, func() {
		if asked.Add(1) == 5 {
			cancel()
		}
	})
	report, err := fuzz.Run(ctx, session(t, target, 1), fuzz.Options{Strategies: []generate.Strategy{generate.Valid}})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, report.Divergences, 1, "one divergence, though its inputs share no more than that")
	f := report.Divergences[0]
	require.True(t, f.Unconfirmed)
	require.Contains(t, f.AsResult().Reason, "not asked again")
	require.NotEmpty(t, f.Result.Findings)
	text, err := fuzz.Marshal(report)
	require.NoError(t, err)
	require.Contains(t, string(text), `"unconfirmed": true`)
}

// causesOf runs a campaign against a server that fails where fails says so, once the preflight is over, and
// returns what its findings are put down to. In fake time a request takes 30 ms, so that batches are about as many
// as a second has, 33.
func causesOf(t *testing.T, fails func(asked int64, body string) bool) [][]string {
	t.Helper()
	var causes [][]string
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		asked.Store(-1 << 30)
		target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
			time.Sleep(30 * time.Millisecond)
			if n := asked.Add(1); n > 0 && fails(n, body) {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		})
		s := session(t, target, 1)
		asked.Store(0)
		report, err := fuzz.Run(t.Context(), s, fuzz.Options{Count: 440, Parallel: 1, Strategies: []generate.Strategy{generate.Valid}})
		require.NoError(t, err)
		for _, f := range report.Divergences {
			causes = append(causes, f.Fingerprint.Causes)
			require.Less(t, f.Size, 40)
		}
	})
	return causes
}

func TestAServerThatFailsWhateverItIsAskedIsOneFinding(t *testing.T) {
	t.Parallel()
	longtest.Skip(t)
	has := func(body, member string) bool { return strings.Contains(body, `"`+member+`":`) }
	require.Equal(t, [][]string{nil}, causesOf(t, func(int64, string) bool { return true }))
	require.ElementsMatch(t, [][]string{{"/Comment"}, {"/MaxErrors"}}, causesOf(t, func(_ int64, body string) bool {
		return has(body, "Comment") || has(body, "MaxErrors")
	}), "the plain request has a comment, too")
	require.ElementsMatch(t, [][]string{nil, {"/MaxErrors"}}, causesOf(t, func(n int64, body string) bool {
		return n < 100 || has(body, "MaxErrors")
	}), "a server that was not ready at first")
	require.ElementsMatch(t, [][]string{nil}, causesOf(t, func(n int64, _ string) bool {
		return n < 100 || n > 300 && n < 400
	}), "a server that is not ready twice")
	for from := int64(300); from < 400; from += 50 {
		require.ElementsMatch(t, [][]string{nil}, causesOf(t, func(n int64, _ string) bool {
			return n < 100 || n > from && n < from+13
		}), "a server that is not ready for a moment, after %d", from)
	}
	require.ElementsMatch(t, [][]string{{"/MaxErrors"}}, causesOf(t, func(_ int64, body string) bool {
		return has(body, "MaxErrors") || !has(body, "DocumentName")
	}), "a request without a member fails for another reason")
}

// In fake time: the campaign is over after a second, and a request takes one.
func TestShrinkingEndsSoonAfterTheCampaign(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		target := failing(t, func() { time.Sleep(time.Second) })
		s := session(t, target, 1)
		began := time.Now()
		report, err := fuzz.Run(t.Context(), s, fuzz.Options{For: time.Second, Strategies: []generate.Strategy{generate.Valid}})
		require.NoError(t, err)
		require.Len(t, report.Divergences, 1)
		require.True(t, report.Divergences[0].Unshrunk)
		require.False(t, report.Divergences[0].Unconfirmed)
		require.Less(t, time.Since(began), 20*time.Second)
	})
}

// edited is the reference behind a function that changes what it is asked or answers.
func edited(t testing.TB, edit func(w http.ResponseWriter, r *http.Request, body string, next http.Handler)) conformance.Target {
	t.Helper()
	world := service.Demo("", "")
	s := service.New(append(world.Options, service.WithClockScale(200))...)
	target := conformance.Target{Bindings: world.Bindings, Name: "the wrong server"}
	target.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		edit(w, r, string(body), s)
	})
	return target
}

func TestADivergenceIsToldOnceAndShrunk(t *testing.T) {
	t.Parallel()
	target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if strings.Contains(body, `"MaxErrors":"`) && strings.Contains(body, `"CloudWatchOutputEnabled":true`) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
	report := campaign(t, target, 1, fuzz.Options{Count: 600, Strategies: []generate.Strategy{generate.Valid}})
	require.Len(t, report.Divergences, 1)
	f := report.Divergences[0]
	require.Equal(t, "invariant/HTTP/never-5xx", f.Fingerprint.Check)
	require.Greater(t, f.Seen, 5)
	sent := string(f.Result.Exchanges[0].Request.Body)
	require.Contains(t, sent, `"CloudWatchOutputEnabled":true`)
	require.Contains(t, sent, `"MaxErrors":"`)
	require.NotContains(t, sent, "Comment")
	require.Less(t, len(sent), 200, sent)
	require.LessOrEqual(t, f.Calls, 70)
	require.True(t, report.Failed(false))
}

func TestAnAnswerThatDoesNotComeAgainIsFlaky(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	target := edited(t, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		if asked.Add(1) == 150 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
	report := campaign(t, target, 1, fuzz.Options{Count: 300, Strategies: []generate.Strategy{generate.Valid}})
	require.Len(t, report.Divergences, 1)
	require.True(t, report.Divergences[0].Flaky)
	require.NotEmpty(t, report.Divergences[0].Result.Findings, "what was seen once")
	require.Equal(t, judge.Flaky, report.Divergences[0].Verdict())
	require.Contains(t, report.Divergences[0].AsResult().Reason, "did not show when it was asked again")
}

func TestAnAnswerThatDoesNotComeAgainHidesNone(t *testing.T) {
	t.Parallel()
	once := true
	more := regexp.MustCompile(`"(Alarm|Cloud|Comment|Document(Hash|V)|MaxConcurrency|Notification|Output|ServiceRole|Timeout)`)
	require.Equal(t, [][]string{{"/MaxErrors", "/Targets", "/Targets/*"}}, causesOf(t, func(n int64, body string) bool {
		// What fails later has all members of what failed once.
		fails := strings.Contains(body, `"MaxErrors":`) && strings.Contains(body, `"Targets":[{`) &&
			(n > 300 || once && !more.MatchString(body))
		once = once && !fails
		return fails
	}))
	require.False(t, once)
}

func TestAnAnswerThatDoesNotComeAgainIsToldOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var bodies sync.Map
	target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		_, again := bodies.LoadOrStore(body, true)
		if asked.Add(1)%40 == 0 && !again {
			w = withoutRequestID{w}
		}
		next.ServeHTTP(w, r)
	})
	report := campaign(t, target, 1, fuzz.Options{Count: 600, Parallel: 1, Strategies: []generate.Strategy{generate.Valid}})
	require.Len(t, report.Divergences, 1)
	require.True(t, report.Divergences[0].Flaky)
	require.Greater(t, report.Divergences[0].Seen, 10)
}

// withoutRequestID leaves the ID of a request out of the answer.
type withoutRequestID struct{ http.ResponseWriter }

func (w withoutRequestID) WriteHeader(status int) {
	w.Header().Del("X-Amzn-Requestid")
	w.ResponseWriter.WriteHeader(status)
}

func TestAMemberOfTheRequestBeforeIsConfirmed(t *testing.T) {
	t.Parallel()
	var begun atomic.Bool
	var before atomic.Value
	target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if last, _ := before.Swap(body).(string); begun.Load() && last != body {
			w.WriteHeader(http.StatusInternalServerError) // it does well where it is asked the same twice
			return
		}
		next.ServeHTTP(w, r)
	})
	s := session(t, target, 1)
	begun.Store(true)
	report, err := fuzz.Run(context.Background(), s, fuzz.Options{Count: 1, Parallel: 1, Strategies: []generate.Strategy{generate.Valid}})
	require.NoError(t, err)
	require.Len(t, report.Divergences, 1)
	require.False(t, report.Divergences[0].Flaky)
}

func TestAPanicOfTheHandlerIsAFinding(t *testing.T) {
	t.Parallel()
	target := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if strings.Contains(body, `"TimeoutSeconds":true`) {
			panic("boolean")
		}
		next.ServeHTTP(w, r)
	})
	report := campaign(t, target, 1, fuzz.Options{Count: 900, Strategies: []generate.Strategy{generate.Boundary}})
	require.Len(t, report.Divergences, 1)
	require.Equal(t, []string{"/TimeoutSeconds", "TimeoutSeconds of a wrong type"}, report.Divergences[0].Fingerprint.Causes)
	require.Equal(t, "connection", report.Divergences[0].Fingerprint.Place)
	require.Less(t, report.Divergences[0].Size, 40)
}
