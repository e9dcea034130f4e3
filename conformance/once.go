package conformance

import (
	"context"
	"hash/maphash"
	"maps"
	"strconv"
	"sync"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Once asks a case, which need not be of the plan, and judges the answers. It does not ask a failing
// one again and keeps nothing of it, so that a campaign can ask without end: Result.Invariants has what
// Invariants would sum up at the end of a run, and an identifier is compared with the recent ones only.
func (x *Session) Once(ctx context.Context, c *fixtures.Case) Result {
	return x.AskOnce(ctx, c).Judge()
}

// AskOnce asks a case as Once does, and leaves the judging to Judge. To ask many and then to judge them is faster
// than to do both by turns: the processor has the code of the one or of the other at hand.
func (x *Session) AskOnce(ctx context.Context, c *fixtures.Case) Asked {
	if why := x.skip(c, x.started.Preflight.bindings, nil); why != "" {
		return Asked{result: &Result{Case: c, Verdict: Skip, Reason: why}}
	}
	a, unjudged := x.asked(ctx, c, 0, false)
	if unjudged != nil {
		return Asked{result: unjudged}
	}
	asked := Asked{asking: a}
	if a.held > judgedAtOnce {
		r := asked.Judge()
		asked.result = &r
	}
	return asked
}

// judgedAtOnce is how many bytes of answers no case holds until Judge is called.
const judgedAtOnce = 64 << 10

// Asked is a case that was asked.
type Asked struct {
	asking *asking
	result *Result // where it was judged already, or cannot be
}

// Judge judges the answers. It is called once: the session then lets go of what the case held.
func (q Asked) Judge() Result {
	if q.result != nil {
		return *q.result
	}
	r := q.asking.judged(context.Background(), &q.asking.familiar)
	q.asking.recent.inspect(&r)
	return r
}

// Resume lets a session that gave its target up ask again.
func (x *Session) Resume() {
	x.silent.Store(0)
	x.lost.Store(nil)
}

// Bindings are what is known of the target's world: what the caller said, and what the preflight made up.
func (x *Session) Bindings() fixtures.Bindings { return maps.Clone(x.started.Preflight.bindings) }

// Invariants are the findings of the invariants on the case's own exchanges.
func (r *Result) Invariants() []Finding {
	found := make([]Finding, len(r.invariants))
	for i := range r.invariants {
		found[i] = r.invariants[i].Finding
	}
	return found
}

// recentLimit bounds how many identifiers of a kind are remembered.
const recentLimit = 1 << 14

// recentIdentifiers finds identifiers that repeat among the last ones.
type recentIdentifiers struct {
	mu    sync.Mutex
	kinds [2]identifierRing
}

// identifierRing remembers the hashes of the last identifiers, each of which stands in a slot of the ring.
type identifierRing struct {
	slots []uint64
	next  int
	known map[uint64]bool
}

var identifierSeed = maphash.MakeSeed()

func (l *recentIdentifiers) inspect(r *Result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		for kind, id := range e.identifiers {
			if id == "" || !l.kinds[kind].repeats(maphash.String(identifierSeed, id)) {
				continue
			}
			c := &runChecks[kind]
			f := c.repeated(cut(id) + " once more")
			r.invariants = append(r.invariants, invariantFinding{f, e, r.Case.ID})
		}
	}
}

func (k *identifierRing) repeats(id uint64) bool {
	if k.known[id] {
		return true
	}
	if k.known == nil {
		k.known = map[uint64]bool{}
	}
	if len(k.slots) < recentLimit {
		k.slots = append(k.slots, id)
	} else {
		delete(k.known, k.slots[k.next])
		k.slots[k.next] = id
		k.next = (k.next + 1) % recentLimit
	}
	k.known[id] = true
	return false
}

// answerShapes remembers which forms of an answer the SDK was seen to read. Its decoder takes longer than
// the rest of the judging, and looks at the form alone but for the few values that are compared with what
// it read: those are asked again once in a while.
type answerShapes struct {
	mu   sync.Mutex
	seen map[uint64]int // how often each was met
}

const (
	shapesLimit    = 1 << 12
	askAgainEveryN = 32
)

// reads asks read, which lets the SDK read an answer, unless the form of the answer is a familiar one.
func (s *answerShapes) reads(e *Exchanged, read func(*Exchanged) []Finding) []Finding {
	if s == nil || e.Response == nil || e.Body == nil {
		return read(e)
	}
	shape := shapeOf(e)
	s.mu.Lock()
	n := s.seen[shape]
	if n > 0 {
		s.seen[shape] = n + 1
	}
	s.mu.Unlock()
	if n%askAgainEveryN != 0 {
		return nil
	}
	found := read(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil || len(s.seen) >= shapesLimit {
		s.seen = map[uint64]int{}
	}
	if len(found) == 0 {
		s.seen[shape] = n + 1
	} else {
		delete(s.seen, shape)
	}
	return found
}

func shapeOf(e *Exchanged) uint64 {
	var h maphash.Hash
	h.SetSeed(identifierSeed)
	_, _ = h.WriteString(strconv.Itoa(e.Response.Status))
	_, _ = h.WriteString(e.ErrorType)
	writeShape(&h, e.Body)
	return h.Sum64()
}

func writeShape(h *maphash.Hash, v *jsontree.Value) {
	_ = h.WriteByte(byte(v.Kind))
	switch v.Kind {
	case jsontree.Number:
		for i := range len(v.Text) {
			if c := v.Text[i]; c < '0' || c > '9' {
				_ = h.WriteByte(c)
			}
		}
	case jsontree.Array:
		for i := range min(len(v.Items), 2) {
			writeShape(h, &v.Items[i])
		}
	case jsontree.Object:
		for i := range v.Members {
			_, _ = h.WriteString(v.Members[i].Name)
			writeShape(h, &v.Members[i].Value)
		}
	}
	_ = h.WriteByte(0xff)
}
