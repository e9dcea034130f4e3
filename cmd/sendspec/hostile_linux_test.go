package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
)

// peakBound is how much memory the command may take at most, whatever the target answers: far less than the answers
// make, and far more than it takes (BenchmarkThePeak), since on a busy machine the garbage is collected late.
const peakBound = 600 << 20

// peakFile names the environment variable that tells peak where to write.
const peakFile = "PEAK_FILE"

// peak PROGRAM ARG... runs the program and writes the most memory that it had resident, in bytes. It is
// a small process of its own since Linux starts a child's figure at its parent's (getrusage(2),
// ru_maxrss), and the parent would be this test.
func peak() {
	c := exec.Command(os.Args[1], os.Args[2:]...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	err := c.Run()
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		_ = os.WriteFile(os.Getenv(peakFile), []byte(strconv.FormatInt(usage.Maxrss<<10, 10)), 0o600)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
}

// heavyAnswer would take much memory if the runner let it. The zero value is sane.
type heavyAnswer struct {
	head, body string // BODY is replaced by the members of the sane body, FLOOD by the flood
	flood      string // written for as long as the client reads
	later      bool   // not to what preflight asks
	exit       int
}

// heavy is made when it is first asked for: the scripts start this binary as the program, hundreds of times.
var heavy = sync.OnceValue(func() map[string]heavyAnswer {
	return map[string]heavyAnswer{
		"a text of 1.9 MB": {body: `{"A":"` + strings.Repeat("x", 1_900_000) + `",BODY}`, exit: exitNonconforming},
		"60000 members": {body: `{"A":{"":1` + strings.Repeat(`,"":1`, 60_000) + `},BODY}` + strings.Repeat(" ", 1_500_000),
			exit: exitNonconforming},
		"60000 unknown members":        {body: `{BODY` + strings.Repeat(`,"a":[]`, 60_000) + `}`, exit: exitNonconforming},
		"900000 numbers":               {body: `{"A":[1` + strings.Repeat(",1", 900_000) + `],BODY}`, later: true, exit: exitCannotJudge},
		"900000 numbers at once":       {body: `{"A":[1` + strings.Repeat(",1", 900_000) + `],BODY}`, exit: exitCannotJudge},
		"a header of 200 KB":           {head: strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 200), exit: exitNonconforming},
		"a gzip bomb":                  {head: "Content-Encoding: gzip\r\n", body: bomb(), later: true, exit: exitNonconforming},
		"a body without end":           {flood: " ", later: true, exit: exitCannotJudge},
		"a body without end, at once":  {flood: " ", exit: exitCannotJudge},
		"a header without end":         {head: "X-A: b\r\nFLOOD", flood: "X-A: b\r\n", later: true, exit: exitCannotJudge},
		"a header line without end":    {head: "X-A: FLOOD", flood: "b", later: true, exit: exitCannotJudge},
		"a gigabyte promised and held": {head: "Content-Length: 1073741824\r\n", later: true, exit: exitCannotJudge},
	}
})

// bomb is 64 MiB in 64 KiB.
func bomb() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	return b.String()
}

// answer writes the heavy answer; what is not said ends with the connection.
func answer(h heavyAnswer, n int64, w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sane := fmt.Sprintf(`"Status":"Success","StatusDetails":"Success","Command":{"CommandId":"00000000-0000-4000-8000-%012d",`+
		`"Status":"Pending"}`, n)
	head, flooded, _ := strings.Cut(h.head, "FLOOD")
	text := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-RequestId: "+
		"00000000-0000-4000-8000-%012d\r\n%s", n, head)
	if head == h.head {
		body := strings.Replace(h.body, "BODY", sane, 1)
		if body == "" {
			body = "{" + sane + "}"
		}
		text += "\r\n" + body
	}
	_, err = io.WriteString(conn, text+flooded)
	block := []byte(strings.Repeat(h.flood, 4096))
	for err == nil && h.flood != "" {
		_, err = conn.Write(block)
	}
	if strings.Contains(h.head, "Content-Length") {
		_, _ = io.Copy(io.Discard, conn) // until the client has had enough
	}
}

// heavyServer answers in that way, and is sane to what preflight asks where the heavy answers come later.
func heavyServer(t testing.TB, name string) string {
	t.Helper()
	var asked, cases atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		n := asked.Add(1)
		const preflightAsks = 9
		if cases.Add(1) <= preflightAsks && heavy()[name].later {
			answer(heavyAnswer{}, n, w)
			return
		}
		answer(heavy()[name], n, w)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// built is the command as users have it, not under the race detector, which takes ten times the memory.
func built(tb testing.TB) (program string) {
	tb.Helper()
	program = filepath.Join(tb.TempDir(), "sendspec")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(tb, err, string(out))
	return program
}

// heavyRun is what became of the command against a heavy server.
type heavyRun struct {
	stderr string
	exit   int
	peak   int64 // bytes
}

func runHeavy(program, url, file string) (r heavyRun, err error) {
	c := exec.Command("peak", program, "run", "--endpoint", url, "--timeout", "10s", "--seed", "1", "--json", file+".json",
		"accept/Parameters/command-text", "invariant")
	c.Env = append(os.Environ(), peakFile+"="+file)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	err = c.Run()
	r.exit, r.stderr = c.ProcessState.ExitCode(), stderr.String()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return r, err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	r.peak, err = strconv.ParseInt(string(b), 10, 64)
	return r, err
}

// TestTheCommandStaysSmall runs the built command against the heaviest servers.
func TestTheCommandStaysSmall(t *testing.T) {
	longtest.Skip(t)
	t.Parallel()
	program := built(t)
	runs := map[string]*heavyRun{}
	var group errgroup.Group
	group.SetLimit(3)
	for name := range heavy() {
		r := &heavyRun{}
		runs[name] = r
		url, file := heavyServer(t, name), filepath.Join(t.TempDir(), "peak")
		group.Go(func() (err error) {
			*r, err = runHeavy(program, url, file)
			return err
		})
	}
	require.NoError(t, group.Wait())
	for name, r := range runs {
		t.Run(name, func(t *testing.T) {
			t.Logf("%-30s exit %d %4d MB", name, r.exit, r.peak>>20)
			assert.Equal(t, heavy()[name].exit, r.exit, "%s", r.stderr[max(0, len(r.stderr)-2000):])
			assert.Less(t, r.peak, int64(peakBound))
			assert.Positive(t, r.peak)
		})
	}
}

// BenchmarkThePeak has the figure: under 200 MB on a machine that is not busy.
func BenchmarkThePeak(b *testing.B) {
	program := built(b)
	for name := range heavy() {
		b.Run(name, func(b *testing.B) {
			url, most := heavyServer(b, name), int64(0)
			for b.Loop() {
				r, err := runHeavy(program, url, filepath.Join(b.TempDir(), "peak"))
				require.NoError(b, err)
				most = max(most, r.peak)
			}
			b.ReportMetric(float64(most>>20), "MB")
		})
	}
}
