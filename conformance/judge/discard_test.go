package judge_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// TestAPreconditionThatIsNotMet: a case is judged only where the target does with a step what the case builds on.
func TestAPreconditionThatIsNotMet(t *testing.T) {
	t.Parallel()
	const (
		taken   = `{"Command": {"CommandId": "5b8cc1ad-1f2e-4b38-b4c0-1e6a43f0a9d1"}}`
		refused = `{"__type": "ValidationException"}`
		needs   = "the target %s a request that this case needs %s"
	)
	for name, c := range map[string]struct {
		precondition fixtures.Precondition
		first        *wire.Exchange
		second       *wire.Exchange
		verdict      judge.Verdict
		reason       string
	}{
		"accepted, met":                     {fixtures.Accepted, answered(200, taken), answered(200, taken), judge.Pass, ""},
		"accepted, met, and the case fails": {fixtures.Accepted, answered(200, taken), answered(400, refused), judge.Fail, ""},
		"accepted, refused": {fixtures.Accepted, answered(400, refused), answered(200, taken), judge.Skip,
			fmt.Sprintf(needs, "refuses", "accepted")},
		"accepted, refused without a type": {fixtures.Accepted, answered(404, ""), answered(404, ""), judge.Skip,
			fmt.Sprintf(needs, "refuses", "accepted")},
		"accepted, a server error":               {fixtures.Accepted, answered(500, ""), answered(200, taken), judge.Fail, ""},
		"accepted, an error that says 200":       {fixtures.Accepted, answered(200, refused), answered(200, taken), judge.Fail, ""},
		"accepted, no answer":                    {fixtures.Accepted, unanswered(wire.Closed), answered(200, taken), judge.Fail, ""},
		"accepted, refused, then a server error": {fixtures.Accepted, answered(400, refused), answered(500, ""), judge.Fail, ""},
		"accepted, refused, then no answer":      {fixtures.Accepted, answered(400, refused), unanswered(wire.TimedOut), judge.Fail, ""},
		"refused, met":                           {fixtures.Refused, answered(400, refused), answered(400, refused), judge.Pass, ""},
		"refused, met, and the case fails":       {fixtures.Refused, answered(400, refused), answered(200, taken), judge.Fail, ""},
		"refused, taken": {fixtures.Refused, answered(200, taken), answered(200, taken),
			judge.Skip, fmt.Sprintf(needs, "accepts", "refused")},
		"refused, a server error":         {fixtures.Refused, answered(500, ""), answered(500, ""), judge.Fail, ""},
		"refused, an error that says 200": {fixtures.Refused, answered(200, refused), answered(200, refused), judge.Fail, ""},
		"refused, no answer":              {fixtures.Refused, unanswered(wire.TimedOut), unanswered(wire.TimedOut), judge.Fail, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := "200"
			if c.precondition == fixtures.Refused {
				status = "400"
			}
			plain := bound(t, "{}", `{"name": "n", "status": `+status+`, "error": null}`)
			plain.Number, plain.Name, plain.Precondition = 1, "plain", c.precondition
			if status == "200" {
				plain.Expect[0].Body = &jsontree.Value{Kind: jsontree.Object,
					Members: []jsontree.Member{{Name: "Command", Value: jsontree.Value{Kind: jsontree.Object}}}}
			}
			changed := bound(t, "{}", `{"name": "same", "sameAs": "plain"}`)
			changed.Number, changed.Name = 2, "changed"
			r := judge.Judge(aCase(fixtures.Must), []fixtures.BoundStep{plain, changed}, []*wire.Exchange{c.first, c.second}, false)
			assert.Equal(t, c.verdict, r.Verdict, r.Findings)
			assert.Equal(t, c.reason, r.Reason)
			assert.Equal(t, c.verdict == judge.Skip, r.Discarded())
			if c.verdict == judge.Skip {
				assert.Empty(t, r.Findings)
			}
		})
	}
}
