package oracle

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// uncertainty is a reason why a server may refuse a valid request, or a sign that taking it is not sure.
type uncertainty struct {
	exceptions []string       // the declared errors that it may answer
	semantic   bool           // or any other exception of a semantic rule
	level      fixtures.Level // of the whole expectation, where it is weaker than must
	anyAnswer  bool           // not even that it is an answer of AWS JSON
}

// unrecorded is the uncertainty about what nobody has recorded and what AWS may well refuse.
var unrecorded = uncertainty{semantic: true, level: fixtures.Should}

// semantics is what there is to say of a request that breaks no constraint.
type semantics struct {
	refusals      []refusal
	uncertainties []uncertainty
	failure       bool // the server fails over it, by what is known of the target
	documentFirst bool // an unknown document is probably named before parameters that no document declares
}

func (m *semantics) refuse(r refusal)             { m.refusals = append(m.refusals, r) }
func (m *semantics) uncertain(why ...uncertainty) { m.uncertainties = append(m.uncertainties, why...) }

// possible are the errors that the uncertainties allow, and the outcome of any other where they do.
func (m *semantics) possible() (names []string, others []fixtures.Outcome) {
	for _, d := range m.uncertainties {
		names = append(names, d.exceptions...)
		if d.semantic {
			others = []fixtures.Outcome{refusedForSemantics}
		}
	}
	return names, others
}

// plain reports whether nothing keeps a server from taking the request.
func (m *semantics) plain() bool {
	return len(m.refusals) == 0 && len(m.uncertainties) == 0 && !m.failure
}

// semantics looks for what a server must, or may, say to a request that breaks no constraint.
func (o *Oracle) semantics(tree *jsontree.Value, in *ssm.SendCommandInput) *semantics {
	m := &semantics{}
	o.document(m, in)
	o.selection(m, in)
	o.destinations(m, in)
	textsAndNames(m, tree, in)
	return m
}

// semanticsBeside is the same of a request whose members named by broken break a constraint.
func (o *Oracle) semanticsBeside(tree *jsontree.Value, broken map[string]bool) *semantics {
	left := *tree
	left.Members = slices.Clone(tree.Members)
	for name := range broken {
		left.Remove(name)
	}
	if broken["DocumentName"] {
		left.Set("DocumentName", str(ShellScript))
	}
	if broken["Targets"] || broken["InstanceIds"] {
		left.Remove("InstanceIds")
		left.Set("Targets", array(object(member("Key", str("tag:sendspec")), member("Values", jsontree.NewStrings([]string{"x"})))))
	}
	return o.semantics(&left, reference.InputOf(&left))
}

func repeats(list []string) bool {
	return len(distinct(list)) < len(list)
}

// distinct are texts sorted, each once.
func distinct(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// notPlain reports whether a character of a name may be a reason to refuse the name: nobody has recorded which
// are for AWS.
func notPlain(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// textsAndNames looks at what strings are made of, and at members that the model lacks.
func textsAndNames(m *semantics, tree *jsontree.Value, in *ssm.SendCommandInput) {
	if hasControl(tree) {
		m.uncertain(uncertainty{anyAnswer: true})
	}
	if c := tree.Get("CloudWatchOutputConfig"); c != nil && c.Kind == jsontree.Object && len(c.Members) == 0 {
		m.uncertain(uncertainty{level: fixtures.Should})
	}
	tooLong := func(value *string, most int) {
		if s := aws.ToString(value); len(s) > most && utf16Length(s) > most {
			m.uncertain(uncertainty{exceptions: validation, level: fixtures.Should})
		}
	}
	tooLong(in.Comment, 100)
	tooLong(in.OutputS3KeyPrefix, 500)
	tooLong(in.DocumentHash, 256)
	tooLong(in.OutputS3Region, 20)
	tooLong(in.OutputS3BucketName, 63)
	for i := range in.Targets {
		tooLong(in.Targets[i].Key, 163)
	}
	if a := in.AlarmConfiguration; a != nil && len(a.Alarms) == 1 {
		tooLong(a.Alarms[0].Name, 255)
	}
	if depth(tree) > deepest {
		m.uncertain(uncertainty{anyAnswer: true})
	}
	// AWS was seen to ignore members that the model lacks, on Athena. Whether it looks at the case of a name, or takes a control
	// character in one, was not recorded.
	visitUnknown(request, tree, func(name string, known []string) {
		if spelledOtherwise(name, known) || strings.ContainsFunc(name, unicode.IsControl) {
			m.uncertain(uncertainty{anyAnswer: true})
		}
	})
}

// valid: the request is taken, and what comes back is what was given; or it is refused for what it means, as
// it must be by a rule that it breaks, or may be for a reason that the target's world may give.
func (o *Oracle) valid(r *reference.Validation) Expectation {
	in := reference.InputOf(r.Tree)
	m := o.semantics(r.Tree, in)
	if m.failure {
		return m.serverFailure()
	}
	if slices.ContainsFunc(m.uncertainties, func(d uncertainty) bool { return d.anyAnswer }) {
		return open("a valid request that no source describes")
	}
	hasNull := false
	for v := range r.Tree.All() {
		hasNull = hasNull || v.Kind == jsontree.Null
	}
	if hasNull { // that a null is an absent member is inferred
		for i := range m.refusals {
			if m.refusals[i].cause != noDestination.cause {
				m.refusals[i] = m.refusals[i].at(fixtures.Should)
			}
		}
	}
	if len(m.refusals) > 0 {
		if o.captured { // not even that AWS's documents are there
			m.uncertain(uncertainty{exceptions: []string{"InvalidDocument", "AccessDeniedException", "UnsupportedPlatformType"}})
		}
		return refused(m)
	}
	e := Expectation{
		Rule: "A valid request is accepted and comes back as it was given", Level: fixtures.Must,
		Evidence: fixtures.Evidence{"echo/as-received", "echo/members"},
	}
	accepted := Accepted
	accepted.Body = o.echo(r.Tree, in)
	e.Outcomes = []fixtures.Outcome{accepted}
	if o.captured {
		e.Outcomes = append(e.Outcomes, whateverIsThere(reference.SendCommand)...)
	}
	for _, d := range m.uncertainties {
		if d.level != "" && e.Level != fixtures.May {
			e.Level = d.level
		}
	}
	names, others := m.possible()
	for _, name := range distinct(names) {
		e.Outcomes = append(e.Outcomes, Exception(name))
	}
	e.Outcomes = append(e.Outcomes, others...)
	return e
}

var failure = exceptionAs("InternalServerError", `500`)

// orFailure adds that the server may fail over the document, where nobody knows whether it comes to look at it.
func (o *Oracle) orFailure(r *reference.Validation, e Expectation) Expectation {
	if o.has(r.Tree.Get("DocumentName").Str(), "document.broken") {
		e.Outcomes = append(slices.Clip(e.Outcomes), failure)
	}
	return e
}

// serverFailure is the expectation of a request over which the server fails, unless it refuses it first.
func (m *semantics) serverFailure() Expectation {
	if len(m.refusals) > 0 || len(m.uncertainties) > 0 {
		e := open("whether the server looks first at what else is wrong, or at what it fails over")
		e.Outcomes = append(e.Outcomes, failure)
		return e
	}
	return Expectation{
		Rule: "A failure of the server's own is 500 and says InternalServerError", Level: fixtures.Must,
		Evidence: fixtures.Evidence{"shape/InternalServerError"}, Outcomes: []fixtures.Outcome{failure},
	}
}

// request is the structure of the requests.
var request = reference.RequestSchema(reference.SendCommand)

// deepest is how deep a request may nest without uncertainty: parsers have limits (RFC 8259 section 9), and
// those of AWS are not known.
const deepest = 64

func depth(v *jsontree.Value) int {
	below := 0
	for i := range v.Items {
		below = max(below, depth(&v.Items[i]))
	}
	for i := range v.Members {
		below = max(below, depth(&v.Members[i].Value))
	}
	return below + 1
}

// spelledOtherwise reports whether a member has the name of one that is known but for the case.
func spelledOtherwise(name string, known []string) bool {
	return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
}

// visitUnknown visits the members that the model lacks, with the names of those that it has in their place.
func visitUnknown(s *smithy.Schema, v *jsontree.Value, visit func(name string, known []string)) {
	switch {
	case v == nil:
	case s.Type() == smithy.ShapeTypeList:
		for i := range v.Items {
			visitUnknown(s.ListMember(), &v.Items[i], visit)
		}
	case s.Type() == smithy.ShapeTypeStructure:
		for i := range v.Members {
			if m := &v.Members[i]; s.Member(m.Name) != nil {
				visitUnknown(s.Member(m.Name), &m.Value, visit)
			} else {
				visit(m.Name, slices.Collect(maps.Keys(s.Members())))
			}
		}
	}
}
