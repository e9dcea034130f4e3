package cause

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Failure is a case that failed, as far as grouping needs it.
type Failure struct {
	ID        string
	Title     string
	Level     fixtures.Level
	Evidence  evidence.Kind
	Symptoms  []Symptom
	FirstSeen string // of a broken invariant: the case that broke it first
	Exchanges int
	Size      int // of the request in bytes
}

// Cause is what failures have in common, and what a maintainer would fix.
type Cause struct {
	Title string   `json:"title"`
	Cases []string `json:"cases"` // IDs, those of the commonest symptom first
	// Example is the ID of the case that shows little else, has the strongest evidence, and the smallest request.
	Example string `json:"example"`
}

// severalDetails is up to how many details of one subject are causes of their own. A server that fails over more of them
// lacks the whole check.
const severalDetails = 6

// Group returns the causes of failures, the one with the most cases first. Each failure has one cause: of several
// symptoms, that which most failures show.
func Group(failures []Failure) []Cause {
	g := grouping{count: map[Symptom]int{}, chosen: map[string]Symptom{}, members: map[Symptom][]*Failure{}}
	for i := range failures {
		for _, s := range failures[i].Symptoms {
			g.count[s]++
		}
	}
	for i := range failures {
		if f := &failures[i]; !isInvariant(f) {
			g.choose(f, f.Symptoms)
		}
	}
	for i := range failures {
		if f := &failures[i]; isInvariant(f) {
			g.choose(f, g.invariant(f))
		}
	}
	return g.causes()
}

func isInvariant(f *Failure) bool { return strings.HasPrefix(f.ID, judge.InvariantArea+"/") }

type grouping struct {
	count   map[Symptom]int
	chosen  map[string]Symptom // by the ID of the failure
	members map[Symptom][]*Failure
	order   []Symptom
}

func (g *grouping) choose(f *Failure, symptoms []Symptom) {
	s := slices.MaxFunc(symptoms, func(a, b Symptom) int { return cmp.Compare(g.count[a], g.count[b]) })
	g.chosen[f.ID] = s
	if g.members[s] == nil {
		g.order = append(g.order, s)
	}
	g.members[s] = append(g.members[s], f)
}

// invariant returns the symptoms of a broken invariant. What a case shows too is the same cause, and so is what follows
// from the failure of the case that broke it first: a wrong body from a request that should have been refused, anything
// from a server error.
func (g *grouping) invariant(f *Failure) []Symptom {
	shown := slices.DeleteFunc(slices.Clone(f.Symptoms), func(s Symptom) bool { return g.members[s] == nil })
	if len(shown) > 0 {
		return shown
	}
	s, ok := g.chosen[f.FirstSeen]
	isHead := func(s Symptom) bool { return s.Kind == Header || s.Kind == Rule }
	if ok && (s.Kind == ServerError || !slices.ContainsFunc(f.Symptoms, isHead)) {
		return []Symptom{s}
	}
	return []Symptom{{Rule, f.Title, ""}}
}

// subject is what the details of several symptoms have in common.
type subject struct {
	kind       Kind
	name, area string
}

func subjectOf(s Symptom) subject {
	area, _, several := strings.Cut(s.Detail, "/")
	if s.Kind != ServerError && s.Kind != NoAnswer || !several {
		area = ""
	}
	return subject{s.Kind, s.Subject, area}
}

func (g *grouping) causes() []Cause {
	details := map[subject][]Symptom{}
	for _, s := range g.order {
		details[subjectOf(s)] = append(details[subjectOf(s)], s)
	}
	var list []Cause
	done := map[subject]bool{}
	for _, s := range g.order {
		key := subjectOf(s)
		switch all := details[key]; {
		case done[key]:
		case len(all) > severalDetails && s.Kind != Member && s.Kind != Missing:
			done[key] = true
			list = append(list, g.cause(all))
		default:
			list = append(list, g.cause([]Symptom{s}))
		}
	}
	slices.SortStableFunc(list, func(a, b Cause) int { return cmp.Compare(len(b.Cases), len(a.Cases)) })
	return list
}

func (g *grouping) cause(symptoms []Symptom) Cause {
	slices.SortStableFunc(symptoms, func(a, b Symptom) int { return cmp.Compare(len(g.members[b]), len(g.members[a])) })
	c := Cause{Title: title(symptoms)}
	var all []*Failure
	for _, s := range symptoms {
		for _, f := range g.members[s] {
			all, c.Cases = append(all, f), append(c.Cases, f.ID)
		}
	}
	c.Example = slices.MinFunc(all, compareExamples).ID
	return c
}

func compareExamples(a, b *Failure) int {
	switch one, other := isInvariant(a), isInvariant(b); { // which show what follows
	case one && !other:
		return 1
	case !one && other:
		return -1
	}
	return cmp.Or(
		cmp.Compare(b.Level.Weight(), a.Level.Weight()),
		cmp.Compare(len(a.Symptoms), len(b.Symptoms)),
		cmp.Compare(slices.Index(surestFirst, a.Evidence), slices.Index(surestFirst, b.Evidence)),
		cmp.Compare(a.Exchanges, b.Exchanges),
		cmp.Compare(a.Size, b.Size),
	)
}

var surestFirst = evidence.Kinds()

func title(symptoms []Symptom) string {
	s := symptoms[0]
	var details []string
	for _, s := range symptoms {
		details = append(details, s.Detail)
	}
	which := enumerated(details)
	switch s.Kind {
	case Accepts:
		if what, ok := areas[s.Subject]; ok {
			return fmt.Sprintf("accepts %s: %s", what, which)
		}
		return fmt.Sprintf("%s accepts what AWS refuses: %s", s.Subject, which)
	case Refuses:
		return fmt.Sprintf("%s refuses what AWS accepts, with %s", s.Subject, which)
	case ServerError:
		return s.Subject + " answers 5xx" + over(details)
	case NoAnswer:
		return s.Subject + " does not answer, or not in full" + over(details)
	case Unreadable:
		return s.Subject + " answers with a body that no client can read"
	case ErrorType:
		return fmt.Sprintf("%s answers %s where AWS names another error", s.Subject, which)
	case Message:
		return fmt.Sprintf("%s refuses with other messages than AWS: %s", s.Subject, which)
	case Status:
		return fmt.Sprintf("%s answers %s where AWS has another status", s.Subject, which)
	case Member:
		return fmt.Sprintf("%s.%s differs from AWS", s.Subject, which)
	case Missing:
		return fmt.Sprintf("%s.%s is missing", s.Subject, which)
	case Header:
		return fmt.Sprintf("the header %s differs from AWS", which)
	case Form:
		return "another form of the same request gets another answer: " + which
	}
	return "breaks a rule: " + s.Subject
}

// areas are what AWS refuses, by the area of the corpus.
var areas = map[string]string{
	"constraint": "values that break a constraint", "type": "wrong JSON types", "wire": "broken requests", "auth": "wrong signatures",
	"error": "requests that AWS refuses for what they mean",
}

func over(details []string) string {
	area, _, several := strings.Cut(details[0], "/")
	switch what := areas[area]; {
	case area == "", !several && len(details) > 1:
		return ""
	case what == "":
		return " to requests that AWS accepts"
	case !several:
		return " to " + what
	default:
		return " to " + what + ": " + strings.ReplaceAll(enumerated(details), area+"/", "")
	}
}

func enumerated(list []string) string {
	const few = 3
	switch n := len(list); {
	case n > few+1:
		return fmt.Sprintf("%s and %d more", strings.Join(list[:few], ", "), n-few)
	case n > 1:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return list[0]
}
