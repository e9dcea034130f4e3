package conformance

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Shard is one of several parts of a corpus, asked apart. The zero value is all of it.
type Shard struct{ Index, Count int } // Index from 1 to Count

// ParseShard reads I/N, for example 2/4.
func ParseShard(text string) (Shard, error) {
	index, count, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	if !ok || err1 != nil || err2 != nil || n < 1 || n > 1000 || i < 1 || i > n {
		return Shard{}, fmt.Errorf("shard %q: want I/N with I from 1 to N, such as 2/4", text)
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

// WithShard asks the cases of the shard alone. Invariants are judged on what those were answered.
func WithShard(s Shard) Option {
	return func(r *Runner) error { r.settings.shard = s; return nil }
}

// CorpusDigest names a corpus: other cases or other expectations have another name.
func CorpusDigest(cases []*fixtures.Case) string {
	h := fnv.New64a()
	for _, c := range cases {
		_, _ = h.Write([]byte(c.ID + "\x00" + string(c.Level) + "\x00"))
		for _, step := range c.Steps {
			for _, o := range step.Expect {
				_, _ = h.Write([]byte(o.Name + "\x00"))
				expected := []*jsontree.Value{o.Status, o.Body}
				if o.Error != nil {
					expected = append(expected, o.Error.Type)
				}
				for _, v := range expected {
					if v != nil {
						_, _ = h.Write(v.AppendJSON(nil))
					}
				}
			}
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
