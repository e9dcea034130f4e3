// Package selector picks cases of a corpus: by their IDs, and by shards.
package selector

import (
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/nearest"
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
			lines := slices.DeleteFunc(strings.Split(strings.TrimPrefix(string(b), "\ufeff"), "\n"), func(l string) bool {
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

// Index finds the cases that selectors pick. A selector without a wildcard is looked up, so that a long list of
// them takes no longer than its length.
type Index struct {
	cases []*fixtures.Case
	parts [][]string       // of the IDs
	begin map[string][]int // by plain pattern: which cases it picks
}

// NewIndex returns the index of the cases.
func NewIndex(cases []*fixtures.Case) *Index {
	x := &Index{cases: cases, parts: make([][]string, len(cases)), begin: map[string][]int{}}
	for i, c := range cases {
		x.parts[i] = strings.Split(c.ID, "/")
		for beginning := range beginnings(c.ID) {
			x.begin[beginning] = append(x.begin[beginning], i)
		}
	}
	return x
}

// Picks returns the positions of the cases that the selector picks, in their order.
func (x *Index) Picks(s Selector) []int {
	if len(s.include.all) == 1 && len(s.include.wild) == 0 && len(s.exclude.all) == 0 {
		return x.begin[s.include.all[0]]
	}
	picks := func(i int) bool { return s.Match(x.cases[i].ID) }
	if len(s.include.all) == 1 && len(s.exclude.all) == 0 {
		picks = func(i int) bool { return matchParts(s.include.wild[0], x.parts[i]) }
	}
	var picked []int
	for i := range x.cases {
		if picks(i) {
			picked = append(picked, i)
		}
	}
	return picked
}

// Check returns an error naming the first pattern of the selector that matches no case.
func (x *Index) Check(s Selector) error {
	checked := map[string]bool{}
	for _, p := range slices.Concat(s.include.all, s.exclude.all) {
		if x.begin[p] != nil || checked[p] {
			continue
		}
		checked[p] = true
		if !strings.ContainsAny(p, wildcards) || !x.any(strings.Split(p, "/")) {
			return fmt.Errorf("selector %s matches no case%s (sendspec list shows them)", untrusted.Quote(p), x.suggestion(p))
		}
	}
	if !slices.ContainsFunc(x.cases, func(c *fixtures.Case) bool { return s.Match(c.ID) }) {
		return errors.New("the selectors leave no case to run")
	}
	return nil
}

func (x *Index) any(parts []string) bool {
	return slices.ContainsFunc(x.parts, func(id []string) bool { return matchParts(parts, id) })
}

// mostParts is more than any ID has.
const mostParts = 8

// mergedNamed is how many cases are named that took the place of others.
const mergedNamed = 3

// suggestion names what the pattern may have meant: the cases into which those went that it once picked, the pattern
// with the nearest names in it, the part of it that does match something, or a topic of a similar name.
func (x *Index) suggestion(pattern string) string {
	if into := fixtures.MergedInto(pattern); len(into) > mergedNamed {
		return fmt.Sprintf("; it was merged into %s and %d more", strings.Join(into[:mergedNamed], ", "), len(into)-mergedNamed)
	} else if len(into) > 0 {
		return "; it was merged into " + strings.Join(into, ", ")
	}
	parts := strings.Split(pattern, "/")
	if corrected := x.corrected(pattern, parts); corrected != "" {
		return fmt.Sprintf("; did you mean %s?", corrected)
	}
	for n := min(len(parts)-1, mostParts); n > 0; n-- {
		if last := parts[n-1]; last != "**" && last != "*" && x.any(parts[:n]) {
			return fmt.Sprintf("; %s does", strings.Join(parts[:n], "/"))
		}
	}
	if similar := x.similar(parts); similar != "" {
		return fmt.Sprintf("; did you mean %s?", similar)
	}
	return ""
}

// similar is the topic whose area and name have most of the words of a pattern in them, the first of them; "" where none has one.
func (x *Index) similar(parts []string) string {
	var words []string // of the area and the topic
	for _, one := range parts[:min(2, len(parts))] {
		words = append(words, strings.ToLower(strings.Trim(one, "*")))
	}
	best, likeness := "", 0
	for _, id := range x.parts {
		n := 0
		for i, word := range words {
			if len(word) > 2 && len(word) <= len(id[i]) && strings.Contains(strings.ToLower(id[i]), word) {
				n++
			}
		}
		if n > likeness {
			best, likeness = id[0]+"/"+id[1], n
		}
	}
	return best
}

// corrected is a pattern without wildcards with the nearest name that there is in place of each of its parts, as far as
// there are any; "" where none was mistyped. A topic alone is looked for in every area.
func (x *Index) corrected(pattern string, parts []string) string {
	if strings.ContainsAny(pattern, wildcards) {
		return ""
	}
	found, mistyped := "", false
	for _, one := range parts[:min(len(parts), mostParts)] {
		name := nearest.Name(one, x.below(found))
		if name == "" {
			break
		}
		mistyped = mistyped || name != one
		found = strings.TrimPrefix(found+"/"+name, "/")
	}
	if found == "" {
		return x.topic(parts[0])
	}
	if !mistyped {
		return ""
	}
	return found
}

// topic is the topic in any area that is nearest to a name.
func (x *Index) topic(text string) string {
	var topics []string
	for _, id := range x.parts {
		topics = append(topics, id[1])
	}
	name := nearest.Name(text, topics)
	if name == "" {
		return ""
	}
	return "'*/" + name + "'"
}

// below are the names that can follow a beginning of IDs.
func (x *Index) below(beginning string) []string {
	depth := 0
	if beginning != "" {
		depth = strings.Count(beginning, "/") + 1
	}
	var names []string
	for _, id := range x.parts {
		if len(id) > depth && strings.Join(id[:depth], "/") == beginning && !slices.Contains(names, id[depth]) {
			names = append(names, id[depth])
		}
	}
	return names
}
