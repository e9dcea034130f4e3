package reference

import "regexp"

// What Java's dot does not match (java.util.regex.Pattern, "Line terminators"), and with its white space. ECMAScript,
// Python and RE2 have other lists.
const (
	lineEnds = `\n\r` + "\u0085\u2028\u2029"
	spaces   = ` \t\x0B\f` + lineEnds
)

// portable is a pattern of the table without what Java's regular expressions have of their own. JSON Schema wants those of
// ECMAScript with the flag u. It has to match the whole string.
func portable(pattern string) string {
	switch pattern {
	case `^.{0,100}$`:
		pattern = "[^" + lineEnds + "]{0,100}"
	case `^(?!\s*$).+`: // a lookahead, which RE2 has not: some character is no white space
		pattern = "[^" + lineEnds + "]*[^" + spaces + "][^" + lineEnds + "]*"
	}
	return "^(?:" + pattern + ")$"
}

func pattern(text string) rule {
	return rule{Constraint: Constraint{Kind: Pattern, Pattern: text}, matches: regexp.MustCompile(portable(text)).MatchString}
}
