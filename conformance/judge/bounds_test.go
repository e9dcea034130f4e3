package judge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// TestALimitOfOursIsNobodysFault: whether an answer that is not read whole conforms is not known, but for what was read.
func TestALimitOfOursIsNobodysFault(t *testing.T) {
	t.Parallel()
	cut := func() *wire.Exchange {
		x := answered(200, `{"A": "`)
		x.Response.Truncated = true
		return x
	}
	const accepted, refused = `{"name":"accepted","status":200,"body":{"A":1}}`, `{"name":"refused","status":400}`
	for name, c := range map[string]struct {
		x        *wire.Exchange
		outcomes []string
		verdict  judge.Verdict
		reason   string
	}{
		"deep": {answered(200, `{"A":`+strings.Repeat("[", 1001)+strings.Repeat("]", 1001)+`}`),
			[]string{accepted}, judge.Error, "an answer nested deeper than 1000"},
		"as deep as is read": {answered(200, `{"B":`+strings.Repeat("[", 999)+strings.Repeat("]", 999)+`,"A":1}`),
			[]string{accepted}, judge.Pass, ""},
		"many values": {answered(200, `{"A":[`+strings.Repeat("0,", 70_000)+`0]}`), []string{accepted},
			judge.Error, "more values than are read"},
		"long":                            {cut(), []string{accepted}, judge.Error, "an answer of more than 7 bytes"},
		"long, or something else":         {cut(), []string{refused, accepted}, judge.Error, "an answer of more than 7 bytes"},
		"long, where the body is no part": {cut(), []string{accepted, `{"name":"any","status":200,"format":"any"}`}, judge.Pass, ""},
		"long, and of the wrong status":   {cut(), []string{refused}, judge.Fail, ""},
		"long, and the text is looked for": {cut(), []string{`{"name":"t","status":200,"format":"any","text":{"$contains":"B"}}`},
			judge.Error, "an answer of more than 7 bytes"},
		"malformed": {answered(200, `{"A":`+strings.Repeat("[", 900)+`}`), []string{accepted}, judge.Fail, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := judged(t, "{}", c.x, c.outcomes...)
			assert.Equal(t, c.verdict, r.Verdict, r.Findings)
			assert.Equal(t, c.verdict == judge.Error, r.BeyondLimit())
			if c.reason != "" {
				assert.Contains(t, r.Reason, "beyond what sendspec reads: ")
				assert.Contains(t, r.Reason, c.reason)
				assert.Empty(t, r.Findings)
				for _, f := range r.Invariants() {
					assert.NotEqual(t, "invariant/JSON/one-value", f.Check, f)
				}
			}
		})
	}
}

// Nor is what an earlier answer would have had beyond the limit.
func TestALimitInAnEarlierAnswerIsNobodysFault(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Parse("area/Topic.json", []byte(`{"cases": [{"id": "area/Topic/a", "title": "t", "level": "must", "steps": [
		{"name": "first", "request": {}, "expect": [{"name": "any", "status": 200, "format": "any"}]},
		{"name": "second", "request": {}, "expect": [{"name": "same", "status": 200, "body": {"A": {"$earlier": ["first", "/A"]}}}]}]}]}`))
	require.NoError(t, err)
	c := cases[0]
	steps, err := c.Bind(nil)
	require.NoError(t, err)
	first, second := answered(200, `{"B":"`), answered(200, `{"A":1}`)
	r := judge.Judge(c, steps, []*wire.Exchange{first, second}, false)
	assert.Equal(t, judge.Fail, r.Verdict, "it has no such member")
	first.Response.Truncated = true
	r = judge.Judge(c, steps, []*wire.Exchange{first, second}, false)
	assert.Equal(t, judge.Error, r.Verdict, r.Findings)
	assert.Contains(t, r.Reason, "an answer of more than 6 bytes")
}

// Each case of a run may have its refusal in a finding for each outcome, and every report quotes them.
func TestOfALongRefusalTheBeginningIsQuoted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	e := judge.Read(fixtures.BoundStep{}, answered(400, `{"__type":"`+long+`","message":"`+long+`"}`))
	assert.Less(t, len(e.Summary()), 1100)
	assert.Contains(t, e.Summary(), "400 Bad Request xxx")
}
