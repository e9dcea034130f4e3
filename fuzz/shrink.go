package fuzz

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// shrinker looks for the smallest input that still shows a divergence. It works on the tree of the body,
// where a step means something, and not on what the dice were.
type shrinker struct {
	// shows asks whether the input shows it. It is not called for inputs of which the oracle says that
	// they cannot.
	shows func(in *Input) bool
	// may tells, without asking, whether the input can show it.
	may   func(in *Input) bool
	calls int // left

	best *Input
}

// try makes a candidate the best one, if it is smaller and shows it.
func (s *shrinker) try(change func(in *Input)) bool {
	if s.calls <= 0 {
		return false
	}
	candidate := *s.best
	candidate.body = s.best.body.clone()
	change(&candidate)
	if !smaller(&candidate, s.best) || !s.may(&candidate) {
		return false
	}
	s.calls--
	if !s.shows(&candidate) {
		return false
	}
	s.best = &candidate
	return true
}

// smaller: fewer bytes or parts, or of as many the plainer text.
func smaller(a, b *Input) bool {
	if a.calls != nil {
		return len(a.calls) < len(b.calls) || len(a.calls) == len(b.calls) && a.size() < b.size()
	}
	x, y := a.body.bytes(), b.body.bytes()
	if parts(a) != parts(b) {
		return parts(a) < parts(b)
	}
	if len(x) != len(y) {
		return len(x) < len(y)
	}
	return strings.Count(string(x), "x") > strings.Count(string(y), "x")
}

func parts(in *Input) int {
	n := len(in.body.raw)
	for _, has := range []bool{in.wire != nil, in.relation != nil, in.body.prefix != "", in.body.suffix != "", in.body.cut > 0} {
		if has {
			n++
		}
	}
	return n
}

// run shrinks until nothing gets smaller, or the calls are used up.
func (s *shrinker) run(tops []string) *Input {
	if s.best.calls != nil {
		s.sequence()
		return s.best
	}
	s.try(func(in *Input) { in.wire = nil })
	s.try(func(in *Input) { in.relation = nil })
	s.try(func(in *Input) { in.body.prefix = "" })
	s.try(func(in *Input) { in.body.suffix = "" })
	s.try(func(in *Input) { in.body.cut = 0 })
	s.keepOnly(tops)
	s.plainer()
	for before := -1; before != len(s.best.body.bytes()) && s.calls > 0; {
		before = len(s.best.body.bytes())
		s.deletions()
		s.values()
		s.nesting()
	}
	return s.best
}

// keepOnly tries the plain request with nothing but the members that matter.
func (s *shrinker) keepOnly(tops []string) {
	with := func(names ...string) func(in *Input) {
		return func(in *Input) {
			v := plain("x")
			for i := range in.body.tree.Members {
				if m := &in.body.tree.Members[i]; slices.Contains(names, m.Name) {
					put(v, m.Name, m.Value)
				}
			}
			if slices.Contains(names, "InstanceIds") && !slices.Contains(names, "Targets") {
				drop(v, "Targets")
			}
			in.body.tree = v
		}
	}
	if s.best.body.tree.Kind != jsontree.Object || s.try(with(tops...)) {
		return
	}
	if s.try(with()) {
		return
	}
	for i := range s.best.body.tree.Members {
		if s.try(with(s.best.body.tree.Members[i].Name)) {
			return
		}
	}
}

// plainer replaces long texts by as many x, which is what most of them stand for.
func (s *shrinker) plainer() {
	for _, pointer := range textPlaces(s.best.body.tree) {
		v := s.best.body.tree.Pointer(pointer)
		if v != nil && utf8.RuneCountInString(v.Text) > 8 && !strings.HasPrefix(v.Text, hole) {
			s.set(pointer, str(strings.Repeat("x", utf8.RuneCountInString(v.Text))))
		}
	}
}

// deletions takes away members and elements, the large first.
func (s *shrinker) deletions() {
	for {
		removed := false
		for _, at := range children(s.best.body.tree) {
			if s.try(func(in *Input) { at.remove(in.body.tree) }) {
				removed = true
				break // the places are others now
			}
		}
		if !removed {
			return
		}
	}
}

// child is one or several neighbouring members or elements, by the place of what they are in.
type child struct {
	pointer  string
	from, to int
	size     int
}

func (c *child) remove(root *Value) {
	v := root.Pointer(c.pointer)
	if v == nil {
		return
	}
	if v.Kind == jsontree.Array && c.to <= len(v.Items) {
		v.Items = slices.Delete(v.Items, c.from, c.to)
	}
	if v.Kind == jsontree.Object && c.to <= len(v.Members) {
		v.Members = slices.Delete(v.Members, c.from, c.to)
	}
}

// children lists what can be taken away: halves of long lists, then every member and element.
func children(root *Value) []child {
	var list []child
	root.Walk(func(pointer string, v *Value) bool {
		for n := len(v.Items) / 2; n > 1; n /= 2 {
			list = append(list, child{pointer, 0, n, n * 100}, child{pointer, len(v.Items) - n, len(v.Items), n * 100})
		}
		for i := range v.Items {
			list = append(list, child{pointer, i, i + 1, len(v.Items[i].AppendJSON(nil))})
		}
		for i := range v.Members {
			list = append(list, child{pointer, i, i + 1, len(v.Members[i].Value.AppendJSON(nil)) + len(v.Members[i].Name)})
		}
		return true
	})
	slices.SortStableFunc(list, func(a, b child) int { return b.size - a.size })
	return list
}

// values makes strings shorter and plainer, and numbers small.
func (s *shrinker) values() {
	type leaf struct {
		pointer string
		kind    jsontree.Kind
	}
	var leaves []leaf
	s.best.body.tree.Walk(func(pointer string, v *Value) bool {
		if v.Kind == jsontree.String && !strings.HasPrefix(v.Text, hole) || v.Kind == jsontree.Number {
			leaves = append(leaves, leaf{pointer, v.Kind})
		}
		return true
	})
	for _, l := range leaves {
		if l.kind == jsontree.Number {
			for _, n := range []string{"0", "1", "60"} {
				if s.set(l.pointer, number(n)) {
					break
				}
			}
			continue
		}
		s.shorten(l.pointer)
	}
}

// nesting makes deep nesting less deep.
func (s *shrinker) nesting() {
	for _, key := range sortedNames(s.best.body.raw) {
		for less := s.best.body.raw[key].depth / 2; less > 0; less /= 2 {
			for s.best.body.raw[key].depth > less && s.try(func(in *Input) {
				text := in.body.raw[key]
				text.depth -= less
				in.body.raw[key] = text
			}) {
			}
		}
	}
}

func (s *shrinker) set(pointer string, to Value) bool {
	return s.try(func(in *Input) {
		if v := in.body.tree.Pointer(pointer); v != nil {
			*v = to
		}
	})
}

func (s *shrinker) shorten(pointer string) {
	now := func() []rune {
		if v := s.best.body.tree.Pointer(pointer); v != nil {
			return []rune(v.Text)
		}
		return nil
	}
	for cut := len(now()); cut > 0; cut /= 2 {
		for len(now()) >= cut && s.set(pointer, str(string(now()[:len(now())-cut]))) {
		}
		for len(now()) >= cut && s.set(pointer, str(string(now()[cut:]))) {
		}
	}
}

// sequence takes calls out of a sequence, and makes those that stay plainer.
func (s *shrinker) sequence() {
	for again := true; again && s.calls > 0; {
		again = false
		for _, calls := range slices.Concat(shorter(s.best.calls), simpler(s.best.calls)) {
			if s.try(func(in *Input) { in.calls = calls }) {
				again = true
				break // the others are of a sequence that is gone
			}
		}
	}
}
