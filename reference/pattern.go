package reference

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The patterns of the model are Java regular expressions that match whole strings. They are
// matched by hand: RE2 has no lookahead (AlarmName), its dot excludes fewer line ends than
// Java's, and a hand-written matcher keeps Validate within its budget (design.md section 9).

// isWord is Java's \w, which without UNICODE_CHARACTER_CLASS is ASCII only.
func isWord(c byte) bool {
	return c == '_' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allBytes(s string, in func(byte) bool) bool {
	for i := range len(s) {
		if !in(s[i]) {
			return false
		}
	}
	return true
}

// isLineTerminator lists what Java's dot does not match (java.util.regex.Pattern, "Line
// terminators").
func isLineTerminator(r rune) bool {
	switch r {
	case '\n', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

func isInstanceID(s string) bool {
	if id, ok := strings.CutPrefix(s, "mi-"); ok {
		return len(id) == 17 && allBytes(id, isWord)
	}
	id, ok := strings.CutPrefix(s, "i-")
	return ok && (len(id) == 8 || len(id) == 17) && allBytes(id, isWord)
}

// isTargetKey needs no branch for resource-groups:Name and ...:ResourceTypeFilters: the class
// of the first alternative admits both.
func isTargetKey(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if !isWord(c) && c != ' ' && c != '.' && c != ':' && c != '/' && c != '=' && c != '-' && c != '@' {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.In(r, unicode.L, unicode.Z, unicode.N) {
			return false
		}
		i += size
	}
	return true
}

func isDocumentARN(s string) bool {
	// {3,128}: of ASCII only, so bytes and code points are the same.
	return len(s) >= 3 && len(s) <= 128 && allBytes(s, func(c byte) bool {
		return isWord(c) || c == '-' || c == '.' || c == ':' || c == '/'
	})
}

func isPositive(s string) bool {
	return s != "" && s[0] != '0' && allBytes(s, isDigit)
}

func isDocumentVersion(s string) bool {
	return s == "$LATEST" || s == "$DEFAULT" || isPositive(s)
}

func isComment(s string) bool {
	n := 0
	for _, r := range s {
		if n++; n > 100 || isLineTerminator(r) {
			return false
		}
	}
	return true
}

func isMaxConcurrency(s string) bool {
	percent, ok := strings.CutSuffix(s, "%")
	if !ok {
		return isPositive(s)
	}
	return percent == "100" || len(percent) <= 2 && isPositive(percent)
}

func isMaxErrors(s string) bool {
	return s == "0" || s == "0%" || isMaxConcurrency(s)
}

// isAlarmName is ^(?!\s*$).+ on the whole string: no line terminator, and not only white space.
// Java's \s is ASCII: space, tab, line feed, vertical tab, form feed, carriage return.
func isAlarmName(s string) bool {
	blank := true
	for _, r := range s {
		if isLineTerminator(r) {
			return false
		}
		blank = blank && (r == ' ' || r == '\t' || r == '\v' || r == '\f')
	}
	return !blank
}

func isCommandID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isDigit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}
