package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/service"
)

// The credentials of the made-up AWS. The ID names the account 029608264753.
const (
	observedKey     = "ASIAQNZGKIQY56JQ7WML"
	observedSecret  = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	observedAccount = "406213975428"
	observedToken   = "IQoJb3JpZ2luX2VjEXAMPLETOKENOFASESSION1234567890"
)

// newObservedAWS is a made-up AWS whose account has nodes, with credentials that a leak would show.
func newObservedAWS(t *testing.T) *fakeAWS {
	t.Helper()
	f := newFakeAWS(t)
	f.world = service.Demo("", observedAccount)
	f.service = service.New(append(f.world.Options, service.WithClockScale(embeddedScale), service.WithLongestStep(embeddedStep))...)
	t.Setenv("AWS_ACCESS_KEY_ID", observedKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", observedSecret)
	t.Setenv("AWS_SESSION_TOKEN", observedToken)
	return f
}

// observe runs the command against the made-up AWS and returns what it said and wrote.
func (f *fakeAWS) observe(t *testing.T, args ...string) (code int, out, people, file string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "observed.jsonl")
	args = append([]string{"observe", "--aws", "--region", "us-east-1",
		"--endpoint", "https://ssm.us-east-1.amazonaws.com:" + f.ports["https"],
		"--ca-file", f.ca, "--rate", "10", "--out", name, "--seed", "1"}, args...)
	for binding, value := range f.world.Bindings {
		args = append(args, "--bind", binding+"="+value)
	}
	var o, e bytes.Buffer
	code = Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	written, err := os.ReadFile(name)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return code, o.String(), e.String(), string(written)
}

// instead lets answer change requests of the made-up AWS to answers of its own.
func (f *fakeAWS) instead(answer func(w http.ResponseWriter, r *http.Request, body string) bool) {
	service := f.service
	f.service = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !answer(w, r, string(body)) {
			service.ServeHTTP(w, r)
		}
	})
}

func refuse(w http.ResponseWriter, code, message string) bool {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Requestid", "2d226bf9-efbd-461b-a381-0123456789ab")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `{"__type":%q,"message":%q}`, code, message)
	return true
}

func TestObserveSendsNothingThatMayRunACommand(t *testing.T) {
	f := newObservedAWS(t)
	var mu sync.Mutex
	var bodies []string
	f.instead(func(_ http.ResponseWriter, _ *http.Request, body string) bool {
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, body)
		return false
	})
	code, out, people, file := f.observe(t, "accept/InstanceIds", "accept/minimal", "execution/Success")
	assert.Equal(t, exitConforms, code, people)
	assert.Contains(t, out, "agrees      accept/minimal/")
	assert.NotContains(t, out, "accept/InstanceIds/several")
	assert.Zero(t, f.dispatched.Load())
	for _, body := range bodies {
		assert.False(t, f.namesNode([]byte(body)), body)
	}
	lines, err := evidence.ReadRecordings([]byte(file))
	require.NoError(t, err)
	require.Greater(t, len(lines), 1)
	assert.Equal(t, "us-east-1", lines[0].Observation.Region)
	assert.Empty(t, lines[0].Observation.Incomplete)

	code, _, people, _ = f.observe(t, "accept/InstanceIds/several")
	assert.Equal(t, exitCannotJudge, code)
	assert.Contains(t, people, "may run a command")
	code, _, people, _ = f.observe(t, "--allow-dispatch", "accept/InstanceIds/several")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, people, "unknown flag: --allow-dispatch")
	assert.Zero(t, f.dispatched.Load())
}

// AWS echoes who asks, and a broken one might echo more.
func TestObserveWritesNothingSecret(t *testing.T) {
	f := newObservedAWS(t)
	const account = "775288309636"
	f.instead(func(w http.ResponseWriter, r *http.Request, body string) bool {
		w.Header().Set("X-Seen", r.Header.Get("Authorization"))
		if !strings.Contains(body, `"Comment"`) {
			return false
		}
		return refuse(w, "AccessDenied", fmt.Sprintf(
			"User: arn:aws:sts::%s:assumed-role/secret-role/bob of account 029608264753 with %s, %s, %s",
			account, r.Header.Get("X-Amz-Security-Token"), base64.StdEncoding.EncodeToString([]byte(observedSecret)),
			r.Header.Get("Authorization")))
	})
	code, out, people, file := f.observe(t, "constraint/Comment/above-max", "accept/NotificationConfig")
	assert.NotEqual(t, exitUsage, code, people)
	require.NotEmpty(t, file)
	assert.Contains(t, file, "(redacted)")
	for name, text := range map[string]string{"out": out, "people": people, "file": file} {
		assert.Empty(t, regexp.MustCompile(`(Credential|Signature)=[^(].{9}`).FindString(text), name)
		for _, secret := range []string{observedKey, observedSecret, observedToken, account, "029608264753", "secret-role", "bob",
			base64.StdEncoding.EncodeToString([]byte(observedSecret))[:20], observedAccount, "sendspec-notifications", "sendspec-topic"} {
			assert.False(t, strings.Contains(text, secret), "%s has %s", name, secret)
		}
	}
}

func TestObserveSaysWhatIsSettledAndWhatIsContradicted(t *testing.T) {
	f := newObservedAWS(t)
	f.instead(func(w http.ResponseWriter, _ *http.Request, body string) bool {
		switch {
		case strings.Contains(body, `"commands":[""]`): // open: taken, or refused
			return refuse(w, "InvalidParameters", "Parameters provided in document are invalid or not supported.")
		case strings.Contains(body, strings.Repeat("x", 100)): // refused, though the fixture has it taken
			return refuse(w, "ValidationException", "Comment is too long")
		}
		return false
	})
	code, out, people, file := f.observe(t, "accept/Parameters/empty-text-alone", "constraint/Comment/within-max/n=100", "accept/minimal")
	assert.Equal(t, exitNonconforming, code, people)
	assert.Regexp(t,
		`(?m)^settles     accept/Parameters/empty-text-alone: "InvalidParameters": 400 Bad Request InvalidParameters: Par`, out)
	assert.Regexp(t,
		`(?m)^contradicts constraint/Comment/within-max/n=100[^:]*: status: want 200 OK, got 400 Bad Request ValidationException: Com`, out)
	assert.Regexp(t, `(?m)^agrees      accept/minimal/`, out)
	first, _, _ := strings.Cut(out, "\n")
	assert.Contains(t, first, "settles", "what is open comes first")
	assert.Contains(t, file, `"code":"InvalidParameters"`)
	assert.Contains(t, people, "1 settle what was open")
}

func TestWhatIsDeniedToTheCallerContradictsNothing(t *testing.T) {
	f := newObservedAWS(t)
	f.instead(func(w http.ResponseWriter, r *http.Request, _ string) bool {
		return strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".ListCommands") && refuse(w, "AccessDeniedException", "not authorized")
	})
	code, out, _, file := f.observe(t, "lifecycle/ListCommands/unknown-command")
	assert.Equal(t, exitCannotJudge, code, out)
	assert.Contains(t, out, "unknown     lifecycle/ListCommands/unknown-command: ListCommands answers AccessDeniedException")
	assert.NotContains(t, file, `"case"`)
}

func TestObserveWithoutAWSAsksLoopbackAlone(t *testing.T) {
	f := newFakeAWS(t)
	out := filepath.Join(t.TempDir(), "observed.jsonl")
	for _, host := range []string{"ssm.us-east-1.amazonaws.com", "emulator"} {
		code, said, requests, _ := f.sendspec(t, "https", host, "observe", "--out", out, "accept/minimal")
		assert.Equal(t, exitUsage, code, said)
		assert.Contains(t, said, "want one on loopback")
		assert.Zero(t, requests)
	}
	code, said, _, dispatched := f.sendspec(t, "http", "127.0.0.1", "observe", "--rate", "1000", "--out", out,
		"accept/InstanceIds", "accept/minimal")
	assert.Equal(t, exitConforms, code, said)
	assert.Zero(t, dispatched)
}

// The embedded service agrees with the corpus, or settles what it leaves open.
func TestTheEmbeddedServiceContradictsNoCase(t *testing.T) {
	f := newFakeAWS(t)
	out := filepath.Join(t.TempDir(), "observed.jsonl")
	code, said, requests, dispatched := f.sendspec(t, "http", "127.0.0.1", "observe", "--rate", "100000", "--limit", "300", "--out", out,
		"constraint", "error", "echo")
	assert.Equal(t, exitConforms, code, said)
	assert.Greater(t, requests, int64(300))
	assert.Zero(t, dispatched)
	assert.Contains(t, said, "more cases could be asked: --limit was 300")
}
