package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// agent serves commands whose status, and what GetCommandInvocation shows of them, are a function of their age.
type agent struct {
	status func(comment string, age time.Duration) string
	output func(age time.Duration) string

	mu    sync.Mutex
	sent  map[string]time.Time
	named map[string]string // the comment of each command

	answers int
}

func (a *agent) sends() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, comment := range a.named {
		if comment != "" {
			n++
		}
	}
	return n
}

func (a *agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sent == nil {
		a.sent, a.named = map[string]time.Time{}, map[string]string{}
	}
	var in struct {
		CommandID string `json:"CommandId"`
		Comment   string
	}
	b, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(b, &in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	a.answers++
	w.Header().Set("x-amzn-RequestId", fmt.Sprintf("00000000-0000-4000-8000-%012d", a.answers))
	age, status := time.Since(a.sent[in.CommandID]), ""
	if a.status != nil {
		status = a.status(a.named[in.CommandID], age)
	}
	switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); operation {
	case "SendCommand":
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", len(a.sent))
		a.sent[id], a.named[id] = time.Now(), in.Comment
		_, _ = fmt.Fprintf(w, `{"Command":{"CommandId":%q}}`, id)
	case "ListCommands":
		fmt.Fprintf(w, `{"Commands":[{"CommandId":%q,"Status":%q}]}`, in.CommandID, status)
	case "GetCommandInvocation":
		output := ""
		if a.output != nil {
			output = a.output(age)
		}
		fmt.Fprintf(w, `{"CommandId":%q,"Status":%q,"StatusDetails":%q,"StandardOutputContent":%q}`, in.CommandID, status, status, output)
	default:
		_, _ = io.WriteString(w, `{}`)
	}
}

// polling are n cases that send a command and poll for it.
func polling(t *testing.T, n int, operation, until, within string) []*fixtures.Case {
	t.Helper()
	var text []string
	for i := range n {
		text = append(text, fmt.Sprintf(`{"id": "area/Topic/%s%03d", "title": "t", "steps": [
			{"name": "send", "request": {"body": {"json": {"Comment": "c%03d"}}}, "expect": [{"name": "taken", "status": 200}],
				"capture": {"id": "/Command/CommandId"}},
			{"name": "end", "request": {"operation": %q, "body": {"json": {"CommandId": "${captured.id}"}}},
				"poll": {"until": %s, "within": %q}, "expect": [{"name": "n", "status": 200}]}]}`,
			strings.ToLower(operation), i, i, operation, until, within))
	}
	return casesOf(t, text...)
}

const (
	untilEnded  = `{"Commands": [{"Status": {"$in": ["Success", "Failed"]}}]}`
	untilRuns   = `{"Commands": [{"Status": "InProgress"}]}`
	untilOutput = `{"Status": "Success", "StandardOutputContent": "hello"}`
)

// runBriefly runs the cases in fake time and returns the report with how long it took.
func runBriefly(t *testing.T, h http.Handler, cases []*fixtures.Case, opts ...conformance.Option) (*event.Report, time.Duration) {
	t.Helper()
	began := time.Now()
	report, err := run(t.Context(), t, conformance.Target{Handler: h}, append(opts, conformance.WithCases(cases))...)
	require.NoError(t, err)
	return report, time.Since(began)
}

// A target that leaves every command Pending is waited for once, and no case is asked again.
func TestWhatNeverEndsIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &agent{status: func(string, time.Duration) string { return "Pending" }}
		report, took := runBriefly(t, a, polling(t, 16, "ListCommands", untilEnded, "300s"))
		assert.Equal(t, 16, report.Totals[judge.Fail]-failingInvariants(report))
		assert.Less(t, took, probe.VainWait+10*time.Second)
		assert.Equal(t, 16, a.sends(), "no case is asked again")
		assert.Contains(
			t,
			report.Results[0].Reason,
			"not asked again: what was waited for did not come; it was not waited for all of 5m0s, since 8 cases, "+
				"area/Topic/listcommands000 among them, waited in vain for a command to end in ListCommands",
		)
	})
}

// A slow agent is a right one, and so are a few commands that take longer than the others.
func TestASlowAgentIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &agent{status: func(comment string, age time.Duration) string {
			takes := 50 * time.Second
			if strings.HasSuffix(comment, "7") {
				takes = 280 * time.Second
			}
			if age < takes {
				return "Pending"
			}
			return "Success"
		}}
		report, _ := runBriefly(t, a, polling(t, 16, "ListCommands", untilEnded, "300s"))
		assert.Zero(t, report.Totals[judge.Fail]-failingInvariants(report))
	})
}

// Where a few commands alone are waited for, nothing reports whether another would end.
func TestFewCommandsAreWaitedForAsLongAsTheirCasesSay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &agent{status: func(_ string, age time.Duration) string {
			if age < 280*time.Second {
				return "Pending"
			}
			return "TimedOut"
		}}
		report, took := runBriefly(t, a, polling(t, probe.VainWaits-1, "ListCommands",
			`{"Commands": [{"Status": "TimedOut"}]}`, "300s"))
		assert.Zero(t, report.Totals[judge.Fail]-failingInvariants(report))
		assert.GreaterOrEqual(t, took, 280*time.Second)
	})
}

// What has ended does not change any more.
func TestWhatHasEndedIsJudgedAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operation, until string
		atMost           time.Duration
	}{
		"it will not run": {"ListCommands", untilRuns, time.Second},
		"nor write":       {"GetCommandInvocation", untilOutput, 8 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := &agent{status: func(string, time.Duration) string { return "Success" }}
				report, took := runBriefly(t, a, polling(t, 3, c.operation, c.until, "120s"))
				assert.Equal(t, 3, report.Totals[judge.Fail]-failingInvariants(report))
				assert.Less(t, took, c.atMost)
				assert.Contains(t, report.Results[0].Reason, "not waited for all of 2m0s, since")
			})
		})
	}
}

// A server that fails whenever it is asked for a status is waited for as long as one that is started anew.
func TestAStatusThatTheServerFailsToShowIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &agent{}
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "ListCommandInvocations") {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			a.ServeHTTP(w, r)
		})
		report, took := runBriefly(t, h, polling(t, 3, "ListCommandInvocations", `{"CommandInvocations": {"$length": 1}}`, "300s"))
		assert.Equal(t, 3, report.Totals[judge.Fail]-failingInvariants(report))
		assert.Less(t, took, 2*probe.Revival)
		assert.Contains(t, report.Results[0].Reason, "since the server failed for 10s")
	})
}

// The output of an invocation may come a little later than its end.
func TestOutputThatComesAfterTheEndIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &agent{
			status: func(string, time.Duration) string { return "Success" },
			output: func(age time.Duration) string {
				if age < 3*time.Second {
					return ""
				}
				return "hello"
			},
		}
		report, _ := runBriefly(t, a, polling(t, 3, "GetCommandInvocation", untilOutput, "120s"))
		assert.Zero(t, report.Totals[judge.Fail]-failingInvariants(report))
	})
}

// areas are n cases in each of some areas.
func areas(t *testing.T, n int, names ...string) []*fixtures.Case {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range names {
		var text []string
		for i := range n {
			text = append(
				text,
				fmt.Sprintf(
					`{"id": "%s/Topic/c%04d", "title": "t", "request": {"body": {"json": {"Comment": %q}}},`+
						` "expect": [{"name": "taken", "status": 200}]}`,
					name, i, name),
			)
		}
		files[name+"/Topic.json"] = &fstest.MapFile{Data: []byte(`{"defaults": {"level": "must", "profile": "core", "safety": "inert",
			"evidence": "shape/Comment"}, "cases": [` + strings.Join(text, ",") + `]}`)}
	}
	cases, err := fixtures.Load(files)
	require.NoError(t, err)
	return cases
}

// hangingOver answers, but for requests with one of the texts.
func hangingOver(texts ...string) http.Handler {
	sane := answering(always200)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		for _, text := range texts {
			if strings.Contains(string(b), text) {
				<-r.Context().Done()
				return
			}
		}
		r.Body = io.NopCloser(strings.NewReader(string(b)))
		sane.ServeHTTP(w, r)
	})
}

// A target that hangs over the cases of an area costs a bound number of timeouts, and the others are judged.
func TestRequestsWithoutAnswerAreBoundedInEachArea(t *testing.T) {
	t.Parallel()
	for _, parallel := range []int{1, 8} {
		synctest.Test(t, func(t *testing.T) {
			cases := areas(t, 500, "accept", "echo")
			report, took := runBriefly(t, hangingOver(`"echo"`), cases, conformance.WithParallel(parallel),
				conformance.WithLimits(wire.Limits{Timeout: 10 * time.Second}))
			assert.LessOrEqual(t, took, time.Duration(probe.UnansweredOfOne/parallel+1)*10*time.Second)
			assert.False(t, report.Complete)
			assert.Equal(t, 500, report.Totals[judge.Pass]-passingInvariants(report))
			assert.InDelta(t, probe.UnansweredOfOne, report.Totals[judge.Fail]-failingInvariants(report), float64(parallel))
			last := report.Results[999]
			assert.True(t, last.NotAsked())
			assert.Contains(t, last.Reason, "left requests of SendCommand without an answer for 16 times the timeout of 10s, in the "+
				"cases of echo")
			for _, r := range report.Results {
				if r.Verdict == judge.Fail {
					assert.Equal(t, "not asked again: no whole answer came within 10s", r.Reason)
				}
			}
		})
	}
}

// A target that hangs over everything but the plain request costs a bound number of timeouts, too.
func TestRequestsWithoutAnswerAreBoundedAltogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names := []string{"accept", "auth", "constraint", "echo", "error", "metamorphic", "type", "wire"}
		report, took := runBriefly(t, hangingOver(`"Comment"`), areas(t, 300, names...),
			conformance.WithLimits(wire.Limits{Timeout: 10 * time.Second}))
		assert.LessOrEqual(t, took, (probe.UnansweredInAll/8+10)*10*time.Second)
		assert.True(t, report.Failed())
		assert.False(t, report.Complete)
		assert.InDelta(t, probe.UnansweredInAll, report.Totals[judge.Fail]-failingInvariants(report), 8)
	})
}

// A run ends with its time, whatever it waits for, and says what it has not asked.
func TestARunEndsWithItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &agent{status: func(string, time.Duration) string { return "Pending" }}
		cases := slices.Concat(areas(t, 5, "accept"), polling(t, 5, "ListCommands", untilEnded, "300s"))
		began := time.Now()
		report, err := run(t.Context(), t, conformance.Target{Handler: a}, conformance.WithCases(cases),
			conformance.WithMaxTime(20*time.Second))
		assert.Equal(t, 20*time.Second, time.Since(began))
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
		require.ErrorContains(t, err, "the time of the run, 20s, is over")
		assert.False(t, report.Complete)
		assert.Equal(t, "the time of the run, 20s, is over", report.Stopped)
		assert.Zero(t, report.Totals[judge.Error])
		assert.Equal(t, 5, report.Totals[judge.Skip])
		for _, r := range report.Results[5:10] {
			assert.True(t, r.NotAsked(), r.Reason)
		}

		failing := slices.Concat(casesOf(t, `{"id": "area/Topic/fails", "title": "t", "request": {}, "expect": [{"name": "n",`+
			` "status": 400}]}`),
			cases)
		report, err = run(t.Context(), t, conformance.Target{Handler: a}, conformance.WithCases(failing),
			conformance.WithMaxTime(20*time.Second))
		require.NoError(t, err, "what failed is a verdict")
		assert.True(t, report.Failed())
		assert.False(t, report.Complete)

		_, err = run(t.Context(), t, conformance.Target{Handler: hangingOver("DocumentName")}, conformance.WithCases(cases),
			conformance.WithMaxTime(time.Second))
		require.ErrorIs(t, err, conformance.ErrCannotJudge)
		require.ErrorContains(t, err, "the time of the run, 1s, is over")
	})
}

// An end by the caller takes no time, whatever the run waits for.
func TestAnEndByTheCallerTakesNoTime(t *testing.T) {
	t.Parallel()
	pending := func(string, time.Duration) string { return "Pending" }
	throttled := func(from int64) http.Handler {
		h, _ := throttling(http.StatusTooManyRequests, "60", "", func(n int64, _ string) bool { return n >= from })
		return h
	}
	unavailable := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	for name, c := range map[string]struct {
		handler http.Handler
		opts    []conformance.Option
		asked   bool // the end comes after the preflight
	}{
		"a status":                  {&agent{status: pending}, nil, true},
		"an answer":                 {hangingOver(`"Comment"`), nil, true},
		"an answer, in a preflight": {hangingOver("DocumentName"), nil, false},
		"a target that throttles":   {throttled(1), nil, true},
		"one that throttles always": {throttled(0), nil, false},
		"a target to come up":       {unavailable, []conformance.Option{conformance.WithWait(time.Hour)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				began := time.Now()
				cases := slices.Concat(areas(t, 30, "accept"), polling(t, 5, "ListCommands", untilEnded, "300s"))
				report, err := run(ctx, t, conformance.Target{Handler: c.handler}, append(c.opts, conformance.WithCases(cases))...)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 5*time.Second, time.Since(began))
				if !c.asked {
					return
				}
				assert.Equal(t, "interrupted", report.Stopped)
				for _, r := range report.Results {
					assert.True(t, r.Verdict != judge.Error || r.NotAsked(), r.Reason)
				}
			})
		})
	}
}
