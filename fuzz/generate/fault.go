package generate

import (
	"math/rand"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// mostFaults is how many faults an input has at most.
const mostFaults = 12

// faults sets n faults, each of a member of its own as far as there are so many, in a valid request.
func (g *Generator) faults(in *Input, n int, r *rand.Rand) {
	if n == 1 {
		in.Body.Tree = g.valid(r)
	} else {
		in.Body.Tree = g.base(r)
	}
	var taken, what []string
	for tries := 0; len(what) < n && tries < 8*n; tries++ {
		b := &g.boundaries[r.Intn(len(g.boundaries))]
		top := b.path[0].name
		if b.mark.Kind == "type" && n > 1 && !chance(r, 5) {
			continue // one type error would hide all violations
		}
		if slices.Contains(taken, top) || b.mark.Side == "inside" || strings.HasPrefix(b.mark.Side, "at-") {
			continue
		}
		g.world.setPath(in.Body.Tree, b.path, b.value, r)
		taken, what = append(taken, top), append(what, b.mark.String())
		in.Marks = append(in.Marks, b.mark)
	}
	in.What = strings.Join(what, ", ")
}

// pattern is a constraint on what a text looks like, with texts that are near its edge.
type pattern struct {
	mark  Mark
	path  []step
	texts []string
}

func patterns() []pattern {
	var all []pattern
	for _, c := range reference.Constraints() {
		if c.Operation != reference.SendCommand || c.Kind != reference.Pattern && c.Kind != reference.Enum {
			continue
		}
		texts := nearMisses[c.Path]
		if len(texts) == 0 {
			texts = c.Values
		}
		all = append(all, pattern{Mark{c.Path, string(c.Kind), "near"}, steps(c.Path), texts})
	}
	return all
}

// nearMiss changes one text of a valid request a little.
func (g *Generator) nearMiss(in *Input, r *rand.Rand) {
	in.Body.Tree = g.valid(r)
	p := pick(r, g.patterns)
	s := str(edited(pick(r, p.texts), r))
	g.world.setPath(in.Body.Tree, p.path, &s, r)
	in.What, in.Marks = "a text near "+p.mark.Path, []Mark{p.mark}
}

// oddCharacters are characters that a careless pattern takes or refuses.
var oddCharacters = []rune(" \n\t-_.:/=@$%+*#,;|^0159azAZ'\"\\éß語\u00a0\u200b٣😀")

// edited changes a text in one or two places.
func edited(s string, r *rand.Rand) string {
	runes := []rune(s)
	for range 1 + r.Intn(2) {
		at := r.Intn(len(runes) + 1)
		switch r.Intn(5) {
		case 0:
			runes = slices.Insert(runes, at, pick(r, oddCharacters))
		case 1:
			if at < len(runes) {
				runes = slices.Delete(runes, at, at+1)
			}
		case 2:
			if at < len(runes) {
				runes[at] = pick(r, oddCharacters)
			}
		case 3:
			if at < len(runes) {
				runes[at] = []rune(flipped(string(runes[at])))[0]
			}
		case 4:
			runes = append(runes, pick(r, oddCharacters))
		}
	}
	return string(runes)
}

func flipped(s string) string {
	if up := strings.ToUpper(s); up != s {
		return up
	}
	return strings.ToLower(s)
}
