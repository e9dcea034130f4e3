package jsontree

import (
	"fmt"
	"math"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// DefaultMaxDepth is the nesting Parse allows. RFC 8259 section 9 lets a parser set a limit;
// 1000 is the default of Jackson's StreamReadConstraints, the parser most Java services use.
const DefaultMaxDepth = 1000

// SyntaxError says where and why a text is not JSON.
type SyntaxError struct {
	// Offset is the byte at which the text stopped being JSON; the length of the text where
	// it ended too early.
	Offset int
	// Message says what was expected and what came.
	Message string
	// TooDeep tells that the text was given up at its nesting, and may be JSON.
	TooDeep bool
	// TooMany tells that the text was given up at the number of its values, and may be JSON.
	TooMany bool
}

// Error returns the message with the offset.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at byte %d: %s", e.Offset, e.Message)
}

// Parse reads exactly one JSON text, nested at most DefaultMaxDepth deep. Every error is a
// *SyntaxError. It refuses what RFC 8259 refuses and also what the RFC leaves to the parser: a
// byte order mark, invalid UTF-8, and too deep a nesting. Lone surrogate escapes are parsed and
// flagged, duplicate names kept.
func Parse(data []byte) (*Value, error) {
	return ParseBounded(data, DefaultMaxDepth, math.MaxInt)
}

// ParseBounded is Parse with other bounds: on the nesting, the number of arrays and objects that may be open at once, and
// on the number of values, those within arrays and objects included: a value takes over 100 bytes of memory and may be one
// byte of text.
func ParseBounded(data []byte, maxDepth, maxValues int) (*Value, error) {
	if len(data) > math.MaxInt32 {
		return nil, &SyntaxError{Offset: math.MaxInt32, Message: "a text of 2 GiB or more is not read", TooMany: true}
	}
	p := parsers.Get().(*parser)
	defer p.release()
	p.text, p.pos, p.depth, p.maxDepth, p.valuesLeft = string(data), 0, 0, maxDepth, maxValues
	if len(data) >= 3 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF {
		return nil, p.fail(0, "a byte order mark; expected a JSON value")
	}
	p.space()
	root, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.pos < len(p.text) {
		return nil, p.fail(p.pos, "expected the end of the text, got "+p.here())
	}
	return &root, nil
}

// parser holds its open containers' children on two shared stacks, so that each container costs
// one allocation of its exact size. Strings without escapes are slices of text.
type parser struct {
	text       string
	pos        int
	depth      int
	maxDepth   int
	valuesLeft int
	items      []Value
	members    []Member
}

// A pool is no state: what it holds is empty. Growing the stacks takes longer than to parse a usual text.
var parsers = sync.Pool{New: func() any { return new(parser) }}

// maxKept is how many items and members the stacks may have room for to be used again: they are cleared each time.
const maxKept = 64

func (p *parser) release() {
	if cap(p.items) > maxKept || cap(p.members) > maxKept {
		return
	}
	clear(p.items[:cap(p.items)]) // they hold on to the text
	clear(p.members[:cap(p.members)])
	p.text, p.items, p.members = "", p.items[:0], p.members[:0]
	parsers.Put(p)
}

func (p *parser) fail(offset int, message string) error {
	return &SyntaxError{Offset: offset, Message: message}
}

func (p *parser) here() string {
	if p.pos >= len(p.text) {
		return "the end of the text"
	}
	if r, size := utf8.DecodeRuneInString(p.text[p.pos:]); r != utf8.RuneError || size > 1 {
		return fmt.Sprintf("%q", r)
	}
	return fmt.Sprintf("byte 0x%02X", p.text[p.pos])
}

func (p *parser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// value returns a Value, since a pointer to one would put each on the heap by itself.
func (p *parser) value() (v Value, err error) {
	v.Offset = int32(p.pos)
	if p.pos >= len(p.text) {
		return v, p.fail(p.pos, "expected a value, got the end of the text")
	}
	if p.valuesLeft--; p.valuesLeft < 0 {
		return v, &SyntaxError{Offset: p.pos, Message: "more values than are read", TooMany: true}
	}
	switch c := p.text[p.pos]; {
	case c == '"':
		v.Kind = String
		v.Text, v.LoneSurrogate, err = p.str()
	case c == '{':
		v.Kind = Object
		v.Members, err = elements(p, '}', &p.members, (*parser).member)
	case c == '[':
		v.Kind = Array
		v.Items, err = elements(p, ']', &p.items, (*parser).value)
	case c == '-' || c >= '0' && c <= '9':
		v.Kind = Number
		v.Text, err = p.number()
	case c == 't':
		v.Kind, v.Bool, err = Bool, true, p.word("true")
	case c == 'f':
		v.Kind, err = Bool, p.word("false")
	case c == 'n':
		v.Kind, err = Null, p.word("null")
	default:
		err = p.fail(p.pos, "expected a value, got "+p.here())
	}
	return v, err
}

func (p *parser) word(word string) error {
	for i := range len(word) {
		if p.pos >= len(p.text) || p.text[p.pos] != word[i] {
			return p.fail(p.pos, "expected "+word+", got "+p.here())
		}
		p.pos++
	}
	return nil
}

func (p *parser) digits() error {
	start := p.pos
	for p.pos < len(p.text) && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
		p.pos++
	}
	if p.pos == start {
		return p.fail(p.pos, "expected a digit, got "+p.here())
	}
	return nil
}

func (p *parser) number() (literal string, err error) {
	start := p.pos
	p.next('-')
	// RFC 8259 section 6: no leading zeros. A digit after one is met by the caller.
	if !p.next('0') {
		err = p.digits()
	}
	if err == nil && p.next('.') {
		err = p.digits()
	}
	if err == nil && (p.next('e') || p.next('E')) {
		_ = p.next('+') || p.next('-')
		err = p.digits()
	}
	return p.text[start:p.pos], err
}

// next steps over a character if it is here.
func (p *parser) next(c byte) bool {
	if p.pos >= len(p.text) || p.text[p.pos] != c {
		return false
	}
	p.pos++
	return true
}

// elements reads what an array or an object holds, from its opening bracket to after its closing one.
func elements[T any](p *parser, end byte, held *[]T, one func(*parser) (T, error)) ([]T, error) {
	if p.depth++; p.depth > p.maxDepth {
		return nil, &SyntaxError{Offset: p.pos, Message: fmt.Sprintf("nested deeper than %d", p.maxDepth), TooDeep: true}
	}
	p.pos++
	base := len(*held)
	p.space()
	for more := !p.next(end); more; {
		p.space()
		e, err := one(p)
		if err != nil {
			return nil, err
		}
		*held = append(*held, e)
		p.space()
		if more = p.next(','); !more && !p.next(end) {
			return nil, p.fail(p.pos, `expected "," or "`+string(end)+`", got `+p.here())
		}
	}
	p.depth--
	all := append(make([]T, 0, len(*held)-base), (*held)[base:]...)
	*held = (*held)[:base]
	return all, nil
}

// member reads a member of an object.
func (p *parser) member() (m Member, err error) {
	if p.pos >= len(p.text) || p.text[p.pos] != '"' {
		return m, p.fail(p.pos, "expected a member name in quotes, got "+p.here())
	}
	if m.Name, m.LoneSurrogate, err = p.str(); err != nil {
		return m, err
	}
	p.space()
	if !p.next(':') {
		return m, p.fail(p.pos, `expected ":", got `+p.here())
	}
	p.space()
	m.Value, err = p.value()
	return m, err
}

// str reads a string, from its opening quote to after its closing one.
func (p *parser) str() (s string, loneSurrogate bool, err error) {
	p.pos++
	start := p.pos
	var decoded []byte
	for {
		p.pos += verbatimPrefix(p.text[p.pos:])
		if p.pos == len(p.text) {
			return "", false, p.fail(p.pos, "expected the closing quote of a string, got the end of the text")
		}
		switch c := p.text[p.pos]; {
		case c == '"':
			s = p.text[start:p.pos]
			if decoded != nil {
				s = string(append(decoded, s...))
			}
			p.pos++
			return s, loneSurrogate, nil
		case c == '\\':
			decoded = append(decoded, p.text[start:p.pos]...)
			r, lone, err := p.escape()
			if err != nil {
				return "", false, err
			}
			loneSurrogate = loneSurrogate || lone
			decoded = utf8.AppendRune(decoded, r)
			start = p.pos
		case c < 0x20:
			return "", false, p.fail(p.pos, fmt.Sprintf("control character 0x%02X in a string; expected it escaped", c))
		default:
			_, size := utf8.DecodeRuneInString(p.text[p.pos:])
			if size == 1 {
				return "", false, p.fail(p.pos, fmt.Sprintf("byte 0x%02X in a string is not UTF-8", c))
			}
			p.pos += size
		}
	}
}

func (p *parser) escape() (r rune, loneSurrogate bool, err error) {
	p.pos++
	if p.pos >= len(p.text) {
		return 0, false, p.fail(p.pos, "expected an escape, got the end of the text")
	}
	c := p.text[p.pos]
	switch c {
	case '"', '\\', '/':
		r = rune(c)
	case 'b':
		r = '\b'
	case 'f':
		r = '\f'
	case 'n':
		r = '\n'
	case 'r':
		r = '\r'
	case 't':
		r = '\t'
	case 'u':
		p.pos++
		if r, err = p.hex4(); err != nil {
			return 0, false, err
		}
		if !utf16.IsSurrogate(r) {
			return r, false, nil
		}
		if r < 0xDC00 && p.pos+1 < len(p.text) && p.text[p.pos] == '\\' && p.text[p.pos+1] == 'u' {
			high, after := r, p.pos
			p.pos += 2
			low, err := p.hex4()
			if err != nil {
				return 0, false, err
			}
			if pair := utf16.DecodeRune(high, low); pair != utf8.RuneError {
				return pair, false, nil
			}
			// The second escape is no partner of the first: it is read again, on its own.
			p.pos = after
		}
		return utf8.RuneError, true, nil
	default:
		return 0, false, p.fail(p.pos, "expected an escape of RFC 8259 section 7, got "+p.here())
	}
	p.pos++
	return r, false, nil
}

func (p *parser) hex4() (rune, error) {
	var r rune
	for range 4 {
		if p.pos >= len(p.text) {
			return 0, p.fail(p.pos, "expected a hexadecimal digit, got the end of the text")
		}
		c := p.text[p.pos]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, p.fail(p.pos, "expected a hexadecimal digit, got "+p.here())
		}
		r = r<<4 | rune(c)
		p.pos++
	}
	return r, nil
}
