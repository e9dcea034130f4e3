package fuzz

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// faults plants n faults, each of a member of its own as far as there are so many, in a valid request.
func (g *Generator) faults(in *Input, n int, d *inputDice) {
	if n == 1 {
		in.body.tree = g.valid(d)
	} else {
		in.body.tree = g.base(d)
	}
	taken := map[string]bool{}
	var what []string
	for tries := 0; len(what) < n && tries < 8*n; tries++ {
		b := g.boundaries[d.Intn(len(g.boundaries))]
		top := steps(b.mark.Path)[0]
		if b.mark.Kind == "type" && n > 1 && !chance(d, 5) {
			continue // one type error would hide all violations
		}
		if taken[top] || b.mark.Side == "inside" || strings.HasPrefix(b.mark.Side, "at-") {
			continue
		}
		taken[top] = true
		g.world.plant(in.body.tree, b.mark.Path, b.value, d)
		what = append(what, b.mark.String())
		in.Marks = append(in.Marks, b.mark)
	}
	in.What = strings.Join(what, ", ")
}

// spoil puts one broken constraint into the request.
func (g *Generator) spoil(in *Input, d dice) {
	put(in.body.tree, "TimeoutSeconds", number(pick(d, []string{"0", "29", "2592001"})))
}

// patterned are the constraints on what a text looks like.
func patterned() []reference.Constraint {
	return slices.DeleteFunc(reference.Constraints(), func(c reference.Constraint) bool {
		return c.Operation != reference.SendCommand || c.Kind != reference.Pattern && c.Kind != reference.Enum
	})
}

// nearMiss changes one text of a valid request a little.
func (g *Generator) nearMiss(in *Input, d *inputDice) {
	in.body.tree = g.valid(d)
	c := pick(d, g.patterned)
	from := nearMisses[c.Path]
	if len(from) == 0 {
		from = c.Values
	}
	s := edited(pick(d, from), d)
	g.world.plant(in.body.tree, c.Path, ref(str(s)), d)
	in.What = "a text near " + c.Path
	in.Marks = []Mark{{c.Path, string(c.Kind), "near"}}
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
			runes = append(runes[:at:at], append([]rune{pick(d, strangers)}, runes[at:]...)...)
		case 1:
			if at < len(runes) {
				runes = append(runes[:at:at], runes[at+1:]...)
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
