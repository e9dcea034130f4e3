package mutants

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// uncheckedMutants are servers whose checks are passed by in a request that is spelled in another way: what they refuse
// otherwise they take then.
func uncheckedMutants() []Mutant {
	const (
		escapes = "RFC 8259 section 7: Any character may be escaped"
		blanks  = "RFC 8259 section 2: Insignificant whitespace is allowed before or after any of the six structural characters"
		numbers = "RFC 8259 section 6: a number may have a fraction and an exponent"
		order   = "RFC 8259 section 4: An object is an unordered collection"
		nulls   = "Smithy AwsJson11ServersDontDeserializeNullStructureValues: null is absent"
		fields  = "RFC 9110 section 5.1: a proxy forwards and other recipients ignore fields that they do not know"
		unknown = "facts.md section 3, Malformed bodies: Unknown members ignored"
	)
	return answerMutants(familyLeniency, []Profile{Core}, []answerRow{
		{"escapes-unchecked", "A body with an escape is not checked", escapes, Must, []string{"metamorphic/Escapes"}, unchecked(bodyHas(`\\u`))},
		{"blanks-unchecked", "A body with white space between its tokens is not checked", blanks, Must, []string{"metamorphic/WhiteSpace"}, unchecked(bodyHas(`[:,{]\s|^\s`))},
		{"numbers-unchecked", "A number with a fraction or an exponent is not checked", numbers, Should, []string{"metamorphic/Numbers"}, unchecked(bodyHas(`:\d+[.e]`))},
		{"nulls-unchecked", "A body with a null is not checked", nulls, Must, []string{"metamorphic/Null"}, unchecked(bodyHas(`:null`))},
		{"empty-unchecked", "A body with an empty list or map is not checked", "facts.md section 4, Semantics: InstanceIds may be [] together with Targets", Must, []string{"metamorphic/Empty"},
			unchecked(bodyHas(`:(\[\]|\{\})`))},
		{"order-unchecked", "A body whose members are in another order than the model's is not checked", order, Must, []string{"metamorphic/KeyOrder"},
			unchecked(bodyHas(`^\{"(TimeoutSeconds|Comment)"|\{"Values"`))},
		{"unknown-unchecked", "A body with a member that the model lacks is not checked", unknown, Should, []string{"metamorphic/UnknownMember"},
			unchecked(bodyHas(`"Sendspec":|"AlarmName":|"Command","ServiceRoleArn":`))},
		{"chunked-unchecked", "A chunked body is not checked", "RFC 9112 section 7.1: chunks frame the content", Must, []string{"metamorphic/Framing"},
			unchecked(func(c *call) bool { return c.request.ContentLength < 0 })},
		{"fields-unchecked", "A request with a header field that SDKs do not send, or without one that they do, is not checked", fields, Must, []string{"metamorphic/Headers"},
			unchecked(func(c *call) bool { return !likeAnSDK(c.request.Header) })},
	})
}

// likeAnSDK reports whether the header is one that the suite sends unless a case is about it.
func likeAnSDK(h http.Header) bool {
	usual := []string{"Accept-Encoding", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "Authorization", "Content-Length", "Content-Type", "User-Agent", "X-Amz-Date", "X-Amz-Target"}
	for name := range h {
		if !slices.Contains(usual, name) {
			return false
		}
	}
	return h.Get("User-Agent") != "" && !strings.Contains(h.Get("User-Agent"), "aws-cli")
}

func bodyHas(pattern string) func(*call) bool {
	re := regexp.MustCompile(pattern)
	return func(c *call) bool { return re.Match(c.body) }
}

// unchecked takes what it refuses otherwise.
func unchecked(passes func(c *call) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if r.status/100 != 4 || !c.is(reference.SendCommand) || !passes(c) {
			return r
		}
		taken := value("{}")
		for _, name := range []string{"DocumentName", "Targets", "Parameters"} {
			set(&taken, name, sample(name))
		}
		return send(p.service, c, taken.AppendJSON(nil))
	})
}
