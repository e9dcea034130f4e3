package conformance

import (
	"fmt"
	"hash/fnv"

	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// WithShard asks the cases of the shard alone. Invariants are judged on what those were answered.
func WithShard(s selector.Shard) Option {
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
