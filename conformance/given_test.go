package conformance_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// needing are cases that need each of the bindings.
func needing(t *testing.T, names ...string) []*fixtures.Case {
	t.Helper()
	var text []string
	for i, name := range names {
		text = append(text, fmt.Sprintf(`{"id": "area/Topic/%c", "title": "t", "request": {"body": {"json": {"Comment": "${%s}"}}},
			"expect": [{"name": "n", "status": 400}]}`, 'a'+i, name))
	}
	return casesOf(t, text...)
}

// What the target says it does not have is a mistake of the caller's.
func TestABindingThatTheTargetRefusesIsAMistake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		nodes          []string
		binding, value string
		want           string // "" where it is none
	}{
		"a node": {[]string{"i-0123456789abcdef0", "i-00000000000000000"}, "", "",
			"wrong binding: --node i-00000000000000000: it refuses it (400 Bad Request InvalidInstanceId: Instances not in a valid " +
				"state for account)"},
		"nodes that it has": {[]string{"i-0123456789abcdef0", "i-0123456789abcdef1"}, "", "", ""},
		"a bound node":      {nil, "node", "i-00000000000000000", "--bind node=i-00000000000000000: "},
		"a Windows node":    {nil, "node.windows", "i-00000000000000000", "--bind node.windows="},
		"a document": {nil, "document.versions", "sendspec-none",
			"--bind document.versions=sendspec-none: it refuses it (400 Bad Request InvalidDocument)"},
		"a document that it has":     {nil, "document", "sendspec-plain", ""},
		"one with parameters":        {nil, "document.typed", "sendspec-typed", ""},
		"a role":                     {nil, "role", "arn:aws:iam::123456789012:role/none", "InvalidRole"},
		"a role that it has":         {nil, "role", "arn:aws:iam::123456789012:role/sendspec-notifications", ""},
		"a bucket":                   {nil, "bucket", "sendspec-no-such-bucket", "InvalidOutputFolder"},
		"an alarm":                   {nil, "alarm.ok", `none"%s`, "--bind alarm.ok=none"},
		"an alarm that it has":       {nil, "alarm.insufficient", "sendspec-alarm-insufficient", ""},
		"a node of a rarer form":     {nil, "node.short", "i-00000000", ""},
		"a node to be refused":       {nil, "node.stopped", "i-00000000000000000", ""},
		"a document to be refused":   {nil, "document.denied", "sendspec-none", ""},
		"an alarm to be refused":     {nil, "alarm.firing", "sendspec-alarm-firing", ""},
		"a bucket that is not there": {nil, "bucket.missing", "sendspec-no-such-bucket", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := conformance.Target{Handler: service.New(service.Demo("", "").Options...), Name: "it", Nodes: c.nodes}
			needs := "node"
			if c.binding != "" {
				target.Bindings, needs = map[string]string{c.binding: c.value}, c.binding
			}
			if len(c.nodes) > 1 {
				needs = "node.2"
			}
			_, err := run(t.Context(), t, target, conformance.WithCases(needing(t, needs)))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, conformance.ErrBinding)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// Nothing is asked of a node that no case needs or that nothing may be dispatched to, and a target that refuses
// every request in the same words says nothing of the binding.
func TestABindingIsCheckedWhereThatShowsSomething(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	refuse := func(body string) bool { return strings.Contains(body, "InstanceIds") }
	target := func(refuse func(string) bool) conformance.Target {
		sane := answering(always200)
		return conformance.Target{Nodes: []string{"i-00000000000000000"},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				mu.Lock()
				asked = append(asked, string(b))
				mu.Unlock()
				if !refuse(string(b)) {
					sane.ServeHTTP(w, r)
					return
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"__type":"InvalidInstanceId"}`)
			})}
	}
	_, err := run(t.Context(), t, target(refuse), conformance.WithCases(plainCases(t, 1)))
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(asked, refuse), "no case needs it")

	_, err = run(t.Context(), t, target(func(string) bool { return true }), conformance.WithCases(needing(t, "node")))
	require.NoError(t, err, "it refuses a plain request in the same words")
}
