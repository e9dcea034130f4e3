package wire

import (
	"encoding/hex"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A text is searched in parts that overlap, so that undoing escapes needs little memory whatever a server sends.
// A spelling of a window is far shorter than the overlap, and so are all but long tokens that nobody told us.
const (
	partLength  = 64 << 10
	partOverlap = 4 << 10
)

// escapeLayers is how many escapes within escapes are undone: an HTML entity in a URL in a JSON text has three.
const escapeLayers = 4

// find returns what is secret in a text, in any order; cut says that the text is the beginning of one.
func (r *Redactor) find(text string, cut bool) []span {
	var found []span
	for start := 0; ; start += partLength - partOverlap {
		end := min(start+partLength, len(text))
		for _, s := range r.findInPart(text[start:end], cut && end == len(text)) {
			found = append(found, span{start + s.from, start + s.to})
		}
		if end == len(text) {
			return found
		}
	}
}

func (r *Redactor) findInPart(text string, cut bool) []span {
	found := r.findPlain(text, cut)
	var at []int
	for range escapeLayers {
		if text, at = unescape(text, at); text == "" {
			break
		}
		for _, s := range r.findPlain(text, cut) {
			end := s.to
			for end < len(text) && at[end] == at[s.to-1] {
				end++ // an escape is of several bytes, and goes as a whole
			}
			found = append(found, span{at[s.from], at[end]})
		}
	}
	return found
}

// findPlain finds what is secret without undoing escapes.
func (r *Redactor) findPlain(text string, cut bool) (found []span) {
	in := folded(text)
	for end := shortestSecret; end <= len(in) && len(r.windows) > 0; end++ {
		if from := end - shortestSecret; r.windows[in[from:end]] {
			found = append(found, span{from, end})
		}
	}
	for _, look := range looks {
		if !strings.Contains(in, look.sign) {
			continue
		}
		if slices.ContainsFunc(look.words, func(word string) bool { return strings.Contains(in, word) }) {
			for _, at := range look.pattern.FindAllStringSubmatchIndex(text, -1) {
				found = append(found, span{at[2], at[3]})
			}
		}
	}
	for _, form := range r.signature {
		for from := 0; ; from += len(form) {
			i := strings.Index(in[from:], form)
			if i < 0 {
				break
			}
			from += i
			found = append(found, span{from, from + len(form)})
		}
	}
	if cut {
		found = append(found, r.beginning(text)...)
	}
	return found
}

// folded makes one spelling of the two alphabets of base64, of a space and a + in a URL, and of upper and lower case.
func folded(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for i := range len(text) {
		out.WriteByte(folds[text[i]])
	}
	return out.String()
}

var folds = func() (to [256]byte) {
	for c := range to {
		to[c] = byte(c)
	}
	for c := 'A'; c <= 'Z'; c++ {
		to[c] = byte(c) + 'a' - 'A'
	}
	to['-'], to[' '], to['_'] = '+', '+', '/'
	return to
}()

// shortestBeginning is how much of a secret at the end of a text that was cut is taken for its beginning.
const shortestBeginning = 4

// brokenEscape is an escape that a text was cut in.
var brokenEscape = regexp.MustCompile(`(?:\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|%[0-9A-Fa-f]?|&#?[0-9A-Za-z]{0,8})$`)

// beginning is where at the end of a text a secret begins.
func (r *Redactor) beginning(text string) []span {
	end := len(text)
	tail := text[max(0, end-64):]
	if broken := brokenEscape.FindStringIndex(tail); broken != nil {
		tail = tail[:broken[0]]
	}
	for n := min(len(tail), shortestSecret+windowStride); n >= shortestBeginning; n-- {
		start := folded(tail[len(tail)-n:])
		if i, _ := slices.BinarySearch(r.heads, start); i < len(r.heads) && strings.HasPrefix(r.heads[i], start) {
			return []span{{max(0, end-64) + len(tail) - n, end}}
		}
	}
	return nil
}

// looks are what credentials look like where nobody told us any. The group is what is secret.
var looks = []struct {
	sign    string   // that a text has which the pattern matches
	words   []string // one of which it has, folded: they are far faster found
	pattern *regexp.Regexp
}{
	// In the Authorization header and in the query (Signature Version 4), in an environment, in a profile.
	{"=", []string{"credential", "signature", "security", "session", "secret"}, regexp.MustCompile(
		`(?i)(?:credential|signature|(?:security|session)[-_ ]?token|secret[-_ ]?access[-_ ]?key)\\?["']?` +
			`\s*=\s*\\?["']?([^\s"'&<>,;\\]+)`)},
	// In JSON, or as a header field.
	{":", []string{"security", "session", "secret"}, regexp.MustCompile(
		`(?i)(?:(?:security|session)[-_]?token|secret[-_]?access[-_]?key)\\?["']?\s*:\s*\\?["']?([\w+/=.%-]{16,})`)},
	{":", []string{"signature"}, regexp.MustCompile(`(?i)signature\\?["']?\s*:\s*\\?["']?([0-9a-f]{32,})`)},
	{"", []string{"authorization"}, regexp.MustCompile(`(?i)authorization\\?["']?\s*[:=]\s*\\?["']?(?:basic|bearer)\s+([\w+/=.~-]+)`)},
	// An access key ID, long-term or temporary (IAM User Guide, unique identifiers).
	{"", []string{"akia", "asia"}, regexp.MustCompile(`\b((?:AKIA|ASIA)[A-Z0-9]{12,124})\b`)},
	// The user and the password of a URL.
	{"@", []string{"://"}, regexp.MustCompile(`://([^/\s"'<>@]+)@`)},
}

// unescape undoes one layer of the escapes of JSON, URLs and HTML. It returns "" where none is of a character that a
// secret has, and otherwise says for each byte of the new text, and for its end, where it comes from; at says so of the
// text given.
func unescape(text string, at []int) (string, []int) {
	if !hasEscape(text) {
		return "", nil
	}
	out, from := make([]byte, 0, len(text)), make([]int, 0, len(text)+1)
	place := func(i int) int {
		if at == nil {
			return i
		}
		return at[i]
	}
	undone := false
	for i := 0; i < len(text); {
		before, n := len(out), 0
		if strings.IndexByte(escapes, text[i]) >= 0 {
			out, n = appendUnescaped(out, text[i:])
		}
		if n == 0 {
			out, n = append(out, text[i]), 1
		} else {
			undone = true
		}
		for range len(out) - before {
			from = append(from, place(i))
		}
		i += n
	}
	if !undone {
		return "", nil
	}
	return string(out), append(from, place(len(text)))
}

// escapes begin an escape.
const escapes = `\%&`

// hasEscape reports whether there may be an escape of a character that a secret has. Those of quotes and of line ends,
// which are in most answers, are none.
func hasEscape(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		switch next := text[i+1]; {
		case text[i] == '\\' && strings.IndexByte(`u/x\`, next) >= 0:
			return true
		case (text[i] == '%' || text[i] == '&') && (next == '#' || isAlphanumeric(next)):
			return true
		}
	}
	return false
}

// appendUnescaped appends what the escape at the beginning of a text means, and returns its length: 0 for none.
func appendUnescaped(out []byte, text string) ([]byte, int) {
	switch {
	case text[0] == '%':
		if c := hexBytes(text, 1, 2); c != nil {
			return append(out, c...), 3
		}
	case text[0] == '&':
		return appendEntity(out, text)
	case len(text) == 1:
	case text[1] == 'u':
		if c := hexBytes(text, 2, 4); c != nil {
			return utf8.AppendRune(out, rune(c[0])<<8|rune(c[1])), 6
		}
	case text[1] == 'x': // as Python, Go and nginx write bytes
		if c := hexBytes(text, 2, 2); c != nil {
			return append(out, c...), 4
		}
	default:
		if i := strings.IndexByte(`"'\/bfnrt`, text[1]); i >= 0 {
			return append(out, "\"'\\/\b\f\n\r\t"[i]), 2
		}
	}
	return out, 0
}

// hexBytes reads so many hexadecimal digits, nil where there are others.
func hexBytes(text string, from, digits int) []byte {
	if from+digits > len(text) {
		return nil
	}
	read, err := hex.DecodeString(text[from : from+digits])
	if err != nil {
		return nil
	}
	return read
}

// longestEntity is more than any HTML entity has characters.
const longestEntity = 40

func appendEntity(out []byte, text string) ([]byte, int) {
	text = text[:min(len(text), longestEntity)]
	end := 1
	for end < len(text) && (text[end] == '#' || isAlphanumeric(text[end])) {
		end++
	}
	if end == len(text) {
		return out, 0 // cut, or no entity
	}
	if text[end] == ';' {
		end++
	}
	entity := text[:end]
	if plain := html.UnescapeString(entity); plain != entity {
		return append(out, plain...), end
	}
	return out, 0
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
