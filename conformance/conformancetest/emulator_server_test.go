package conformancetest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest"
	"github.com/sendspec/sendspec/conformance/selector"
)

// emulator is one as its author would write and test it: it takes every SendCommand, checks nothing, and echoes a little.
type emulator struct{ commands atomic.Int64 }

func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", e.commands.Add(1))
	w.Header().Set("x-amzn-RequestId", id)
	var in struct {
		DocumentName, Comment string
		Targets               any
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"SerializationException"}`)
		return
	}
	now := float64(time.Now().UnixMilli()) / 1000
	_ = json.NewEncoder(w).Encode(map[string]any{"Command": map[string]any{
		"CommandId": id, "DocumentName": in.DocumentName, "Comment": in.Comment, "Targets": in.Targets,
		"Status": "Pending", "StatusDetails": "Pending", "RequestedDateTime": now, "ExpiresAfter": now + 7200,
	}})
}

func emulatorSSM(t *testing.T) {
	conformancetest.RunHandler(t, &emulator{})
}

// emulatorKnown runs a part of the suite against the baseline that the environment names.
func emulatorKnown(t *testing.T) {
	picks, err := selector.Parse([]string{"constraint/Comment/above-max", "echo/Comment"}, nil)
	require.NoError(t, err)
	conformancetest.RunHandler(t, &emulator{}, conformance.WithSelector(picks),
		conformancetest.WithBaseline(os.Getenv("EMULATOR_BASELINE")))
}

// emulatorTogether fails unless a second case is asked while the first has no answer yet.
func emulatorTogether(t *testing.T) {
	var asked atomic.Int64
	two := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), `"Comment"`) {
			if asked.Add(1) == 2 {
				close(two)
			}
			select {
			case <-two:
			case <-r.Context().Done():
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		new(emulator).ServeHTTP(w, r)
	})
	picks, err := selector.Parse([]string{"constraint/Comment/within-max"}, nil)
	require.NoError(t, err)
	conformancetest.RunHandler(t, h, conformance.WithSelector(picks))
}

// emulatorSlow has no time for all of its cases: those that ask for a version are never answered.
func emulatorSlow(t *testing.T) {
	e := &emulator{}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), `"DocumentVersion"`) {
			<-r.Context().Done()
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		e.ServeHTTP(w, r)
	})
	picks, err := selector.Parse(
		[]string{"constraint/Comment/above-max", "constraint/Comment/within-max", "constraint/DocumentVersion"}, nil)
	require.NoError(t, err)
	within, err := time.ParseDuration(os.Getenv("EMULATOR_TIME"))
	require.NoError(t, err)
	conformancetest.RunHandler(t, h, conformance.WithSelector(picks), conformance.WithMaxTime(within))
}
