package fuzz

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// mostFaults is how many faults an input has at most.
const mostFaults = 12

// faults plants n faults, each of a member of its own as far as there are so many, in a valid request.
func (g *Generator) faults(in *Input, n int, d *inputDice) {
	if n == 1 {
		in.body.tree = g.valid(d)
	} else {
		in.body.tree = g.base(d)
		in.body.tree.Members = slices.Grow(in.body.tree.Members, n)
	}
	in.Marks = make([]Mark, 0, n)
	taken, what := make([]string, 0, mostFaults), make([]string, 0, mostFaults)
	for tries := 0; len(what) < n && tries < 8*n; tries++ {
		b := &g.boundaries[d.Intn(len(g.boundaries))]
		top := b.path[0].name
		if b.mark.Kind == "type" && n > 1 && !chance(d, 5) {
			continue // one type error would hide all violations
		}
		if slices.Contains(taken, top) || b.mark.Side == "inside" || strings.HasPrefix(b.mark.Side, "at-") {
			continue
		}
		g.world.plant(in.body.tree, b.path, b.value, d)
		taken, what = append(taken, top), append(what, b.what)
		in.Marks = append(in.Marks, b.mark)
	}
	in.What = strings.Join(what, ", ")
}

// spoil puts one broken constraint into the request.
func (g *Generator) spoil(in *Input, d dice) {
	put(in.body.tree, "TimeoutSeconds", number(pick(d, []string{"0", "29", "2592001"})))
}

// pattern is a constraint on what a text looks like, with texts that are near its edge.
type pattern struct {
	mark  Mark
	path  []step
	texts []string
	what  string // is asked, in a few words
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
		all = append(all, pattern{Mark{c.Path, string(c.Kind), "near"}, steps(c.Path), texts, "a text near " + c.Path})
	}
	return all
}

// nearMiss changes one text of a valid request a little.
func (g *Generator) nearMiss(in *Input, d *inputDice) {
	in.body.tree = g.valid(d)
	p := pick(d, g.patterns)
	s := str(edited(pick(d, p.texts), d))
	g.world.plant(in.body.tree, p.path, &s, d)
	in.What, in.Marks = p.what, []Mark{p.mark}
}

// strangers are characters that a careless pattern takes or refuses.
var strangers = []rune(" \n\t-_.:/=@$%+*#,;|^0159azAZ'\"\\éß語\u00a0\u200b٣😀")

// edited changes a text in one or two places.
func edited(s string, d dice) string {
	runes := []rune(s)
	for range 1 + d.Intn(2) {
		at := d.Intn(len(runes) + 1)
		switch d.Intn(5) {
		case 0:
			runes = slices.Insert(runes, at, pick(d, strangers))
		case 1:
			if at < len(runes) {
				runes = slices.Delete(runes, at, at+1)
			}
		case 2:
			if at < len(runes) {
				runes[at] = pick(d, strangers)
			}
		case 3:
			if at < len(runes) {
				runes[at] = []rune(flipped(string(runes[at])))[0]
			}
		case 4:
			runes = append(runes, pick(d, strangers))
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

// textPlaces lists the pointers of the strings of a tree.
func textPlaces(v *Value) []string {
	var list []string
	v.Walk(func(pointer string, v *Value) bool {
		if v.Kind == jsontree.String {
			list = append(list, pointer)
		}
		return true
	})
	return list
}
