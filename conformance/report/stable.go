package report

import (
	"regexp"
	"strings"
)

var (
	// Seconds and, as some servers send, milliseconds since 1970; and dates in RFC 3339 or as Go prints them.
	epoch = regexp.MustCompile(`^(?:1\.\d{3,}[Ee]\+?0?(?:9|12)|1\d{9}(?:\d{3})?(?:\.\d+)?)\b`)
	date  = regexp.MustCompile(`^(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: UTC)?)?`)
)

// longestTime is more than any of them has characters.
const longestTime = 64

// stable replaces what a target makes anew each time, UUIDs and times of the day, so that the same
// behaviour gives the same report.
func stable(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		length, with := 0, ""
		switch {
		case s[i] == '-' && isUUID(s, i-uuidHead, done):
			i -= uuidHead
			length, with = uuidLength, "<uuid>"
		case (s[i] == '1' || s[i] == '2') && (i == 0 || !wordByte(s[i-1])):
			length, with = timeAt(s[i:min(len(s), i+longestTime)]), "<time>"
		}
		if length > 0 {
			b.WriteString(s[done:i])
			b.WriteString(with)
			done = i + length
			i = done - 1
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func timeAt(s string) int {
	if at := epoch.FindStringIndex(s); at != nil {
		return at[1]
	}
	if at := date.FindStringIndex(s); at != nil {
		return at[1]
	}
	return 0
}

const (
	uuidHead   = 8 // characters before the first hyphen
	uuidLength = 36
)

// isUUID tells whether a UUID stands at i, at or behind from.
func isUUID(s string, i, from int) bool {
	if i < from || i+uuidLength > len(s) {
		return false
	}
	for j := range uuidLength {
		c := s[i+j]
		switch j {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !hexDigit(c) {
				return false
			}
		}
	}
	return true
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func wordByte(c byte) bool {
	return hexDigit(c) || c >= 'g' && c <= 'z' || c >= 'G' && c <= 'Z' || c == '_'
}
