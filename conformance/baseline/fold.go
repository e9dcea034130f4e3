package baseline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// prefixes are the selectors that name cases of a corpus by the beginning of their IDs, with the positions of the cases.
type prefixes map[string][]int

func prefixesOf(cases []*fixtures.Case) prefixes {
	p := prefixes{}
	for i, c := range cases {
		for _, selector := range selectorsOf(c.ID) {
			p[selector] = append(p[selector], i)
		}
	}
	return p
}

// fuzzedArea is the area of what a campaign finds.
const fuzzedArea = "fuzz"

// selectorsOf are the prefixes of a case, the shortest first. A failure of an invariant is its own: nothing else has the same
// cause; and so is what a campaign finds.
func selectorsOf(id string) []string {
	parts := strings.Split(literal.Replace(id), "/")
	var list []string
	for n := range parts {
		list = append(list, strings.Join(parts[:n+1], "/"))
	}
	if parts[0] == judge.InvariantArea || parts[0] == fuzzedArea {
		return list[len(list)-1:]
	}
	return list
}

// literal keeps a variant's label from being read as a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// fold returns few selectors, in the order of the corpus, that pick the cases in want and no others.
func (p prefixes) fold(want map[string]bool) []string {
	wanted := map[string]int{}
	for id := range want {
		for _, selector := range selectorsOf(id) {
			wanted[selector]++
		}
	}
	var chosen []string
	for id := range want {
		for _, selector := range selectorsOf(id) {
			if wanted[selector] == len(p[selector]) {
				chosen = append(chosen, selector)
				break
			}
		}
	}
	slices.SortFunc(chosen, func(a, b string) int { return cmp.Compare(p[a][0], p[b][0]) })
	return slices.Compact(chosen)
}
