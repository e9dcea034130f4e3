package fuzztest_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest"
	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/fuzz/fuzztest"
	"github.com/sendspec/sendspec/reference/service"
)

// What a process of TestBaseline is told: the texts that the server gets wrong, and the file.
const (
	wrongVariable    = "FUZZTEST_WRONG"
	baselineVariable = "FUZZTEST_BASELINE"
	inputsVariable   = "FUZZTEST_INPUTS"
)

// FuzzWrong is run by TestBaseline.
func FuzzWrong(f *testing.F) {
	defects := os.Getenv(wrongVariable)
	if defects == "" {
		f.Skip("TestBaseline runs it")
	}
	inputs, err := strconv.ParseUint(os.Getenv(inputsVariable), 10, 64)
	require.NoError(f, err)
	fuzztest.Ask(inputs, 12)
	world := service.Demo("", "")
	// What is pending stays so, however slow the machine is: the baseline is of that.
	right := service.New(append(world.Options, service.WithClockScale(0.001))...)
	var texts []string
	for _, text := range strings.Split(defects, ",") {
		texts = append(texts, text, "X"+text)
	}
	spoil := strings.NewReplacer(texts...)
	fuzztest.Target(f, conformance.Target{Bindings: world.Bindings, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		right.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(spoil.Replace(answer.Body.String())))
	})}, fuzztest.WithBaseline(os.Getenv(baselineVariable)))
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	longtest.Skip(t)
	dir := t.TempDir()
	file, inputs := filepath.Join(dir, "fuzz.baseline"), "100"
	run := func(defects, update string, args ...string) (string, error) {
		c := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-test.run=^FuzzWrong$"}, args...)...)
		c.Dir = dir
		c.Env = append(os.Environ(), wrongVariable+"="+defects, baselineVariable+"="+file, conformancetest.UpdateVariable+"="+update,
			inputsVariable+"="+inputs)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	fuzzing := []string{"-test.fuzz=^FuzzWrong$", "-test.fuzztime=100x", "-test.parallel=1",
		"-test.fuzzcachedir=" + filepath.Join(dir, "cache")}

	out, err := run("Pending", "")
	require.Error(t, err, out)
	assert.Contains(t, out, "FAIL  fuzz/found/command-status-")
	assert.Contains(t, out, "  baseline fuzz/found/command-status-")
	assert.NoFileExists(t, file)

	out, err = run("Pending", "1")
	require.NoError(t, err, out)
	assert.Contains(t, out, "sendspec: wrote "+file+": ")
	for _, args := range [][]string{nil, fuzzing} { // also beyond the seeds
		out, err = run("Pending", "", args...)
		require.NoError(t, err, out)
	}

	for _, args := range [][]string{nil, fuzzing} {
		out, err = run("Pending,ValidationException", "", args...)
		require.Error(t, err, out)
		assert.Contains(t, out, "got      \"XValidationException\"")
		assert.NotContains(t, out, "fuzz/found/command-status-")
	}

	file, inputs = filepath.Join(dir, "seeds.baseline"), "1" // which shows nothing
	out, err = run("Pending", "1")
	require.NoError(t, err, "%s: the seeds are asked in an update, too", out)
}
