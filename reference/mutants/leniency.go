package mutants

import (
	"bytes"
	"regexp"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyLeniency Family = "leniency"

const malformedSource = "facts.md section 3, Malformed bodies: what is no JSON object is a SerializationException"

var (
	trailingComma = regexp.MustCompile(`,(\s*[}\]])`)
	comments      = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|#[^\n]*`)
	notNumbers    = regexp.MustCompile(`\b(NaN|Infinity)\b|-Infinity\b`)
	oddNumbers    = regexp.MustCompile(`([:\[,]\s*)[+0]+([1-9])`)
	bareNames     = regexp.MustCompile(`([{,]\s*)([A-Za-z_]\w*)(\s*:)`)
	controlBytes  = regexp.MustCompile(`[\x00-\x1f]`)
)

// leniencyMutants are servers whose JSON reader takes what is none, as those of many languages do.
func leniencyMutants() []Mutant {
	replaced := func(re *regexp.Regexp, by string) func([]byte) []byte {
		return func(b []byte) []byte { return re.ReplaceAll(b, []byte(by)) }
	}
	return answerMutants(familyLeniency, []Profile{Core}, []answerRow{
		{"trailing-comma", "A comma behind the last member or element is taken", malformedSource, Must, []string{"wire/MalformedJSON"}, lenient(replaced(trailingComma, "$1"))},
		{"comments", "Comments are taken", malformedSource, Should, []string{"wire/MalformedJSON"}, lenient(replaced(comments, ""))},
		{"single-quotes", "Strings may stand in single quotes", malformedSource, Should, []string{"wire/MalformedJSON"}, lenient(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("'"), []byte(`"`)) })},
		{"not-a-number", "NaN and Infinity are numbers", malformedSource, Should, []string{"wire/MalformedJSON"}, lenient(replaced(notNumbers, "60"))},
		{"odd-numbers", "Numbers may begin with a plus or zeros", malformedSource, Should, []string{"wire/MalformedJSON"}, lenient(replaced(oddNumbers, "$1$2"))},
		{"bare-names", "Names may stand without quotes", malformedSource, Should, []string{"wire/MalformedJSON"}, lenient(replaced(bareNames, `$1"$2"$3`))},
		{"controls", "Control characters may stand in strings", malformedSource, Should, []string{"wire"}, lenient(replaced(controlBytes, " "))},
		{"cut-short", "A body that ends too early is taken for what there is of it", malformedSource, Must, []string{"wire/Truncated"}, lenient(completed)},
		{"empty-body", "An empty body is an empty object", malformedSource, Should, []string{"wire"}, lenient(func(b []byte) []byte {
			if len(bytes.TrimSpace(b)) == 0 {
				return []byte("{}")
			}
			return b
		})},
		{"list-of-one", "A body that is a list of one object is that object", malformedSource, Must, []string{"wire", "type"}, unwrapped},
		{"deep-nesting-fails", "Deep nesting overflows the reader's stack", "facts.md section 3: refusals of a request are 400", Must, []string{"wire/Nesting"}, failsOn(func(c *call) bool {
			return bytes.Contains(c.body, bytes.Repeat([]byte("["), 500)) || bytes.Contains(c.body, bytes.Repeat([]byte(`{"a":`), 500))
		})},
		{"long-number-fails", "A number of a thousand digits is more than the reader's library takes", "facts.md section 3: a number that is too large is clamped", Must, []string{"wire/BodySize"}, failsOn(func(c *call) bool {
			return longDigits.Match(c.body)
		})},
		{"large-body-fails", "A body of a megabyte breaks the server", "facts.md section 3: refusals of a request are 400", Must, []string{"wire/BodySize"}, failsOn(func(c *call) bool { return len(c.body) > 1<<20 })},
		{"null-element-fails", "A null in a list breaks the server", "facts.md section 5: SSM's lists are not sparse; refusals of a request are 400", Must, []string{"type", "metamorphic/Null"}, failsOn(func(c *call) bool {
			return bytes.Contains(c.body, []byte("[null]")) || bytes.Contains(c.body, []byte(",null]")) || bytes.Contains(c.body, []byte(`"Key":null`))
		})},
		{"second-type-error-fails", "More than one value of a wrong type breaks the server", "facts.md section 3: a wrong type is a SerializationException", Must, []string{"type/precedence"}, failsOn(func(c *call) bool {
			result := reference.ValidateOperation(c.operation, c.body)
			return len(result.TypeErrors) > 1
		})},
		{"key-needed", "A target without a Key breaks the server", "facts.md section 3: refusals of a request are 400", Must, []string{"type/Targets"}, failsOn(func(c *call) bool {
			found := false
			at(c.tree(), "Targets[]", func(_ string, v *jsontree.Value) { found = found || v.Get("Key") == nil })
			return found
		})},
	})
}

var longDigits = regexp.MustCompile(`[0-9]{1000}`)

// lenient mends a body that is no JSON, and asks the service with what comes of it.
func lenient(mend func([]byte) []byte) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		if c.operation != reference.SendCommand || c.tree() != nil {
			return p.ask(c)
		}
		mended := mend(bytes.Clone(c.body))
		if v, err := jsontree.Parse(mended); err != nil || v.Kind != jsontree.Object {
			return p.ask(c)
		}
		return send(p.service, c, mended)
	})
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
	for i := range open {
		b = append(b, open[len(open)-1-i])
	}
	return b
}

func unwrapped() defect {
	return func(c *call, p *planted) *reply {
		v, err := jsontree.Parse(c.body)
		if c.operation != reference.SendCommand || err != nil || v.Kind != jsontree.Array || len(v.Items) != 1 || v.Items[0].Kind != jsontree.Object {
			return p.ask(c)
		}
		return send(p.service, c, v.Items[0].AppendJSON(nil))
	}
}

// failsOn answers a class of requests with an error of the server's.
func failsOn(has func(c *call) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		if c.operation == reference.SendCommand && has(c) {
			return p.ask(c).fail(500, "InternalFailure")
		}
		return p.ask(c)
	})
}
