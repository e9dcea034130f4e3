package wire

import (
	"encoding/binary"
	"math/bits"
	"regexp"
	"slices"
	"strings"
)

// A text is searched in parts that overlap, so that undoing escapes needs little memory whatever a server sends.
// A spelling of a window is far shorter than the overlap, and so are all but long tokens that nobody told us.
const (
	partLength  = 64 << 10
	partOverlap = 4 << 10
)

// escapeLayers is how many escapes within escapes are undone: an HTML entity in a URL in a JSON text has three.
const escapeLayers = 4

// find returns what is secret in a text: parts in order that do not touch. Signature is that of the request that the
// text answers, or ""; cut says that the text is the beginning of one.
func find[T string | []byte](r *Redactor, text T, signature string, cut bool) []span {
	var found []span
	for start := 0; ; start += partLength - partOverlap {
		end := min(start+partLength, len(text))
		for _, s := range findInPart(r, text[start:end], signature, cut && end == len(text)) {
			found = append(found, span{start + s.from, start + s.to})
		}
		if end == len(text) {
			return merged(found)
		}
	}
}

func findInPart[T string | []byte](r *Redactor, part T, signature string, cut bool) []span {
	found, seen := scan(r, part)
	if seen == 0 && !cut {
		return found
	}
	text := []byte(part)
	found = append(found, r.findMore(text, seen, signature, cut)...)
	var at []int
	for layer := 0; seen&escaped != 0 && layer < escapeLayers; layer++ {
		if text, at = unescape(text, at); text == nil {
			break
		}
		var below []span
		below, seen = scan(r, text)
		for _, s := range append(below, r.findMore(text, seen, signature, cut)...) {
			end := s.to
			for end < len(text) && at[end] == at[s.to-1] {
				end++ // an escape stands for several bytes, and goes as a whole
			}
			found = append(found, span{at[s.from], at[end]})
		}
	}
	return found
}

// findMore finds what there is a sign of.
func (r *Redactor) findMore(text []byte, seen uint16, signature string, cut bool) (found []span) {
	for _, look := range looks {
		if seen&look.sign != 0 {
			found = append(found, look.find(text)...)
		}
	}
	if seen&long != 0 && signature != "" {
		found = append(found, wholes(text, signature)...)
	}
	if cut {
		found = append(found, r.beginning(text)...)
	}
	return found
}

// What a byte is folded to, with what it is a sign of above. Folding makes one spelling of the two alphabets of
// base64, of a space and a + in a URL, and of upper and lower case.
const (
	escaped   = 1 << (8 + iota) // an escape that may be one of a secret's characters
	hinted                      // the words around a credential
	keyed                       // the beginning of an access key ID
	addressed                   // the @ behind a user in a URL
	word                        // a character of base64
	long                        // as many of those as a signature has
)

var folds = func() (table [256]uint16) {
	for i := range table {
		c := byte(i)
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '-' || c == ' ':
			c = '+'
		case c == '_':
			c = '/'
		}
		table[i] = uint16(c)
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			table[i] |= word
		}
	}
	for _, c := range `\%&` {
		table[c] |= escaped
	}
	table['@'] |= addressed
	return table
}()

func folded(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = byte(folds[c])
	}
	return string(out)
}

// signatureLength is that of a signature in hexadecimal (Signature Version 4).
const signatureLength = 64

// scan finds the windows of secrets in a text, and says what else there is a sign of.
func scan[T string | []byte](r *Redactor, text T) (found []span, seen uint16) {
	var last uint64 // the last 8 bytes, folded, the latest in the highest
	words := 0
	for i := range len(text) {
		f := folds[text[i]]
		last = last>>8 | uint64(f)<<56
		if f&word != 0 {
			words++
			if four := uint32(last >> 32); four == akia || four == asia {
				seen |= keyed
			}
		} else {
			if words >= signatureLength {
				seen |= long
			}
			words = 0
			if f&addressed != 0 || f&escaped != 0 && i+1 < len(text) && mayEscape(text[i], text[i+1]) {
				seen |= f &^ 0xff
			}
		}
		if !r.filter.has(last) {
			continue
		}
		if isHint(last) {
			seen |= hinted
		}
		if from := i + 1 - shortestSecret; from >= 0 && r.windows[windowAt(text, from)] {
			found = append(found, span{from, i + 1})
		}
	}
	if words >= signatureLength {
		seen |= long
	}
	return found, seen
}

// mayEscape reports whether two bytes may begin an escape of a character that a secret has. Those of quotes and of
// line ends, which are in most answers, stand for none.
func mayEscape(c, next byte) bool {
	if c == '\\' {
		return next == 'u' || next == '/' || next == 'x' || next == '\\'
	}
	return next == '#' || folds[next]&word != 0
}

func windowAt[T string | []byte](text T, i int) (w window) {
	for j := range w {
		w[j] = byte(folds[text[i+j]])
	}
	return w
}

// wholes finds a secret as a whole.
func wholes(text []byte, secret string) (found []span) {
	in := folded(text)
	for _, form := range forms(secret) {
		for from := 0; ; {
			i := strings.Index(in[from:], form)
			if i < 0 {
				break
			}
			found = append(found, span{from + i, from + i + len(form)})
			from += i + len(form)
		}
	}
	return found
}

// shortestBeginning is how much of a secret at the end of a text that was cut is taken for its beginning.
const shortestBeginning = 4

// brokenEscape is an escape that a text was cut in.
var brokenEscape = regexp.MustCompile(`(?:\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|%[0-9A-Fa-f]?|&#?[0-9A-Za-z]{0,8})$`)

// beginning is where at the end of a text a secret begins.
func (r *Redactor) beginning(text []byte) []span {
	end := len(text)
	tail := text[max(0, end-64):]
	if broken := brokenEscape.FindIndex(tail); broken != nil {
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

// hints are what stands, folded, in the words of looks.
var hints = []string{
	"redentia", "ignature", "ty/token", "ty+token", "itytoken", "on/token", "on+token", "iontoken", "cret/acc", "cret+acc", "cretacce", "horizati",
}

func isHint(last uint64) bool {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], last)
	return slices.Contains(hints, string(b[:]))
}

// akia and asia are how an access key ID begins, folded.
const (
	akia = 'a' | 'k'<<8 | 'i'<<16 | 'a'<<24
	asia = 'a' | 's'<<8 | 'i'<<16 | 'a'<<24
)

// looks are what credentials look like where nobody told us any. The group is what is secret.
var looks = []look{
	// In the Authorization header and in the query (Signature Version 4), in an environment, in a profile.
	{hinted, regexp.MustCompile(`(?i)(?:credential|signature|(?:security|session)[-_ ]?token|secret[-_ ]?access[-_ ]?key)\\?["']?\s*=\s*\\?["']?([^\s"'&<>,;\\]+)`)},
	// In JSON, or as a header field.
	{hinted, regexp.MustCompile(`(?i)(?:(?:security|session)[-_]?token|secret[-_]?access[-_]?key)\\?["']?\s*:\s*\\?["']?([\w+/=.%-]{16,})`)},
	{hinted, regexp.MustCompile(`(?i)signature\\?["']?\s*:\s*\\?["']?([0-9a-f]{32,})`)},
	{hinted, regexp.MustCompile(`(?i)authorization\\?["']?\s*[:=]\s*\\?["']?(?:basic|bearer)\s+([\w+/=.~-]+)`)},
	// An access key ID, long-term or temporary (IAM User Guide, unique identifiers).
	{keyed, regexp.MustCompile(`\b((?:AKIA|ASIA)[A-Z0-9]{12,124})\b`)},
	// The user and the password of a URL.
	{addressed, regexp.MustCompile(`://([^/\s"'<>@]+)@`)},
}

// look is what a credential looks like in a text that has a sign of it.
type look struct {
	sign    uint16
	pattern *regexp.Regexp
}

func (l *look) find(text []byte) (found []span) {
	for _, at := range l.pattern.FindAllSubmatchIndex(text, -1) {
		found = append(found, span{at[2], at[3]})
	}
	return found
}

// filter is a set of words that may hold a few more than were added.
type filter struct {
	bits  []uint64
	shift int
}

func newFilter(words int) filter {
	size := bits.Len(uint(words*16 + 1<<12)) // of the index of a bit
	return filter{make([]uint64, 1<<(size-6)), 64 - size}
}

func (f *filter) index(word uint64) uint64 { return word * 0x9e3779b97f4a7c15 >> f.shift }

func (f *filter) add(word uint64) {
	i := f.index(word)
	f.bits[i/64] |= 1 << (i % 64)
}

func (f *filter) has(word uint64) bool {
	i := f.index(word)
	return f.bits[i/64]>>(i%64)&1 != 0
}
