package conformance_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

const benchParallel = 8

// collector keeps every request of a run, so that the bare loop can send the same bytes.
type collector struct {
	mu       sync.Mutex
	requests []*wire.Request
}

func (c *collector) Event(e event.Event) error {
	judged, ok := e.(event.Judged)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range judged.Result.Exchanges {
		c.requests = append(c.requests, x.Request)
	}
	return nil
}

func benchTarget(b *testing.B) conformance.Target {
	b.Helper()
	world := service.Demo("", "")
	options := append(slices.Clip(world.Options), service.WithClockScale(200), service.WithLongestStep(20*time.Second),
		service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	server := httptest.NewServer(service.New(options...))
	b.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, Bindings: world.Bindings}
}

// BenchmarkRun holds the budgets of a run: of all profiles its wall time (under 1 s), and of the core
// profile how many times that of a bare loop which signs, posts and reads the same bytes (at most
// 1.5). The other profiles wait for commands to end, which no bare loop does.
func BenchmarkRun(b *testing.B) {
	b.Run("all", func(b *testing.B) { benchmarkRun(b) })
	b.Run("core", func(b *testing.B) { benchmarkRun(b, conformance.WithProfiles(fixtures.Core)) })
}

func benchmarkRun(b *testing.B, profiles ...conformance.Option) {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cmd/sendspec does
	target := benchTarget(b)
	run := func(opts ...conformance.Option) (loading, whole time.Duration) {
		start := time.Now()
		opts = append(append(opts, profiles...), conformance.WithSeed(1), conformance.WithParallel(benchParallel))
		runner, err := conformance.New(target, opts...)
		require.NoError(b, err)
		loading = time.Since(start)
		_, err = runner.Run(context.Background())
		require.NoError(b, err)
		return loading, time.Since(start)
	}
	sent := &collector{}
	run(conformance.WithSink(sent))
	bare := newBareLoop(b, target, sent.requests)
	bare.run(b)

	var loads, runs, bares []time.Duration
	var cpu, bareCPU time.Duration
	for b.Loop() {
		before := processorTime()
		loading, whole := run()
		between := processorTime()
		loads, runs = append(loads, loading), append(runs, whole)
		bares = append(bares, bare.run(b))
		cpu, bareCPU = cpu+between-before, bareCPU+processorTime()-between
	}
	// On a machine that does other things besides, the time of the processor is the better measure.
	b.ReportMetric(cpu.Seconds()/bareCPU.Seconds(), "x-bare-cpu")
	b.ReportMetric(float64(len(sent.requests)), "requests")
	b.ReportMetric(median(runs).Seconds()*1000, "run-ms")
	b.ReportMetric(median(bares).Seconds()*1000, "bare-ms")
	b.ReportMetric(median(loads).Seconds()*1000, "load-ms") // of the corpus, in run-ms
	b.ReportMetric(float64(median(runs))/float64(median(bares)), "x-bare")
	b.ReportMetric(float64(median(runs)-median(loads))/float64(median(bares)), "x-bare-without-load")
}

// processorTime is what this process has used of all processors.
func processorTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// bareLoop signs, posts and reads, and does nothing else.
type bareLoop struct {
	url      string
	requests []*wire.Request
	raw      *wire.HTTP
	client   *http.Client
	signer   *wire.Signer
}

func newBareLoop(b *testing.B, t conformance.Target, requests []*wire.Request) *bareLoop {
	b.Helper()
	raw, err := wire.NewHTTP(t.URL, wire.Limits{}, nil)
	require.NoError(b, err)
	transport := &http.Transport{MaxIdleConnsPerHost: benchParallel, DisableCompression: true}
	b.Cleanup(transport.CloseIdleConnections)
	b.Cleanup(raw.Close)
	return &bareLoop{
		url: t.URL, requests: requests, raw: raw, client: &http.Client{Transport: transport},
		signer: wire.NewSigner(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, "us-east-1"),
	}
}

func (l *bareLoop) run(b *testing.B) time.Duration {
	b.Helper()
	start := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range benchParallel {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(l.requests)); i = next.Add(1) - 1 {
				l.post(l.requests[i])
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func (l *bareLoop) post(r *wire.Request) {
	signed := *r
	signed.Fields = slices.Clone(r.Fields)
	if l.signer.Sign(&signed, l.url[len("http://"):], time.Now()) != nil {
		return
	}
	if r.Raw != nil || r.Path != "/" || r.Host != "" {
		l.raw.Exchange(context.Background(), &signed) // no business of http.Client
		return
	}
	req, err := http.NewRequest(r.Method, l.url, bytes.NewReader(r.Body))
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
	defer resp.Body.Close()
	_, _ = io.ReadAll(resp.Body)
}
