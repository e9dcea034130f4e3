// Package stable knows what a target makes anew each time, UUIDs and times of the day, so that the same behaviour
// gives the same report. The judge and the reports use it, since both cut texts.
package stable

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/fixtures/matcher"
)

var (
	// Seconds and, as some servers send, milliseconds since 1970; and dates in RFC 3339 or as Go prints them.
	epoch = regexp.MustCompile(`^(?:1\.\d{3,}[Ee]\+?0?(?:9|12)|1\d{9}(?:\d{3})?(?:\.\d+)?)\b`)
	date  = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: UTC)?)?`)
	// A time that is far off: a server adds up what it was sent, however absurd. Nothing else of SSM has a fraction.
	fraction = regexp.MustCompile(`^-?\d{8,}\.\d+\b`)
	// The value of a member that is a time, as precise as the clock or not.
	value = regexp.MustCompile(`^-?\d(?:\.?\d){5,}(?:[Ee][+-]?\d+)?\b`)
	// The members that are times end so (ExpiresAfter, RequestedDateTime, ExecutionStartDateTime ...).
	member = regexp.MustCompile(`(?:After|DateTime)"[ \t]*:[ \t]*$`)
)

// longestTime is more than any of them has characters, and longestMember more than their name and what follows it.
const (
	longestTime   = 64
	longestMember = 32
)

// Text replaces what a target makes anew each time.
func Text(s string) string {
	var b strings.Builder
	done := 0
	each(s, func(start, end int, with string) bool {
		b.WriteString(s[done:start])
		b.WriteString(with)
		done = end
		return true
	})
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// Cut is the beginning of a text, with a mark where something is missing. Its Text has at most limit bytes, however
// long a time or a fraction of one happens to be: the same behaviour is cut in the same place.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end, over := limit, 0 // over is by how much what was passed is longer than its replacement
	each(s, func(start, stop int, with string) bool {
		if start-over+len(with) > limit {
			end = min(end, start)
			return false
		}
		over += stop - start - len(with)
		end = limit + over
		return true
	})
	if end >= len(s) {
		return s
	}
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// each calls yield with every piece that is new each time and with its replacement, until that returns false.
func each(s string, yield func(start, end int, with string) bool) {
	done := 0
	for i := 0; i < len(s); i++ {
		start, length, with := i, 0, ""
		switch c := s[i]; {
		case c == '-' && isUUID(s, i-uuidHead, done):
			start, length, with = i-uuidHead, uuidLength, "<uuid>"
		case (digit(c) || c == '-' && i+1 < len(s) && digit(s[i+1])) && (i == 0 || !wordByte(s[i-1]) && s[i-1] != '.'):
			length, with = timeAt(s, i), "<time>"
		}
		if length == 0 {
			continue
		}
		if !yield(start, start+length, with) {
			return
		}
		done = start + length
		i = done - 1
	}
}

// timeAt is the length of the time at i, 0 for none.
func timeAt(s string, i int) int {
	text := s[i:min(len(s), i+longestTime)]
	for _, form := range []*regexp.Regexp{epoch, date, fraction} {
		if at := form.FindStringIndex(text); at != nil {
			return at[1]
		}
	}
	if at := value.FindStringIndex(text); at != nil && member.MatchString(s[max(0, i-longestMember):i]) {
		return at[1]
	}
	return 0
}

const (
	uuidHead   = 8 // characters before the first hyphen
	uuidLength = 36
)

// isUUID reports whether a UUID begins at i, not before from.
func isUUID(s string, i, from int) bool {
	return i >= from && i+uuidLength <= len(s) && matcher.IsUUID(s[i:i+uuidLength])
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func wordByte(c byte) bool {
	return digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
