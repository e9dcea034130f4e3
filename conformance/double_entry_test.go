package conformance_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// boundCorpus returns the embedded corpus with every binding filled in, for reading.
func boundCorpus(t *testing.T) map[*fixtures.Case][]fixtures.BoundStep {
	t.Helper()
	bound, err := bindCorpus()
	require.NoError(t, err)
	return bound
}

var bindCorpus = sync.OnceValues(func() (map[*fixtures.Case][]fixtures.BoundStep, error) {
	cases, err := fixtures.Embedded()
	if err != nil {
		return nil, err
	}
	b := fixtures.Bindings{}
	for name := range fixtures.KnownBindings() {
		b[name] = "sendspec-" + name
		if strings.HasPrefix(name, "node") {
			b[name] = "i-0123456789abcdef0"
		}
	}
	b["document.arn"] = "arn:aws:ssm:us-east-1:123456789012:document/sendspec"
	b["nonce"] = "0123456789abcdef"
	b["region"], b["node.short"], b["node.hybrid"] = "us-east-1", "i-12345678", "mi-0123456789abcdef0"
	bound := map[*fixtures.Case][]fixtures.BoundStep{}
	for _, c := range cases {
		if bound[c], err = c.Bind(b); err != nil {
			return nil, err
		}
	}
	return bound, nil
})

// plainCall reports whether nothing but the body decides: then the validator alone has a verdict.
func plainCall(m fixtures.Message) bool {
	return m.Operation == "SendCommand" && m.Method == http.MethodPost && m.Path == "/" && len(m.Headers) == 0 && m.Framing == nil
}

// The fixtures are written from the sources by hand, the reference computes. Where the validator
// refuses a fixture's request, its exception and message must be one of the fixture's outcomes;
// where it does not, the fixture must allow more than the framework's own refusals.
func TestReferenceAgreesWithFixtures(t *testing.T) {
	t.Parallel()
	checked, unknown := 0, 0
	for c, steps := range boundCorpus(t) {
		for i, step := range steps {
			if !plainCall(step.Request) {
				continue
			}
			r := reference.ValidateOperation("SendCommand", step.Request.Body)
			if len(r.Unknown) > 0 {
				unknown++
				continue
			}
			checked++
			exception, message := r.Exception()
			if exception == "" {
				assert.True(t, allowsAdmission(step), "%s: the reference finds nothing wrong with the request, the fixture refuses it:\n%s",
					c.ID, step.Request.Body)
				continue
			}
			if step.Expect[0].SameAs != "" {
				continue // its verdict is that of an earlier step, judged there
			}
			result := judge.Judge(c, steps[i:i+1], []*wire.Exchange{refusal(step, exception, message)}, false)
			assert.NotContains(t, []judge.Verdict{judge.Fail, judge.Skip}, result.Verdict,
				"%s: the reference answers %s: %s\n%v", c.ID, exception, message, result.Findings)
		}
	}
	t.Logf("%d requests agree; of %d nobody knows what AWS does", checked, unknown)
	assert.Greater(t, checked, 300)
}

func refusal(step fixtures.BoundStep, exception, message string) *wire.Exchange {
	body := map[string]string{"__type": exception}
	if message != "" {
		body["message"] = message
	}
	b, _ := json.Marshal(body) // a map of strings always encodes
	return &wire.Exchange{
		Request: wire.NewRequest("SendCommand", step.Request.Body),
		Response: &wire.Response{Status: http.StatusBadRequest, Body: b, Header: http.Header{
			"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {"2d226bf9-efbd-461b-a381-225773ec85cd"},
		}},
	}
}

// allowsAdmission reports whether a request that breaks no constraint may be what the step expects.
func allowsAdmission(step fixtures.BoundStep) bool {
	for _, o := range step.Expect {
		if o.SameAs != "" || o.Error == nil {
			return true
		}
		if o.Error.Type.Kind != jsontree.String {
			return !strings.Contains(string(o.Error.Type.AppendJSON(nil)), "SerializationException")
		}
		exception := o.Error.Type.Text
		framework := exception == "SerializationException" ||
			exception == "ValidationException" && strings.Contains(string(o.Error.Message.AppendJSON(nil)), "validation error")
		if !framework {
			return true
		}
	}
	return false
}
