package judge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// missed are the words of the finding on an answer to {"Comment": "hello"} that is not the body wanted.
func missed(t *testing.T, want, got string) judge.Finding {
	t.Helper()
	body, err := jsontree.Parse([]byte(want))
	require.NoError(t, err)
	status := jsontree.NewNumber("200")
	step := fixtures.BoundStep{Request: fixtures.Message{Operation: "SendCommand"},
		Expect: []fixtures.Outcome{{Name: "accepted", Status: &status, Body: body}}}
	r := judge.Judge(aCase(fixtures.Must), []fixtures.BoundStep{step}, []*wire.Exchange{{
		Request:  &wire.Request{Method: "POST", Path: "/", Body: []byte(`{"Comment":"hello"}`)},
		Response: &wire.Response{Status: 200, Body: []byte(got)},
	}}, false)
	for _, f := range r.Findings {
		if f.Check == judge.OutcomeCheck {
			return f
		}
	}
	t.Fatalf("no finding in %+v", r)
	return judge.Finding{}
}

// What is wanted is said in words, with the values that it resolves to in the case.
func TestWantIsInWords(t *testing.T) {
	t.Parallel()
	for want, words := range map[string]string{
		`{"a": {"b": {"$echo": "/Comment"}}}`:                         `{"b": "hello" as sent}`,
		`{"a": {"b": {"$echo": "/Document"}}}`:                        `{"b": /Document as sent}`,
		`{"a": {"$in": [{"$echo": "/Comment"}, ""]}}`:                 `one of "hello" as sent, ""`,
		`{"a": [{"b": {"$length": 2}}]}`:                              `[{"b": a list of 2}]`,
		`{"a": [{"$all": [{"$type": "string"}, {"$not": ""}]}]}`:      `[a string and not ""]`,
		`{"a": {"b": {"$optional": {"$regex": "^x"}}}}`:               `{"b": a string that matches ^x, or nothing}`,
		`{"a": {"b": {"$each": {"$type": "string"}}}}`:                `{"b": a list in which each is a string}`,
		`{"a": {"$some": {"b": 1}}}`:                                  `a list`,
		`{"a": {"b": {"$after": ["/c", "60s"]}}}`:                     `{"b": /c + 60s}`,
		`{"a": {"b": {"$epochSeconds": {"within": "5m"}}}}`:           `{"b": a time at most 5m0s from now}`,
		`{"a": {"b": {"$earlier": ["send", "/c"]}}}`:                  `{"b": /c as in step send}`,
		`{"a": {"b": {"$should": {"$contains": "x"}}, "c": "plain"}}`: `{"b": a string with "x" in it (should), "c": "plain"}`,
		`{"a": {"b": "plain"}}`:                                       `{"b":"plain"}`,
	} {
		f := missed(t, want, `{}`)
		assert.Equal(t, words, f.Want.Words, want)
		assert.NotRegexp(t, `\$[a-z]`, f.Want.Words)
	}
}

func TestLongTextsShowWhereTheyDiffer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Value at 'comment' failed ", 20)
	f := missed(t, `{"a": "`+long+`to satisfy"}`, `{"a": "`+long+`to please"}`)
	assert.Equal(t, `…Value at 'comment' failed to satisfy"`, f.Want.Words)
	assert.Equal(t, `…Value at 'comment' failed to please", which differs at byte 523`, f.Got.Words)

	f = missed(t, `{"a": "`+long[:60]+`to satisfy"}`, `{"a": "`+long[:60]+`to please"}`)
	assert.Equal(t, `"`+long[:60]+`to satisfy"`, f.Want.Words)
	assert.Equal(t, `"`+long[:60]+`to please", which differs at byte 63: please`, f.Got.Words)

	f = missed(t, `{"a": "`+long+`"}`, `{"a": "short"}`)
	assert.Equal(t, `"short"`, f.Got.Words)
	f = missed(t, `{"a": "short"}`, `{"a": "`+long+`"}`)
	assert.Equal(t, `"short"`, f.Want.Words)
}
