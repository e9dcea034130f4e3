package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/leaktest"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// plainCases are n cases that a server passes by answering 200.
func plainCases(t *testing.T, n int) []*fixtures.Case {
	t.Helper()
	var text []string
	for i := range n {
		text = append(
			text,
			fmt.Sprintf(
				`{"id": "area/Topic/c%03d", "title": "t", "request": {"body": {"json": {"Comment": "${nonce}"}}},`+
					` "expect": [{"name": "taken", "status": 200}]}`,
				i,
			),
		)
	}
	return casesOf(t, text...)
}

func casesOf(t *testing.T, text ...string) []*fixtures.Case {
	t.Helper()
	cases, err := fixtures.Load(
		fstest.MapFS{"area/Topic.json": {Data: []byte(`{"defaults": {"level": "must", "profile": "core", "safety": "inert",
		"evidence": "shape/Comment"}, "cases": [` + strings.Join(text, ",") + `]}`)}},
	)
	require.NoError(t, err)
	return cases
}

// answering serves SSM answers of a status.
func answering(status func(n int64, body string) int) http.Handler {
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		i := n.Add(1)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("x-amzn-RequestId", fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		code := status(i, string(b))
		if code == 200 && r.Header.Get("X-Amz-Target") == "AmazonSSM.GetCommandInvocation" { // no command has one
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"__type":"InvocationDoesNotExist"}`)
			return
		}
		w.WriteHeader(code)
		if code != 200 {
			_, _ = io.WriteString(w, `{"__type":"ValidationException"}`)
			return
		}
		fmt.Fprintf(w, `{"Command":{"CommandId":"00000000-0000-4000-8000-%012d"}}`, i)
	})
}

func always200(int64, string) int { return 200 }

type recording struct {
	mu     sync.Mutex
	events []event.Event
	fail   int // the event at which it fails, from 1
}

func (r *recording) Event(e event.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	if len(r.events) == r.fail {
		return errors.New("disk full")
	}
	return nil
}

func run(ctx context.Context, t *testing.T, target conformance.Target, opts ...conformance.Option) (*event.Report, error) {
	t.Helper()
	r, err := conformance.New(target, opts...)
	require.NoError(t, err)
	return r.Run(ctx)
}

func TestARunTellsEveryCaseInTheOrderOfThePlan(t *testing.T) {
	t.Parallel()
	sink := &recording{}
	report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)},
		conformance.WithCases(plainCases(t, 40)), conformance.WithSink(sink), conformance.WithParallel(16))
	require.NoError(t, err)
	assert.True(t, report.Complete)
	assert.False(t, report.Failed())
	require.IsType(t, event.Started{}, sink.events[0])
	require.IsType(t, event.Ended{}, sink.events[len(sink.events)-1])
	var told []string
	for _, e := range sink.events {
		if judged, ok := e.(event.Judged); ok {
			told = append(told, judged.Result.Case.ID)
		}
	}
	require.Len(t, told, len(report.Results))
	for i, r := range report.Results {
		assert.Equal(t, r.Case.ID, told[i])
		if i < 40 {
			assert.Equal(t, fmt.Sprintf("area/Topic/c%03d", i), r.Case.ID)
			assert.Equal(t, judge.Pass, r.Verdict)
		}
	}
	assert.Len(t, report.Results, 40+len(judge.InvariantCases()))
}

func TestTheSameSeedSendsTheSameNonces(t *testing.T) {
	t.Parallel()
	nonces := func(seed uint64) []string {
		report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)}, conformance.WithCases(plainCases(t, 8)),
			conformance.WithSeed(seed))
		require.NoError(t, err)
		var list []string
		for _, r := range report.Results[:8] {
			var body struct{ Comment string }
			require.NoError(t, json.Unmarshal(r.Exchanges[0].Request.Body, &body))
			assert.Len(t, body.Comment, 16)
			list = append(list, body.Comment)
		}
		return list
	}
	one := nonces(1)
	assert.Equal(t, one, nonces(1))
	two := nonces(2)
	for i := range one {
		assert.NotContains(t, two, one[i])
		assert.NotContains(t, one[:i], one[i], "each case has a nonce of its own")
	}
}

func TestACaseThatFailsOnlyOnceIsFlaky(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	h := answering(func(_ int64, body string) int {
		if strings.Contains(body, `{"Comment":`) && asked.Add(1)%2 == 1 {
			return 400
		}
		return 200
	})
	report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 3)), conformance.WithParallel(1))
	require.NoError(t, err)
	assert.Equal(t, 3, report.Totals[judge.Flaky])
	assert.True(t, report.Failed(), "flaky fails the gate")
	assert.Contains(t, report.Results[0].Reason, "asked again, the verdict was pass")
	assert.NotEmpty(t, report.Results[0].Findings)
}

func TestACaseThatFailsTwiceTheSameWayFails(t *testing.T) {
	t.Parallel()
	h := answering(func(_ int64, body string) int {
		if strings.Contains(body, `{"Comment":`) {
			return 400
		}
		return 200
	})
	report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 3)))
	require.NoError(t, err)
	assert.Equal(t, 3, report.Totals[judge.Fail])
	assert.Equal(t, event.Nonconformant, report.Profiles[0].Standing)
}

func TestATargetThatDiesIsGivenUp(t *testing.T) {
	t.Parallel()
	for _, n := range []int{5, 60} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			var server *httptest.Server
			var once sync.Once
			server = httptest.NewServer(answering(func(_ int64, body string) int {
				if strings.Contains(body, `{"Comment":`) {
					once.Do(func() { _ = server.Listener.Close(); server.CloseClientConnections() })
				}
				return 200
			}))
			defer server.Close()
			report, err := run(t.Context(), t, conformance.Target{URL: server.URL}, conformance.WithCases(plainCases(t, n)),
				conformance.WithParallel(1), conformance.WithRevival(100*time.Millisecond))
			require.ErrorIs(t, err, conformance.ErrCannotJudge)
			assert.False(t, report.Complete, "not every planned case was judged")
			assert.NotEmpty(t, report.Stopped)
			for _, r := range report.Results[1:n] {
				assert.Equal(t, judge.Error, r.Verdict)
				assert.NotEmpty(t, r.Reason)
			}
		})
	}
}

func TestAnEndedContextLeavesAPartialReportThatSaysSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h := answering(func(_ int64, body string) int {
		if strings.Contains(body, `{"Comment":`) {
			cancel()
		}
		return 200
	})
	sink := &recording{}
	report, err := run(ctx, t, conformance.Target{Handler: h}, conformance.WithCases(plainCases(t, 30)), conformance.WithParallel(2),
		conformance.WithSink(sink))
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, report.Complete)
	assert.Equal(t, "interrupted", report.Stopped)
	assert.Zero(t, report.Totals[judge.Error], "nobody is at fault")
	assert.GreaterOrEqual(t, report.Totals[judge.Skip], 28)
	for _, r := range report.Results {
		assert.NotNil(t, r.Case)
		assert.NotEmpty(t, r.Verdict)
	}
	require.IsType(t, event.Ended{}, sink.events[len(sink.events)-1])
}

func TestAHandlerThatPanicsFailsItsCaseAlone(t *testing.T) {
	t.Parallel()
	good := answering(always200)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSSM.Boom" {
			panic("boom")
		}
		good.ServeHTTP(w, r)
	})
	cases := append(plainCases(t, 2), casesOf(t, `{"id": "area/Topic/boom", "title": "t", "request": {"operation": "Boom"},
		"expect": [{"name": "n", "status": 200}]}`)...)
	report, err := run(t.Context(), t, conformance.Target{Handler: h}, conformance.WithCases(cases))
	require.NoError(t, err)
	assert.Equal(t, judge.Pass, report.Results[0].Verdict)
	assert.Equal(t, judge.Fail, report.Results[2].Verdict)
	assert.Contains(t, report.Results[2].Findings[0].Got.Words, "boom")
}

// What a caller adds may fail, and all reports are written all the same.
func TestAnErrorOfWhatACallerAddsIsNoReportThatFailed(t *testing.T) {
	t.Parallel()
	own := errors.New("of my own")
	report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)}, conformance.WithCases(plainCases(t, 1)),
		conformance.WithMore(func(context.Context, *conformance.Session) ([]judge.Result, error) { return nil, own }))
	require.ErrorIs(t, err, own)
	assert.True(t, report.Complete, report.Stopped)
}

func TestASinkThatFailsEndsTheRunWithItsError(t *testing.T) {
	t.Parallel()
	for _, at := range []int{1, 2, 5, 9} {
		sink := &recording{fail: at}
		report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)}, conformance.WithCases(plainCases(t, 20)),
			conformance.WithSink(sink))
		require.ErrorContains(t, err, "disk full")
		if at > 1 {
			assert.False(t, report.Complete)
			assert.Equal(t, "a report could not be written", report.Stopped)
		}
	}
}

func TestPreflightSaysWhyATargetCannotBeJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve func(net.Conn)
		want  string
	}{
		"silent":  {nil, "does not answer in time"},
		"closing": {func(net.Conn) {}, "closes the connection without an answer"},
		"reset":   {func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, "closes the connection without an answer"},
		"HTML": {func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
		}, "answers 200 OK (text/html) and no JSON object"},
		"a list": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]") }, "no JSON object"},
		"endless": {func(c net.Conn) {
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			for err == nil {
				_, err = c.Write(make([]byte, 4096))
			}
		}, "a body without end"},
		"no HTTP": {func(c net.Conn) { _, _ = io.WriteString(c, "\x1b[31mSSH-2.0\r\n") }, "answers no HTTP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					go func() {
						defer conn.Close()
						_, _ = conn.Read(make([]byte, 4096))
						if c.serve == nil {
							<-t.Context().Done()
							return
						}
						c.serve(conn)
					}()
				}
			}()
			limits := wire.Limits{Timeout: time.Minute, Body: 4 << 10, Header: 4 << 10}
			if c.serve == nil {
				limits.Timeout = 200 * time.Millisecond
			}
			sink := &recording{}
			report, err := run(t.Context(), t, conformance.Target{URL: "http://" + l.Addr().String()},
				conformance.WithCases(plainCases(t, 1)), conformance.WithLimits(limits), conformance.WithSink(sink))
			require.ErrorIs(t, err, conformance.ErrCannotJudge)
			assert.Nil(t, report)
			assert.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "\x1b")
			require.Len(t, sink.events, 1, "nothing was asked")
			require.IsType(t, event.Ended{}, sink.events[0])
		})
	}
}

func TestAClosedPortCannotBeJudged(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = run(t.Context(), t, conformance.Target{URL: "http://" + l.Addr().String()}, conformance.WithCases(plainCases(t, 1)))
	require.ErrorIs(t, err, conformance.ErrCannotJudge)
	assert.ErrorContains(t, err, "is the server up?")
}

func TestNothingAskedIsNoVerdict(t *testing.T) {
	t.Parallel()
	cases := casesOf(t,
		`{"id": "area/Topic/a", "title": "t", "request": {"body": {"json": {"D": "${document}"}}}, "expect": [{"name": "n",`+
			` "status": 200}]}`)
	report, err := run(t.Context(), t, conformance.Target{Handler: answering(always200)}, conformance.WithCases(cases))
	require.ErrorIs(t, err, conformance.ErrCannotJudge)
	assert.Equal(t, judge.Skip, report.Results[0].Verdict)
	assert.Contains(t, report.Results[0].Reason, "needs document")
	assert.Equal(t, event.Untested, report.Profiles[0].Standing)
}

func TestNewRefusesWhatCannotBeRun(t *testing.T) {
	t.Parallel()
	h := answering(always200)
	for name, c := range map[string]struct {
		target conformance.Target
		opts   []conformance.Option
		want   string
	}{
		"no target":          {conformance.Target{}, nil, "want either a URL or a Handler"},
		"two targets":        {conformance.Target{URL: "http://h", Handler: h}, nil, "want either a URL or a Handler"},
		"a bad URL":          {conformance.Target{URL: "localhost:80"}, nil, "want a URL like"},
		"AWS itself":         {conformance.Target{URL: "https://SSM.us-east-1.amazonaws.com."}, nil, "--aws"},
		"AWS in China":       {conformance.Target{URL: "https://ssm.cn-north-1.amazonaws.com.cn"}, nil, "--aws"},
		"an unknown binding": {conformance.Target{Handler: h, Bindings: map[string]string{"nod": "x"}}, nil, `binding "nod"`},
		"its own nonce":      {conformance.Target{Handler: h, Bindings: map[string]string{"nonce": "x"}}, nil, `binding "nonce"`},
		"a node twice": {conformance.Target{Handler: h, Nodes: []string{"i-0123456789abcdef0"},
			Bindings: map[string]string{"node.2": "i-0123456789abcdef0"}}, nil, "both node and node.2: want nodes that differ"},
		"no parallel":        {conformance.Target{Handler: h}, []conformance.Option{conformance.WithParallel(0)}, "parallel 0"},
		"an unknown profile": {conformance.Target{Handler: h}, []conformance.Option{conformance.WithProfiles("all")}, `profile "all"`},
		"no cases":           {conformance.Target{Handler: h}, []conformance.Option{conformance.WithCases([]*fixtures.Case{})}, "no cases"},
	} {
		_, err := conformance.New(c.target, c.opts...)
		assert.ErrorContains(t, err, c.want, name)
	}
}

// Not parallel: it counts the goroutines of the whole process.
func TestARunLeavesNoGoroutineBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	server := httptest.NewServer(answering(always200))
	_, err := run(t.Context(), t, conformance.Target{URL: server.URL}, conformance.WithCases(plainCases(t, 40)))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = run(ctx, t, conformance.Target{URL: server.URL}, conformance.WithCases(plainCases(t, 40)))
	require.Error(t, err)
	server.Close()
	leaktest.NoneLeft(t, before)
}
