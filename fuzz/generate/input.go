package generate

import (
	"maps"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
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
	Semantic    Strategy = "semantic"    // faults that no constraint knows of: a key twice, a document that is not there
	JSON        Strategy = "json"        // text that is odd JSON, or none
	Wire        Strategy = "wire"        // HTTP that is odd
	Metamorphic Strategy = "metamorphic" // two requests that mean the same
	Sequence    Strategy = "sequence"    // commands that are sent, listed, asked for and cancelled; asked alone, also waited for
)

// Strategies returns every strategy in the order in which help lists them.
func Strategies() []Strategy {
	return []Strategy{Valid, Boundary, Fault, Faults, NearMiss, Semantic, JSON, Wire, Metamorphic, Sequence}
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
	// Marks are those of the MarkSet that the input counts for.
	Marks []Mark

	// Body is a request's body; a sequence has Calls and nothing else.
	Body Payload
	// Wire is what is odd about the HTTP, and Relation what makes the second of two requests; nil where there is none.
	Wire     *wireChange
	Relation *relation
	Calls    []SequenceCall
}

// Size is how many bytes of bodies the input sends.
func (in *Input) Size() int {
	if in.Calls == nil {
		return len(in.Body.Bytes())
	}
	n := 0
	for _, c := range in.Calls {
		n += len(encoded(c.body()))
	}
	return n
}

// Payload is a request body: a tree, and what is done to its text.
type Payload struct {
	Tree *jsontree.Value
	// Raw replaces strings of the tree that are equal to a key by raw text, which may be no JSON.
	Raw            map[string]RawText
	Prefix, Suffix string
	Cut            int // bytes taken off the end
}

// RawText is text in the place of a value: inside between Depth times open and end.
type RawText struct {
	open, inside, end string
	Depth             int
}

func (t RawText) String() string {
	return strings.Repeat(t.open, t.Depth) + t.inside + strings.Repeat(t.end, t.Depth)
}

// Placeholder is the string of a tree that raw text replaces. No generated value has that
// character, which is for private use.
const Placeholder = "\uE000"

// Bytes is the text of the body.
func (b *Payload) Bytes() []byte {
	text := b.Tree.AppendJSON([]byte(b.Prefix))
	if len(b.Raw) > 0 {
		s := string(text)
		for key, exact := range b.Raw {
			s = strings.ReplaceAll(s, `"`+key+`"`, exact.String())
		}
		text = []byte(s)
	}
	text = append(text, b.Suffix...)
	return text[:len(text)-min(b.Cut, len(text))]
}

// Clone copies the body, so that a change to the copy is none to the original.
func (b Payload) Clone() Payload {
	b.Tree, b.Raw = b.Tree.Clone(), maps.Clone(b.Raw)
	return b
}

// ID is the ID of the input's case.
func (in *Input) ID() string {
	return Area + "/" + string(in.Strategy) + "/" + strconv.FormatUint(in.Index, 10)
}

// requests are what is sent, with the bytes of the body: one request, or the two of a relation.
func (in *Input) requests(text []byte) []fixtures.Request {
	r := exactly(text)
	if in.Wire != nil {
		in.Wire.apply(&r, text)
	}
	if in.Relation == nil {
		return []fixtures.Request{r}
	}
	return []fixtures.Request{r, in.Relation.apply(in.Body)}
}

// exactly is a plain call with this body, byte for byte.
func exactly(text []byte) fixtures.Request {
	return fixtures.Request{Body: &fixtures.Body{Base64: text}}
}
