package fuzz

import (
	"maps"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// Strategy is one way to make inputs.
type Strategy string

// The strategies.
const (
	Valid       Strategy = "valid"       // requests that the framework takes
	Boundary    Strategy = "boundary"    // every constraint and type, enumerated
	Fault       Strategy = "fault"       // one fault in a valid request
	Faults      Strategy = "faults"      // two to twelve
	NearMiss    Strategy = "near-miss"   // a valid text, changed a little
	Meaning     Strategy = "meaning"     // faults that no constraint knows of: a key twice, a document that is not there
	JSON        Strategy = "json"        // text that is odd JSON, or none
	Wire        Strategy = "wire"        // HTTP that is odd
	Metamorphic Strategy = "metamorphic" // two requests that mean the same
	Sequence    Strategy = "sequence"    // commands that are sent, listed, asked for and cancelled; asked alone, also waited for
)

// Strategies returns every strategy in the order in which help lists them.
func Strategies() []Strategy {
	return []Strategy{Valid, Boundary, Fault, Faults, NearMiss, Meaning, JSON, Wire, Metamorphic, Sequence}
}

// Area is the area of the IDs of fuzzed cases: fuzz/boundary/17.
const Area = "fuzz"

// Input is one fuzzed request, in the parts that shrinking takes it apart by.
type Input struct {
	// Index numbers the inputs of a seed from 0.
	Index    uint64
	Strategy Strategy
	// What was done to a plain request, in a few words.
	What string
	// Marks are the entries of the ledger that the input stands for.
	Marks []Mark

	body     body
	wire     *wireChange
	relation *relation
	calls    []call // of a sequence, which has nothing else
}

// size is how many bytes of bodies the input sends.
func (in *Input) size() int {
	if in.calls == nil {
		return len(in.body.bytes())
	}
	n := 0
	for _, s := range sequenceCase(in.ID(), in.calls).Steps {
		n += len(s.Request.Body.JSON)
	}
	return n
}

// body is a request body: a tree, and what is done to its text.
type body struct {
	tree *Value
	// raw replaces strings of the tree that are equal to a key by exact text, which may be no JSON.
	raw            map[string]exactText
	prefix, suffix string
	cut            int // bytes taken off the end
}

// exactText is text that stands in the place of a value: inside between depth times open and end.
type exactText struct {
	open, inside, end string
	depth             int
}

func (t exactText) String() string {
	return strings.Repeat(t.open, t.depth) + t.inside + strings.Repeat(t.end, t.depth)
}

// hole is the string of a tree in whose place raw text will stand. No generated value has that
// character, which is for private use.
const hole = "\uE000"

// usualBody is how many bytes most bodies do not exceed.
const usualBody = 1 << 10

func (b *body) bytes() []byte {
	text := b.tree.AppendJSON(append(make([]byte, 0, usualBody), b.prefix...))
	if len(b.raw) > 0 {
		s := string(text)
		for key, exact := range b.raw {
			s = strings.ReplaceAll(s, `"`+key+`"`, exact.String())
		}
		text = []byte(s)
	}
	text = append(text, b.suffix...)
	return text[:len(text)-min(b.cut, len(text))]
}

func (b body) clone() body {
	b.tree, b.raw = clone(b.tree), maps.Clone(b.raw)
	return b
}

// isText tells whether something is done to the tree's text.
func (b *body) isText() bool { return len(b.raw) > 0 || b.prefix != "" || b.suffix != "" || b.cut > 0 }

// ID is the ID of the input's case.
func (in *Input) ID() string {
	return Area + "/" + string(in.Strategy) + "/" + strconv.FormatUint(in.Index, 10)
}

// requests are what is sent, with the bytes of the body: one request, or the two of a relation.
func (in *Input) requests(text []byte) []fixtures.Request {
	r := exactly(text)
	if in.wire != nil {
		in.wire.apply(&r, text)
	}
	if in.relation == nil {
		return []fixtures.Request{r}
	}
	return []fixtures.Request{r, in.relation.apply(in.body)}
}

// exactly is a plain call with this body, byte for byte.
func exactly(text []byte) fixtures.Request {
	return fixtures.Request{Body: &fixtures.Body{Base64: text}}
}
