package conformance_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

// throttling is a handler that answers in such a way where busy says so, and sanely otherwise. Cases
// are counted from 1, what preflight asks is 0.
func throttling(status int, retryAfter, body string, busy func(n int64, text string) bool) (http.Handler, *atomic.Int64) {
	var n atomic.Int64
	sane := answering(always200)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		number := int64(0)
		if strings.HasPrefix(string(b), `{"Comment"`) {
			number = n.Add(1)
		}
		if busy(number, string(b)) {
			if retryAfter != "" {
				w.Header().Set("Retry-After", retryAfter)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return
		}
		sane.ServeHTTP(w, r)
	}), &n
}

var throttles = map[string]struct {
	status            int
	retryAfter, body  string
	atLeast, patience time.Duration // of the pauses of a run that is throttled twice; until it is given up
}{
	"429 with seconds":     {429, "7", "", 7 * time.Second, 10 * time.Second},
	"429 without":          {429, "", "", 100 * time.Millisecond, 10 * time.Second},
	"429 with nonsense":    {429, "soon\x1b", "", 100 * time.Millisecond, 10 * time.Second},
	"429 with a day":       {429, "86400", "", 10 * time.Second, 10 * time.Second},
	"503 with seconds":     {503, "2", "<html>busy", 2 * time.Second, 10 * time.Second},
	"503 with a past date": {503, "Mon, 02 Jan 2006 15:04:05 GMT", "", 0, 10 * time.Second},
	"AWS's own, Rate exceeded": {400, "", `{"__type":"ThrottlingException","message":"Rate exceeded"}`, 100 * time.Millisecond,
		10 * time.Second},
	"AWS's own, in full": {
		400,
		"",
		`{"message":"","__type": "com.amazon.coral.availability#ThrottlingException:http://a/"}`,
		100 * time.Millisecond,
		10 * time.Second,
	},
	"a name with an escape":   {400, "", `{"__type":"Throttl\u0069ng"}`, 100 * time.Millisecond, 10 * time.Second},
	"a member with an escape": {400, "", `{"__type":"A","c\u006fde":"SlowDown"}`, 100 * time.Millisecond, 10 * time.Second},
	"a name after a quote":    {400, "", `{"__type":"\"#SlowDown"}`, 100 * time.Millisecond, 10 * time.Second},
	"a code, and another type": {400, "", "{\"__type\":\"A\",\"code\"\t:\r\n\"TooManyRequestsException\"}", 100 * time.Millisecond,
		10 * time.Second},
	"the second of two types": {400, "", `{"message":{"__type":""},"__type":"SlowDown"}`, 100 * time.Millisecond, 10 * time.Second},
}

// What is throttled now and then is asked again, when the target said, and judged by its answer.
func TestAThrottledRequestIsAskedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range throttles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h, n := throttling(c.status, c.retryAfter, c.body, func(n int64, _ string) bool { return n%10 == 1 })
				began := time.Now()
				report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 15)),
					conformance.WithParallel(1))
				require.NoError(t, err)
				assert.True(t, report.Complete)
				assert.Equal(t, 15, report.Totals[judge.Pass]-passingInvariants(report))
				assert.False(t, report.Failed(), "a throttled answer is not judged, by the invariants neither")
				assert.EqualValues(t, 17, n.Load())
				assert.GreaterOrEqual(t, time.Since(began), 2*min(c.atLeast, c.patience))
				assert.Less(t, time.Since(began), 2*c.patience+time.Second)
			})
		})
	}
}

// What is throttled all the time has no verdict, and the run ends within bounds.
func TestATargetThatOnlyThrottlesCannotBeJudged(t *testing.T) {
	t.Parallel()
	for name, c := range throttles {
		for _, atOnce := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/at once=%v", name, atOnce), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					h, _ := throttling(c.status, c.retryAfter, c.body, func(n int64, _ string) bool { return atOnce || n > 0 })
					began := time.Now()
					report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 100)))
					require.ErrorIs(t, err, conformance.ErrCannotJudge)
					assert.NotContains(t, err.Error(), "\x1b")
					assert.Less(t, time.Since(began), 3*time.Minute)
					if atOnce {
						assert.ErrorContains(t, err, "throttles: ")
						return
					}
					assert.False(t, report.Complete)
					assert.False(t, report.Failed())
					assert.Zero(t, report.Totals[judge.Pass]-passingInvariants(report))
				})
			})
		}
	}
}

// A target that throttles every other request holds a run up, and no longer than the bound.
func TestPausesAreBoundedAltogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := throttling(429, "9", "", func(n int64, _ string) bool { return n%2 == 1 })
		began := time.Now()
		_, err := run(t.Context(), t, conformance.Target{Handler: h},
			conformance.WithCases(plainCases(t, 1000)), conformance.WithParallel(1))
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
		require.ErrorContains(t, err, "too often")
		assert.Less(t, time.Since(began), 6*time.Minute)
	})
}

// theFirst throttles one request however often it is asked.
func theFirst() func(n int64, text string) bool {
	var first atomic.Value
	return func(n int64, text string) bool {
		if n == 1 {
			first.Store(text)
		}
		return n > 0 && first.Load() == text
	}
}

// One case that is throttled whenever it is asked has no verdict; the others have theirs.
func TestOneCaseThatIsAlwaysThrottledHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := throttling(429, "", "", theFirst())
		report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 30)))
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
		assert.Equal(t, 1, report.Totals[judge.Error])
		assert.Equal(t, 29, report.Totals[judge.Pass]-passingInvariants(report))
		assert.Contains(t, report.Stopped, "1 case could not be judged")
	})
}

// One answer in three that is throttled costs no case its verdict.
func TestThrottlingByChanceLeavesNoCaseUnjudged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		chance := rand.New(rand.NewPCG(1, 2))
		h, _ := throttling(429, "", "", func(int64, string) bool {
			mu.Lock()
			defer mu.Unlock()
			return chance.IntN(3) == 0
		})
		found, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 900)))
		require.NoError(t, err)
		assert.True(t, found.Complete)
		assert.Equal(t, 900, found.Totals[judge.Pass]-passingInvariants(found))
	})
}

// What could be judged is the verdict, and the rest is said.
func TestAFailureCountsThoughACaseCouldNotBeJudged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := throttling(429, "", "", theFirst())
		cases := append(
			plainCases(t, 30),
			casesOf(t,
				`{"id": "area/Topic/wrong", "title": "t", "request": {"body": {"json": {}}}, "expect": [{"name": "refused",`+
					` "status": 400}]}`)...)
		found, err := run(t.Context(), t, conformance.Target{Handler: h, Name: "it"}, conformance.WithCases(cases))
		require.NoError(t, err)
		assert.False(t, found.Complete)
		assert.True(t, found.Failed())
		assert.Regexp(t, `^it does not conform: [0-9]+ of [0-9]+ cases fail; 1 could not be judged$`, report.Verdict(found))
	})
}

// A 503 without Retry-After is a server that broke.
func TestA503WithoutRetryAfterIsJudged(t *testing.T) {
	t.Parallel()
	h, _ := throttling(503, "", "{}", func(n int64, _ string) bool { return n > 0 })
	report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 30)))
	require.NoError(t, err)
	assert.Equal(t, 30, report.Totals[judge.Fail]-failingInvariants(report))
}

// A refusal that only speaks of throttling is a refusal.
func TestARefusalThatSpeaksOfThrottlingIsJudged(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"__type":"ValidationException","message":"ThrottlingException"}`,
		`{"__type":"ValidationException","message":"\u0054hrottlingException"}`,
		`{"__type":"NoThrottlingException"}`,
		`{"__type":"ThrottlingException#ValidationException"}`,
		`{"__type":["ThrottlingException"]}`,
		`{"message":{"__type":"ThrottlingException"}}`,
	} {
		h, _ := throttling(400, "", body, func(n int64, _ string) bool { return n > 0 })
		report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 5)))
		require.NoError(t, err)
		assert.Equal(t, 5, report.Totals[judge.Fail]-failingInvariants(report), body)
	}
}

// Throttling over sockets, plain and TLS: always, or four times, which is less than one case bears in a row.
func TestThrottlingOverSockets(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		for _, always := range []bool{false, true} {
			var n atomic.Int64
			s := startHostile(t, secure, false, nil)
			s.hostile = func(c *hostileConn) {
				if i := n.Add(1); always || i%4 == 0 && i <= 16 {
					says("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")(c)
					return
				}
				s.saneAnswer(c)
			}
			report, err := run(t.Context(), t, s.target(), conformance.WithCases(hostileCases(t, 20)))
			if always {
				require.ErrorIs(t, err, conformance.ErrCannotJudge)
				assert.False(t, report.Failed())
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, 20, report.Totals[judge.Pass]-passingInvariants(report))
		}
	}
}

func failingInvariants(r *event.Report) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Case.Area() == judge.InvariantArea && r.Results[i].Verdict == judge.Fail {
			n++
		}
	}
	return n
}
