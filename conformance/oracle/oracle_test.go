package oracle_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

// plainSteps are the SendCommand steps of the corpus whose HTTP is good, bound to a world.
func plainSteps(t *testing.T, b fixtures.Bindings) map[*fixtures.Case]fixtures.BoundStep {
	t.Helper()
	all, err := fixtures.Embedded()
	require.NoError(t, err)
	list := map[*fixtures.Case]fixtures.BoundStep{}
	for _, c := range all {
		if len(c.Steps) != 1 {
			continue
		}
		s, err := c.BindStep(0, b)
		require.NoError(t, err, c.ID)
		r := s.Request
		if r.Operation == reference.SendCommand && isPlain(r) && len(r.Body) < 1<<20 {
			list[c] = s
		}
	}
	require.Greater(t, len(list), 1500)
	return list
}

func bindingsOf(w service.DemoWorld) fixtures.Bindings {
	b := fixtures.Bindings{fixtures.NonceBinding: "0123456789abcdef", fixtures.RegionBinding: "us-east-1"}
	for name, value := range w.Bindings {
		b[name] = value
	}
	return b
}

// TestTheOracleTakesWhatTheReferenceAnswers to every request of the corpus: two independent implementations, and
// what they leave open, must not contradict each other.
func TestTheOracleTakesWhatTheReferenceAnswers(t *testing.T) {
	t.Parallel()
	world := service.Demo("", "")
	target := conformance.Target{Handler: service.New(world.Options...), Bindings: world.Bindings}
	runner, err := conformance.New(target, conformance.WithSeed(1))
	require.NoError(t, err)
	session, err := runner.Open(t.Context())
	require.NoError(t, err)
	o := oracle.New(session.Started().Preflight.Bindings, "us-east-1")
	for c, step := range plainSteps(t, bindingsOf(world)) {
		if strings.HasPrefix(c.ID, "execution/") || strings.HasPrefix(c.ID, "wire/BodySize") {
			continue
		}
		e := o.Text(step.Request.Body)
		text := step.Request.Body
		asked := &fixtures.Case{
			ID: "fuzz/oracle/corpus", Title: e.Rule, Level: e.Level, Profile: fixtures.Core, Safety: fixtures.Inert,
			Steps: []fixtures.Step{{Request: fixtures.Request{Body: &fixtures.Body{Base64: text}}, Expect: e.Outcomes}},
		}
		r := session.RunCase(t.Context(), asked)
		assert.Equal(t, judge.Pass, r.Verdict, "%s: %s\n%v", c.ID, text, fmt.Sprint(r.Findings))
	}
}

// Of two parameters that are wrong the same one is named each time.
func TestTheEvidenceOfTwoWrongParametersIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	o := oracle.New(fixtures.Bindings{"document.typed": "typed"}, "")
	body := []byte(`{"DocumentName":"typed","InstanceIds":["i-0123456789abcdef0"],` +
		`"Parameters":{"name":["n"],"choice":["z"],"undeclared":["x"]}}`)
	for range 50 {
		assert.Equal(t, fixtures.Evidence{"errors/InvalidParameters/values"}, o.Text(body).Evidence)
	}
}

// What is known of one thing that is wrong is no verdict on an answer about another, and no more than the fixtures say.
func TestWhatTheOracleMakesOfAnAnswer(t *testing.T) {
	t.Parallel()
	o := oracle.New(fixtures.Bindings{"document.broken": "broken"}, "us-east-1")
	const tagged = `"Targets":[{"Key":"tag:a","Values":["b"]}]`
	broken := func(more string) string { return `{"DocumentName":"broken",` + tagged + more + `}` }
	const noDocument = `{"DocumentName":"sendspec-none","Parameters":{"none":["x"]},` + tagged + `}`
	const noDocumentOddTarget = `{"DocumentName":"sendspec-none","Targets":[{"Key":"resource-groups:Name","Values":["a\t"]}]}`
	for _, c := range []struct {
		request, typeHeader string
		status              int
		body                string
		want                judge.Verdict
	}{
		{broken(""), "", 500, `{"__type":"InternalServerError"}`, judge.Pass},
		{broken(`,"TimeoutSeconds":60.5`), "", 500, `{"__type":"InternalServerError"}`, judge.Pass},
		{broken(`,"comment":"x"`), "", 500, `{"__type":"InternalServerError"}`, judge.Pass},
		{broken(`,"TimeoutSeconds":1`), "", 500, `{"__type":"InternalServerError"}`, judge.Fail},
		{`{"DocumentName":1}`, "", 400, `{"__type":"SerializationException"}`, judge.Pass},
		{`{"DocumentName":1}`, "SerializationException", 400, `{}`, judge.Warn},
		{noDocument, "", 400, `{"__type":"InvalidDocument"}`, judge.Pass},
		{noDocument, "", 400, `{"__type":"InvalidParameters"}`, judge.Warn},
		{noDocument, "", 400, `{"__type":"UnknownOperationException"}`, judge.Fail},
		{noDocumentOddTarget, "", 400, `{"__type":"InvalidParameters"}`, judge.Pass},
	} {
		e := o.Text([]byte(c.request))
		step := fixtures.BoundStep{Expect: e.Outcomes, Request: fixtures.Message{
			Operation: reference.SendCommand, Method: http.MethodPost, Path: "/", Body: []byte(c.request),
		}}
		header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {"5b8cc1ad-1f2e-4b38-b4c0-1e6a43f0a9d1"}}
		if c.typeHeader != "" {
			header.Set("X-Amzn-Errortype", c.typeHeader)
		}
		x := &wire.Exchange{
			Request:  &wire.Request{Operation: reference.SendCommand, Method: http.MethodPost, Path: "/", Body: []byte(c.request)},
			Response: &wire.Response{Proto: "HTTP/1.1", Status: c.status, Header: header, Body: []byte(c.body)},
		}
		asked := &fixtures.Case{ID: "fuzz/oracle/answer", Level: e.Level, Profile: fixtures.Core}
		r := judge.Judge(asked, []fixtures.BoundStep{step}, []*wire.Exchange{x}, false)
		assert.Equal(t, c.want, r.Verdict, "%s: %s %v", c.request, c.body, r.Findings)
	}
}
