package baseline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// prefixes are the selectors that name several cases of a corpus by the beginning of their IDs, and the ID of each case.
type prefixes struct {
	of    map[string][]string // by case ID, the shortest first
	total map[string]int      // how many cases a prefix picks
	first map[string]int      // the position of the first of them
}

func prefixesOf(cases []*fixtures.Case) prefixes {
	p := prefixes{map[string][]string{}, map[string]int{}, map[string]int{}}
	for i, c := range cases {
		p.of[c.ID] = selectorsOf(c)
		for _, selector := range p.of[c.ID] {
			if p.total[selector]++; p.total[selector] == 1 {
				p.first[selector] = i
			}
		}
	}
	return p
}

// fuzzedArea is the area of what a campaign finds.
const fuzzedArea = "fuzz"

// selectorsOf are the prefixes of a case. A failure of an invariant is its own: nothing else has the same cause; and so is
// what a campaign finds.
func selectorsOf(c *fixtures.Case) []string {
	parts := strings.Split(c.ID, "/")
	for i := range parts {
		parts[i] = literal.Replace(parts[i])
	}
	if c.Area() == judge.InvariantArea || c.Area() == fuzzedArea {
		return []string{strings.Join(parts, "/")}
	}
	var list []string
	for n := range parts {
		list = append(list, strings.Join(parts[:n+1], "/"))
	}
	return list
}

// literal keeps a variant's label from being read as a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// fold returns few selectors, in the order of the corpus, that pick the cases in want and no others.
func (p prefixes) fold(want map[string]bool) []string {
	wanted := map[string]int{}
	for id := range want {
		for _, selector := range p.of[id] {
			wanted[selector]++
		}
	}
	var chosen []string
	for id := range want {
		for _, selector := range p.of[id] {
			if wanted[selector] == p.total[selector] {
				chosen = append(chosen, selector)
				break
			}
		}
	}
	slices.SortFunc(chosen, func(a, b string) int { return cmp.Compare(p.first[a], p.first[b]) })
	return slices.Compact(chosen)
}
