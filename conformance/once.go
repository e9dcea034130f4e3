package conformance

import (
	"context"
	"hash/maphash"
	"maps"
	"sync"

	"github.com/sendspec/sendspec/fixtures"
)

// Once asks a case, which need not be of the plan, and judges the answers. It does not ask a failing
// one again and keeps nothing of it, so that a campaign can ask without end: Result.Invariants has what
// Invariants would sum up at the end of a run, and an identifier is compared with the recent ones only.
func (x *Session) Once(ctx context.Context, c *fixtures.Case) Result {
	if why := x.skip(c, x.started.Preflight.bindings, nil); why != "" {
		return Result{Case: c, Verdict: Skip, Reason: why}
	}
	a, unjudged := x.asked(ctx, c, 0, false)
	if unjudged != nil {
		return *unjudged
	}
	r := a.judged(ctx)
	x.recent.inspect(&r)
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
