package reference

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What Java's dot does not match (java.util.regex.Pattern, "Line terminators").
const lineEnds = "\n\r\u0085\u2028\u2029"

// Java's \w, which without UNICODE_CHARACTER_CLASS is ASCII only, and its digits.
const (
	digits = "0123456789"
	word   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_" + digits
)

func pattern(text string, matches func(string) bool) rule {
	return rule{Constraint: Constraint{Kind: Pattern, Pattern: text}, matches: matches}
}

// The patterns of the model are Java regular expressions that match whole strings. They are matched by hand where every
// request has them: that keeps Validate within its budget (design.md section 9).

func consistsOf(s, characters string) bool { return strings.Trim(s, characters) == "" }

func isInstanceID(s string) bool {
	id, ok := strings.CutPrefix(strings.TrimPrefix(s, "m"), "i-")
	return ok && consistsOf(id, word) && (len(id) == 17 || len(id) == 8 && s[0] == 'i')
}

// isTargetKey needs no branch for resource-groups:Name and ...:ResourceTypeFilters: the class
// of the first alternative admits both.
func isTargetKey(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune(word+" .:/=-@", r) && (r < utf8.RuneSelf || !unicode.In(r, unicode.L, unicode.Z, unicode.N))
	})
}

func isDocumentARN(s string) bool { return len(s) >= 3 && len(s) <= 128 && consistsOf(s, word+"-.:/") }

func isPositive(s string) bool { return s != "" && s[0] != '0' && consistsOf(s, digits) }

func isDocumentVersion(s string) bool { return s == "$LATEST" || s == "$DEFAULT" || isPositive(s) }

func isComment(s string) bool {
	return utf8.RuneCountInString(s) <= 100 && !strings.ContainsAny(s, lineEnds)
}

func isMaxConcurrency(s string) bool {
	percent, ok := strings.CutSuffix(s, "%")
	return isPositive(percent) && (!ok || len(percent) <= 2 || percent == "100")
}

func isMaxErrors(s string) bool { return s == "0" || s == "0%" || isMaxConcurrency(s) }

// isAlarmName is ^(?!\s*$).+ on the whole string: no line terminator, and not only white space, which is ASCII in Java.
func isAlarmName(s string) bool {
	return !strings.ContainsAny(s, lineEnds) && !consistsOf(s, " \t\v\f")
}

const commandIDPattern = `^[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$`

var isCommandID = regexp.MustCompile(commandIDPattern).MatchString
