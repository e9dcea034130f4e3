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
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
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
		default:
			m.refuse(unknownDocument)
			m.documentFirst = undeclared
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

// knownDocument is what is known of a document: AWS's own two, and those of the target's world, which are as
// their bindings describe them (fixtures, sendspec bindings).
type knownDocument struct {
	// parameters judges the values of those that it declares; nil where nothing is said of parameters.
	parameters map[string]func(values []string) fit
	required   string
	// steps are the timeouts of its steps as they are written, in its default version.
	steps []string
	// versions are those of each version, 1 first, where more than one is known.
	versions [][]string
	latest   int
	// platform is the only one that it runs on; "" is not known.
	platform string
}

// fit tells how a parameter takes its values.
type fit int

const (
	taken     fit = iota
	forbidden     // against allowedValues or allowedPattern
	mistaken      // of another type than the parameter's
	unsure
)

// Documents of AWS, and platforms.
const (
	ShellScript      = "AWS-RunShellScript"
	powerShellScript = "AWS-RunPowerShellScript"
	platformLinux    = "Linux"
	platformWindows  = "Windows"
)

// scriptParameters are those of AWS's two documents (README of spec/, recorded document content).
var scriptParameters = map[string]func([]string) fit{
	"commands": func(values []string) fit {
		for _, v := range values {
			if v == "" {
				return unsure
			}
		}
		if len(values) == 0 {
			return unsure
		}
		return taken
	},
	"workingDirectory": single(func(string) fit { return taken }),
	"executionTimeout": single(executionTimeout),
}

var documentsByBinding = map[string]knownDocument{
	"document":                     {parameters: map[string]func([]string) fit{}, steps: []string{""}},
	"document.hardcoded":           {steps: []string{"5"}},
	"document.two-steps":           {steps: []string{"5", "7"}},
	"document.properties":          {steps: []string{"5"}}, // of schema 1.2: the first property alone
	"document.properties-reversed": {steps: []string{"70"}},
	"document.schema-2.0":          {steps: []string{"5", "70"}},
	"document.versions":            {steps: []string{"22"}, versions: [][]string{{"11"}, {"22"}, {"33"}}, latest: 3},
	"document.powershell-only":     {platform: platformWindows},
	"document.arbitrary":           {parameters: map[string]func([]string) fit{"t": single(anyText)}, steps: []string{"{{ t }}"}},
	"document.execution": {
		parameters: map[string]func([]string) fit{"executionTimeout": single(anyText)}, steps: []string{"{{ executionTimeout }}"},
	},
	"document.typed": {required: "name", steps: []string{""}, parameters: map[string]func([]string) fit{
		"name": single(anyText), "list": func([]string) fit { return taken },
		"choice": single(func(v string) fit { return allowed(v == "a" || v == "b") }),
		"digits": single(func(v string) fit { return allowed(v != "" && strings.Trim(v, "0123456789") == "") }),
		"number": single(func(v string) fit { return readAs(v, jsontree.Number) }),
		"flag":   single(func(v string) fit { return readAs(v, jsontree.Bool) }),
		"map":    single(func(v string) fit { return readAs(v, jsontree.Object) }),
		"maps":   single(func(v string) fit { return readAs(v, jsontree.Array) }),
	}},
}

// documentsOf are the documents of which something is known, by their names in the world.
func documentsOf(b fixtures.Bindings) map[string]*knownDocument {
	known := map[string]*knownDocument{
		ShellScript: {
			parameters: scriptParameters, required: "commands", steps: []string{"{{ executionTimeout }}"}, platform: platformLinux,
		},
		powerShellScript: {parameters: scriptParameters, required: "commands", steps: []string{"{{ executionTimeout }}"}},
	}
	for binding, d := range documentsByBinding {
		if name := b[binding]; name != "" {
			known[name] = &d
		}
	}
	if arn := b["document.arn"]; arn != "" && known[b["document"]] != nil {
		known[arn] = known[b["document"]]
	}
	return known
}

func single(judge func(string) fit) func([]string) fit {
	return func(values []string) fit {
		if len(values) != 1 || strings.Contains(values[0], "{{") {
			return unsure
		}
		return judge(values[0])
	}
}

func anyText(string) fit { return taken }

func allowed(is bool) fit {
	if is {
		return taken
	}
	return forbidden
}

// executionTimeoutPattern is that of AWS's documents. It has no anchors, and bounds the whole value all the same.
var executionTimeoutPattern = regexp.MustCompile(`^(?:[1-9][0-9]{0,4}|1[0-6][0-9]{4}|17[0-1][0-9]{3}|172[0-7][0-9]{2}|172800)$`)

func executionTimeout(v string) fit {
	if v == "" || strings.TrimSpace(v) != v || !allASCII(v) || strings.HasPrefix(v, "0") {
		return unsure
	}
	return allowed(executionTimeoutPattern.MatchString(v))
}

// readAs reports whether a value is of the JSON type that a parameter's type has. When AWS reads them is not
// known, nor what else than JSON it might take for one.
func readAs(v string, want jsontree.Kind) fit {
	got, err := jsontree.Parse([]byte(v))
	switch {
	case err == nil && got.Kind == want && (want != jsontree.Number || plainInteger(v)):
		return taken
	case strings.HasPrefix(v, "sendspec "):
		return mistaken
	}
	return unsure
}

func plainInteger(v string) bool {
	n, err := strconv.ParseInt(v, 10, 32)
	return err == nil && strconv.FormatInt(n, 10) == v
}

// stepsOf are the timeouts of a document's steps in the version that is asked for; false where the document
// or its version is not known.
func (d *knownDocument) stepsOf(version string) ([]string, bool) {
	switch version {
	case "", "$DEFAULT":
		return d.steps, d.steps != nil
	case "$LATEST":
		if d.versions != nil {
			return d.versions[d.latest-1], true
		}
		return d.steps, d.steps != nil
	}
	n, err := strconv.Atoi(version)
	if err != nil || n < 1 || n > len(d.versions) {
		return nil, false
	}
	return d.versions[n-1], true
}

// sureOfTimeouts reports whether the parameters that the steps name have plain numbers, or words: how AWS reads
// anything between is not known.
func sureOfTimeouts(steps []string, parameters map[string][]string) bool {
	for _, written := range steps {
		if name, is := reference.ParameterReference(written); is && parameters[name] != nil {
			values := parameters[name]
			if len(values) != 1 || !plainInteger(values[0]) && (values[0] == "" || strings.ContainsAny(values[0], "0123456789")) {
				return false
			}
		}
	}
	return true
}
