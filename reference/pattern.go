package reference

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isLineEnd reports whether Java's dot does not match it (java.util.regex.Pattern, "Line terminators").
func isLineEnd(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// Java's \w, which without UNICODE_CHARACTER_CLASS is ASCII only, its digits, and what classes add to them.
const (
	digitCharacters = "0123456789"
	wordCharacters  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_" + digitCharacters
)

var (
	digits      = setOf(digitCharacters)
	word        = setOf(wordCharacters)
	targetKey   = setOf(wordCharacters + " .:/=-@")
	documentARN = setOf(wordCharacters + "-.:/")
	blanks      = setOf(" \t\v\f") // white space of Java but for line terminators
)

// ascii is a set of ASCII characters.
type ascii [utf8.RuneSelf]bool

func setOf(characters string) *ascii {
	var set ascii
	for _, c := range characters {
		set[c] = true
	}
	return &set
}

func (set *ascii) has(r rune) bool { return r < utf8.RuneSelf && set[r] }

// makeUp reports whether a string has no other characters.
func (set *ascii) makeUp(s string) bool {
	for _, r := range s {
		if !set.has(r) {
			return false
		}
	}
	return true
}

func pattern(text string, matches func(string) bool) rule {
	return rule{Constraint: Constraint{Kind: Pattern, Pattern: text}, matches: matches}
}

// The patterns of the model are Java regular expressions that match whole strings. They are matched by hand where every
// request has them: that keeps Validate within its budget (design.md section 9).

func isInstanceID(s string) bool {
	id, ok := strings.CutPrefix(strings.TrimPrefix(s, "m"), "i-")
	return ok && word.makeUp(id) && (len(id) == 17 || len(id) == 8 && s[0] == 'i')
}

// isTargetKey needs no branch for resource-groups:Name and ...:ResourceTypeFilters: the class
// of the first alternative admits both.
func isTargetKey(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !targetKey.has(r) && (r < utf8.RuneSelf || !unicode.In(r, unicode.L, unicode.Z, unicode.N))
	})
}

func isDocumentARN(s string) bool { return len(s) >= 3 && len(s) <= 128 && documentARN.makeUp(s) }

func isPositive(s string) bool { return s != "" && s[0] != '0' && digits.makeUp(s) }

func isDocumentVersion(s string) bool { return s == "$LATEST" || s == "$DEFAULT" || isPositive(s) }

func isComment(s string) bool {
	return (len(s) <= 100 || utf8.RuneCountInString(s) <= 100) && !strings.ContainsFunc(s, isLineEnd)
}

func isMaxConcurrency(s string) bool {
	percent, ok := strings.CutSuffix(s, "%")
	return isPositive(percent) && (!ok || len(percent) <= 2 || percent == "100")
}

func isMaxErrors(s string) bool { return s == "0" || s == "0%" || isMaxConcurrency(s) }

// isAlarmName is ^(?!\s*$).+ on the whole string: no line terminator, and not only white space, which is ASCII in Java.
func isAlarmName(s string) bool {
	return !strings.ContainsFunc(s, isLineEnd) && !blanks.makeUp(s)
}

const commandIDPattern = `^[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$`

var isCommandID = regexp.MustCompile(commandIDPattern).MatchString
