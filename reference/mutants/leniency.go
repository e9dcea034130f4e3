package mutants

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// refusalMutants are the ways in which a server fails at what AWS answers.
func refusalMutants() []Mutant {
	const answered = "evidence: shape/error-status"
	const never5xx = "invariant/HTTP/never-5xx"
	scalar := func(path string) answer { return sendFails(asks(some(path, kind(jsontree.String, jsontree.Number)))) }
	return []Mutant{
		{"refusal/log-group-not-ascii", "A name of a log group that is not ASCII makes the server fail", answered, Must, never5xx,
			sendFails(asks(some("CloudWatchOutputConfig.CloudWatchLogGroupName", not(ascii))))},
		{"refusal/repeated-name", "A member that appears twice makes the server fail", answered, Must, never5xx,
			sendFails(func(c *call) bool { return c.tree() != nil && len(c.tree().Duplicates()) > 0 })},
		{"refusal/enabled-scalar", "A text or number for CloudWatchOutputEnabled makes the server fail", answered, Must, never5xx,
			scalar("CloudWatchOutputConfig.CloudWatchOutputEnabled")},
		{"refusal/ignore-scalar", "A text or number for IgnorePollAlarmFailure makes the server fail", answered, Must, never5xx,
			scalar("AlarmConfiguration.IgnorePollAlarmFailure")},
		{"refusal/letters-of-member", "A member whose name has other letters than the model's makes the server fail", answered, Must,
			never5xx, sendFails(func(c *call) bool {
				return c.tree() != nil && slices.ContainsFunc(c.tree().Members, func(m jsontree.Member) bool {
					return slices.ContainsFunc([]string{"Comment", "TimeoutSeconds", "InstanceIds", "MaxErrors"}, func(name string) bool {
						return m.Name != name && strings.EqualFold(m.Name, name)
					})
				})
			})},
	}
}

const malformedSource = "evidence: framework/serialization; what is no JSON object is a SerializationException"

// leniencyMutants are servers whose JSON reader takes what is none, or fails at it, as those of many languages do.
func leniencyMutants() []Mutant {
	const malformed, bad400, size = "wire/MalformedJSON", "evidence: errors/status; refusals of a request are 400", "wire/BodySize"
	replaced := func(pattern, by string) answer {
		return lenient(func(b []byte) []byte { return regexp.MustCompile(pattern).ReplaceAll(b, []byte(by)) })
	}
	hasPart := func(parts ...string) answer {
		return sendFails(func(c *call) bool {
			return slices.ContainsFunc(parts, func(part string) bool { return bytes.Contains(c.body, []byte(part)) })
		})
	}
	return append(uncheckedMutants(), []Mutant{
		{"leniency/trailing-comma", "A comma after the last member or element is taken", malformedSource, Must, malformed,
			replaced(`,(\s*[}\]])`, "$1")},
		{"leniency/comments", "Comments are taken", malformedSource, Should, malformed, replaced(`(?s)/\*.*?\*/|//[^\n]*|#[^\n]*`, "")},
		{"leniency/single-quotes", "Strings may be in single quotes", malformedSource, Should, malformed, replaced(`'`, `"`)},
		{"leniency/not-a-number", "NaN and Infinity are numbers", malformedSource, Should, malformed,
			replaced(`\b(NaN|Infinity)\b|-Infinity\b`, "60")},
		{"leniency/odd-numbers", "Numbers may begin with a plus or zeros", malformedSource, Should, malformed,
			replaced(`([:\[,]\s*)[+0]+([1-9])`, "$1$2")},
		{"leniency/bare-names", "Names may lack quotes", malformedSource, Should, malformed,
			replaced(`([{,]\s*)([A-Za-z_]\w*)(\s*:)`, `$1"$2"$3`)},
		{"leniency/controls", "Strings may contain control characters", malformedSource, Should, "wire", replaced(`[\x00-\x1f]`, " ")},
		{"leniency/cut-short", "A body that ends too early is taken for what there is of it", malformedSource, Must, "wire/Truncated",
			lenient(completed)},
		{"leniency/empty-body", "An empty body is an empty object", malformedSource, Should, "wire", replaced(`^\s*$`, "{}")},
		{"leniency/list-of-one", "A body that is a list of one object is that object", malformedSource, Must, "wire type",
			lenient(func(b []byte) []byte {
				if v, err := jsontree.Parse(b); err == nil && v.Kind == jsontree.Array && len(v.Items) == 1 {
					return v.Items[0].AppendJSON(nil)
				}
				return b
			})},
		{"leniency/deep-nesting-fails", "Deep nesting overflows the reader's stack", bad400, Must, "wire/Nesting",
			hasPart(strings.Repeat("[", 500), strings.Repeat(`{"a":`, 500))},
		{"leniency/long-number-fails", "A number of a thousand digits is more than the reader's library takes",
			"evidence: framework/huge-numbers; a number that is too large is clamped", Must, size,
			sendFails(func(c *call) bool { return regexp.MustCompile(`[0-9]{1000}`).Match(c.body) })},
		{"leniency/large-body-fails", "A body of a megabyte breaks the server", bad400, Must, size,
			sendFails(func(c *call) bool { return len(c.body) > 1<<20 })},
		{"leniency/null-element-fails", "A null in a list breaks the server",
			"evidence: errors/status; SSM's lists are not sparse; refusals of a request are 400", Must, "type metamorphic/Null",
			hasPart("[null]", ",null]", `"Key":null`)},
		{"leniency/second-type-error-fails", "More than one value of a wrong type breaks the server",
			"evidence: framework/serialization-types", Must, "type/precedence", sendFails(func(c *call) bool {
				result := reference.ValidateOperation(c.operation, c.body)
				return len(result.TypeErrors) > 1
			})},
		{"leniency/key-needed", "A target without a Key breaks the server", bad400, Must, "type/Targets",
			sendFails(asks(some("Targets[]", not(has("Key")))))},
	}...)
}

// lenient mends a body that is no JSON object, and asks the service with what comes of it.
func lenient(mend func([]byte) []byte) answer {
	return func(c *call) *reply {
		if c.operation != reference.SendCommand || c.tree() != nil {
			return c.ask()
		}
		mended := mend(bytes.Clone(c.body))
		if v, err := jsontree.Parse(mended); err != nil || v.Kind != jsontree.Object {
			return c.ask()
		}
		return c.send(mended)
	}
}

// completed closes what a text left open.
func completed(b []byte) []byte {
	var open []byte
	inString, escaped := false, false
	for _, c := range b {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{':
			open = append(open, '}')
		case c == '[':
			open = append(open, ']')
		case (c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if inString {
		b = append(b, '"')
	}
	slices.Reverse(open)
	return append(b, open...)
}

// uncheckedMutants are servers whose checks are passed by in a request that is spelled in another way: what they refuse
// otherwise they take then.
func uncheckedMutants() []Mutant {
	spelled := func(pattern string) answer {
		return unchecked(func(c *call) bool { return regexp.MustCompile(pattern).Match(c.body) })
	}
	return []Mutant{
		{"leniency/escapes-unchecked", "A body with an escape is not checked", "RFC 8259 section 7: Any character may be escaped", Must,
			"metamorphic/Escapes", spelled(`\\u`)},
		{"leniency/blanks-unchecked", "A body with white space between its tokens is not checked",
			"RFC 8259 section 2: Insignificant whitespace is allowed before or after any of the six structural characters", Must,
			"metamorphic/WhiteSpace", spelled(`[:,{]\s|^\s`)},
		{"leniency/numbers-unchecked", "A number with a fraction or an exponent is not checked",
			"RFC 8259 section 6: a number may have a fraction and an exponent", Should, "metamorphic/Numbers", spelled(`:\d+[.e]`)},
		{"leniency/nulls-unchecked", "A body with a null is not checked",
			"Smithy AwsJson11ServersDontDeserializeNullStructureValues: null is absent", Must, "metamorphic/Null", spelled(`:null`)},
		{"leniency/empty-unchecked", "A body with an empty list or map is not checked",
			"evidence: targets/empty-InstanceIds; InstanceIds may be [] together with Targets", Must, "metamorphic/Empty",
			spelled(`:(\[\]|\{\})`)},
		{"leniency/order-unchecked", "A body whose members are in another order than the model's is not checked",
			"RFC 8259 section 4: An object is an unordered collection", Must, "metamorphic/KeyOrder",
			spelled(`^\{"(TimeoutSeconds|Comment)"|\{"Values"`)},
		{"leniency/unknown-unchecked", "A body with a member that the model lacks is not checked",
			"evidence: framework/unknown-members; Unknown members ignored", Should, "metamorphic/UnknownMember",
			spelled(`"Sendspec":|"AlarmName":|"Command","ServiceRoleArn":`)},
		{"leniency/chunked-unchecked", "A chunked body is not checked", "RFC 9112 section 7.1: chunks frame the content", Must,
			"metamorphic/Framing", unchecked(func(c *call) bool { return c.request.ContentLength < 0 })},
		{"leniency/fields-unchecked", "A request with a header field that SDKs do not send, or without one that they do, is not checked",
			"RFC 9110 section 5.1: a proxy forwards and other recipients ignore fields that they do not know", Must,
			"metamorphic/Headers", unchecked(func(c *call) bool { return !likeAnSDK(c.request.Header) })},
	}
}

// likeAnSDK reports whether the header is one that the suite sends unless a case is about it.
func likeAnSDK(h http.Header) bool {
	for name := range h {
		if !slices.Contains(strings.Fields("Accept-Encoding Amz-Sdk-Invocation-Id Amz-Sdk-Request Authorization "+
			"Content-Length Content-Type User-Agent X-Amz-Date X-Amz-Target"), name) {
			return false
		}
	}
	return h.Get("User-Agent") != "" && !strings.Contains(h.Get("User-Agent"), "aws-cli")
}

// unchecked takes what it refuses otherwise.
func unchecked(passes func(c *call) bool) answer {
	const taken = `{"DocumentName":"AWS-RunShellScript","Targets":` + noNode + `,"Parameters":{"commands":["true"]}}`
	return answered(func(c *call, r *reply) bool {
		return r.status/100 == 4 && c.is(reference.SendCommand) && passes(c)
	}, func(c *call, r *reply) { *r = *c.send([]byte(taken)) })
}
