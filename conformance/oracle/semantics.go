package oracle

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

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
}

func (m *semantics) refuse(r refusal) { m.refusals = append(m.refusals, r) }
func (m *semantics) uncertain(reasons ...uncertainty) {
	m.uncertainties = append(m.uncertainties, reasons...)
}

// plain reports whether nothing keeps a server from taking the request.
func (m *semantics) plain() bool { return len(m.refusals) == 0 && len(m.uncertainties) == 0 }

func (m *semantics) open() bool {
	return slices.ContainsFunc(m.uncertainties, func(d uncertainty) bool { return d.anyAnswer })
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
	m.uncertain(unknownMembers(tree)...)
}
