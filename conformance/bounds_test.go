package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

func embedded(t *testing.T, scale float64, wraps ...func(http.Handler) http.Handler) conformance.Target {
	t.Helper()
	world := service.Demo("", "")
	options := append(slices.Clip(world.Options), service.WithClockScale(scale), service.WithLongestStep(10*time.Second),
		service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	handler := http.Handler(service.New(options...))
	for _, wrap := range wraps {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, Name: "embedded", Bindings: world.Bindings}
}

// An end of the run is no fault of the target's: a case that was waiting has no verdict.
func TestAnInterruptedWaitIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var sent atomic.Int64
	runner, err := conformance.New(embedded(t, 1, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.Header.Get("X-Amz-Target") {
			case "AmazonSSM.SendCommand":
				sent.Add(1)
			case "AmazonSSM.ListCommands":
				if sent.Load() > 20 { // the cases are under way, and this one waits
					cancel()
				}
			}
			next.ServeHTTP(w, r)
		})
	}), conformance.WithProfiles(fixtures.Execution))
	require.NoError(t, err)
	found, err := runner.Run(ctx)
	require.Error(t, err)
	require.NotNil(t, found)
	assert.False(t, found.Complete)
	assert.Zero(t, found.Totals[judge.Fail])
	assert.Zero(t, found.Totals[judge.Flaky])
	assert.Zero(t, found.Totals[judge.Error])
	assert.Positive(t, found.Totals[judge.Skip])
}

// The same seed and the same behaviour give the same bytes, however often a status was asked for. The
// clock is slow enough that a busy machine does not make the service behave otherwise: a cancel that
// comes after the end is another answer.
// A tenth of the cases, and all in the long run.
func TestTheReportOfASeedIsTheSameBytes(t *testing.T) {
	t.Parallel()
	shard := selector.Shard{Index: 2, Count: 10}
	if longtest.Wanted() {
		shard = selector.Shard{Index: 1, Count: 1}
	}
	var first string
	for range 2 {
		runner, err := conformance.New(embedded(t, 60), conformance.WithSeed(5), conformance.WithShard(shard))
		require.NoError(t, err)
		found, err := runner.Run(t.Context())
		require.NoError(t, err)
		b, err := report.Marshal(found)
		require.NoError(t, err)
		if first == "" {
			first = string(b)
		}
		require.Equal(t, first, string(b))
	}
}

type failingSink struct{ left int }

func (s *failingSink) Event(event.Event) error {
	if s.left--; s.left < 0 {
		return errors.New("the disk is full")
	}
	return nil
}

func TestASinkThatFailsInTheMiddleEndsTheRun(t *testing.T) {
	t.Parallel()
	runner, err := conformance.New(embedded(t, 200), conformance.WithProfiles(fixtures.Core), conformance.WithSink(&failingSink{50}))
	require.NoError(t, err)
	_, err = runner.Run(t.Context())
	require.ErrorContains(t, err, "the disk is full")
}

// A server that is no SSM, or takes no such key, has not been judged.
func TestWhatIsNoSSMCannotBeJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status     int
		body, want string
	}{
		"a REST server":       {http.StatusNotFound, `{"message":"not found"}`, "does not know SendCommand"},
		"another AWS service": {http.StatusBadRequest, `{"__type":"UnknownOperationException"}`, "does not know SendCommand"},
		"a key it does not know": {http.StatusBadRequest, `{"__type":"UnrecognizedClientException","message":"no"}`,
			"refuses the credentials"},
		"another time": {http.StatusBadRequest, `{"__type":"RequestExpired"}`, "is the clock of this machine right?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = fmt.Fprint(w, c.body)
			})
			runner, err := conformance.New(conformance.Target{Handler: handler})
			require.NoError(t, err)
			_, err = runner.Run(t.Context())
			require.ErrorIs(t, err, conformance.ErrCannotJudge)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// What a target sends does not decide how much memory a run takes. Not parallel: it looks at the heap.
func TestHugeAnswersAreNotKept(t *testing.T) {
	big := `{"Command":{"CommandId":"%s","Comment":"` + strings.Repeat("x", 1<<17) + `"}}`
	asked := 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++ // one case at a time
		_, _ = fmt.Fprintf(w, big, fmt.Sprintf("00000000-0000-4000-8000-%012d", asked))
	})
	runner, err := conformance.New(conformance.Target{Handler: handler}, conformance.WithCases(plainCases(t, 100)),
		conformance.WithParallel(1))
	require.NoError(t, err)
	before := heap()
	found, err := runner.Run(t.Context())
	require.NoError(t, err)
	require.Greater(t, asked, 100)
	assert.Less(t, heap()-before, int64(asked)<<17/2, "%d answers of 128 KiB", asked)
	runtime.KeepAlive(found)
}

// Nor do cases that wait hold more than a part of what they were answered. Not parallel: it looks at the heap.
func TestWaitingCasesHoldLittle(t *testing.T) {
	longtest.Skip(t)
	const n = 256 // as many as wait at once
	const size = 3 << 19
	const waiting, asked = 512<<10 + 64<<10, 12 << 20 // bytes of a case that waits, with its requests, and of one that is asked
	padding := `,"Padding":"` + strings.Repeat("x", size) + `"}`
	var polls, most atomic.Int64
	before := heap()
	big := edited(answering(always200), func(_ http.Header, body string) string { return strings.TrimSuffix(body, "}") + padding })
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSSM.ListCommands" && polls.Add(1) == int64(n) {
			most.Store(heap() - before)
		}
		big.ServeHTTP(w, r)
	})
	synctest.Test(t, func(t *testing.T) {
		found, err := run(t.Context(), t, conformance.Target{Handler: handler},
			conformance.WithCases(polling(t, n, "ListCommands", untilEnded, "2s")), conformance.WithParallel(1))
		require.NoError(t, err)
		assert.Equal(t, n, found.Totals[judge.Fail]-failingInvariants(found))
	})
	t.Logf("%d cases that were each answered %d KiB twice hold %d KiB", n, size>>10, most.Load()>>10)
	assert.Positive(t, most.Load())
	assert.Less(t, most.Load(), int64(n*waiting+asked))
}

// A step that a later one refers to stays whole while the case waits.
func TestWhatAWaitingCaseComparesWithIsNotCut(t *testing.T) {
	t.Parallel()
	padding := `,"Padding":"` + strings.Repeat("x", 600<<10) + `"}`
	synctest.Test(t, func(t *testing.T) {
		world := service.Demo("", "")
		h := edited(service.New(append(world.Options, service.WithClockScale(100))...), func(_ http.Header, body string) string {
			return strings.TrimSuffix(body, "}") + padding
		})
		found, err := run(t.Context(), t, conformance.Target{Handler: h, Bindings: world.Bindings},
			conformance.WithCases(embeddedCases(t, "execution/Success/times-of-the-command")))
		require.NoError(t, err)
		for _, r := range found.Results[:2] {
			assert.Equal(t, judge.Pass, r.Verdict, "%s: %s %v", r.Case.ID, r.Reason, r.Findings)
		}
	})
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// For a report that holds every exchange the answers stay whole, as far as their sum is bounded.
func TestAnswersAreKeptWholeWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	const size = 100 << 10
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, `{"Command":{"Comment":"`+strings.Repeat("x", size)+`"}}`)
	})
	for total, whole := range map[int64]int{0: 0, 250 << 10: 2, 10 << 20: 5} {
		report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 5)),
			conformance.WithWholeAnswers(total))
		require.NoError(t, err)
		kept := 0
		for _, r := range report.Results[:5] {
			body := r.Exchanges[0].Response
			if body.Dropped == 0 {
				assert.Greater(t, len(body.Body), size)
				kept++
			} else {
				assert.Greater(t, len(body.Body)+body.Dropped, size)
			}
		}
		assert.Equal(t, whole, kept, "%d bytes", total)
	}
}
