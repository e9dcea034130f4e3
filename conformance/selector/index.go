package selector

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

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
