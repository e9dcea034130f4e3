package judge

import (
	"hash/maphash"
	"sync"
)

// recentLimit bounds how many identifiers of a kind are remembered.
const recentLimit = 1 << 14

// RecentIdentifiers finds identifiers that repeat among the last ones, in a campaign that keeps no results.
type RecentIdentifiers struct {
	mu    sync.Mutex
	kinds [2]identifierRing
}

// identifierRing remembers the hashes of the last identifiers, each of which is in a slot of the ring.
type identifierRing struct {
	slots []uint64
	next  int
	known map[uint64]bool
}

var identifierSeed = maphash.MakeSeed()

// Inspect adds to the findings of a result's invariants.
func (l *RecentIdentifiers) Inspect(r *Result) {
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
			r.invariants = append(r.invariants, invariantFinding{f, e, r.Case.ID, r.Provisional})
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
