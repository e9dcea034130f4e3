package fuzz_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/service"
)

const benchParallel = 8

// overHTTP are the strategies whose requests http.Client can send, so that the bare loop asks the same.
var overHTTP = []generate.Strategy{generate.Valid, generate.Boundary, generate.Fault, generate.Faults, generate.NearMiss, generate.JSON}

// BenchmarkInProcess holds the budget of 10,000 cases a second against an http.Handler.
func BenchmarkInProcess(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cmd/sendspec does
	s := session(b, handler(), 1)
	const count = 20000
	var rates []float64
	for b.Loop() {
		r, err := fuzz.Run(context.Background(), s, fuzz.Options{Count: count, Parallel: runtime.GOMAXPROCS(0)})
		require.NoError(b, err)
		require.Empty(b, r.Divergences)
		rates = append(rates, count/r.Elapsed.Seconds())
	}
	b.ReportMetric(middle(rates), "cases/s")
}

// BenchmarkHTTP holds the budget of 0.5 of the rate of a bare loop that signs, posts and reads the same
// bytes.
func BenchmarkHTTP(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cmd/sendspec does
	target := server(b)
	s := session(b, target, 1)
	const count = 10000
	bare := newBareLoop(b, target.URL, s.Started().Preflight.Bindings, count)
	bare.run(b)
	var took, bareTook, cpu, bareCPU time.Duration
	cases := 0.0
	for b.Loop() {
		before := processorTime()
		r, err := fuzz.Run(context.Background(), s, fuzz.Options{Count: count, Parallel: benchParallel, Strategies: overHTTP})
		require.NoError(b, err)
		require.Empty(b, r.Divergences)
		between := processorTime()
		took, bareTook = took+r.Elapsed, bareTook+bare.run(b)
		cpu, bareCPU = cpu+between-before, bareCPU+processorTime()-between
		cases += count
	}
	// On a machine that does other things besides, the time of the processor is the better measure.
	b.ReportMetric(bareCPU.Seconds()/cpu.Seconds(), "of-bare-cpu")
	b.ReportMetric(cases/took.Seconds(), "cases/s")
	b.ReportMetric(cases/bareTook.Seconds(), "bare/s")
	b.ReportMetric(bareTook.Seconds()/took.Seconds(), "of-bare")
}

// processorTime is what this process has used of all processors.
func processorTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func middle(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// bareLoop signs, posts and reads, and does nothing else.
type bareLoop struct {
	url    string
	bodies [][]byte
	client *http.Client
	signer *wire.Signer
}

func newBareLoop(b *testing.B, url string, known map[string]string, count uint64) *bareLoop {
	b.Helper()
	g, err := generate.New(1, generate.World{Bindings: known, MayDispatch: true}, overHTTP...)
	require.NoError(b, err)
	transport := &http.Transport{MaxIdleConnsPerHost: benchParallel, DisableCompression: true}
	b.Cleanup(transport.CloseIdleConnections)
	l := &bareLoop{
		url: url, client: &http.Client{Transport: transport},
		signer: wire.NewSigner(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, "us-east-1"),
	}
	for i := range count {
		c, _ := g.At(i).Case(oracle.New(known, "us-east-1"))
		steps, err := c.Bind(nil)
		require.NoError(b, err)
		l.bodies = append(l.bodies, steps[0].Request.Body)
	}
	return l
}

func (l *bareLoop) run(b *testing.B) time.Duration {
	b.Helper()
	start := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range benchParallel {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(l.bodies)); i = next.Add(1) - 1 {
				l.post(l.bodies[i])
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func (l *bareLoop) post(body []byte) {
	signed := wire.NewRequest("SendCommand", body)
	if l.signer.Sign(signed, strings.TrimPrefix(l.url, "http://"), time.Now()) != nil {
		return
	}
	req, err := http.NewRequest(http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return
	}
	for _, f := range signed.Fields {
		req.Header[f.Name] = append(req.Header[f.Name], f.Value)
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return
	}
	_, _ = io.ReadAll(resp.Body)
	_ = resp.Body.Close()
}

// BenchmarkShrink tells how many requests it takes to confirm and shrink a finding (aim: about 60).
func BenchmarkShrink(b *testing.B) {
	target := edited(b, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if strings.Contains(body, `"MaxErrors":`) || strings.Contains(body, `"Comment":`) && strings.Contains(body, `"TimeoutSeconds":`) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
	s := session(b, target, 1)
	var calls, bytes, findings float64
	for b.Loop() {
		r, err := fuzz.Run(context.Background(), s, fuzz.Options{Count: 2000})
		require.NoError(b, err)
		for _, f := range r.Divergences {
			calls, bytes, findings = calls+float64(f.Calls), bytes+float64(f.Size), findings+1
		}
	}
	require.Positive(b, findings)
	b.ReportMetric(calls/findings, "calls/finding")
	b.ReportMetric(bytes/findings, "bytes/finding")
}

// BenchmarkMemory tells how much the heap grew from 10,000 cases to FUZZ_MEMORY of them (default 50,000, for
// which a second or ten are enough; 1000000 is the figure of the budget).
func BenchmarkMemory(b *testing.B) {
	count := uint64(50000)
	if given, err := strconv.ParseUint(os.Getenv("FUZZ_MEMORY"), 10, 64); err == nil {
		count = given
	}
	world := service.Demo("", "")
	// its history is no business of ours
	quiet := service.New(append(world.Options, service.WithClockScale(200), service.WithHistory(100))...)
	s := session(b, conformance.Target{Handler: quiet, Bindings: world.Bindings}, 1)
	for b.Loop() {
		var early uint64
		_, err := fuzz.Run(context.Background(), s, fuzz.Options{Count: count, Progress: func(p *fuzz.CampaignReport) {
			if early == 0 && p.Inputs >= 10000 {
				early = heap()
			}
		}})
		require.NoError(b, err)
		b.ReportMetric(float64(early)/(1<<20), "MB-after-10000")
		b.ReportMetric(float64(heap())/(1<<20), "MB-after-all")
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
