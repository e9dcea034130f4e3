package oracle

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/fixtures"
)

// document looks at the document, its version and hash, and the parameters.
func (o *Oracle) document(m *semantics, in *ssm.SendCommandInput) {
	name := aws.ToString(in.DocumentName)
	document := o.documents[name]
	undeclared := !onlyOf(in.Parameters, scriptParameters)
	switch {
	case document != nil:
	case o.has(name, "document.automation"):
		m.refuse(otherDocumentType)
	case o.has(name, "document.denied"):
		m.refuse(deniedDocument)
	case o.has(name, "document.broken"):
		m.failure = true
	case o.has(name, "document.step"):
		m.uncertain(uncertainty{exceptions: []string{"InvalidParameters"}, semantic: true})
	case !o.captured && strings.Contains(strings.ToLower(name), "sendspec"): // nobody else's document has that name
		switch {
		case strings.HasPrefix(name, "arn:aws:ssm:"):
			m.refuse(unknownDocument.at(fixtures.Must, "InvalidDocument", "AccessDeniedException"))
		case strings.ContainsAny(name, ":/"):
			m.refuse(unknownDocument.ofAnyType(fixtures.Must, "InvalidDocument", "ValidationException"))
		case undeclared:
			m.refuse(unknownDocumentFirst)
			undeclared = false
		default:
			m.refuse(unknownDocument)
		}
	default:
		m.uncertain(uncertainty{exceptions: []string{
			"InvalidDocument", "AccessDeniedException", "InvalidParameters", "UnsupportedPlatformType",
		}})
		if strings.ContainsAny(name, ":/") {
			m.uncertain(unrecorded)
		}
	}
	if o.has(name, "document.arn") {
		m.uncertain(uncertainty{level: fixtures.Should})
	}
	if name == powerShellScript {
		m.uncertain(uncertainty{exceptions: []string{"UnsupportedPlatformType"}})
	}
	o.version(m, in, document)
	o.hash(m, in)
	if document != nil {
		o.parameters(m, in, document)
	} else if len(m.refusals) == 0 && len(in.Parameters) > 0 || undeclared {
		// Recorded is that those of the scripts do not count beside an unknown document.
		m.uncertain(uncertainty{semantic: true,
			exceptions: []string{"InvalidParameters", "MaxDocumentSizeExceeded", "ValidationException"}})
	}
	if name == ShellScript || name == powerShellScript || name == o.bindings["document.execution"] {
		if t := in.Parameters["executionTimeout"]; len(t) > 0 && (t[0] == "1" || t[0] == "3600") {
			m.uncertain(uncertainty{level: fixtures.Should}) // less than the agent's least, or the document's default
		}
	}
}

// NoVersion is a number that no document of AWS's has versions up to.
const NoVersion = 100000

func (o *Oracle) version(m *semantics, in *ssm.SendCommandInput, document *knownDocument) {
	version := aws.ToString(in.DocumentVersion)
	if version == "" || version == "$DEFAULT" || version == "$LATEST" {
		return
	}
	n, err := strconv.ParseInt(version, 10, 32)
	several := document != nil && document.versions != nil
	unknown := err == nil && (n >= NoVersion || several && n > int64(document.latest))
	switch {
	case unknown:
		m.refuse(unknownVersion)
	case err != nil: // beyond an integer: which of the two errors AWS names is not known
		m.refuse(unknownVersion.ofAnyType(fixtures.Must, "InvalidDocumentVersion", "ValidationException"))
	case !several:
		m.uncertain(uncertainty{exceptions: []string{"InvalidDocumentVersion"}})
	}
}

func (o *Oracle) hash(m *semantics, in *ssm.SendCommandInput) {
	if in.DocumentHash == nil && in.DocumentHashType == "" {
		return
	}
	hash, sha256 := aws.ToString(in.DocumentHash), in.DocumentHashType == types.DocumentHashTypeSha256
	own := map[types.DocumentHashType]string{
		types.DocumentHashTypeSha256: o.bindings["document.sha256"], types.DocumentHashTypeSha1: o.bindings["document.sha1"],
	}[in.DocumentHashType]
	name, same := aws.ToString(in.DocumentName), strings.EqualFold(hash, own)
	wrong := o.has(name, "document", "document.arn") && !same || (name == ShellScript || name == powerShellScript) && same
	switch {
	case hash == "" || own == "" || !wrong:
		m.uncertain(unrecorded)
	case sha256 && sha256Form.MatchString(hash):
		m.refuse(wrongHash)
	default:
		m.uncertain(unrecorded)
		m.refuse(wrongHashElsewhere)
	}
}

var sha256Form = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// parameters holds what is given against what the document declares.
func (o *Oracle) parameters(m *semantics, in *ssm.SendCommandInput, document *knownDocument) {
	if document.parameters == nil {
		if len(in.Parameters) > 0 {
			m.uncertain(uncertainty{exceptions: []string{"InvalidParameters"}, semantic: true})
		}
		return
	}
	if in.Parameters != nil && len(in.Parameters) == 0 {
		m.uncertain(unrecorded)
	}
	for _, name := range slices.Sorted(maps.Keys(in.Parameters)) { // the first of two rules gives the evidence
		values := in.Parameters[name]
		judge, declared := document.parameters[name]
		if !declared {
			switch {
			case name == "": // which is hardly a name
				m.uncertain(uncertainty{exceptions: undeclaredParameter.types, semantic: true})
			case len(values) > 0:
				m.refuse(undeclaredParameter)
			default:
				m.refuse(undeclaredParameter.ofAnyType(fixtures.Should, "InvalidParameters"))
			}
			continue
		}
		switch judge(values) {
		case taken:
		case forbidden:
			m.refuse(forbiddenValue)
		case mistaken:
			m.refuse(otherParameterType)
		case unsure:
			m.uncertain(uncertainty{exceptions: []string{"InvalidParameters", "ValidationException"}, semantic: true})
		}
		if slices.ContainsFunc(values, func(v string) bool {
			return strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0x7f })
		}) {
			m.uncertain(uncertainty{level: fixtures.Should})
		}
		if name == "workingDirectory" {
			m.uncertain(uncertainty{level: fixtures.Should})
		}
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "{{") }) {
			m.uncertain(uncertainty{exceptions: []string{"InvalidParameters", "ValidationException"}, semantic: true})
		}
	}
	if _, given := in.Parameters[document.required]; document.required != "" && !given {
		m.refuse(missingParameter)
	}
	o.payload(m, in)
}

// onlyOf reports whether every parameter is one of the known.
func onlyOf(given map[string][]string, known map[string]func([]string) fit) bool {
	for name := range given {
		if known[name] == nil {
			return false
		}
	}
	return true
}
