package fuzz

import (
	"errors"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// expectation is what conforms as an answer to a body, and how sure that is.
type expectation struct {
	// rule is the title of the case: the rule that the answer is held against, as one sentence.
	rule     string
	level    fixtures.Level
	outcomes []fixtures.Outcome
	evidence fixtures.Evidence
	source   fixtures.Source
	note     string
	// constraints tells that the causes are broken constraints.
	constraints bool
	// open tells that no source says what AWS makes of the request.
	open bool
	// causes are the single reasons why the body must be refused, none where it may be taken.
	causes []string
}

// oracle tells what conforms. It holds no more against a server than the fixtures do: where they leave a
// thing open, since no source tells it, so does the oracle.
type oracle struct {
	world  *world
	region string
}

var (
	modelSource = fixtures.Source{Doc: "model.json", Section: "shapes of SendCommandRequest"}
	byTheModel  = fixtures.Evidence{Kind: fixtures.Model, Ref: "the constraints and types of SendCommandRequest"}
)

const openNote = "Nobody has recorded what AWS answers. Certain is that the request gets an answer of 2xx or 4xx in time, and that the server does not fail over it."

// expect judges a body, of which the text is what is sent. Where nothing was done to the text the tree
// says all, and need not be read again.
func (o *oracle) expect(b *body, text []byte) expectation {
	if b != nil && !b.isText() {
		return o.expectation(text, reference.ValidateTree(b.tree))
	}
	return o.expectation(text, reference.ValidateJSON(text))
}

func (o *oracle) expectation(text []byte, result reference.Result) expectation {
	if len(text) > largestBody {
		return open("how large a body AWS reads is not known")
	}
	if len(result.Unknown) > 0 && result.Tree != nil && onlyNumbers(&result) {
		return o.oddNumber(&result)
	}
	if len(result.Unknown) > 0 {
		return open(result.Unknown[0].Reason)
	}
	switch result.Verdict() {
	case reference.Malformed:
		return malformed(text, result.Malformed)
	case reference.Mistyped:
		return mistyped(&result)
	case reference.Invalid:
		return o.invalid(&result)
	}
	return o.valid(&result)
}

// largestBody is as many bytes as any server is asked to read (fixtures, wire/BodySize).
const largestBody = 1 << 20

// open is the expectation where no source tells what AWS does.
func open(why string) expectation {
	return expectation{
		open: true, rule: "The request gets an answer: " + why, level: fixtures.Must, outcomes: []fixtures.Outcome{outcomeAccepted, outcomeBelow},
		evidence: nobodySaw, source: modelSource, note: openNote,
	}
}

// onlyNumbers tells whether nothing but the spelling or size of TimeoutSeconds is in doubt.
func onlyNumbers(r *reference.Result) bool {
	return len(r.TypeErrors) == 0 && r.Tree.Duplicates() == nil && !slices.ContainsFunc(r.Unknown, func(u reference.Unknown) bool { return u.Path != "/TimeoutSeconds" })
}

// oddNumber: taken it must be cut to an integer, and refused it may be (type/TimeoutSeconds). Out of range
// it is refused in any case.
func (o *oracle) oddNumber(r *reference.Result) expectation {
	e := expectation{constraints: true, level: fixtures.Should, evidence: seenOnAthena, source: athena, note: "Athena cuts a fraction off and clamps what is too large; what SSM does was not seen."}
	if len(r.Violations) > 0 {
		e.rule, e.level, e.outcomes = "A number out of range is refused, however it is read", fixtures.Must, []fixtures.Outcome{outcomeRefusedNumber}
		for i := range r.Violations {
			e.causes = append(e.causes, causeOf(&r.Violations[i])+" (an odd number)")
		}
		for i := range r.Violations {
			if strength(&r.Violations[i]) != fixtures.Must {
				return open("an odd number beside a constraint that is not sure")
			}
		}
		return e
	}
	n, ok := r.Tree.Get("TimeoutSeconds").Float64()
	if !ok {
		return open("a number beyond what can be held")
	}
	taken := outcomeAccepted
	taken.Name, taken.Body = "taken", command(theCommandID, member("TimeoutSeconds", integer(int64(n))))
	e.rule, e.outcomes = "A number is cut to an integer, or refused", []fixtures.Outcome{taken, outcomeRefused}
	return e
}

// malformed: what is no JSON is refused. Recorded (on Athena) are texts cut short, a trailing comma, no
// object; readers are known that take comments, odd numbers and more, so those are no must.
func malformed(text []byte, err error) expectation {
	e := expectation{
		rule: "A body that is no JSON object is refused", level: fixtures.Should, outcomes: []fixtures.Outcome{outcomeSerialization},
		evidence: seenOnAthena, source: athena, causes: []string{"no JSON object"},
	}
	syntax := (*jsontree.SyntaxError)(nil)
	if !errors.As(err, &syntax) {
		e.level = fixtures.Must
		return e
	}
	where := syntax.Message
	e.causes = []string{"no JSON: " + syntaxFault(text, syntax)}
	switch {
	case strings.Contains(where, "byte order mark"), strings.Contains(where, "is not UTF-8"), slices.Contains(text, 0), strings.HasPrefix(where, "expected the end of the text"):
		return open("which bytes around or inside of JSON a reader takes is not known")
	case syntax.Offset >= len(text):
		e.level, e.rule = fixtures.Must, "A body that ends too early is refused"
	case slices.Contains([]byte(",:]}"), text[syntax.Offset]) && !strings.Contains(where, "digit"):
		if front := strings.TrimSpace(string(text[:syntax.Offset])); front != "" && !misread(front) {
			e.level = fixtures.Must // no reader takes it
		}
	}
	return e
}

// syntaxFault is the kind of what keeps a text from being JSON.
func syntaxFault(text []byte, err *jsontree.SyntaxError) string {
	switch {
	case err.Offset >= len(text):
		return "cut short"
	case strings.Contains(err.Message, "control character"):
		return "a control character"
	case strings.Contains(err.Message, "escape"), strings.Contains(err.Message, "hexadecimal"):
		return "an escape"
	case strings.Contains(err.Message, "digit"):
		return "a number"
	case slices.Contains([]byte(",:]}[{\""), text[err.Offset]):
		return "punctuation"
	}
	return "a literal"
}

// misread tells whether a lenient reader may have come to read the text in front otherwise.
func misread(front string) bool { return strings.ContainsAny(front, "'#/") || !allASCII(front) }

// mistyped: a value of a wrong type is refused, before anything else. Not so sure are scalars in the place
// of a boolean, which were not measured, and OutputS3Region, which the documentation says is ignored.
func mistyped(r *reference.Result) expectation {
	e := expectation{
		rule: "A value of a wrong JSON type is refused", level: fixtures.May, outcomes: []fixtures.Outcome{outcomeSerialization},
		evidence: seenOnAthena, source: athena,
	}
	for _, t := range r.TypeErrors {
		level := fixtures.Must
		if strings.HasPrefix(t.Path, "OutputS3Region") || t.Want == "a Boolean" && t.Got != "array" && t.Got != "object" {
			level = fixtures.Should
		}
		e.level = stronger(e.level, level)
		e.causes = append(e.causes, strings.TrimSpace(withoutIndexes(t.Path)+" of a wrong type"))
	}
	slices.Sort(e.causes)
	e.causes = slices.Compact(e.causes)
	if first := r.TypeErrors[0]; len(r.TypeErrors) == 1 {
		e.rule = withoutIndexes(first.Path) + " of the JSON type " + first.Got + " is refused"
		if first.Path == "" {
			e.rule = "A body of the JSON type " + first.Got + " is refused"
		}
	}
	return e
}

func stronger(a, b fixtures.Level) fixtures.Level {
	if b.Weight() > a.Weight() {
		return b
	}
	return a
}

// withoutIndexes is a path without the numbers of elements, and without the names of parameters:
// Targets[].Key, Parameters.*[].
func withoutIndexes(path string) string {
	if rest, ok := strings.CutPrefix(path, "Parameters."); ok {
		if i := strings.LastIndexByte(rest, '['); i >= 0 {
			return "Parameters.*[]"
		}
		return "Parameters.*"
	}
	if !strings.Contains(path, "[") {
		return path
	}
	var b []byte
	for {
		before, rest, found := strings.Cut(path, "[")
		b = append(b, before...)
		if !found {
			return string(b)
		}
		b = append(b, "[]"...)
		_, path, _ = strings.Cut(rest, "]")
	}
}

// Case is the input as a case: what is sent, and the outcomes that conform.
func (g *Generator) Case(in *Input, region string) *fixtures.Case {
	c, _ := (&oracle{g.world, region}).judged(in)
	return c
}

// judged makes the case of an input, with the expectation that its outcomes come from.
func (o *oracle) judged(in *Input) (*fixtures.Case, expectation) {
	if in.calls != nil {
		return sequenceCase(in.ID(), in.calls), expectation{rule: sequenceRule, level: fixtures.Must, evidence: sequenceEvidence, source: sequenceSource}
	}
	text := in.body.bytes()
	e := o.expect(&in.body, text)
	requests := in.requests(text)
	twin := in.relation != nil
	switch {
	case in.relation != nil:
		e = in.relation.expectation()
	case in.wire != nil:
		e, twin = onTheWire(in.wire)
	}
	c := &fixtures.Case{
		ID: in.ID(), Title: e.rule, Level: e.level, Profile: fixtures.Core, Safety: fixtures.Inert, Evidence: &e.evidence, Source: []fixtures.Source{e.source}, Note: e.note,
		Steps: []fixtures.Step{{Request: requests[len(requests)-1], Expect: e.outcomes}},
	}
	if twin {
		// What the plain request gets is asked elsewhere: here only that both get the same.
		if len(requests) == 1 {
			requests = append([]fixtures.Request{exactly(text)}, requests...)
		}
		c.Steps[0].Name = "changed"
		c.Steps = append([]fixtures.Step{{Name: "plain", Request: requests[0], Expect: []fixtures.Outcome{outcomeAccepted, outcomeBelow}}}, c.Steps...)
	}
	return c, e
}

var outcomeSame = fixtures.Outcome{Name: "same", SameAs: "plain"}

func (r *relation) expectation() expectation {
	return expectation{
		rule: "A request means the same with " + r.name, level: r.level, evidence: r.evidence, source: r.source, causes: []string{r.name}, outcomes: []fixtures.Outcome{outcomeSame},
	}
}

// onTheWire replaces the expectation of a body by that of the odd HTTP around it. Where the request must be
// taken, it is as the same request in good HTTP is.
func onTheWire(w *wireChange) (changed expectation, twin bool) {
	if len(w.outcomes) == 1 && w.outcomes[0].Name == outcomeAccepted.Name {
		twin = true
	}
	changed = expectation{rule: "HTTP with " + w.name + " is answered as HTTP wants", level: w.level, evidence: w.evidence, source: w.source, causes: []string{w.family}}
	for _, outcome := range w.outcomes {
		if twin {
			outcome = outcomeSame
		}
		changed.outcomes = append(changed.outcomes, outcome)
	}
	return changed, twin
}
