package judge

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A violation is one of the entries of AWS's message on constraint violations:
// Value '1' at 'timeoutSeconds' failed to satisfy constraint: Member must have value ...
type violation struct {
	value, path, constraint string
	hasValue                bool
}

var (
	violationsHead = regexp.MustCompile(`^(\d+) validation errors? detected: `)
	enumValues     = regexp.MustCompile(`enum value set: \[[^\]]*\]`)
)

const violationMiddle = " failed to satisfy constraint: "

// sameValidationMessage tells whether got names the same violations as want. AWS leaves the value
// out for some members and prints an enum's values in an order of its own (facts.md section 3), so
// neither counts; the order of the violations does not either, since no source fixes it.
func sameValidationMessage(want, got string) bool {
	if want == got {
		return true
	}
	w, ok := parseValidationMessage(want)
	if !ok {
		return false
	}
	g, ok := parseValidationMessage(got)
	if !ok || len(w) != len(g) {
		return false
	}
	for _, v := range w {
		i := slices.IndexFunc(g, v.same)
		if i < 0 {
			return false
		}
		g = slices.Delete(g, i, i+1)
	}
	return true
}

func (v violation) same(o violation) bool {
	return v.path == o.path && v.constraint == o.constraint && (!v.hasValue || !o.hasValue || v.value == o.value)
}

func parseValidationMessage(s string) ([]violation, bool) {
	head := violationsHead.FindStringSubmatch(s)
	if head == nil {
		return nil, false
	}
	count, _ := strconv.Atoi(head[1])
	if plural := strings.HasPrefix(s[len(head[1]):], " validation errors"); plural == (count == 1) {
		return nil, false
	}
	var violations []violation
	for _, entry := range splitViolations(s[len(head[0]):]) {
		v, ok := parseViolation(entry)
		if !ok {
			return nil, false
		}
		violations = append(violations, v)
	}
	return violations, len(violations) == count
}

// splitViolations cuts at "; Value " where an entry is whole: a value may itself hold those bytes.
func splitViolations(s string) []string {
	var entries []string
	parts := strings.Split(s, "; Value ")
	entry := parts[0]
	for _, p := range parts[1:] {
		if strings.Contains(entry, violationMiddle) {
			entries = append(entries, entry)
			entry = "Value " + p
			continue
		}
		entry += "; Value " + p
	}
	return append(entries, entry)
}

func parseViolation(s string) (violation, bool) {
	rest, ok := strings.CutPrefix(s, "Value ")
	middle := strings.LastIndex(rest, violationMiddle)
	if !ok || middle < 0 {
		return violation{}, false
	}
	subject := rest[:middle]
	v := violation{constraint: enumValues.ReplaceAllStringFunc(rest[middle+len(violationMiddle):], sortEnum)}
	at := strings.LastIndex(subject, "at '")
	if at < 0 || !strings.HasSuffix(subject, "'") {
		return v, false
	}
	v.path = subject[at+len("at '") : len(subject)-1]
	v.value, v.hasValue = strings.TrimSuffix(subject[:at], " "), at > 0
	return v, true
}

func sortEnum(s string) string {
	open := strings.IndexByte(s, '[')
	values := strings.Split(s[open+1:len(s)-1], ", ")
	slices.Sort(values)
	return s[:open+1] + strings.Join(values, ", ") + "]"
}
