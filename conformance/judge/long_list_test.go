package judge

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// listed is an answer to ListCommands with so many elements, in JSON, and the case that asks for it.
func listed(tb testing.TB, count int, element string) (*fixtures.Case, []fixtures.BoundStep, []*wire.Exchange) {
	tb.Helper()
	c := &fixtures.Case{ID: "lifecycle/ListCommands/long", Level: fixtures.Must, Steps: []fixtures.Step{{}}}
	step := fixtures.BoundStep{Request: fixtures.Message{Operation: "ListCommands"}, Expect: []fixtures.Outcome{{Name: "any"}}}
	body := `{"Commands":[` + strings.TrimSuffix(strings.Repeat(element+",", count), ",") + "]}"
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {"00000000-0000-4000-8000-000000000000"}}
	return c, []fixtures.BoundStep{
		step,
	}, []*wire.Exchange{{Request: &wire.Request{}, Response: &wire.Response{Status: 200, Header: header, Body: []byte(body)}}}
}

// What a target puts into a list takes no more than reading it, and leaves a bounded number of findings.
func TestALongListIsJudgedInBounds(t *testing.T) {
	for name, element := range map[string]string{"empty commands": `{}`, "wrong counts": `{"TargetCount":-1}`,
		"wrong types": `{"CommandId":1}`} {
		judged := func(count int) float64 {
			c, steps, exchanges := listed(t, count, element)
			found := Judge(c, steps, exchanges, false)
			require.NotNil(t, found.Exchanges[0].Body, "it is read")
			assert.LessOrEqual(t, len(found.invariants), len(checks)*findingsKept, name)
			return testing.AllocsPerRun(3, func() { Judge(c, steps, exchanges, false) })
		}
		per := (judged(30_000) - judged(maxElements)) / (30_000 - maxElements)
		assert.Less(t, per, 2.5, "allocations for a further element, %s", name)
	}
}

func BenchmarkALongList(b *testing.B) {
	c, steps, exchanges := listed(b, 60_000, `{}`)
	b.ReportAllocs()
	for b.Loop() {
		Judge(c, steps, exchanges, false)
	}
}
