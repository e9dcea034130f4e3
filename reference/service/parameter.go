package service

import (
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// parameter is one declared parameter of a document.
type parameter struct {
	kind           string
	hasDefault     bool
	defaults       []string
	allowedValues  []string
	allowedPattern *regexp.Regexp
	minItems       int64
	maxItems       int64
	minChars       int64
	maxChars       int64
}

const unbounded = -1

func newParameter(declared *jsontree.Value) *parameter {
	p := &parameter{
		kind: text(declared.Get("type")), hasDefault: declared.Get("default") != nil,
		minItems: bound(declared.Get("minItems")), maxItems: bound(declared.Get("maxItems")),
		minChars: bound(declared.Get("minChars")), maxChars: bound(declared.Get("maxChars")),
	}
	if written := declared.Get("default"); written != nil {
		p.defaults = defaultValues(written)
	}
	if allowed := declared.Get("allowedValues"); allowed != nil {
		p.allowedValues = []string{}
		for i := range allowed.Items {
			p.allowedValues = append(p.allowedValues, parameterText(&allowed.Items[i]))
		}
	}
	if written := text(declared.Get("allowedPattern")); written != "" {
		// The built-in executionTimeout has no anchors and is bounded all the same, so the
		// pattern has to match the whole value. One that RE2 cannot express is not checked.
		if pattern, err := regexp.Compile(`\A(?:` + written + `)\z`); err == nil {
			p.allowedPattern = pattern
		}
	}
	return p
}

func bound(v *jsontree.Value) int64 {
	if n, ok := v.Int64(); ok {
		return n
	}
	if v != nil && v.Kind == jsontree.String {
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return n
		}
	}
	return unbounded
}

// defaultValues are the values of a default.
func defaultValues(v *jsontree.Value) []string {
	switch v.Kind {
	case jsontree.Array:
		values := make([]string, 0, len(v.Items))
		for i := range v.Items {
			values = append(values, parameterText(&v.Items[i]))
		}
		return values
	case jsontree.Object:
		return []string{string(v.AppendJSON(nil))}
	}
	return []string{parameterText(v)}
}

func parameterText(v *jsontree.Value) string {
	if v.Kind == jsontree.Bool {
		return strconv.FormatBool(v.Bool)
	}
	return text(v)
}

// accepts reports whether values may be supplied for the parameter. On the wire every parameter is
// a list of strings; that a single value is needed for every type but StringList, and how the
// texts of the other types are read, is our choice.
func (p *parameter) accepts(values []string) bool {
	if p.kind != "StringList" && len(values) != 1 {
		return false
	}
	if p.kind == "StringList" && (int64(len(values)) < p.minItems || p.maxItems != unbounded && int64(len(values)) > p.maxItems) {
		return false
	}
	for _, value := range values {
		if !p.acceptsValue(value) {
			return false
		}
	}
	return true
}

func (p *parameter) acceptsValue(value string) bool {
	switch p.kind {
	case "Integer":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return false
		}
	case "Boolean":
		if value != "true" && value != "false" {
			return false
		}
	case "StringMap":
		if tree, err := jsontree.Parse([]byte(value)); err != nil || tree.Kind != jsontree.Object {
			return false
		}
	case "MapList":
		if tree, err := jsontree.Parse([]byte(value)); err != nil || tree.Kind != jsontree.Array {
			return false
		}
	}
	chars := int64(utf8.RuneCountInString(value))
	if chars < p.minChars || p.maxChars != unbounded && chars > p.maxChars {
		return false
	}
	if p.allowedValues != nil && !slices.Contains(p.allowedValues, value) {
		return false
	}
	return p.allowedPattern == nil || p.allowedPattern.MatchString(value)
}

// checkParameters holds the supplied parameters against the declared ones. AWS has one answer
// to an undeclared parameter, a forbidden value and, inferred, a missing one
// (evidence: errors/InvalidParameters/unknown, errors/InvalidParameters/values).
func (v *documentVersion) checkParameters(supplied map[string][]string) *answer {
	for name, values := range supplied {
		declared := v.parameters[name]
		if declared == nil || !declared.accepts(values) {
			return invalidParameters()
		}
	}
	for name, declared := range v.parameters {
		if _, given := supplied[name]; !given && !declared.hasDefault {
			return invalidParameters()
		}
	}
	return nil
}

func invalidParameters() *answer {
	return modelled("InvalidParameters", "Parameters provided in document are invalid or not supported.")
}
