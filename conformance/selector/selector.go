// Package selector picks cases of a corpus: by their IDs, and by shards.
package selector

import (
	"fmt"
	"hash/fnv"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

// Selector picks cases by ID, in the one grammar used everywhere: area/Topic/name, of which a
// beginning is enough; * for anything within one part; ** for any number of parts; !pattern to
// leave cases out; @file for a selector a line.
type Selector struct{ include, exclude patterns }

// patterns are those of a selector. A long list has few with a wildcard: the plain ones are looked up.
type patterns struct {
	plain map[string]bool
	wild  [][]string // by their parts
	all   []string   // in the order given
}

// wildcards are the characters that path.Match does not take as themselves.
const wildcards = `*?[\`

func (p *patterns) add(list ...string) {
	for _, one := range list {
		p.all = append(p.all, one)
		if strings.ContainsAny(one, wildcards) {
			p.wild = append(p.wild, strings.Split(one, "/"))
			continue
		}
		if p.plain == nil {
			p.plain = map[string]bool{}
		}
		p.plain[one] = true
	}
}

func (p *patterns) hit(id string) bool {
	for beginning := range beginnings(id) {
		if p.plain[beginning] {
			return true
		}
	}
	if len(p.wild) == 0 {
		return false
	}
	parts := strings.Split(id, "/")
	return slices.ContainsFunc(p.wild, func(one []string) bool { return matchParts(one, parts) })
}

// beginnings are the plain patterns that pick an ID: it up to each of its parts.
func beginnings(id string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(id) {
			if id[i] == '/' && !yield(id[:i]) {
				return
			}
		}
		yield(id)
	}
}

// Parse reads patterns; readFile answers @file. No pattern selects every case.
func Parse(patterns []string, readFile func(name string) ([]byte, error)) (Selector, error) {
	var s Selector
	for _, text := range patterns {
		if name, ok := strings.CutPrefix(text, "@"); ok {
			b, err := readFile(name)
			if err != nil {
				return s, fmt.Errorf("selector @%s: %w", name, err)
			}
			lines := slices.DeleteFunc(strings.Split(string(b), "\n"), func(l string) bool {
				l = strings.TrimSpace(l)
				return l == "" || l[0] == '#'
			})
			if len(lines) == 0 || slices.ContainsFunc(lines, func(l string) bool { return strings.TrimSpace(l)[0] == '@' }) {
				return s, fmt.Errorf("selector @%s: want a file with a pattern a line, and no other file in it", name)
			}
			nested, err := Parse(lines, readFile)
			if err != nil {
				return s, err
			}
			s.include.add(nested.include.all...)
			s.exclude.add(nested.exclude.all...)
			continue
		}
		trimmed, not := strings.CutPrefix(strings.TrimSpace(text), "!")
		trimmed = strings.Trim(trimmed, "/")
		if trimmed == "" {
			return s, fmt.Errorf("selector %s: want a pattern like constraint/Comment or accept/**", untrusted.Quote(text))
		}
		if _, err := path.Match(trimmed, ""); err != nil {
			return s, fmt.Errorf("selector %s: %w", untrusted.Quote(text), err)
		}
		if not {
			s.exclude.add(trimmed)
		} else {
			s.include.add(trimmed)
		}
	}
	return s, nil
}

// Match reports whether the selector picks the case of this ID.
func (s Selector) Match(id string) bool {
	return (len(s.include.all) == 0 || s.include.hit(id)) && !s.exclude.hit(id)
}

// Check returns an error naming the first pattern that matches no case: a typing error would
// otherwise make a gate that checks nothing.
func (s Selector) Check(cases []*fixtures.Case) error { return NewIndex(cases).Check(s) }

// matchParts matches a beginning of the ID's parts. As the end may be any, the first place where the parts up to
// the next ** match is as good as every later one, and nothing is tried twice.
func matchParts(pattern, id []string) bool {
	for anchored := true; ; anchored = false {
		run, rest := pattern, []string(nil)
		end := slices.Index(pattern, "**")
		if end >= 0 {
			run, rest = pattern[:end], pattern[end+1:]
		}
		for !beginsWith(id, run) {
			if anchored || len(id) == 0 {
				return false
			}
			id = id[1:]
		}
		if end < 0 {
			return true
		}
		id, pattern = id[len(run):], rest
	}
}

func beginsWith(id, run []string) bool {
	if len(run) > len(id) {
		return false
	}
	for i := range run {
		if ok, err := path.Match(run[i], id[i]); err != nil || !ok {
			return false
		}
	}
	return true
}

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
