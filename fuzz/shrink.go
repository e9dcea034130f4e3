package fuzz

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// shrink makes the finding's request as small as it gets within the calls and the time that there are.
func (c *campaign) shrink(ctx context.Context, f *Divergence, best *reproduction) {
	want := f.Fingerprint
	until := time.Now().Add(shrinkTime)
	s := &shrinker{
		calls: shrinkCalls, best: f.input,
		over: func() bool {
			f.Unshrunk = f.Unshrunk || c.over(ctx) || c.dead || !time.Now().Before(until)
			return f.Unshrunk
		},
		may: func(candidate *generate.Input) bool {
			if candidate.Calls != nil {
				return slices.ContainsFunc(candidate.Calls, func(c generate.SequenceCall) bool {
					return slices.Contains(want.Causes, c.Operation())
				})
			}
			_, e := candidate.Case(c.oracle)
			p := want
			p.Causes = causesOf(candidate, &e, want.Check, want.Place)
			return p.narrows(&want)
		},
		reproduces: func(candidate *generate.Input) bool {
			f.Calls++
			now, _ := c.reproduce(ctx, candidate, &want)
			if now != nil {
				best = now
			}
			return now != nil
		},
	}
	f.input = s.run(membersNamed(&want))
	f.Case, f.Result, f.Fingerprint = best.result.Case, best.result, best.fingerprint
	f.Size = f.input.Size()
}

// shrinkCalls bounds how many requests shrinking one finding takes.
const shrinkCalls = 60

// shrinkTime bounds how long one finding is shrunk: a sequence may wait for what never comes, each time anew, and each
// change of a large request takes time though it is not asked.
const shrinkTime = time.Minute

// membersNamed are the members of a request that the causes name.
func membersNamed(f *fingerprint) []string {
	var tops []string
	for _, cause := range f.Causes {
		path, _, _ := strings.Cut(cause, " ")
		top, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		tops = append(tops, oracle.TopOf(top))
	}
	slices.Sort(tops)
	return slices.Compact(tops)
}

// shrinker looks for the smallest input that still shows a divergence. It works on the tree of the body,
// where a step means something, and not on the draws.
type shrinker struct {
	// reproduces asks whether the input shows it. It is not called for inputs of which the oracle says that
	// they cannot.
	reproduces func(in *generate.Input) bool
	// may tells, without asking, whether the input can show it.
	may func(in *generate.Input) bool
	// over reports whether there is no time for more.
	over  func() bool
	calls int // left

	best *generate.Input
}

// try makes a candidate the best one, if it is smaller and shows it.
func (s *shrinker) try(change func(in *generate.Input)) bool {
	if s.calls <= 0 || s.over() {
		return false
	}
	candidate := *s.best
	candidate.Body = s.best.Body.Clone()
	change(&candidate)
	if !smaller(&candidate, s.best) || !s.may(&candidate) {
		return false
	}
	s.calls--
	if !s.reproduces(&candidate) {
		return false
	}
	s.best = &candidate
	return true
}

// smaller: fewer bytes or parts, or of as many the plainer text.
func smaller(a, b *generate.Input) bool {
	if a.Calls != nil {
		return len(a.Calls) < len(b.Calls) || len(a.Calls) == len(b.Calls) && a.Size() < b.Size()
	}
	x, y := a.Body.Bytes(), b.Body.Bytes()
	if parts(a) != parts(b) {
		return parts(a) < parts(b)
	}
	if len(x) != len(y) {
		return len(x) < len(y)
	}
	return strings.Count(string(x), "x") > strings.Count(string(y), "x")
}

func parts(in *generate.Input) int {
	n := len(in.Body.Raw)
	for _, has := range []bool{in.Wire != nil, in.Relation != nil, in.Body.Prefix != "", in.Body.Suffix != "", in.Body.Cut > 0} {
		if has {
			n++
		}
	}
	return n
}

// run shrinks until nothing gets smaller, or the calls are used up.
func (s *shrinker) run(tops []string) *generate.Input {
	if s.best.Calls != nil {
		s.sequence()
		return s.best
	}
	s.try(func(in *generate.Input) { in.Wire = nil })
	s.try(func(in *generate.Input) { in.Relation = nil })
	s.try(func(in *generate.Input) { in.Body.Prefix = "" })
	s.try(func(in *generate.Input) { in.Body.Suffix = "" })
	s.try(func(in *generate.Input) { in.Body.Cut = 0 })
	s.keepOnly(tops)
	s.plainer()
	for before := -1; before != len(s.best.Body.Bytes()) && s.calls > 0; {
		before = len(s.best.Body.Bytes())
		s.deletions()
		s.values()
		s.nesting()
	}
	return s.best
}

// keepOnly tries the plain request with nothing but the members that matter.
func (s *shrinker) keepOnly(tops []string) {
	with := func(names ...string) func(in *generate.Input) {
		return func(in *generate.Input) {
			v := generate.Plain("x")
			for i := range in.Body.Tree.Members {
				if m := &in.Body.Tree.Members[i]; slices.Contains(names, m.Name) {
					v.Set(m.Name, m.Value)
				}
			}
			if slices.Contains(names, "InstanceIds") && !slices.Contains(names, "Targets") {
				v.Remove("Targets")
			}
			in.Body.Tree = v
		}
	}
	if s.best.Body.Tree.Kind != jsontree.Object || s.try(with(tops...)) {
		return
	}
	if s.try(with()) {
		return
	}
	for i := range s.best.Body.Tree.Members {
		if s.try(with(s.best.Body.Tree.Members[i].Name)) {
			return
		}
	}
}

// leaves lists the pointers of the strings, but for those that raw text replaces, and of the numbers.
func (s *shrinker) leaves() []string {
	var list []string
	s.best.Body.Tree.Walk(func(pointer string, v *jsontree.Value) bool {
		if v.Kind == jsontree.String && !strings.HasPrefix(v.Text, generate.Placeholder) || v.Kind == jsontree.Number {
			list = append(list, pointer)
		}
		return true
	})
	return list
}

// plainer replaces long texts by as many x, which serve as well as most of them.
func (s *shrinker) plainer() {
	for _, pointer := range s.leaves() {
		v := s.best.Body.Tree.Pointer(pointer)
		if v != nil && v.Kind == jsontree.String && utf8.RuneCountInString(v.Text) > 8 {
			s.set(pointer, jsontree.NewString(strings.Repeat("x", utf8.RuneCountInString(v.Text))))
		}
	}
}

// deletions takes away members and elements, the large first.
func (s *shrinker) deletions() {
	for {
		removed := false
		for _, at := range children(s.best.Body.Tree) {
			if s.try(func(in *generate.Input) { at.remove(in.Body.Tree) }) {
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

func (c *child) remove(root *jsontree.Value) {
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

// longList is how many elements a list has from which on they are taken away from its ends only.
const longList = 100

// children lists what can be taken away: halves of lists, then every member and element.
func children(root *jsontree.Value) []child {
	var list []child
	root.Walk(func(pointer string, v *jsontree.Value) bool {
		for n := len(v.Items) / 2; n > 1; n /= 2 {
			list = append(list, child{pointer, 0, n, n * 100}, child{pointer, len(v.Items) - n, len(v.Items), n * 100})
		}
		for i := range v.Items {
			if len(v.Items) >= longList && i > 0 && i < len(v.Items)-1 {
				continue
			}
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
	for _, pointer := range s.leaves() {
		if v := s.best.Body.Tree.Pointer(pointer); v == nil || v.Kind != jsontree.Number {
			s.shorten(pointer)
			continue
		}
		for _, n := range []string{"0", "1", "60"} {
			if s.set(pointer, jsontree.NewNumber(n)) {
				break
			}
		}
	}
}

// nesting makes deep nesting less deep.
func (s *shrinker) nesting() {
	for _, key := range slices.Sorted(maps.Keys(s.best.Body.Raw)) {
		for less := s.best.Body.Raw[key].Depth / 2; less > 0; less /= 2 {
			shallower := func(in *generate.Input) {
				text := in.Body.Raw[key]
				text.Depth -= less
				in.Body.Raw[key] = text
			}
			for again := true; again; {
				again = s.best.Body.Raw[key].Depth > less && s.try(shallower)
			}
		}
	}
}

func (s *shrinker) set(pointer string, to jsontree.Value) bool {
	return s.try(func(in *generate.Input) {
		if v := in.Body.Tree.Pointer(pointer); v != nil {
			*v = to
		}
	})
}

func (s *shrinker) shorten(pointer string) {
	now := func() []rune {
		if v := s.best.Body.Tree.Pointer(pointer); v != nil {
			return []rune(v.Text)
		}
		return nil
	}
	for cut := len(now()); cut > 0; cut /= 2 {
		for again := true; again; {
			text := now()
			again = len(text) >= cut && s.set(pointer, jsontree.NewString(string(text[:len(text)-cut])))
		}
		for again := true; again; {
			text := now()
			again = len(text) >= cut && s.set(pointer, jsontree.NewString(string(text[cut:])))
		}
	}
}

// sequence takes calls out of a sequence, and makes those that stay plainer.
func (s *shrinker) sequence() {
	for again := true; again && s.calls > 0; {
		again = false
		for _, calls := range slices.Concat(generate.Shorter(s.best.Calls), generate.Simpler(s.best.Calls)) {
			if s.try(func(in *generate.Input) { in.Calls = calls }) {
				again = true
				break // the others are of a sequence that is gone
			}
		}
	}
}
