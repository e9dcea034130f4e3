package report_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// BenchmarkReport holds the budget of a reporter: x-run, the part of a run that writing one into a file takes,
// is under 0.05 for a run of the core profile against the embedded service. A HAR is over it: it holds every
// byte of requests that are megabytes long. So are the formats that quote each failure in the failing run,
// the worst there is: a target that takes everything at once, without work of its own; a run against a real server
// takes a hundred times as long.
func BenchmarkReport(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cmd/sendspec does
	for name, handler := range map[string]http.Handler{
		"conforming": service.New(append(service.Demo("", "").Options, service.WithClockScale(200),
			service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))...),
		"failing": http.HandlerFunc(takesEverything),
	} {
		server := httptest.NewServer(handler)
		b.Cleanup(server.Close)
		run := finished(b, server.URL)
		for _, f := range report.Formats() {
			b.Run(name+"/"+f.Name, func(b *testing.B) {
				file := filepath.Join(b.TempDir(), "report")
				sink := report.NewFile(f, file, report.Options{Rerun: "sendspec run"})
				for b.Loop() {
					require.NoError(b, sink.Event(event.Ended{Report: run}))
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(run.Elapsed), "x-run")
				info, err := os.Stat(file)
				require.NoError(b, err)
				b.ReportMetric(float64(info.Size()), "bytes")
			})
		}
	}
}

func finished(b *testing.B, url string) *event.Report {
	b.Helper()
	var run *event.Report
	for range 3 { // the fastest of them
		r, err := conformance.New(conformance.Target{URL: url}, conformance.WithSeed(1), conformance.WithProfiles(fixtures.Core))
		require.NoError(b, err)
		found, err := r.Run(context.Background())
		require.NoError(b, err)
		if run == nil || found.Elapsed < run.Elapsed {
			run = found
		}
	}
	return run
}

// takesEverything answers each request with a new command, and looks at nothing.
func takesEverything(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("x-amzn-RequestId", uuid())
	now := float64(time.Now().UnixMilli()) / 1000
	_, _ = fmt.Fprintf(w, `{"Command":{"CommandId":"%s","DocumentName":"AWS-RunShellScript","Comment":"","ExpiresAfter":%.3f,
		"Parameters":{"commands":["true"]},"InstanceIds":[],"Targets":[{"Key":"tag:sendspec","Values":["x"]}],"RequestedDateTime":%.3f,
		"Status":"Pending","StatusDetails":"Pending","MaxConcurrency":"50","MaxErrors":"0","TargetCount":0,"CompletedCount":0,
		"ErrorCount":0,"DeliveryTimedOutCount":0,"TimeoutSeconds":3600}}`, uuid(), now+7200, now)
}
