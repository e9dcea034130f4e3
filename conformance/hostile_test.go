package conformance_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"hash/adler32"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/leaktest"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
)

// hostileLimits are small enough that no server can make the battery slow or fat. What hangs is not waited for long,
// and again for longer where a sane answer did not come in time; what answers has more time than it needs.
var hostileLimits = wire.Limits{Timeout: 200 * time.Millisecond, Body: 64 << 10, Header: 16 << 10}

func (h hostility) limits() wire.Limits {
	l := hostileLimits
	if h.first != hangs {
		l.Timeout *= 100
	}
	return l
}

const hangs = "does not answer in time"

// isJudged is in place of an error where the target is judged, though it is so from the first byte.
const isJudged = "judged"

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"

// later is what a run comes to whose target turns hostile after the preflight.
type later int

const (
	lost  later = iota // the target is given up: no verdict, exit code 3
	fails              // it answers, wrongly: exit code 1
)

// settingsFrame is how a server of HTTP/2 begins (RFC 9113, section 3.4).
const settingsFrame = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"

// gzipBomb is 32 MiB in 32 KiB.
func gzipBomb() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	block := make([]byte, 1<<20)
	for range 32 {
		_, _ = z.Write(block)
	}
	_ = z.Close()
	return b.String()
}

type hostility struct {
	serve func(*hostileConn)
	first string // part of the error, where it is so from the first byte
	later later
}

// hostilities is the battery; elsewhere is where redirects lead to.
func hostilities(elsewhere string) map[string]hostility {
	bomb := gzipBomb()
	moved := "HTTP/1.1 %d Moved\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n"
	return map[string]hostility{
		"silence":                        {saysAndHolds(""), hangs, lost},
		"a header byte by byte":          {drips("HTTP/1.1 200 OK\r\nX-A: ", "b"), hangs, lost},
		"a body byte by byte":            {drips(head+"Content-Length: 1000\r\n\r\n{", " "), hangs, lost},
		"closing without a word":         {says(""), "closes the connection without an answer", lost},
		"a reset before the header":      {saysAndResets(""), "closes the connection without an answer", lost},
		"a reset inside the header":      {saysAndResets("HTTP/1.1 200 OK\r\nContent-Ty"), "", lost},
		"a reset after the header":       {saysAndResets(head + "Content-Length: 9\r\n\r\n{"), "", lost},
		"a header without end":           {floods("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"), "answers no HTTP", lost},
		"a header line without end":      {floods("HTTP/1.1 200 OK\r\nX-A: ", "b"), "answers no HTTP", lost},
		"a body without end":             {floods(head+"\r\n", " "), "a body without end", lost},
		"a gigabyte promised and held":   {saysAndHolds(head + "Content-Length: 1073741824\r\n\r\n{}"), hangs, lost},
		"a gigabyte promised and closed": {says(head + "Content-Length: 1073741824\r\n\r\n{}"), "closes the connection", lost},
		"a gigabyte sent":                {floods(head+"Content-Length: 1073741824\r\n\r\n", " "), "a body without end", lost},
		"a chunk that is longer": {says(head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}{}{}{}\r\n0\r\n\r\n"),
			"answers no HTTP", lost},
		"a chunk that is shorter":     {says(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n{}"), "closes the connection", lost},
		"a chunk length that is none": {says(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"), "answers no HTTP", lost},
		"a chunk header without end":  {floods(head+"Transfer-Encoding: chunked\r\n\r\n", "1"), "answers no HTTP", lost},
		"a gzip bomb": {
			says(fmt.Sprintf(head+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)), isJudged, fails},
		"a redirect in a circle":          {circle, "answers 307 Temporary Redirect", fails},
		"a redirect elsewhere":            {says(fmt.Sprintf(moved, 308, elsewhere)), "answers 308 Permanent Redirect", fails},
		"a redirect elsewhere, by GET":    {says(fmt.Sprintf(moved, 302, elsewhere)), "answers 302 Found", fails},
		"HTTP/2 without being asked":      {says(settingsFrame), "HTTP/2 only", lost},
		"a flood of 1xx":                  {floods("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), "answers no HTTP", lost},
		"a status line that is none":      {says("HTTP/1.1 abc OK\r\n\r\n"), "answers no HTTP", lost},
		"a status line of another thing":  {says("\x1b[31mSSH-2.0\x00\xff\r\n"), "answers no HTTP", lost},
		"a server that dies":              {func(c *hostileConn) { c.server.die() }, "", lost},
		"an error page without end of it": {floods("HTTP/1.1 500 Internal Server Error\r\n\r\n<html>", " "), "a body without end", lost},
	}
}

func circle(c *hostileConn) {
	_, _ = fmt.Fprintf(c, "HTTP/1.1 307 Temporary Redirect\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n", c.server.url)
}

type hostileRun struct {
	name    string
	want    hostility
	atOnce  bool
	server  *hostileServer
	report  *event.Report
	err     error
	elapsed time.Duration
}

// run runs against the server, again with more time where a busy machine let it pass before the server turned hostile.
func (r *hostileRun) run(t *testing.T) {
	began := time.Now()
	for limits := r.want.limits(); ; limits.Timeout *= 4 {
		r.report, r.err = run(t.Context(), t, r.server.target(), conformance.WithCases(hostileCases(t, 24)),
			conformance.WithLimits(limits), conformance.WithRevival(100*time.Millisecond))
		if r.err == nil || r.server.turned.Load() || limits.Timeout > time.Minute {
			break
		}
	}
	r.elapsed = time.Since(began)
}

// TestTheHostileBattery runs against each hostile server, plain and over TLS, hostile from the first
// byte and only after the preflight; over TLS half of them, hostile after it, and all in the long run. Not parallel: it counts the
// goroutines of the whole process.
func TestTheHostileBattery(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("servers", func(t *testing.T) {
		var reached atomic.Int64
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
		defer elsewhere.Close()
		var runs []*hostileRun
		battery := hostilities(elsewhere.URL)
		for i, name := range slices.Sorted(maps.Keys(battery)) {
			h := battery[name]
			for _, secure := range []bool{false, true} {
				for _, atOnce := range []bool{false, true} {
					if secure && (i%2 == 0 || atOnce) && !longtest.Wanted() {
						continue
					}
					full := fmt.Sprintf("%s/tls=%v/at once=%v", name, secure, atOnce)
					runs = append(runs, &hostileRun{name: full, want: h, atOnce: atOnce, server: startHostile(t, secure, atOnce, h.serve)})
				}
			}
		}
		var group errgroup.Group
		group.SetLimit(24) // they wait most of the time
		for _, r := range runs {
			group.Go(func() error {
				r.run(t)
				return nil
			})
		}
		require.NoError(t, group.Wait())
		for _, r := range runs {
			t.Run(r.name, r.assert)
		}
		assert.Zero(t, reached.Load(), "a redirect was followed, and the credentials went with it")
	})
	leaktest.NoneLeft(t, before)
}

func (r *hostileRun) assert(t *testing.T) {
	t.Logf("%-60s %5d ms  %v", r.name, r.elapsed.Milliseconds(), r.err)
	assert.Less(t, r.elapsed, 10*time.Minute) // none goes on without end
	if r.err != nil {
		assert.NotContains(t, r.err.Error(), "\n", "one line")
		assert.NotContains(t, r.err.Error(), "\x1b")
	}
	if r.atOnce && r.want.first != isJudged {
		require.ErrorIs(t, r.err, conformance.ErrCannotJudge)
		require.ErrorContains(t, r.err, r.want.first)
		assert.Nil(t, r.report)
		return
	}
	require.NotNil(t, r.report)
	assert.Zero(t, r.report.Totals[judge.Pass]-passingInvariants(r.report), "no case passes")
	if r.want.later == fails {
		require.NoError(t, r.err)
		assert.True(t, r.report.Failed())
		assert.True(t, r.report.Complete, "the run goes on")
		return
	}
	require.ErrorIs(t, r.err, conformance.ErrCannotJudge)
	require.ErrorContains(t, r.err, "stopped answering")
	assert.False(t, r.report.Complete)
	assert.Positive(t, r.report.Totals[judge.Error])
}

// passingInvariants is how many of the passes are invariants, which hold where there is little to hold them against.
func passingInvariants(r *event.Report) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Case.Area() == judge.InvariantArea && r.Results[i].Verdict == judge.Pass {
			n++
		}
	}
	return n
}

// A server of HTTP/1.0 conforms: nothing that AWS documents needs a later version.
func TestAServerOfHTTP10IsJudged(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		s := startHostile(t, secure, false, nil)
		s.sane = "HTTP/1.0"
		report, err := run(t.Context(), t, s.target(), conformance.WithCases(hostileCases(t, 40)))
		require.NoError(t, err)
		assert.False(t, report.Failed())
		assert.Equal(t, 40, report.Totals[judge.Pass]-passingInvariants(report))
	}
}

// Where the target answers both, it is asked in HTTP/1.1; where it takes no HTTP/1.1, that is said. (To a
// list of h2 alone crypto/tls makes an exception for HTTP/1.1, other servers do not.)
func TestHTTP2IsNeverSpoken(t *testing.T) {
	t.Parallel()
	for _, protocols := range [][]string{{"h2", "http/1.1"}, {"h2-16"}} {
		var asked atomic.Value
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Proto)
			answering(always200).ServeHTTP(w, r)
		}))
		s.EnableHTTP2 = true
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs the handshake that fails
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols}
		s.StartTLS()
		defer s.Close()
		target := conformance.Target{URL: s.URL, TLS: s.Client().Transport.(*http.Transport).TLSClientConfig}
		_, err := run(t.Context(), t, target, conformance.WithCases(hostileCases(t, 1)))
		if len(protocols) == 1 {
			require.ErrorIs(t, err, conformance.ErrCannotJudge)
			require.ErrorContains(t, err, "speaks HTTP/2 only")
			assert.Nil(t, asked.Load())
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, "HTTP/1.1", asked.Load())
	}
}

// One request that is not answered, now and then, costs its own case its verdict and no more. Which it is depends on its
// nonce, so that it is not answered either when it is sent anew.
func TestARunGoesOnWhereOnlySomeRequestsAreNotAnswered(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		s := startHostile(t, secure, false, nil)
		s.hostile = func(c *hostileConn) {
			if c.asksCase() && adler32.Checksum(c.body)%2 == 0 {
				c.reset()
				return
			}
			s.saneAnswer(c)
		}
		report, err := run(t.Context(), t, s.target(), conformance.WithCases(hostileCases(t, 60)))
		require.NoError(t, err)
		assert.True(t, report.Complete)
		assert.True(t, report.Failed())
		assert.Positive(t, report.Totals[judge.Pass]-passingInvariants(report))
	}
}

// An untrusted certificate is no verdict, and the line names what helps.
func TestAnUntrustedCertificateCannotBeJudged(t *testing.T) {
	t.Parallel()
	s := startHostile(t, true, false, nil)
	_, err := run(context.Background(), t, conformance.Target{URL: s.url}, conformance.WithCases(hostileCases(t, 1)))
	require.ErrorIs(t, err, conformance.ErrCannotJudge)
	require.ErrorContains(t, err, "--ca-file")
	target := conformance.Target{URL: s.url, TLS: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}}
	_, err = run(context.Background(), t, target, conformance.WithCases(hostileCases(t, 1)))
	require.NoError(t, err)
}
