package conformance_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

func foundBy(invariant string, e *judge.Exchanged) []judge.Finding {
	return slices.DeleteFunc(judge.Inspect(e), func(f judge.Finding) bool { return f.Check != invariant })
}

func TestTheStatusOfAnInvocationIsLookedAt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operation, body, path string
	}{
		"valid": {"ListCommandInvocations", `{"CommandInvocations":[{"Status":"TimedOut","StatusDetails":"DeliveryTimedOut"}]}`, ""},
		"an invented status": {"ListCommandInvocations",
			`{"CommandInvocations":[{"Status":"Success","StatusDetails":"Success"},{"Status":"Done","StatusDetails":"Success"}]}`,
			"/CommandInvocations/1/Status"},
		"invented details": {"ListCommandInvocations", `{"CommandInvocations":[{"Status":"Success","StatusDetails":"Fine"}]}`,
			"/CommandInvocations/0/StatusDetails"},
		"details of a command": {"GetCommandInvocation", `{"Status":"Success","StatusDetails":"NoInstancesInTag"}`, "/StatusDetails"},
		"valid, of one":        {"GetCommandInvocation", `{"Status":"Failed","StatusDetails":"Terminated"}`, ""},
		"an answer of the framework": {"GetCommandInvocation",
			`{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`, ""},
		"an invented one of one": {"GetCommandInvocation", `{"Status":"Running","StatusDetails":"Success"}`, "/Status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := judge.Read(fixtures.BoundStep{Request: fixtures.Message{Operation: c.operation}}, &wire.Exchange{
				Request: wire.NewRequest(c.operation,
					nil), Response: &wire.Response{Status: http.StatusOK, Body: []byte(c.body), Header: http.Header{}},
			})
			found := foundBy("invariant/Invocation/status", &e)
			if c.path == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, c.path, found[0].Path)
			assert.Equal(t, fixtures.Must, found[0].Level)
		})
	}
}

// A server that answers GetCommandInvocation with an empty object is blamed where no node is bound, too: by a case, and by
// what holds of every answer.
func TestAnEmptyInvocationIsBlamedWithoutANode(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	valid := service.New(world.Options...)
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") != "AmazonSSM.GetCommandInvocation" {
			valid.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, `{}`)
	})
	picks, err := selector.Parse([]string{"lifecycle/GetCommandInvocation", "invariant/Invocation/status"}, nil)
	require.NoError(t, err)
	runner, err := conformance.New(conformance.Target{Handler: empty}, conformance.WithSelector(picks))
	require.NoError(t, err)
	found, err := runner.Run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"lifecycle/GetCommandInvocation/unknown-command-and-node", "invariant/Invocation/status"}, failedIn(found))
}

func failedIn(r *event.Report) []string {
	var ids []string
	for i := range r.Results {
		if r.Results[i].Verdict == judge.Fail {
			ids = append(ids, r.Results[i].Case.ID)
		}
	}
	return ids
}

// The check of a command's statuses and the reference share one table.
func TestTheStatusesOfACommandAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	for _, details := range reference.OfCommand.Details() {
		for _, status := range []string{"Pending", "InProgress", "Success", "Cancelled", "Failed", "TimedOut", "Cancelling"} {
			e := judge.Read(fixtures.BoundStep{Request: fixtures.Message{Operation: "SendCommand"}}, &wire.Exchange{
				Request: wire.NewRequest("SendCommand", nil), Response: &wire.Response{
					Status: http.StatusOK, Header: http.Header{},
					Body: fmt.Appendf(nil, `{"Command":{"Status":%q,"StatusDetails":%q}}`, status, details),
				},
			})
			goTogether := slices.Contains(reference.StatusesOf(details), reference.Status(status))
			assert.Equal(t, goTogether, len(foundBy("invariant/Command/status", &e)) == 0, "%s with %s", status, details)
		}
	}
}

// A server that ignores Filters, or answers every filtered list empty, is found out.
func TestIgnoredFiltersOfInvocationsAreNoticed(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	valid := service.New(append(world.Options, service.WithClockScale(200))...)
	filtered := func(body []byte) bool {
		v, err := jsontree.Parse(body)
		return err == nil && v.Get("Filters") != nil
	}
	for name, wrong := range map[string]func(w http.ResponseWriter, r *http.Request, body []byte){
		"ignores them": func(w http.ResponseWriter, r *http.Request, _ []byte) {
			r.Body = io.NopCloser(bytes.NewReader([]byte("{}")))
			valid.ServeHTTP(w, r)
		},
		"lists nothing": func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			_, _ = io.WriteString(w, `{"CommandInvocations":[]}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return
				}
				if r.Header.Get("X-Amz-Target") == "AmazonSSM.ListCommandInvocations" && filtered(body) {
					wrong(w, r, body)
					return
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				valid.ServeHTTP(w, r)
			})
			picks, err := selector.Parse([]string{"execution/Filters"}, nil)
			require.NoError(t, err)
			runner, err := conformance.New(conformance.Target{Handler: handler, Bindings: world.Bindings},
				conformance.WithSelector(picks))
			require.NoError(t, err)
			found, err := runner.Run(t.Context())
			require.NoError(t, err)
			assert.Positive(t, found.Totals[judge.Fail])
		})
	}
}
