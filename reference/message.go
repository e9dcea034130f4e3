package reference

import (
	"strconv"
	"strings"
)

// maxReported is the number of violations AWS puts into one message (evidence: validation/at-most-ten).
const maxReported = 10

// Message returns the text of the ValidationException that AWS sends for the violations, and ""
// where there are none:
//
//	1 validation error detected: Value '1' at 'timeoutSeconds' failed to satisfy constraint: Member must have ...
//
// The failed strings of one list count as one violation of the list. At most ten are told. The
// order of members is our choice (no fact tells of one).
func Message(violations []Violation) string {
	clauses := make([]string, 0, min(len(violations), maxReported))
	list := ""
	for i := range violations {
		v := &violations[i]
		switch {
		case v.allRules == "":
			list = ""
		case v.at == list:
			continue
		default:
			list = v.at
		}
		if len(clauses) == maxReported {
			break
		}
		clauses = append(clauses, v.clause())
	}
	switch len(clauses) {
	case 0:
		return ""
	case 1:
		return "1 validation error detected: " + clauses[0]
	}
	return strconv.Itoa(len(clauses)) + " validation errors detected: " + strings.Join(clauses, "; ")
}

func (v *Violation) clause() string {
	value, text := "'"+v.Value+"'", v.Rule
	if v.Null {
		value = "null"
	}
	if v.allRules != "" {
		value, text = "'"+v.list+"'", "Member must satisfy constraint: ["+v.allRules+"]"
	}
	at := v.at
	if at == "" {
		at = v.Path
	}
	return "Value " + value + " at '" + at + "' failed to satisfy constraint: " + text
}

func (r *rule) text() string {
	switch r.Kind {
	case Pattern:
		return "Member must satisfy regular expression pattern: " + r.Pattern
	case Enum:
		return "Member must satisfy enum value set: [" + strings.Join(r.Values, ", ") + "]"
	}
	return ""
}

func (r *rule) minText() string { return r.boundText("greater", *r.Min) }

func (r *rule) maxText() string { return r.boundText("less", *r.Max) }

func (r *rule) boundText(side string, bound int64) string {
	what := "value"
	if r.Kind == Length {
		what = "length"
	}
	return "Member must have " + what + " " + side + " than or equal to " + strconv.FormatInt(bound, 10)
}

// javaList renders strings as java.util.List.toString does.
func javaList(values []string) string {
	return "[" + strings.Join(values, ", ") + "]"
}
