package judge

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// matching compares one answer with what an outcome expects. Literals match themselves and an
// object whose members are all called $name is a matcher; fixtures/README.md lists them.
type matching struct {
	answer   *Exchanged
	earlier  []Exchanged // of the same case
	level    fixtures.Level
	advisory bool
	unread   string // the limit beyond which is what decides whether the answer matches
	findings []Finding
}

func (m *matching) miss(path string, want, got Description) {
	m.findings = append(m.findings, Finding{Check: OutcomeCheck, Path: path, Want: want, Got: got, Level: m.level, advisory: m.advisory})
}

// at runs f with the level lowered.
func (m *matching) at(l fixtures.Level, f func()) {
	level, advisory := m.level, m.advisory
	m.level, m.advisory = looser(level, l), true
	f()
	m.level, m.advisory = level, advisory
}

// try reports whether want matches, without leaving findings behind.
func (m *matching) try(path string, want, got *jsontree.Value) bool {
	probe := &matching{answer: m.answer, earlier: m.earlier, level: fixtures.Must}
	probe.match(path, want, got)
	return matches(probe.findings)
}

// matches reports whether findings leave the outcome standing: all of them are notes.
func matches(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return !f.advisory })
}

// match compares got, nil where the member is missing, with want.
func (m *matching) match(path string, want, got *jsontree.Value) {
	if matcher.Is(want) {
		for i := range want.Members {
			m.apply(want.Members[i].Name, path, &want.Members[i].Value, got)
		}
		return
	}
	if got == nil {
		m.miss(path, m.described(want), nothing())
		return
	}
	switch want.Kind {
	case jsontree.Object:
		m.object(path, want, got)
	case jsontree.Array:
		m.items(path, want, got)
	default:
		if !jsontree.Equal(want, got) {
			m.differ(path, described(want), want, got)
		}
	}
}

// differ is miss of a value that is not the one that is wanted.
func (m *matching) differ(path string, wanted Description, want, got *jsontree.Value) {
	w, g := contrast(wanted, described(got), want, got)
	m.miss(path, w, g)
}

func (m *matching) object(path string, want, got *jsontree.Value) {
	if got.Kind != jsontree.Object {
		m.miss(path, Description{Words: "an object", Kind: kindObject}, described(got))
		return
	}
	for i := range want.Members {
		w := &want.Members[i]
		if w.Value.Kind < jsontree.Array && jsontree.Equal(&w.Value, got.Get(w.Name)) {
			continue // the path is of use to a finding only
		}
		m.match(path+"/"+jsontree.EscapeToken(w.Name), &w.Value, got.Get(w.Name))
	}
}

func (m *matching) items(path string, want, got *jsontree.Value) {
	if got.Kind != jsontree.Array || len(got.Items) != len(want.Items) {
		m.miss(path, m.described(want), described(got))
		return
	}
	for i := range want.Items {
		m.match(path+"/"+strconv.Itoa(i), &want.Items[i], &got.Items[i])
	}
}

// shown is how much of a value a finding quotes.
const shown = 200

// show writes a value for people: compact JSON, cut where it is long.
func show(v *jsontree.Value) string {
	if v == nil {
		return "nothing"
	}
	return cut(string(v.AppendJSON(nil)))
}

// cut keeps the beginning of a long text, and the same of the same behaviour.
func cut(s string) string { return stable.Cut(strings.ToValidUTF8(s, ""), shown) }
