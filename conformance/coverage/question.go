package coverage

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

// question is one step of a case, as it would be asked, and what the judge would say of the answers that
// decide.
type question struct {
	owner *fixtures.Case
	steps []fixtures.BoundStep // of the case
	step  fixtures.BoundStep
	// result is what the reference makes of the request, and at what its body has at each path. They have a meaning only
	// where plain is set: nothing but the body decides.
	result reference.Validation
	at     map[string]*occurrences
	plain  bool
	admits bool // an answer of status 200 may conform
	// taken says that a server which refuses the request for its constraints fails the case; undecided that the case
	// takes both answers to a valid request.
	taken, undecided bool
}

type corpus struct {
	questions []*question
	statuses  map[string]bool // by an outcome's status: whether 200 conforms
}

// capturedPart is what a later step uses of an earlier answer: a command's ID, or a token, which may be
// any text.
var capturedPart = regexp.MustCompile(`\$\{captured\.[^}]*\}`)

const capturedID = "2d226bf9-efbd-461b-a381-225773ec85cd"

func ask(cases []*fixtures.Case) (*corpus, error) {
	c := &corpus{statuses: map[string]bool{}}
	bindings := service.Demo("us-east-1", "123456789012").Bindings // a world in which every case can be asked
	bindings[fixtures.NonceBinding], bindings[fixtures.RegionBinding] = "0123456789abcdef", "us-east-1"
	for _, owner := range cases {
		steps, err := owner.Bind(bindings)
		if err != nil {
			return nil, err
		}
		for _, step := range steps {
			m := step.Request
			q := &question{owner: owner, steps: steps, step: step}
			q.plain = m.Method == http.MethodPost && m.Path == "/" && len(m.Headers) == 0 && m.Framing == nil && m.Auth == nil
			q.step.Request.Body = capturedPart.ReplaceAll(m.Body, []byte(capturedID))
			if q.plain {
				q.result = reference.ValidateOperation(m.Operation, q.step.Request.Body)
			}
			q.step.Expect = verdictOf(step, steps)
			q.admits = slices.ContainsFunc(q.step.Expect, c.takes)
			if q.plain && q.result.Validity() == reference.Valid {
				refusable := q.conforms(http.StatusBadRequest, `{"__type":"ValidationException","message":"1 validation error detected: `+
					`Value at 'member' failed to satisfy constraint: Member must satisfy constraint"}`)
				q.taken, q.undecided = !refusable && len(q.result.Unknown) == 0, refusable && q.admits
			}
			c.questions = append(c.questions, q)
		}
	}
	return c, nil
}

// verdictOf is what a step expects; of one that shares its verdict with an earlier step, what that expects.
func verdictOf(step fixtures.BoundStep, steps []fixtures.BoundStep) []fixtures.Outcome {
	for i := range step.Expect {
		for _, earlier := range steps {
			if name := step.Expect[i].SameAs; name != "" && earlier.Name == name && earlier.Number < step.Number {
				return verdictOf(earlier, steps)
			}
		}
	}
	return step.Expect
}

// conforms asks the judge about an answer to this step alone.
func (q *question) conforms(status int, body string) bool {
	exchange := answer(q.step.Request.Operation, q.step.Request.Body, status, body)
	return judge.Judge(q.owner, []fixtures.BoundStep{q.step}, []*wire.Exchange{exchange}, false).Outcome != ""
}

func answer(operation string, request []byte, status int, body string) *wire.Exchange {
	return &wire.Exchange{
		Request: wire.NewRequest(operation, request),
		Response: &wire.Response{Status: status, Body: []byte(body), Header: http.Header{
			"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {capturedID},
		}},
	}
}

// takes reports whether a server that takes the request, with some body, may meet an outcome: it is one of status 200.
func (c *corpus) takes(o fixtures.Outcome) bool {
	if o.Error != nil || o.Closed {
		return false
	}
	key := string(o.Status.AppendJSON(nil))
	ok, known := c.statuses[key]
	if !known {
		step := fixtures.BoundStep{Expect: []fixtures.Outcome{{Name: key, Status: o.Status}}}
		q := question{owner: &fixtures.Case{Level: fixtures.Must}, step: step}
		ok = q.conforms(http.StatusOK, "{}")
		c.statuses[key] = ok
	}
	return ok
}

// counts reports whether a server can fail the case: none fails one of level may.
func (q *question) counts() bool { return q.owner.Level != fixtures.May }

// refusedFor reports whether the value at a path is all that is wrong with the request, and a server that
// takes it fails the case.
func (q *question) refusedFor(path string, kind reference.ConstraintKind) bool {
	if !q.plain || q.result.Validity() != reference.Invalid || q.admits {
		return false
	}
	hit := false
	for _, v := range q.result.Violations {
		if withoutIndexes(v.Path) != path {
			return false
		}
		hit = hit || v.Kind == kind
	}
	return hit
}

var index = regexp.MustCompile(`\[[0-9]+\]`)

// withoutIndexes turns Targets[0].Key into Targets[].Key.
func withoutIndexes(path string) string { return index.ReplaceAllString(path, "[]") }
