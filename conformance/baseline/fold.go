package baseline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// fold finds few selectors that pick exactly the cases in want: none of them picks another case of
// the corpus. The selectors come in the order of the corpus.
func fold(want map[string]bool, cases []*fixtures.Case) []string {
	picked := map[string][]int{} // by selector: the cases in want that it picks
	sound := map[string]bool{}
	for i, c := range cases {
		for _, pattern := range patterns(c) {
			if _, ok := sound[pattern]; !ok {
				sound[pattern] = true
			}
			if want[c.ID] {
				picked[pattern] = append(picked[pattern], i)
			} else {
				sound[pattern] = false
			}
		}
	}
	var candidates []string
	for pattern := range picked {
		if sound[pattern] {
			candidates = append(candidates, pattern)
		}
	}
	// Those that pick most come first; of equals the plainer.
	slices.SortFunc(candidates, func(a, b string) int {
		return cmp.Or(len(picked[b])-len(picked[a]), strings.Count(a, "*")-strings.Count(b, "*"), len(a)-len(b), strings.Compare(a, b))
	})
	covered := map[int]bool{}
	first := map[string]int{}
	var chosen []string
	for {
		best, gain := "", 0
		for _, pattern := range candidates {
			if len(picked[pattern]) <= gain {
				break
			}
			n := 0
			for _, i := range picked[pattern] {
				if !covered[i] {
					n++
				}
			}
			if n > gain {
				best, gain = pattern, n
			}
		}
		if gain == 0 {
			break
		}
		for _, i := range picked[best] {
			covered[i] = true
		}
		first[best] = picked[best][0]
		chosen = append(chosen, best)
	}
	slices.SortFunc(chosen, func(a, b string) int { return cmp.Compare(first[a], first[b]) })
	return chosen
}

// patterns are the selectors by which a case may be picked with others: its own ID, each beginning
// of it, and the same name in every topic. What an invariant says is its own.
func patterns(c *fixtures.Case) []string {
	parts := strings.Split(c.ID, "/")
	for i := range parts {
		parts[i] = literal.Replace(parts[i])
	}
	if c.Area() == judge.InvariantArea {
		return []string{strings.Join(parts, "/")}
	}
	var list []string
	for n := range parts {
		list = append(list, strings.Join(parts[:n+1], "/"))
	}
	for n := 3; n <= len(parts); n++ {
		list = append(list, parts[0]+"/*/"+strings.Join(parts[2:n], "/"))
	}
	return list
}

// literal keeps a variant's label from being read as a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
