package selector

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shard is one of several parts of a corpus, asked apart. The zero value is all of it.
type Shard struct{ Index, Count int } // Index from 1 to Count

// mostShards bounds how many parts there are.
const mostShards = 1000

// ParseShard reads I/N, for example 2/4.
func ParseShard(text string) (Shard, error) {
	index, count, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	if !ok || err1 != nil || err2 != nil || n < 1 || n > mostShards || i < 1 || i > n {
		return Shard{}, fmt.Errorf("shard %q: want I/N with I from 1 to N, such as 2/4, and N up to %d", text, mostShards)
	}
	return Shard{i, n}, nil
}

// String is I/N, "" for the zero value.
func (s Shard) String() string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Count)
}

// Has reports whether the case of this ID is in the shard. That depends on the ID alone, so a case stays
// in its shard when others come and go, and its steps stay together.
func (s Shard) Has(id string) bool {
	if s.Count == 0 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32()%uint32(s.Count)) == s.Index-1
}
