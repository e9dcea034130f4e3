package oracle

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

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
