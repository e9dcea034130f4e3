//go:build unix

package launch_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/launch"
	"github.com/sendspec/sendspec/conformance/wire"
)

// TestMain lets the test's own program act as a server under test.
func TestMain(m *testing.M) {
	if address := os.Getenv("LAUNCH_TEST_LISTEN"); address != "" {
		fmt.Println("listening on", address)
		err := http.ListenAndServe(address, http.NotFoundHandler())
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// server is a command that listens on the free port, and writes its process ID to the file.
func server(t *testing.T, pidFile string) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return fmt.Sprintf("echo $$ > '%s'; LAUNCH_TEST_LISTEN=127.0.0.1:{port} exec '%s'", pidFile, self)
}

// gone reports whether the process of the file has ended.
func gone(t *testing.T, pidFile string) bool {
	t.Helper()
	b, err := os.ReadFile(pidFile)
	require.NoError(t, err)
	var pid int
	_, err = fmt.Sscan(string(b), &pid)
	require.NoError(t, err)
	return syscall.Kill(pid, 0) != nil
}

func TestAServerIsStartedAndEnded(t *testing.T) {
	t.Parallel()
	pid := filepath.Join(t.TempDir(), "pid")
	s, err := launch.Start(t.Context(), launch.Options{Command: server(t, pid)})
	require.NoError(t, err)
	assert.Empty(t, s.Ended())
	resp, err := http.Get(s.URL)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Contains(t, strings.Join(s.Output(), "\n"), "listening on 127.0.0.1:")
	s.Stop()
	assert.True(t, gone(t, pid))
	_, err = http.Get(s.URL) // there is none
	require.Error(t, err)
}

// What a script starts in the background belongs to it, and one that does not listen to SIGTERM is made to end.
func TestTheWholeProcessGroupEnds(t *testing.T) {
	t.Parallel()
	child, parent := filepath.Join(t.TempDir(), "child"), filepath.Join(t.TempDir(), "parent")
	command := fmt.Sprintf("sh -c 'trap \"\" TERM; echo $$ > %s; while :; do sleep 60 & wait; done' & %s", child, server(t, parent))
	s, err := launch.Start(t.Context(), launch.Options{Command: command, Grace: 100 * time.Millisecond})
	require.NoError(t, err)
	written := func() bool {
		b, err := os.ReadFile(child)
		return err == nil && len(b) > 1
	}
	require.Eventually(t, written, time.Minute, 5*time.Millisecond)
	s.Stop()
	assert.True(t, gone(t, parent))
	assert.Eventually(t, func() bool { return gone(t, child) || zombie(t, child) }, time.Minute, 5*time.Millisecond)
}

// zombie reports whether a process has ended and nobody has waited for it: its parent is gone.
func zombie(t *testing.T, pidFile string) bool {
	t.Helper()
	b, err := os.ReadFile(pidFile)
	require.NoError(t, err)
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(b)) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestAServerThatEndsByItselfSaysHow(t *testing.T) {
	t.Parallel()
	pid := filepath.Join(t.TempDir(), "pid")
	s, err := launch.Start(t.Context(), launch.Options{Command: server(t, pid)})
	require.NoError(t, err)
	defer s.Stop()
	b, err := os.ReadFile(pid)
	require.NoError(t, err)
	var id int
	_, err = fmt.Sscan(string(b), &id)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(id, syscall.SIGKILL))
	require.Eventually(t, func() bool { return s.Ended() != "" }, time.Minute, time.Millisecond)
	assert.Equal(t, "signal: killed", s.Ended())
}

func TestAServerThatDoesNotComeUpSaysWhy(t *testing.T) {
	t.Parallel()
	s, err := launch.Start(t.Context(), launch.Options{Command: "echo no such option: {port} >&2; exit 7"})
	require.ErrorIs(t, err, launch.ErrNotReady)
	require.ErrorContains(t, err, "it ended with exit status 7 before it answered")
	assert.Contains(t, strings.Join(s.Output(), "\n"), "no such option: ")

	_, err = launch.Start(t.Context(), launch.Options{Command: "sleep 60; : {port}", Wait: 200 * time.Millisecond})
	require.ErrorIs(t, err, launch.ErrNotReady)
	require.ErrorContains(t, err, "did not speak HTTP at http://127.0.0.1:")

	_, err = launch.Start(t.Context(), launch.Options{Command: "sleep 60"})
	require.ErrorContains(t, err, "want {port} in it")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = launch.Start(ctx, launch.Options{Command: "sleep 60; : {port}"})
	require.ErrorIs(t, err, context.Canceled)
}

// What another goroutine starts while a server is stopped is not taken for what that left behind.
func TestStoppingAServerEndsNoOtherCommand(t *testing.T) {
	t.Parallel()
	running := httptest.NewServer(http.NotFoundHandler())
	defer running.Close()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 10 {
				_, _, err := launch.Setup(t.Context(), "sleep 0.01", "", nil, wire.NewRedactor())
				assert.NoError(t, err)
				s, err := launch.Start(t.Context(), launch.Options{Command: "sleep 60", URL: running.URL})
				if assert.NoError(t, err) {
					s.Stop()
				}
			}
		})
	}
	group.Wait()
}

// A server that names its own URL needs no free port.
func TestAServerMayHaveAPortOfItsOwn(t *testing.T) {
	t.Parallel()
	running := httptest.NewServer(http.NotFoundHandler())
	defer running.Close()
	s, err := launch.Start(t.Context(), launch.Options{Command: "sleep 60", URL: running.URL})
	require.NoError(t, err)
	assert.Equal(t, running.URL, s.URL)
	s.Stop()
}

func TestOnlyTheLastOfAnOutputIsKept(t *testing.T) {
	t.Parallel()
	tail := launch.NewTail(wire.NewRedactor())
	assert.Empty(t, tail.Lines())
	for i := range 100_000 {
		_, _ = fmt.Fprintf(tail, "line %d\n", i)
	}
	lines := tail.Lines()
	assert.Len(t, lines, 20)
	assert.Equal(t, "line 99999", lines[19])
	_, _ = tail.Write(make([]byte, 10<<20))
	assert.LessOrEqual(t, len(strings.Join(tail.Lines(), "")), 64<<10)
}

// Credentials that a server or a setup command prints are not told, however they are split over writes and wherever
// what is kept begins.
func TestCredentialsInAnOutputAreNotTold(t *testing.T) {
	t.Parallel()
	const secret = "distinctive/secret+of+a+server+0123456789"
	redactor := wire.NewRedactor(secret)
	tail := launch.NewTail(redactor)
	line := "key " + secret + " AWS_SESSION_TOKEN=another AKIAIOSFODNN7EXAMPLE\n"
	for i := range 1000 {
		at := i % len(line)
		_, _ = io.WriteString(tail, line[:at])
		_, _ = io.WriteString(tail, line[at:])
		if i%50 != 0 {
			continue
		}
		for _, told := range tail.Lines() {
			require.Equal(t, "key (redacted) AWS_SESSION_TOKEN=(redacted) (redacted)", told)
		}
	}
	for at := range len(secret) { // one line without an end
		unended := launch.NewTail(redactor)
		_, _ = io.WriteString(unended, strings.Repeat(".", 20<<10)+secret[:at])
		_, _ = io.WriteString(unended, secret[at:]+strings.Repeat(".", 16<<10-len(secret)+at))
		require.Regexp(t, `^\.+$`, strings.Join(unended.Lines(), ""), "what is kept begins with %q", secret[at:])
	}
	s, err := launch.Start(t.Context(), launch.Options{Command: "echo " + secret + " {port}; exit 1", Redactor: redactor})
	require.ErrorIs(t, err, launch.ErrNotReady)
	assert.Contains(t, strings.Join(s.Output(), ""), "(redacted) ")
	_, complaints, err := launch.Setup(t.Context(), "echo "+secret+" >&2; exit 1", "", nil, redactor)
	require.Error(t, err)
	assert.Equal(t, []string{"(redacted)"}, complaints.Lines())
}

func TestASetupCommandPrintsWhatTheTargetHas(t *testing.T) {
	t.Parallel()
	none := wire.NewRedactor()
	out, _, err := launch.Setup(t.Context(), `printf '{"bucket":"%s"}' "$NAME"; echo working >&2`, "", []string{"NAME=b"}, none)
	require.NoError(t, err)
	assert.Equal(t, `{"bucket":"b"}`, string(out))

	_, complaints, err := launch.Setup(t.Context(), "echo no credentials >&2; exit 3", "", nil, none)
	require.EqualError(t, err, "exit status 3")
	assert.Equal(t, []string{"no credentials"}, complaints.Lines())

	_, _, err = launch.Setup(t.Context(), "yes | head -c 3000000", "", nil, none)
	require.ErrorContains(t, err, "printed more than 1048576 bytes")

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err = launch.Setup(ctx, "sleep 60", "", nil, none)
	require.Error(t, err)
}
