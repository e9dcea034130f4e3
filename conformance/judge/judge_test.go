package judge_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

var sentAt = time.Unix(1_700_000_000, 0)

// bound is a step that sends the body and expects the outcomes, written as in a fixture.
func bound(t *testing.T, body string, outcomes ...string) fixtures.BoundStep {
	t.Helper()
	s := fixtures.BoundStep{Request: fixtures.Message{Operation: "SendCommand", Method: "POST", Path: "/", Body: []byte(body)}}
	for _, text := range outcomes {
		var o fixtures.Outcome
		require.NoError(t, json.Unmarshal([]byte(text), &o), text)
		s.Expect = append(s.Expect, o)
	}
	return s
}

// answered is an exchange with an answer as AWS frames it.
func answered(status int, body string) *wire.Exchange {
	h := http.Header{}
	h.Set("Content-Type", "application/x-amz-json-1.1")
	h.Set("X-Amzn-Requestid", "5b8cc1ad-1f2e-4b38-b4c0-1e6a43f0a9d1")
	return &wire.Exchange{
		Request: &wire.Request{Operation: "SendCommand", Method: "POST", Path: "/"}, Sent: sentAt,
		Response: &wire.Response{Proto: "HTTP/1.1", Status: status, Header: h, Body: []byte(body)},
	}
}

func unanswered(f wire.Failure) *wire.Exchange {
	return &wire.Exchange{Request: &wire.Request{Method: "POST", Path: "/"}, Sent: sentAt,
		Err: &wire.Error{Failure: f, Err: http.ErrServerClosed}}
}

func aCase(level fixtures.Level) *fixtures.Case {
	return &fixtures.Case{ID: "area/Topic/a", Title: "t", Level: level, Profile: fixtures.Core, Safety: fixtures.Inert,
		File: "area/Topic.json"}
}

// judged judges one answer of a must case.
func judged(t *testing.T, request string, x *wire.Exchange, outcomes ...string) judge.Result {
	t.Helper()
	s := bound(t, request, outcomes...)
	x.Request.Body = []byte(request)
	return judge.Judge(aCase(fixtures.Must), []fixtures.BoundStep{s}, []*wire.Exchange{x}, false)
}

// The value under test is the answer's member v; "absent" leaves it out.
func TestMatchers(t *testing.T) {
	t.Parallel()
	const absent = "absent"
	uuid := `"5b8cc1ad-1f2e-4b38-b4c0-1e6a43f0a9d1"`
	violation := "1 validation error detected: Value '0' at 'timeoutSeconds' failed to satisfy constraint: Member must have value " +
		"greater than or equal to 30"
	for name, c := range map[string]struct {
		want  string
		holds []string
		not   []string
	}{
		"a string":           {`"a"`, []string{`"a"`, `"\u0061"`}, []string{`"b"`, `""`, `1`, `null`, absent}},
		"a number, by value": {`100`, []string{`100`, `1e2`, `100.0`, `1.00E+2`}, []string{`101`, `"100"`, absent}},
		"a boolean":          {`true`, []string{`true`}, []string{`false`, `"true"`, `1`, absent}},
		"null":               {`null`, []string{`null`}, []string{`0`, `""`, absent}},
		"a list": {`[1, {"a": 2}]`, []string{`[1, {"a": 2, "b": 3}]`},
			[]string{`[1]`, `[1, {"a": 2}, 3]`, `[{"a": 2}, 1]`, `{}`, absent}},
		"an empty list":    {`[]`, []string{`[]`}, []string{`[1]`, `{}`, `null`, absent}},
		"an object":        {`{"a": 1}`, []string{`{"a": 1}`, `{"b": 2, "a": 1}`}, []string{`{}`, `{"a": 2}`, `[]`, absent}},
		"an empty object":  {`{}`, []string{`{}`, `{"a": 1}`}, []string{`[]`, absent}},
		"$exact":           {`{"$exact": {"a": 1}}`, []string{`{"a": 1.0}`}, []string{`{"a": 1, "b": 2}`, absent}},
		"$echo":            {`{"$echo": "/A/0"}`, []string{`{"k":"v","n":1}`, `{"n":1.0,"k":"v"}`}, []string{`{"k":"v"}`, `"v"`, absent}},
		"$echo of nothing": {`{"$echo": "/Z"}`, nil, []string{absent, `null`, `""`}},
		"$echo of no step": {`{"$echo": ["x", "/A"]}`, nil, []string{absent, `null`, `[]`}},
		"$echo, malformed": {`{"$echo": ["x"]}`, nil, []string{absent, `[]`}},
		"$earlier of none": {`{"$earlier": ["x", "/A"]}`, nil, []string{absent, `null`, `""`}},
		"$uuid": {`{"$uuid": true}`, []string{uuid, strings.ToUpper(uuid)},
			[]string{`"5b8cc1ad1f2e4b38b4c01e6a43f0a9d1"`, uuid[:36] + `"`, `"x` + uuid[1:], `1`, absent}},
		"$in":              {`{"$in": ["a", {"$type": "number"}]}`, []string{`"a"`, `3`}, []string{`"b"`, `null`, absent}},
		"$in with nothing": {`{"$in": ["a", {"$absent": true}]}`, []string{`"a"`, absent}, []string{`"b"`}},
		"$all": {`{"$all": [{"$contains": "a"}, {"$contains": "b"}]}`,
			[]string{`"ab"`, `"ba"`}, []string{`"a"`, `"b"`, absent}},
		"$not":               {`{"$not": "a"}`, []string{`"b"`, `1`, absent}, []string{`"a"`}},
		"$absent":            {`{"$absent": true}`, []string{absent}, []string{`null`, `""`, `1`}},
		"$optional":          {`{"$optional": "a"}`, []string{absent, `null`, `"a"`}, []string{`"b"`, `""`}},
		"$type string":       {`{"$type": "string"}`, []string{`""`}, []string{`1`, `null`, absent}},
		"$type number":       {`{"$type": "number"}`, []string{`1`, `1.5`}, []string{`"1"`, absent}},
		"$type integer":      {`{"$type": "integer"}`, []string{`1`, `-1.0`, `1e3`}, []string{`1.5`, `"1"`, absent}},
		"$type boolean":      {`{"$type": "boolean"}`, []string{`false`}, []string{`0`, absent}},
		"$type list":         {`{"$type": "list"}`, []string{`[]`}, []string{`{}`, absent}},
		"$type object":       {`{"$type": "object"}`, []string{`{}`}, []string{`[]`, absent}},
		"$type null":         {`{"$type": "null"}`, []string{`null`}, []string{`0`, absent}},
		"$regex":             {`{"$regex": "^a+$"}`, []string{`"aa"`}, []string{`"ab"`, `1`, absent}},
		"$regex that is bad": {`{"$regex": "("}`, nil, []string{`"("`, absent}},
		"$contains":          {`{"$contains": "b"}`, []string{`"abc"`}, []string{`"a"`, `["b"]`, absent}},
		"$epochSeconds": {`{"$epochSeconds": {"within": "5m"}}`, []string{`1700000000`, `1.7E9`, `1700000299.5`, `1699999701`},
			[]string{`1700000301`, `1699999699`, `1700000000000`, `0`, `"1700000000"`, `1e400`, absent}},
		"$epochSeconds bad":  {`{"$epochSeconds": {"within": "soon"}}`, nil, []string{`1700000000`}},
		"$epochSeconds none": {`{"$epochSeconds": true}`, nil, []string{`1700000000`}},
		"$after": {`{"$after": ["/base", "60s"]}`, []string{`160`, `160.0015`, `159.999`},
			[]string{`161`, `159.9`, `"160"`, absent}},
		"$after of nothing":  {`{"$after": ["/none", "60s"]}`, nil, []string{`160`}},
		"$after, malformed":  {`{"$after": "60s"}`, nil, []string{`160`}},
		"$after no duration": {`{"$after": ["/base", "60"]}`, nil, []string{`160`}},
		"$class":             {`{"$class": 4}`, []string{`400`, `499`}, []string{`500`, `399`, `"400"`, absent}},
		"$validationMessage": {`{"$validationMessage": "` + violation + `"}`,
			[]string{`"` + violation + `"`, `"` + strings.Replace(violation, "'0' ", "", 1) + `"`},
			[]string{`"` + strings.Replace(violation, "'0'", "'1'", 1) + `"`, `"` + strings.Replace(violation, "30", "31", 1) + `"`,
				`"` + strings.Replace(violation, "error", "errors", 1) + `"`, `""`, absent}},
		"several matchers all hold": {`{"$type": "string", "$contains": "a", "$not": "ab"}`, []string{`"a"`},
			[]string{`"ab"`, `"b"`, `["a"]`, absent}},
		"an unknown matcher": {`{"$uid": true}`, nil, []string{uuid, absent}},
		"inside a structure": {`{"a": [{"$type": "number"}, {"b": {"$absent": true}}]}`, []string{`{"a": [1, {"c": 1}]}`},
			[]string{`{"a": [1, {"b": 1}]}`, `{"a": ["1", {}]}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, v := range append(c.holds, c.not...) {
				body := `{"base": 100, "v": ` + v + `}`
				if v == absent {
					body = `{"base": 100}`
				}
				r := judged(t, `{"A":[{"k":"v","n":1}]}`, answered(200, body), `{"name":"n","status":200,"body":{"v":`+c.want+`}}`)
				if i < len(c.holds) {
					assert.Equal(t, judge.Pass, r.Verdict, "%s: %v", v, r.Findings)
					assert.Empty(t, r.Findings)
					assert.Equal(t, "n", r.Outcome)
					continue
				}
				assert.Equal(t, judge.Fail, r.Verdict, v)
				require.NotEmpty(t, r.Findings)
				for _, f := range r.Findings {
					assert.Equal(t, fixtures.Must, f.Level)
					assert.True(t, strings.HasPrefix(f.Path, "/v"), f.Path)
					assert.NotEmpty(t, f.Want.Words)
					assert.NotEmpty(t, f.Got.Words)
				}
			}
		})
	}
}

// TestAValueOfAnEarlierStep: what two answers both lack is no echo.
func TestAValueOfAnEarlierStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		want, first, second string
		verdict             judge.Verdict
	}{
		"$earlier, the same":             {`{"$earlier": ["one", "/A"]}`, `{"A": 1}`, `{"A": 1}`, judge.Pass},
		"$earlier, another":              {`{"$earlier": ["one", "/A"]}`, `{"A": 1}`, `{"A": 2}`, judge.Fail},
		"$earlier, lost":                 {`{"$earlier": ["one", "/A"]}`, `{"A": 1}`, `{}`, judge.Fail},
		"$earlier, missing in both":      {`{"$earlier": ["one", "/A"]}`, `{}`, `{}`, judge.Fail},
		"$earlier, null in both":         {`{"$earlier": ["one", "/A"]}`, `{"A": null}`, `{"A": null}`, judge.Pass},
		"$earlier, missing in the first": {`{"$earlier": ["one", "/A"]}`, `{}`, `{"A": 1}`, judge.Fail},
		"$optional $earlier":             {`{"$optional": {"$earlier": ["one", "/A"]}}`, `{}`, `{}`, judge.Pass},
		"$echo, as sent":                 {`{"$echo": ["one", "/S"]}`, `{}`, `{"A": "x"}`, judge.Pass},
		"$echo, another":                 {`{"$echo": ["one", "/S"]}`, `{"A": "y"}`, `{"A": "y"}`, judge.Fail},
		"$echo, missing in both answers": {`{"$echo": ["one", "/S"]}`, `{}`, `{}`, judge.Fail},
		"$echo, neither sent nor there":  {`{"$echo": ["one", "/T"]}`, `{}`, `{}`, judge.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, two := bound(t, `{"S": "x"}`, `{"name": "n", "status": 200}`), bound(
				t,
				"{}",
				`{"name": "n", "status": 200, "body": {"A": `+c.want+`}}`,
			)
			one.Number, one.Name, two.Number = 1, "one", 2
			first, second := answered(200, c.first), answered(200, c.second)
			first.Request.Body = []byte(`{"S": "x"}`)
			r := judge.Judge(aCase(fixtures.Must), []fixtures.BoundStep{one, two}, []*wire.Exchange{first, second}, false)
			assert.Equal(t, c.verdict, r.Verdict, r.Findings)
		})
	}
}

func TestLevelsDecideTheVerdict(t *testing.T) {
	t.Parallel()
	const should = `{"name":"n","status":200,"body":{"v":{"$should":1}}}`
	for name, c := range map[string]struct {
		level        fixtures.Level
		outcome      string
		want, strict judge.Verdict
		findings     fixtures.Level
	}{
		"a must missed": {fixtures.Must, `{"name":"n","status":200,"body":{"v":1}}`, judge.Fail, judge.Fail, fixtures.Must},
		"a should missed": {fixtures.Should, `{"name":"n","status":200,"body":{"v":1}}`,
			judge.Warn, judge.Fail, fixtures.Should},
		"a may missed":                 {fixtures.May, `{"name":"n","status":200,"body":{"v":1}}`, judge.Pass, judge.Pass, fixtures.May},
		"$should lowers a must":        {fixtures.Must, should, judge.Warn, judge.Fail, fixtures.Should},
		"$should does not raise a may": {fixtures.May, should, judge.Pass, judge.Pass, fixtures.May},
		"$may lowers a should": {fixtures.Should, `{"name":"n","status":200,"body":{"v":{"$may":1}}}`,
			judge.Pass, judge.Pass, fixtures.May},
		"$should inside $may": {fixtures.Must, `{"name":"n","status":200,"body":{"v":{"$may":{"$should":1}}}}`,
			judge.Pass, judge.Pass, fixtures.May},
		"$should of a status": {fixtures.Must, `{"name":"n","status":{"$class":2,"$should":201}}`, judge.Warn, judge.Fail, fixtures.Should},
		"a must after a $should": {fixtures.Must, `{"name":"n","status":200,"body":{"v":{"$should":1},"w":1}}`,
			judge.Fail, judge.Fail, fixtures.Must},
		"$should inside $in": {fixtures.Must, `{"name":"n","status":200,"body":{"v":{"$in":[5,{"$type":"number","$should":1}]}}}`,
			judge.Warn, judge.Fail, fixtures.Should},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := []fixtures.BoundStep{bound(t, "{}", c.outcome)}
			for _, strict := range []bool{false, true} {
				r := judge.Judge(aCase(c.level), s, []*wire.Exchange{answered(200, `{"v":2}`)}, strict)
				want := c.want
				if strict {
					want = c.strict
				}
				assert.Equal(t, want, r.Verdict)
				require.NotEmpty(t, r.Findings)
				worst := r.Findings[len(r.Findings)-1].Level
				assert.Equal(t, c.findings, worst)
			}
		})
	}
}

func TestTheOutcomeThatDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status   int
		body     string
		outcomes []string
		outcome  string
		verdict  judge.Verdict
		path     string
	}{
		"one without a note before an earlier one with": {200, `{"v":2}`,
			[]string{`{"name":"noted","status":200,"body":{"v":{"$should":1}}}`, `{"name":"clean","status":200}`}, "clean", judge.Pass, ""},
		"the first of several with a note": {200, `{"v":2}`,
			[]string{`{"name":"no","status":400}`, `{"name":"a","status":200,"body":{"v":{"$should":1}}}`,
				`{"name":"b","status":200,"body":{"v":{"$should":3}}}`}, "a", judge.Warn, "/v"},
		"the first of several that match": {200, `{}`,
			[]string{`{"name":"a","status":200}`, `{"name":"b","status":200}`}, "a", judge.Pass, ""},
		"the nearest by status": {400, `{"__type":"E"}`, []string{`{"name":"taken","status":200}`,
			`{"name":"refused","status":400,"error":{"type":"F"}}`}, "", judge.Fail, "error type"},
		"the nearest by type": {400, `{"__type":"E"}`, []string{`{"name":"f","status":400,"error":{"type":"F"}}`,
			`{"name":"e","status":400,"error":{"type":"E","message":"m"}}`}, "", judge.Fail, "error message"},
		"the nearest by members": {200, `{"a":1,"b":1}`, []string{`{"name":"two","status":200,"body":{"a":2,"b":2}}`,
			`{"name":"one","status":200,"body":{"a":1,"b":2}}`}, "", judge.Fail, "/b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := judged(t, "{}", answered(c.status, c.body), c.outcomes...)
			assert.Equal(t, c.verdict, r.Verdict)
			assert.Equal(t, c.outcome, r.Outcome)
			if c.path == "" {
				assert.Empty(t, r.Findings)
			} else {
				require.NotEmpty(t, r.Findings)
				assert.Equal(t, c.path, r.Findings[0].Path)
			}
			if c.outcome != "" {
				assert.Empty(t, r.Alternatives)
				return
			}
			assert.Len(t, r.Alternatives, len(c.outcomes), "all that would conform are shown")
			for _, a := range r.Alternatives {
				assert.NotEmpty(t, a.Name)
				assert.NotEmpty(t, a.Finding.Want.Words, "what differs most from %s", a.Name)
			}
		})
	}
}

func TestErrorsTextsAndHeaders(t *testing.T) {
	t.Parallel()
	withHeader := func(name, value string) *wire.Exchange {
		x := answered(400, `{}`)
		x.Response.Header.Set(name, value)
		return x
	}
	for name, c := range map[string]struct {
		x       *wire.Exchange
		outcome string
		want    judge.Verdict
	}{
		"__type": {answered(400, `{"__type":"E"}`), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Pass},
		"__type with a namespace": {answered(400, `{"__type":"com.amazonaws.ssm#E"}`),
			`{"name":"n","status":400,"error":{"type":"E"}}`, judge.Pass},
		"__type with a URI": {answered(400, `{"__type":"E:http://x#y"}`), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Pass},
		"code":              {answered(400, `{"code":"E"}`), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Pass},
		"the header":        {withHeader("X-Amzn-Errortype", "E:x"), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Pass},
		"another type":      {answered(400, `{"__type":"F"}`), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Fail},
		"no type":           {answered(400, `{"message":"x"}`), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Fail},
		"Message": {answered(400, `{"__type":"E","Message":"m"}`),
			`{"name":"n","status":400,"error":{"type":"E","message":"m"}}`, judge.Pass},
		"message": {answered(400, `{"__type":"E","message":"m"}`),
			`{"name":"n","status":400,"error":{"type":"E","message":"m"}}`, judge.Pass},
		"no message": {answered(400, `{"__type":"E"}`), `{"name":"n","status":400,"error":{"type":"E","message":"m"}}`, judge.Fail},
		"no message, and none asked": {answered(400, `{"__type":"E"}`),
			`{"name":"n","status":400,"error":{"type":"E","message":{"$absent":true}}}`, judge.Pass},
		"a header":                 {withHeader("X-A", "1"), `{"name":"n","status":400,"headers":{"x-a":"1"}}`, judge.Pass},
		"a header that is missing": {answered(400, `{}`), `{"name":"n","status":400,"headers":{"x-a":"1"}}`, judge.Fail},
		"a text": {answered(404, `<html>`),
			`{"name":"n","status":404,"format":"any","text":{"$contains":"html"}}`, judge.Pass},
		"another text": {answered(404, `<xml>`),
			`{"name":"n","status":404,"format":"any","text":{"$contains":"html"}}`, judge.Fail},
		"a body that is no JSON":    {answered(400, `<html>`), `{"name":"n","status":400,"error":{"type":"E"}}`, judge.Fail},
		"an empty body":             {answered(400, ``), `{"name":"n","status":400,"body":{}}`, judge.Fail},
		"closed":                    {unanswered(wire.Closed), `{"name":"n","closed":true}`, judge.Pass},
		"silence is not closed":     {unanswered(wire.TimedOut), `{"name":"n","closed":true}`, judge.Fail},
		"garbage is not closed":     {unanswered(wire.Malformed), `{"name":"n","closed":true}`, judge.Fail},
		"a refusal that breaks off": {brokenOff(431), `{"name":"n","closed":true}`, judge.Pass},
		"taken, and broken off":     {brokenOff(200), `{"name":"n","closed":true}`, judge.Fail},
		"an answer is not closed":   {answered(400, `{}`), `{"name":"n","closed":true}`, judge.Fail},
		"no answer":                 {unanswered(wire.Closed), `{"name":"n","status":400}`, judge.Fail},
		"half an answer":            {brokenOff(200), `{"name":"n","status":200}`, judge.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := judged(t, "{}", c.x, c.outcome)
			assert.Equal(t, c.want, r.Verdict, "%v", r.Findings)
		})
	}
}

func TestSameAsComparesTheVerdictsOfTwoSteps(t *testing.T) {
	t.Parallel()
	taken := `{"Command":{"CommandId":"1","RequestedDateTime":1,"ExpiresAfter":2,"Comment":"c","Status":"Pending"}}`
	for name, c := range map[string]struct {
		first, second *wire.Exchange
		want          judge.Verdict
	}{
		"both taken": {answered(200, taken), answered(200, `{"Command":{"Status":"Pending","Comment":"c","CommandId":"2",`+
			`"RequestedDateTime":3,"ExpiresAfter":4}}`), judge.Pass},
		"taken with another echo": {answered(200, taken), answered(200, `{"Command":{"Comment":"d","Status":"Pending"}}`), judge.Fail},
		"taken and refused":       {answered(200, taken), answered(400, `{"__type":"E"}`), judge.Fail},
		"both refused": {answered(400, `{"__type":"E","message":"a"}`),
			answered(400, `{"__type":"E","message":"b"}`), judge.Pass},
		"refused for another type": {answered(400, `{"__type":"E"}`), answered(400, `{"__type":"F"}`), judge.Fail},
		"another status":           {answered(400, `{"__type":"E"}`), answered(404, `{"__type":"E"}`), judge.Fail},
		"no answer to the second":  {answered(200, taken), unanswered(wire.Closed), judge.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := bound(t, "{}", `{"name":"any","status":{"$type":"number"}}`)
			first.Name = "plain"
			steps := []fixtures.BoundStep{first, bound(t, "{}", `{"name":"same","sameAs":"plain"}`)}
			steps[0].Number, steps[1].Number = 1, 2
			two := aCase(fixtures.Must)
			two.Steps = make([]fixtures.Step, 2)
			r := judge.Judge(two, steps, []*wire.Exchange{c.first, c.second}, false)
			assert.Equal(t, c.want, r.Verdict, "%v", r.Findings)
			for _, f := range r.Findings {
				assert.Equal(t, 2, f.Step)
			}
		})
	}
}

// brokenOff is an answer after whose first bytes the connection ended.
func brokenOff(status int) *wire.Exchange {
	x := answered(status, `{}`)
	x.Err = &wire.Error{Failure: wire.Closed, Err: http.ErrContentLength}
	return x
}
