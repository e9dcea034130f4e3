// Package nearest finds the name that a mistyped one may have meant.
package nearest

import (
	"slices"
	"strings"
)

// Name returns the known name that is nearest to a word, "" where none is near: one letter may be wrong, and one more of
// four. Letters swapped with their neighbours count once, and case counts nothing.
func Name(word string, known []string) string {
	letters := fold(word)
	best, beyond := "", min(2+len(letters)/4, len(letters))
	for _, name := range known {
		if d := distance(letters, fold(name)); d < beyond {
			best, beyond = name, d
		}
	}
	return best
}

// Question asks for the name that is nearest, as the end of a message; "" where none is near.
func Question(word string, known []string) string {
	if name := Name(word, known); name != "" {
		return "; did you mean " + name + "?"
	}
	return ""
}

// First are the known names, those first that are nearest to a word.
func First(word string, known []string) []string {
	letters, distances := fold(word), map[string]int{}
	for _, name := range known {
		distances[name] = distance(letters, fold(name))
	}
	return slices.SortedStableFunc(slices.Values(known), func(x, y string) int { return distances[x] - distances[y] })
}

// longest is beyond every name: what is longer is like none, and costs no time.
const longest = 100

func fold(s string) []rune {
	if len(s) > longest {
		s = s[:longest]
	}
	return []rune(strings.ToLower(s))
}

// distance is the optimal string alignment distance: letters inserted, deleted, replaced or swapped with the next.
func distance(a, b []rune) int {
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := above[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = slices.Min([]int{replaced, above[j] + 1, row[j-1] + 1})
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
