package oracle

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// invalid: a broken constraint is a ValidationException, before semantic rules are checked.
// The latter is inferred, so that beside a broken semantic rule the type is no must; refused it is either way.
func (o *Oracle) invalid(r *reference.Validation) Expectation {
	send := r.Operation == reference.SendCommand
	otherCase := false
	visitUnknown(request, r.Tree, func(name string, known []string) { otherCase = otherCase || spelledOtherwise(name, known) })
	if send && otherCase {
		return open("whether AWS looks at the case of a member's name")
	}
	e := Expectation{Constraints: true, Level: fixtures.May, Evidence: byTheModel}
	broken := map[string]bool{}
	sure := true
	for i := range r.Violations {
		v := &r.Violations[i]
		broken[TopOf(v.Path)] = true
		level := strength(v)
		sure = sure && level == fixtures.Must
		e.Level = stronger(e.Level, level)
		e.Causes = append(e.Causes, causeOf(v))
	}
	e.Causes = distinct(e.Causes)
	first := &r.Violations[0]
	if len(e.Causes) == 1 {
		e.Rule = fmt.Sprintf("%s that breaks its %s is refused", withoutIndexes(first.Path), first.Kind)
		e.Evidence = fixtures.Evidence{first.Evidence}
	} else {
		e.Rule = "A request that breaks constraints is refused, all of them told"
		place := withoutIndexes(first.Path)
		if countAt(r.Violations, place) == len(r.Violations) {
			e.Rule = place + " that breaks several constraints is refused"
		}
	}
	outcome := Validation
	outcome.Error = &fixtures.ErrorOutcome{Type: outcome.Error.Type, Message: messageOf(r, sure)}
	noDocument := len(r.Violations) == 1 && first.Path == "DocumentName" && endsInLineEnd(first.Value) // or there is no such document
	if noDocument || send && !o.semanticsBeside(r.Tree, broken).plain() {
		outcome = refusedAs(Validation.Name, `400`, shouldBe(str("ValidationException")))
	}
	both := r.Tree.Get("InstanceIds").Index(0) != nil && r.Tree.Get("Targets").Index(0) != nil
	if both && e.Level == fixtures.Must {
		e.Level = fixtures.Should // what AWS says to both was not recorded
	}
	if broken["DocumentName"] && first.Kind == reference.Required && r.Tree.Get("Name") != nil {
		e.Level = fixtures.Should // a server may know the member by that name
	}
	e.Outcomes = []fixtures.Outcome{outcome}
	return e
}

// TopOf is the member of the request that a path begins with.
func TopOf(path string) string {
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

// causeOf names a broken constraint and its side.
func causeOf(v *reference.Violation) string {
	side := string(v.Kind)
	switch {
	case strings.Contains(v.Rule, "less than"):
		side += " above"
	case strings.Contains(v.Rule, "greater than"):
		side += " below"
	}
	return withoutIndexes(v.Path) + " " + side
}

// strength tells how sure it is that AWS refuses a value for a constraint. The levels are those of the
// fixtures (constraint/**), which give the reasons.
func strength(v *reference.Violation) fixtures.Level {
	switch {
	case TopOf(v.Path) == "OutputS3Region":
		return fixtures.Should // the documentation says that it is ignored
	case v.Kind == reference.Length && utf16Length(v.Value) != utf8.RuneCountInString(v.Value):
		if strings.Contains(v.Rule, "less than") {
			return fixtures.Must // too long is too long by either count
		}
		return fixtures.Should // that a length counts code points, and not UTF-16, no recording tells
	case v.Kind != reference.Pattern:
		return fixtures.Must
	case v.Hidden && v.Path == "Comment":
		if utf8.RuneCountInString(v.Value) > 100 {
			return fixtures.Must // the length refuses it too
		}
		if strings.ContainsAny(v.Value, "\n") {
			return fixtures.Should
		}
		return fixtures.May
	case v.Path == "DocumentName":
		return fixtures.Must // there is no such document, although the pattern lets it pass
	case endsInLineEnd(v.Value):
		return fixtures.Should // a search with $ lets a last line end pass, and that the whole matches is inferred
	case strings.HasPrefix(v.Path, "AlarmConfiguration") && strings.ContainsAny(v.Value, "\n\r\u0085\u2028\u2029"):
		return fixtures.Should
	case strings.HasPrefix(v.Path, "Targets"):
		if strings.Contains(v.Value, "resource-groups:") || strings.ContainsFunc(v.Value, unassigned) {
			return fixtures.Should // alternatives without anchors; letters of a newer Unicode
		}
	case strings.HasPrefix(v.Path, "InstanceIds") && !allASCII(v.Value):
		return fixtures.Should // that \w is ASCII alone is inferred
	}
	return fixtures.Must
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

func endsInLineEnd(s string) bool { return s != strings.TrimRight(s, "\n\r\u0085\u2028\u2029") }

// unassigned reports whether the Unicode of this program has no such character: a newer one may.
func unassigned(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C)
}

func allASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// messageOf is what the message should say: nothing where no source tells, as of a list that is too long and
// has wrong elements, or of more than one wrong string in a list.
func messageOf(r *reference.Validation, sure bool) (message *jsontree.Value) {
	if !sure {
		return message
	}
	tooLong := false
	for i := range r.Violations {
		v := &r.Violations[i]
		path := withoutIndexes(v.Path)
		tooLong = tooLong || IsList(path)
		if strings.HasSuffix(path, "[]") {
			if path != "NotificationConfig.NotificationEvents[]" || countAt(r.Violations, path) > 1 {
				return contains(path)
			}
		}
	}
	if tooLong && len(r.Violations) > 1 {
		return message
	}
	if n := len(r.Violations); n > 10 {
		return should("$regex", fmt.Sprintf("^(10|%d) validation errors detected: ", n))
	}
	text := reference.Message(r.Violations)
	if tooLong { // how AWS prints a list of structures is known of alarms, and of targets of a key and values
		if v := &r.Violations[0]; v.Path != "AlarmConfiguration.Alarms" && !(v.Path == "Targets" && keysAndValues(r.Tree.Get("Targets"))) {
			text = strings.Replace(text, "Value '"+v.Value+"' at ", "Value at ", 1)
		}
	}
	return should("$validationMessage", text)
}

// keysAndValues reports whether each target has both of its members.
func keysAndValues(targets *jsontree.Value) bool {
	return !slices.ContainsFunc(targets.Items, func(t jsontree.Value) bool {
		key, values := t.Get("Key"), t.Get("Values")
		return key == nil || key.Kind == jsontree.Null || values == nil || values.Kind == jsontree.Null
	})
}

// IsList reports whether a path is that of a list of a request.
func IsList(path string) bool {
	return slices.Contains([]string{
		"InstanceIds", "Targets", "Targets[].Values", "AlarmConfiguration.Alarms", "NotificationConfig.NotificationEvents",
	}, path)
}

func countAt(violations []reference.Violation, path string) int {
	n := 0
	for i := range violations {
		if withoutIndexes(violations[i].Path) == path {
			n++
		}
	}
	return n
}

// contains is the part of the message that is known of a list with a wrong string.
func contains(path string) *jsontree.Value {
	parts := strings.Split(strings.TrimSuffix(path, "[]"), ".")
	for i, p := range parts {
		parts[i] = strings.ToLower(p[:1]) + p[1:]
	}
	return should("$contains", "at '"+strings.Join(parts, ".")+"' failed to satisfy constraint")
}

func should(name, text string) *jsontree.Value { return expect(shouldBe(matcher(name, str(text)))) }

// hasControl reports whether a string of the tree has a control character: whether AWS takes it was not seen, but
// for those of ASCII in the values of Parameters.
func hasControl(tree *jsontree.Value) bool {
	for i := range tree.Members {
		m := &tree.Members[i]
		is := func(r rune) bool {
			control := r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0
			noCharacter := r == '\uFEFF' || r >= '\uFDD0' && r <= '\uFDEF' || r&0xfffe == 0xfffe
			return (m.Name != "Parameters" || r >= 0x80) && (control || noCharacter)
		}
		for v := range m.Value.All() {
			if strings.ContainsFunc(v.Str(), is) {
				return true
			}
		}
	}
	return false
}
