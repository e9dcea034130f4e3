package cause_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/cause"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// failed is a case that failed, with one exchange of the operation.
func failed(id, operation string, findings ...judge.Finding) *judge.Result {
	r := &judge.Result{Case: &fixtures.Case{ID: id}, Verdict: judge.Fail, Findings: findings, Exchanges: make([]judge.Exchanged, 1)}
	r.Exchanges[0].Step.Request.Operation = operation
	return r
}

func status(want, got judge.Description) judge.Finding {
	return judge.Finding{Check: judge.OutcomeCheck, Path: "status", Want: want, Got: got, Level: fixtures.Must}
}

func at(path string, kind judge.Kind) judge.Finding {
	return judge.Finding{Check: judge.OutcomeCheck, Path: path, Got: judge.Description{Kind: kind}, Level: fixtures.Must}
}

func answer(code int, errorType string) judge.Description {
	return judge.Description{Kind: judge.KindAnswer, Status: code, ErrorType: errorType}
}

func TestSymptoms(t *testing.T) {
	t.Parallel()
	ok, refused, broken := answer(200, ""), answer(400, "InvalidDocument"), judge.Description{Kind: "no-json", Status: 500}
	for name, test := range map[string]struct {
		result *judge.Result
		want   cause.Symptom
	}{
		"a constraint": {failed("constraint/Comment/above-max", "SendCommand", status(refused, ok)),
			cause.Symptom{Kind: cause.Accepts, Subject: "constraint", Detail: "Comment"}},
		"of another operation": {failed("lifecycle/Constraint.Filters/six", "ListCommands", status(refused, ok)),
			cause.Symptom{Kind: cause.Accepts, Subject: "ListCommands", Detail: "Filters"}},
		"a refusal": {failed("accept/Targets/one", "SendCommand", status(ok, refused)),
			cause.Symptom{Kind: cause.Refuses, Subject: "SendCommand", Detail: "400/InvalidDocument"}},
		"a server error": {failed("type/Comment/number", "SendCommand", status(refused, broken)),
			cause.Symptom{Kind: cause.ServerError, Subject: "SendCommand", Detail: "type"}},
		"over broken requests": {failed("wire/Chunked/short", "SendCommand", status(refused, broken)),
			cause.Symptom{Kind: cause.ServerError, Subject: "SendCommand", Detail: "wire/Chunked"}},
		"of another form": {failed("metamorphic/Null/optional", "SendCommand", status(ok, broken)),
			cause.Symptom{Kind: cause.ServerError, Subject: "SendCommand", Detail: "metamorphic"}},
		"no answer": {failed("type/Comment/number", "SendCommand", at("connection", judge.KindNoAnswer)),
			cause.Symptom{Kind: cause.NoAnswer, Subject: "SendCommand", Detail: "type"}},
		"another error": {failed("error/InvalidDocument/x", "SendCommand", status(answer(404, "A"), answer(400, "B"))),
			cause.Symptom{Kind: cause.ErrorType, Subject: "SendCommand", Detail: "B"}},
		"another status": {failed("error/InvalidDocument/x", "SendCommand", status(answer(400, "B"), answer(404, "B"))),
			cause.Symptom{Kind: cause.Status, Subject: "SendCommand", Detail: "404/B"}},
		"no error type": {failed("error/InvalidDocument/x", "SendCommand", at("error type", "none")),
			cause.Symptom{Kind: cause.ErrorType, Subject: "SendCommand", Detail: "an error without a type"}},
		"an element": {failed("lifecycle/Filters/x", "ListCommands", at("/Commands/0", judge.KindNull)),
			cause.Symptom{Kind: cause.Member, Subject: "ListCommands", Detail: "Commands"}},
		"a member": {failed("echo/Comment/x", "SendCommand", at("/Command/Comment", "string")),
			cause.Symptom{Kind: cause.Member, Subject: "Command", Detail: "Comment"}},
		"a member that is missing": {failed("lifecycle/Echo/x", "ListCommands", at("/Commands/0/Comment", judge.KindNothing)),
			cause.Symptom{Kind: cause.Missing, Subject: "Command", Detail: "Comment"}},
		"a part of a member": {failed("echo/X/x", "SendCommand", at("/Command/NotificationConfig/NotificationArn", judge.KindNothing)),
			cause.Symptom{Kind: cause.Member, Subject: "Command", Detail: "NotificationConfig"}},
		"the list itself": {failed("lifecycle/Filters/x", "ListCommands", at("/Commands", "list")),
			cause.Symptom{Kind: cause.Member, Subject: "ListCommands", Detail: "Commands"}},
		"a member at the top": {failed("lifecycle/Get/x", "GetCommandInvocation", at("/Status", "string")),
			cause.Symptom{Kind: cause.Member, Subject: "GetCommandInvocation", Detail: "Status"}},
		"null": {failed("type/MaxErrors/null-is-default", "SendCommand", at("/Command/MaxErrors", judge.KindNothing)),
			cause.Symptom{Kind: cause.Form, Detail: "Null"}},
		"a header field": {failed("invariant/HTTP/request-id", "", at("header x-amzn-RequestId", judge.KindNothing)),
			cause.Symptom{Kind: cause.Header, Detail: "x-amzn-RequestId"}},
	} {
		assert.Equal(t, []cause.Symptom{test.want}, cause.SymptomsOf(test.result), name)
	}
}

// What comes after the first step that failed, and what is missed at a lower level, follows or matters less.
func TestSymptomsAreOfTheFirstStepThatFails(t *testing.T) {
	t.Parallel()
	second, third := at("/Commands/0/Comment", judge.KindNothing), at("/Commands", "list")
	should := at("/Command/MaxErrors", judge.KindNothing)
	second.Step, third.Step, should.Level = 2, 3, fixtures.Should
	r := failed("lifecycle/Echo/x", "", third, should, second)
	assert.Equal(t, []cause.Symptom{{Kind: cause.Missing, Subject: "Command", Detail: "Comment"}}, cause.SymptomsOf(r))
	r.Verdict = judge.Known
	assert.Empty(t, cause.SymptomsOf(r))
}

func failure(id string, symptoms ...cause.Symptom) cause.Failure {
	return cause.Failure{ID: id, Title: "rule of " + id, Level: fixtures.Must, Evidence: evidence.Model, Symptoms: symptoms}
}

func titles(list []cause.Cause) []string {
	var all []string
	for _, c := range list {
		all = append(all, fmt.Sprintf("%s (%d)", c.Title, len(c.Cases)))
	}
	return all
}

func accepts(member string) cause.Symptom {
	return cause.Symptom{Kind: cause.Accepts, Subject: "constraint", Detail: member}
}

// A server that looks at most members and forgets some has a cause for each; one that looks at none has one.
func TestAWholeCheckThatIsMissingIsOneCause(t *testing.T) {
	t.Parallel()
	var failures []cause.Failure
	for i := range 6 {
		failures = append(failures, failure(fmt.Sprintf("constraint/M%d/x", i), accepts(fmt.Sprintf("M%d", i))))
	}
	require.Len(t, cause.Group(failures), 6)
	failures = append(failures, failure("constraint/M6/x", accepts("M6")), failure("constraint/M6/y", accepts("M6")))
	assert.Equal(t, []string{"accepts values that break a constraint: M6, M0, M1 and 4 more (8)"}, titles(cause.Group(failures)))
}

func TestAFailureHasOneCause(t *testing.T) {
	t.Parallel()
	a := cause.Symptom{Kind: cause.Missing, Subject: "Command", Detail: "A"}
	b := cause.Symptom{Kind: cause.Missing, Subject: "Command", Detail: "B"}
	list := cause.Group([]cause.Failure{failure("echo/x/both", a, b), failure("echo/x/b", b), failure("echo/x/c", b)})
	assert.Equal(t, []string{"Command.B is missing (3)"}, titles(list))
	assert.Equal(t, "echo/x/b", list[0].Example, "it shows nothing else")
}

func TestAnInvariantHasTheCauseOfWhatBreaksIt(t *testing.T) {
	t.Parallel()
	wrongType := failure("type/Comment/number", cause.Symptom{Kind: cause.Accepts, Subject: "type", Detail: "Comment"})
	follows := failure("invariant/Member/types", cause.Symptom{Kind: cause.Member, Subject: "Command", Detail: "Comment"})
	follows.FirstSeen = wrongType.ID
	alone := failure("invariant/HTTP/request-id", cause.Symptom{Kind: cause.Header, Detail: "x-amzn-RequestId"})
	alone.FirstSeen = wrongType.ID
	assert.Equal(t, []string{"accepts wrong JSON types: Comment (2)", "breaks a rule: rule of invariant/HTTP/request-id (1)"},
		titles(cause.Group([]cause.Failure{alone, follows, wrongType})))
}

func TestTheExampleHasTheStrongestEvidence(t *testing.T) {
	t.Parallel()
	recorded, small := failure("constraint/Comment/recorded", accepts("Comment")), failure("constraint/Comment/small", accepts("Comment"))
	recorded.Evidence, recorded.Size, small.Size = evidence.Recorded, 1000, 10
	assert.Equal(t, recorded.ID, cause.Group([]cause.Failure{small, recorded})[0].Example)
	recorded.Evidence = evidence.Model
	assert.Equal(t, small.ID, cause.Group([]cause.Failure{recorded, small})[0].Example)
}

func TestAServerThatFailsOverEverythingIsToldSo(t *testing.T) {
	t.Parallel()
	var failures []cause.Failure
	for _, area := range []string{"accept", "constraint", "echo", "error", "type", "metamorphic", "lifecycle"} {
		s := cause.Symptom{Kind: cause.ServerError, Subject: "SendCommand", Detail: area}
		failures = append(failures, failure(area+"/X/x", s))
	}
	assert.Equal(t, []string{"SendCommand answers 5xx (7)"}, titles(cause.Group(failures)))
}
